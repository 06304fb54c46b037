// RUN: %expect %s
// std::packaged_task: who calls one runs what that one holds, wherever it has been meanwhile.
#include "world.h"

#include <deque>
#include <functional>
#include <future>
#include <mutex>

int useA() { a::use(); return 1; }
int useB() { b::use(); return 1; }
struct Text {
  Text(const char *) { e::use(); }
};
struct Result {
  Result() = default;
  Result(const Result &) { f::use(); }
};
using Task = std::packaged_task<void()>;

Task made([] { c::use(); });
std::packaged_task<long()> many[2];
int (*pointer)() = useA;
std::packaged_task<void(const char *)> converts([](Text) { d::use(); });
std::packaged_task<Result()> gives([] { return Result(); });
std::packaged_task<short()> opaque;
std::packaged_task<void(short)> late([](short) { c::use(); });
void fill(std::packaged_task<short()> &task) { lib::each([](void *) {}, &task); }

// A pool of workers, as it is written everywhere.
class Pool {
public:
  void work() { std::thread([this] { run(); }).detach(); }
  template <typename F, typename... A> auto enqueue(F &&f, A &&...arguments) {
    using R = std::invoke_result_t<F, A...>;
    auto task = std::make_shared<std::packaged_task<R()>>(
        std::bind(std::forward<F>(f), std::forward<A>(arguments)...));
    std::lock_guard lock(mutex);
    jobs.emplace_back([task] { (*task)(); });
    return task->get_future();
  }

private:
  void run() {
    for (;;) {
      std::function<void()> job;
      {
        std::lock_guard lock(mutex);
        if (jobs.empty())
          continue;
        job = std::move(jobs.front());
        jobs.pop_front();
      }
      job();
    }
  }
  std::deque<std::function<void()>> jobs;
  std::mutex mutex;
};
Pool pool;

int main(int argc, char **) {
  pool.work();
  many[1] = std::packaged_task<long()>([] { b::use(); return 1L; });
  if (argc > 1)
    opaque = std::packaged_task<short()>([] { a::use(); return short(1); });
  route("/called", [] { std::packaged_task<int()> task([] { a::use(); return 1; }); task(); }); // GET /called: a
  route("/called-name", [] { std::packaged_task<int()> task(useB); task(); }); // GET /called-name: b
  route("/pointer", [] { std::packaged_task<int()> task(pointer); task(); }); // GET /pointer: a
  route("/thread", [] { Task task([] { a::use(); }); std::thread(std::move(task)).join(); }); // GET /thread: a&
  route("/thread-name", [] { std::packaged_task<int()> task(useA); std::thread(std::move(task)).detach(); }); // GET /thread-name: a&
  route("/argument", [] { std::packaged_task<void(int)> task([](int) { c::use(); }); std::thread(std::move(task), 1).join(); }); // GET /argument: c&
  route("/shared", [] { auto task = std::make_shared<Task>([] { d::use(); }); std::thread([task] { (*task)(); }).detach(); }); // GET /shared: d&
  route("/made", [] { made(); }); // GET /made: c
  route("/many", [] { many[0](); }); // GET /many: b
  route("/moved", [] { Task task([] { a::use(); }); Task other = std::move(task); other.reset(); other(); }); // GET /moved: a
  route("/swapped", [] { Task one([] { a::use(); }), two([] { b::use(); }); one.swap(two); one(); }); // GET /swapped: a? b?
  route("/converts", [] { converts("x"); }); // GET /converts: d e
  route("/gives", [] { gives(); }); // GET /gives: f
  route("/at-exit", [] { late.make_ready_at_thread_exit(1); }); // GET /at-exit: c
  route("/filled", [] { fill(opaque); opaque(); }); // GET /filled: a?
  route("/later", [] { auto task = std::make_shared<Task>([] { b::use(); }); lib::later([task] { (*task)(); }); }); // GET /later: b
  route("/pool-a", [] { pool.enqueue([] { a::use(); }); }); // GET /pool-a: a?&
  route("/pool-b", [] { pool.enqueue(useB).get(); }); // GET /pool-b: a?& b?&
  route("/pool-text", [] { pool.enqueue([](Text) {}, "x"); }); // GET /pool-text: e?&
  serve();
}
// ambient:
