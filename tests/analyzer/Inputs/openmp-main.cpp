// The requests of openmp.c, and what C++ adds.
// FLAGS: -fopenmp
#include "world.h"

extern "C" {
void o_region(); void o_loop(int); void o_nested(int); void o_count(); void o_condition(); void o_schedule(int);
int o_reduction(int); void o_pointer(int);
}
struct Copied {
  Copied() = default;
  Copied(const Copied &) { a::use(); }
  ~Copied() { b::use(); }
};
struct Assigned {
  Assigned &operator=(const Assigned &) {
    c::use();
    return *this;
  }
};
void firstPrivate() {
  Copied copied;
#pragma omp parallel firstprivate(copied)
  (void)&copied;
}
void lastPrivate() {
  Assigned assigned;
#pragma omp parallel for lastprivate(assigned)
  for (int i = 0; i < 2; ++i)
    (void)&assigned;
}
int main() {
  route("/region", [] { o_region(); }); // GET /region: a
  route("/loop", [] { o_loop(1); }); // GET /loop: a
  route("/nested", [] { o_nested(1); }); // GET /nested: a b
  route("/count", [] { o_count(); }); // GET /count: a
  route("/condition", [] { o_condition(); }); // GET /condition: a
  route("/schedule", [] { o_schedule(1); }); // GET /schedule: a
  route("/reduction", [] { o_reduction(1); }); // GET /reduction: a b
  route("/pointer", [] { o_pointer(1); }); // GET /pointer: a? b?
  route("/first-private", [] { firstPrivate(); }); // GET /first-private: a b
  route("/last-private", [] { lastPrivate(); }); // GET /last-private: c
  serve();
}
