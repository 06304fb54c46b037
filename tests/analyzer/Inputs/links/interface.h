struct Base { virtual void go() = 0; virtual ~Base() {} virtual void plain(); };
Base *make();
extern void (*const table[2])();
struct Ops { void (*run)(); };
extern const Ops ops;
