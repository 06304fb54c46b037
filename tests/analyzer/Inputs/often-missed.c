/* In C: structures in structures, and what is reached from a part of one. */
#include <stddef.h>
#include <stdlib.h>

void a_use(void);
void b_use(void);
void lib_register(void (*callback)(void *), void *data);

struct list {
  struct list *next;
};
struct timer {
  struct list link;
  void (*fire)(struct timer *);
  void (*other)(struct timer *);
};
#define container_of(pointer, type, member) ((type *)((char *)(pointer) - offsetof(type, member)))
static void fire_a(struct timer *timer) { (void)timer, a_use(); }
static void fire_b(struct timer *timer) { (void)timer, b_use(); }
static struct timer timers[2] = {{{&timers[1].link}, fire_a, fire_a}, {{0}, fire_b, fire_a}};
static struct list *head = &timers[0].link;

void c_fire_container(void) {
  for (struct list *each = head; each; each = each->next) {
    struct timer *timer = container_of(each, struct timer, link);
    timer->fire(timer);
  }
}
void c_fire_other(void) { timers[1].other(&timers[1]); }

/* The first field of a structure is where the structure is. */
struct operations {
  void (*run)(int);
};
struct device {
  struct operations operations;
  int number;
};
static void run_a(int n) { (void)n, a_use(); }
static void run_b(int n) { (void)n, b_use(); }
static struct device one = {{run_a}, 1};
static struct device two;
void c_fire_first(void) {
  two.operations.run = run_b;
  struct operations *operations = (struct operations *)(rand() ? &one : &two);
  operations->run(1);
}

static void on_event(void *data) { (void)data, b_use(); }
void c_fire_registered(void) { lib_register(on_event, 0); }
