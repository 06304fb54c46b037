// RUN: %expect %s
// C++20 as it is written: coroutines, concepts, if constexpr, designated initialisers, exceptions.
#include "world.h"

#include <concepts>
#include <coroutine>
#include <deque>
#include <exception>
#include <optional>

// ---- coroutines -------------------------------------------------------------

/// Starts at once, and ends by itself.
struct Fire {
  struct promise_type {
    Fire get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
};
Fire atOnce() {
  a::use();
  co_return;
}

struct Waits {
  bool await_ready() { return (b::use(), false); }
  void await_suspend(std::coroutine_handle<>) { c::use(); }
  void await_resume() { d::use(); }
};
Fire awaiting() { co_await Waits(); }

struct Convertible {};
Waits operator co_await(Convertible) { return (e::use(), Waits()); }
Fire converting() { co_await Convertible(); }

/// Each of the promise's functions is some component's.
struct Telling {
  struct promise_type {
    promise_type() { a::use(); }
    ~promise_type() { b::use(); }
    Telling get_return_object() { return (c::use(), Telling()); }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return (d::use(), std::suspend_never()); }
    void return_value(int) { e::use(); }
    void unhandled_exception() { f::use(); }
  };
};
Telling told() { co_return 1; }

struct Allocated {
  struct promise_type {
    Allocated get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() {}
    static void *operator new(std::size_t size) { return (a::use(), ::operator new(size)); }
    static void operator delete(void *memory) { (b::use(), ::operator delete(memory)); }
  };
};
Allocated allocated() { co_return; }

Fire withParameter(c::Object) { co_return; }

template <typename T> struct Sequence {
  struct promise_type {
    std::optional<T> last;
    Sequence get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    std::suspend_always yield_value(T value) { return (last = value, std::suspend_always()); }
    void return_void() {}
    void unhandled_exception() {}
  };
  std::coroutine_handle<promise_type> handle;
  bool next() { return (handle.resume(), !handle.done()); }
  ~Sequence() {
    if (handle)
      handle.destroy();
  }
};
struct Keeps {
  ~Keeps() { f::use(); }
};
Sequence<int> numbers() {
  Keeps keeps;
  a::use();
  co_yield 1;
  b::use();
}
Sequence<char> letters() {
  c::use();
  co_yield 'c';
}
Sequence<int> *shared;
Sequence<char> *other;

// What waits in a queue is run by whoever takes it out.
std::deque<std::coroutine_handle<>> ready;
struct Later {
  bool await_ready() { return false; }
  void await_suspend(std::coroutine_handle<> handle) { ready.push_back(handle); }
  void await_resume() {}
};
Fire later() {
  co_await Later();
  e::use();
}

Fire apart(std::function<void()> done) {
  co_await Later();
  done();
}
// Made by start-up code, it goes on while requests are served.
Fire background() {
  co_await Later();
  f::value();
}

// ---- the rest ---------------------------------------------------------------

template <typename T>
concept Callable = requires(T t) { t.call(); };
struct Plain {};
template <Callable T> void chosen(T t) { t.call(); }
template <typename T>
  requires(!Callable<T>)
void chosen(T) {
  b::use();
}
template <typename T> void compiled(T) {
  if constexpr (std::integral<T>)
    c::use();
  else
    d::use();
}
struct Settings {
  int first = a::value();
  int second = b::value();
  void (*done)() = c::use;
};
void run(Settings settings) { settings.done(); }

struct Guard {
  ~Guard() { e::use(); }
};
void thrower() { throw d::Object(); }
void guarded() {
  Guard guard;
  thrower();
}
struct Halfway {
  b::Object first;
  Halfway() { thrower(); }
};

int main() {
  background(); // ambient: f
  route("/at-once", [] { atOnce(); }); // GET /at-once: a
  route("/awaiting", [] { awaiting(); }); // GET /awaiting: b& c& d&
  route("/converting", [] { converting(); }); // GET /converting: b& c& d& e&
  route("/told", [] { told(); }); // GET /told: a b c d e f
  route("/allocated", [] { allocated(); }); // GET /allocated: a b
  route("/parameter", [] { withParameter({}); }); // GET /parameter: c
  route("/numbers", [] { auto all = numbers(); while (all.next()) d::use(); }); // GET /numbers: a b d f
  route("/letters", [] { letters(); }); // GET /letters: c
  route("/shared", [] { shared->next(); }); // GET /shared: a b f
  route("/other", [] { other->next(); }); // GET /other: c
  route("/destroyed", [] { delete shared; }); // GET /destroyed: a b f
  route("/later", [] { later(); }); // GET /later: e&
  route("/apart-a", [] { apart(a::use); }); // GET /apart-a: a&
  route("/apart-b", [] { apart(b::use); }); // GET /apart-b: b&
  route("/ready", [] { ready.front().resume(); }); // GET /ready:
  route("/concept", [] { chosen(a::Object()); chosen(Plain()); }); // GET /concept: a b
  route("/constexpr", [] { compiled(1); }); // GET /constexpr: c
  route("/designated", [] { run({.second = 2, .done = d::use}); }); // GET /designated: a d
  route("/thrown", [] { guarded(); }); // GET /thrown: d e
  route("/halfway", [] { Halfway halfway; }); // GET /halfway: b d
  serve();
}
