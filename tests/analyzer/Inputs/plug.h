/* What a plug-in of component f offers. */
#ifndef PLUG_H
#define PLUG_H
struct plug {
  int (*price)(int item);
};
typedef const struct plug *(*plug_entry)(void);
#endif
