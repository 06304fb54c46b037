// RUN: %expect %s
// What a worker calls on objects that only requests make is theirs who make them; on objects that start-up code or the
// worker itself makes, in whatever way, it is done for all. Bug: the worker did all of it for all requests.
#include "world.h"

struct Job {
  virtual ~Job() = default;
  virtual void run() = 0;
  Job *next = nullptr;
};
static Job *first;
static void push(Job *job) {
  job->next = first;
  first = job;
}

struct Mail : Job {
  ~Mail() override { b::use(); }
  void run() override { a::use(); }
};
struct Tick : Job { // Made by start-up code, and by a request.
  void run() override { c::use(); }
};
struct Named : Job { // A request's class derives from it, and so does a static variable's.
  constexpr explicit Named(int) {}
  void run() override { d::use(); }
};
struct OfRequest : Named {
  using Named::Named;
};
struct Static : Named {
  using Named::Named;
};
static Static always{1};
struct Again : Job { // Made by the worker.
  void run() override { e::use(); }
};
struct Failure : std::exception { // Thrown by a request, and caught around it.
  const char *what() const noexcept override { return f::use(), ""; }
};

static void work() {
  try {
    while (Job *job = first) {
      job->run();
      delete job;
      push(new Again);
    }
  } catch (const std::exception &error) {
    error.what();
  }
}

int main() {
  push(new Tick);
  push(&always);
  route("/mail", [] { push(new Mail); });                              // GET /mail: a?& b?&
  route("/tick", [] { push(new Tick); });                              // GET /tick:
  route("/of-request", [] { push(std::make_unique<OfRequest>(1).release()); }); // GET /of-request:
  route("/fails", [] { throw Failure(); });                            // GET /fails: f?
  route("/runs", [] { first->run(); });                                // GET /runs: a? c? d? e?
  std::thread(work).detach();
  serve();
}
// ambient: c? d? e?
