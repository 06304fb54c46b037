#include <dlfcn.h>

int a_value(void);
int b_value(void);

static int first(int n) { return n + a_value(); }
static int second(int n) { return n + b_value(); }
int (*const cTable[2])(int) = {first, second};
int (*lookedUp(void))(short) { return (int (*)(short))dlsym(0, "any"); }
