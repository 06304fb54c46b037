// RUN: %expect %s
// A thread that start-up code starts runs jobs that are objects: those that only requests make are
// theirs. Bug: what such jobs do counted as running beside all requests.
#include "world.h"

#include <list>
#include <mutex>

struct Job {
  virtual ~Job() = default;
  virtual void run() = 0;
};
template <typename F> struct Erased final : Job {
  explicit Erased(F f) : f(std::move(f)) {}
  void run() override { f(); }
  F f;
};
struct Mail : Job {
  void run() override { b::use(); }
};
struct Named : Mail {};
struct Ends : Job {
  ~Ends() override { c::use(); }
  void run() override {}
};
struct Early : Job {
  void run() override { d::use(); }
};
struct Base : Job {
  void run() override { e::use(); }
};
struct Derived : Base {};
// It is made by nobody's code.
struct Constant : Job {
  constexpr Constant() = default;
  void run() override { f::use(); }
};
constinit Constant constant;

std::mutex mutex;
std::list<std::unique_ptr<Job>> jobs;
void post(std::unique_ptr<Job> job) {
  std::lock_guard lock(mutex);
  jobs.push_back(std::move(job));
}
template <typename F> void call(F f) { post(std::make_unique<Erased<F>>(std::move(f))); }
Job *always = &constant;
void work() {
  for (;;) {
    always->run();
    std::lock_guard lock(mutex);
    if (jobs.empty())
      continue;
    jobs.front()->run();
    jobs.pop_front();
  }
}

int main() {
  post(std::make_unique<Early>());
  post(std::make_unique<Derived>());
  std::thread(work).detach();
  route("/erased", [] { call([] { a::use(); }); });                    // GET /erased: a?& c?
  route("/mail", [] { post(std::make_unique<Mail>()); });              // GET /mail: b?& c?
  route("/named", [] { post(std::make_unique<Named>()); });            // GET /named: b?& c?
  route("/ends", [] { post(std::make_unique<Ends>()); });              // GET /ends: c
  route("/early", [] { post(std::make_unique<Early>()); });            // GET /early: c?
  route("/base", [] { post(std::make_unique<Base>()); });              // GET /base: c?
  route("/constant", [] { Constant().run(); });                        // GET /constant: f
  serve();
}
// ambient: d? e? f
