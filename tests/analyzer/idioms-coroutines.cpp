// RUN: %expect %s
// Coroutines as libraries of tasks write them: chains, symmetric transfer, schedulers, lambdas.
#include "world.h"

#include <coroutine>
#include <deque>
#include <exception>
#include <map>
#include <optional>
#include <utility>

template <typename T> struct Task {
  struct promise_type {
    std::optional<T> value;
    std::coroutine_handle<> next;
    std::exception_ptr failure;
    Task get_return_object() { return Task{std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_always initial_suspend() noexcept { return {}; }
    struct Final {
      bool await_ready() noexcept { return false; }
      std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> h) noexcept {
        return h.promise().next ? h.promise().next : std::noop_coroutine();
      }
      void await_resume() noexcept {}
    };
    Final final_suspend() noexcept { return {}; }
    void return_value(T v) { value = std::move(v); }
    void unhandled_exception() { failure = std::current_exception(); }
    /// What is awaited goes through here.
    template <typename A> decltype(auto) await_transform(A &&a) { return (f::use(), std::forward<A>(a)); }
  };
  std::coroutine_handle<promise_type> handle;
  explicit Task(std::coroutine_handle<promise_type> h) : handle(h) {}
  Task(Task &&other) : handle(std::exchange(other.handle, {})) {}
  ~Task() {
    if (handle)
      handle.destroy();
  }
  bool await_ready() { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> caller) {
    handle.promise().next = caller;
    return handle;
  }
  T await_resume() { return std::move(*handle.promise().value); }
  T run() { return (handle.resume(), std::move(*handle.promise().value)); }
};
Task<int> innermost() {
  a::use();
  co_return 1;
}
Task<int> middle() { co_return co_await innermost() + b::value(); }
Task<char> outermost() {
  int n = co_await middle();
  co_return char(n + c::value());
}
Task<long> other() { co_return d::value(); }

struct Detached {
  struct promise_type {
    Detached get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() {}
  };
};
/// Continues when the library calls back.
struct FromLibrary {
  bool await_ready() { return false; }
  void await_suspend(std::coroutine_handle<> h) { lib::later([h] { h.resume(); }); }
  void await_resume() { a::use(); }
};
Detached waits() {
  co_await FromLibrary();
  b::use();
}
/// A queue of ready ones, which a worker thread runs.
struct Scheduler {
  std::deque<std::coroutine_handle<>> ready;
  auto schedule() {
    struct Awaiter {
      Scheduler &self;
      bool await_ready() { return false; }
      void await_suspend(std::coroutine_handle<> h) { self.ready.push_back(h); }
      void await_resume() {}
    };
    return Awaiter{*this};
  }
  void run() {
    while (!ready.empty()) {
      auto next = ready.front();
      ready.pop_front();
      next.resume();
    }
  }
} scheduler;
Detached scheduled(std::function<void()> work) {
  co_await scheduler.schedule();
  work();
}
struct Connection {
  virtual ~Connection() = default;
  virtual Task<int> read() = 0;
};
struct Tcp : Connection {
  Task<int> read() override {
    c::use();
    co_return 1;
  }
};
struct Tls : Connection {
  Task<int> read() override {
    d::use();
    co_return 1;
  }
};
Task<int> readAll(Connection &c) { co_return co_await c.read(); }
std::map<int, std::function<Task<int>()>> table;
template <typename T> struct Generator {
  struct promise_type {
    T *current;
    Generator get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    std::suspend_always yield_value(T &value) { return (current = &value, std::suspend_always()); }
    void return_void() {}
    void unhandled_exception() {}
  };
  std::coroutine_handle<promise_type> handle;
  ~Generator() { handle.destroy(); }
  struct Iterator {
    std::coroutine_handle<promise_type> handle;
    T &operator*() const { return *handle.promise().current; }
    Iterator &operator++() { return (handle.resume(), *this); }
    bool operator==(std::default_sentinel_t) const { return handle.done(); }
  };
  Iterator begin() { return (handle.resume(), Iterator{handle}); }
  std::default_sentinel_t end() { return {}; }
};
struct Item {
  virtual ~Item() = default;
  virtual void use() { a::use(); }
};
struct Special : Item {
  void use() override { b::use(); }
};
Generator<Item> items() {
  Special special;
  co_yield special;
}

int main() {
  table[1] = []() -> Task<int> {
    e::use();
    co_return 1;
  };
  route("/chain", [] { outermost().run(); }); // GET /chain: a b c e? f
  route("/other", [] { other().run(); }); // GET /other: d
  route("/library", [] { waits(); }); // GET /library: a& b&
  route("/scheduled-a", [] { scheduled([] { a::use(); }); }); // GET /scheduled-a: a&
  route("/scheduled-b", [] { scheduled(b::use); }); // GET /scheduled-b: b&
  route("/run", [] { scheduler.run(); }); // GET /run:
  route("/virtual", [] { Tcp tcp; readAll(tcp).run(); }); // GET /virtual: a? b? c e? f
  route("/table", [] { table.at(1)().run(); }); // GET /table: a? b? c? e f?
  route("/lambda", [] { [](int n) -> Task<int> { e::use(); co_return n; }(1).run(); }); // GET /lambda: a? b? c? e f?
  route("/generator", [] { for (Item &item : items()) item.use(); }); // GET /generator: b
  serve();
}
