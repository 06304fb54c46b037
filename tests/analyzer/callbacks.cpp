// RUN: %expect %s
// What a handler hands to code that is not seen, or to another thread, is the handler's.
#include "world.h"

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <future>
#include <mutex>
#include <pthread.h>

void onEach(void *) { a::use(); }
void *onThread(void *) { return (b::use(), nullptr); }
int compare(const void *, const void *) { return c::value(); }

struct Listener : lib::Listener {
  void onEvent() override { d::use(); }
};
struct Job {
  void operator()() const { e::use(); }
  void method() { c::use(); }
};

struct Pool {
  void run() {
    for (;;) {
      std::function<void()> job;
      {
        std::lock_guard lock(mutex);
        job = std::move(jobs.front());
        jobs.pop_front();
      }
      job();
    }
  }
  void add(std::function<void()> job) { jobs.push_back(std::move(job)); }
  std::mutex mutex;
  std::deque<std::function<void()>> jobs;
};
Pool pool;

void background() { f::use(); }

int main() {
  std::thread worker([] { pool.run(); });
  std::thread loop(background); // ambient: f
  route("/callback", [] { lib::each(onEach, nullptr); }); // GET /callback: a
  route("/qsort", [] { int n[2] = {}; std::qsort(n, 2, sizeof *n, compare); }); // GET /qsort: c
  route("/pthread", [] { pthread_t thread; pthread_create(&thread, nullptr, onThread, nullptr); }); // GET /pthread: b&
  route("/thread", [] { std::thread([] { a::use(); }).detach(); }); // GET /thread: a&
  route("/method", [] { Job job; std::thread(&Job::method, &job).join(); }); // GET /method: c&
  route("/async", [] { auto result = std::async(std::launch::async, [] { b::use(); }); }); // GET /async: b&
  route("/pool", [] { pool.add([] { c::use(); }); }); // GET /pool: c?&
  route("/functor", [] { lib::later(Job()); }); // GET /functor: e
  route("/object", [] { Listener listener; lib::listen(&listener); }); // GET /object: d?
  route("/sort", [] { std::vector<int> n; std::sort(n.begin(), n.end(), [](int x, int y) { return x + a::value() < y; }); }); // GET /sort: a
  serve();
}
