// RUN: %expect %s %S/Inputs/openmp-main.cpp
// FLAGS: -fopenmp
// What OpenMP's directives run: see the requests in openmp-main.cpp.
void a_use(void);
void b_use(void);

static int number(void) { return a_use(), 2; }

void o_region(void) {
#pragma omp parallel
  a_use();
}
void o_loop(int n) {
#pragma omp parallel for
  for (int i = 0; i < n; ++i)
    a_use();
}
void o_nested(int n) {
#pragma omp parallel
#pragma omp single
  {
#pragma omp task
    b_use();
#pragma omp critical
    a_use();
  }
  (void)n;
}
void o_count(void) {
#pragma omp parallel num_threads(number())
  {}
}
void o_condition(void) {
#pragma omp parallel if (number())
  {}
}
void o_schedule(int n) {
#pragma omp parallel for schedule(static, number())
  for (int i = 0; i < n; ++i) {}
}

struct sum {
  int value;
};
static void add(struct sum *to, struct sum *from) { to->value += from->value, a_use(); }
static void clear(struct sum *sum) { sum->value = 0, b_use(); }
#pragma omp declare reduction(add : struct sum : add(&omp_out, &omp_in)) initializer(clear(&omp_priv))
int o_reduction(int n) {
  struct sum sum = {0};
#pragma omp parallel for reduction(add : sum)
  for (int i = 0; i < n; ++i)
    sum.value += i;
  return sum.value;
}

static void call_a(short *p) { (void)p, a_use(); }
static void call_b(short *p) { (void)p, b_use(); }
void o_pointer(int n) {
  void (*call)(short *) = call_a;
#pragma omp parallel
  {
    void (*other)(short *) = call_b;
    if (n)
      call = other;
  }
  call(0);
}
