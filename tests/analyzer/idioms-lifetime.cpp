// RUN: %expect %s
// Code that runs because something begins, ends or fails: nobody calls it by its name.
#include "world.h"

#include <csignal>
#include <cstdlib>
#include <exception>
#include <future>
#include <list>
#include <mutex>
#include <new>
#include <optional>
#include <set>
#include <stdexcept>
#include <system_error>
#include <unordered_set>

using F = std::function<void()>;
using P = void (*)();
void useA() { a::use(); }
void useB() { b::use(); }
void useC() { c::use(); }
bool chance() { static bool now = false; return now = !now; }

// ---- scope guards ---------------------------------------------------------------
template <typename T> struct Guard {
  T action;
  bool armed = true;
  ~Guard() {
    if (armed)
      action();
  }
};
template <typename T> Guard(T) -> Guard<T>;
struct Finally {
  Finally(F f) : f(std::move(f)) {}
  ~Finally() { f(); }
  F f;
};
struct FinallyPointer {
  P p;
  ~FinallyPointer() { p(); }
};
#define JOIN2(x, y) x##y
#define JOIN(x, y) JOIN2(x, y)
#define DEFER(code) auto JOIN(deferred, __LINE__) = Guard{[&] { code; }}

// ---- exceptions -------------------------------------------------------------------
struct Failure : std::runtime_error {
  using std::runtime_error::runtime_error;
  ~Failure() override { a::use(); }
  const char *what() const noexcept override { return (b::use(), ""); }
};
struct Quiet : std::exception {
  const char *what() const noexcept override { return (c::use(), ""); }
};
std::exception_ptr saved;
void save() { saved = std::make_exception_ptr(Failure("")); }
void again() { std::rethrow_exception(saved); }
struct Throwing {
  ~Throwing() noexcept(false) {
    if (!std::uncaught_exceptions())
      throw d::Object();
  }
};
struct Trying {
  e::Object member;
  Trying() try : member() {
    a::use();
  } catch (...) {
    b::use();
  }
};
struct Error {
  virtual ~Error() = default;
  virtual void report() { d::use(); }
};
struct Fatal : Error {
  void report() override { e::use(); }
};
void fails() { throw Fatal(); }
void nested() {
  try {
    fails();
  } catch (...) {
    std::throw_with_nested(Quiet());
  }
}
void terminating() noexcept { fails(); }

// ---- objects that end by themselves -------------------------------------------------
struct PerThread {
  PerThread() { a::use(); }
  ~PerThread() { b::use(); }
  void touch() { c::use(); }
};
thread_local PerThread perThread;
struct PerFunction {
  ~PerFunction() { d::use(); }
};
void withThreadLocal() { thread_local PerFunction one; }
struct Reset {
  ~Reset() { a::use(); }
};
std::optional<Reset> resettable;
std::unique_ptr<Reset> owned;
std::shared_ptr<Reset> sharedReset;
std::list<Reset> resets;
struct Ordered {
  int n;
  bool operator<(const Ordered &other) const { return (b::use(), n < other.n); }
};
struct Hashed {
  bool operator==(const Hashed &) const { return (c::use(), true); }
};
template <> struct std::hash<Hashed> {
  std::size_t operator()(const Hashed &) const { return (d::use(), 0); }
};
struct Observed : std::enable_shared_from_this<Observed> {
  ~Observed() { e::use(); }
  F later() { return [self = shared_from_this()] { self->act(); }; }
  void act() { c::use(); }
};
struct Whole {
  Reset part;
};
struct FileCloser {
  void operator()(std::FILE *) const { b::use(); }
};
using File = std::unique_ptr<std::FILE, FileCloser>;
struct ErasedDeleter {
  F f;
  void operator()(int *n) const { (delete n, f()); }
};
union Slot {
  Slot() : none() {}
  ~Slot() {}
  int none;
  Reset reset;
};

// ---- at the ends of the program, and when it fails -------------------------------------
void atTheEnd() { a::use(); }
void atQuickEnd() { b::use(); }
void onSignal(int) { c::use(); }
void outOfMemory() { d::use(); }
void onTerminate() { e::use(); }
[[gnu::constructor]] void before() { f::value(); }

// ---- allocation ----------------------------------------------------------------------
template <typename T> struct Pool {
  using value_type = T;
  Pool() = default;
  template <typename U> Pool(const Pool<U> &) {}
  T *allocate(std::size_t n) { return (a::use(), static_cast<T *>(::operator new(n * sizeof(T)))); }
  void deallocate(T *p, std::size_t) { (b::use(), ::operator delete(p)); }
  bool operator==(const Pool &) const { return true; }
};
struct Placed {
  Placed() { c::use(); }
  ~Placed() { d::use(); }
  static void *operator new(std::size_t, void *p, int) { return (e::use(), p); }
  static void operator delete(void *, void *, int) { a::use(); }
};
struct Category : std::error_category {
  const char *name() const noexcept override { return (a::use(), ""); }
  std::string message(int) const override { return (b::use(), ""); }
};
const Category &category() {
  static Category one;
  return one;
}

int main() {
  resettable.emplace();
  route("/guard", [] { Guard g{[] { a::use(); }}; }); // GET /guard: a
  route("/defer", [] { DEFER(b::use()); }); // GET /defer: b
  route("/finally", [] { Finally f(useC); }); // GET /finally: c e?
  route("/finally-pointer", [] { FinallyPointer f{useB}; }); // GET /finally-pointer: b
  route("/failure", [] { throw Failure(""); }); // GET /failure: a b?
  route("/what", [] { try { throw Quiet(); } catch (std::exception &e) { e.what(); } }); // GET /what: b? c?
  route("/exception-pointer", [] { save(); again(); }); // GET /exception-pointer: a b? d?
  route("/rethrown", [] { try { again(); } catch (const std::exception &e) { e.what(); } }); // GET /rethrown: a? b? c? d?
  route("/throwing", [] { Throwing x; }); // GET /throwing: d
  route("/trying", [] { Trying x; }); // GET /trying: a b e
  route("/caught", [] { try { fails(); } catch (Error &e) { e.report(); } }); // GET /caught: d? e?
  route("/nested", [] { try { nested(); } catch (std::exception &e) { try { std::rethrow_if_nested(e); } catch (Error &x) { x.report(); } } }); // GET /nested: a? c? d? e?
  route("/terminating", [] { terminating(); }); // GET /terminating:
  route("/promise", [] { std::promise<void> p; p.set_exception(std::make_exception_ptr(Failure(""))); p.get_future().get(); }); // GET /promise: a b d?
  route("/per-thread", [] { perThread.touch(); }); // GET /per-thread: a b c
  route("/per-function", [] { withThreadLocal(); }); // GET /per-function: d
  route("/reset", [] { resettable.reset(); }); // GET /reset: a
  route("/reset-unique", [] { owned.reset(); }); // GET /reset-unique: a
  route("/assign-null", [] { sharedReset = nullptr; }); // GET /assign-null: a?
  route("/erase", [] { resets.erase(resets.begin()); }); // GET /erase: a
  route("/clear", [] { resets.clear(); }); // GET /clear: a
  route("/moved-over", [] { std::unique_ptr<Reset> other; owned = std::move(other); }); // GET /moved-over: a
  route("/released", [] { delete owned.release(); }); // GET /released: a
  route("/weak", [] { std::weak_ptr<Reset> w = sharedReset; w.lock(); }); // GET /weak: a?
  route("/set", [] { std::set<Ordered> s; s.insert({1}); }); // GET /set: b
  route("/hash", [] { std::unordered_set<Hashed> s; s.insert({}); }); // GET /hash: c d
  route("/observed", [] { std::make_shared<Observed>()->later()(); }); // GET /observed: c e?
  route("/aliased", [] { auto whole = std::make_shared<Whole>(); std::shared_ptr<Reset> part(whole, &whole->part); }); // GET /aliased: a?
  route("/void-pointer", [] { std::shared_ptr<void> p = std::make_shared<Reset>(); }); // GET /void-pointer: a?
  route("/file", [] { File f(std::fopen("", "r")); }); // GET /file: b
  route("/erased-deleter", [] { std::unique_ptr<int, ErasedDeleter> p(new int, {useC}); }); // GET /erased-deleter: c e?
  route("/shared-erased", [] { F f = useA; std::shared_ptr<int> p(new int, [f](int *n) { delete n; f(); }); }); // GET /shared-erased: a b? e?
  route("/union", [] { Slot s; new (&s.reset) Reset; s.reset.~Reset(); }); // GET /union: a
  route("/at-exit", [] { std::atexit(atTheEnd); }); // GET /at-exit: a
  route("/quick-exit", [] { std::at_quick_exit(atQuickEnd); std::quick_exit(1); }); // GET /quick-exit: b
  route("/signal", [] { std::signal(SIGTERM, onSignal); std::raise(SIGTERM); }); // GET /signal: c
  route("/new-handler", [] { std::set_new_handler(outOfMemory); }); // GET /new-handler: d
  route("/terminate", [] { std::set_terminate(onTerminate); }); // GET /terminate: e
  route("/pool", [] { std::vector<int, Pool<int>> v(3); }); // GET /pool: a b
  route("/allocate-shared", [] { std::allocate_shared<int>(Pool<int>(), 1); }); // GET /allocate-shared: a b e?
  route("/placed", [] { char p[sizeof(Placed)]; (new (p, 1) Placed)->~Placed(); }); // GET /placed: a c d e
  route("/construct", [] { alignas(Placed) char p[sizeof(Placed)]; std::destroy_at(std::construct_at(reinterpret_cast<Placed *>(p))); }); // GET /construct: c d
  route("/category", [] { std::error_code code(1, category()); code.message(); }); // GET /category: a? b
  serve(); // startup: f
}
