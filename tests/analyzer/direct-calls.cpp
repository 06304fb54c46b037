// RUN: %expect %s
// Every kind of direct call, written in the source or not.
#include "world.h"

struct Member {
  a::Object object;
};
struct Base {
  Base() { b::use(); }
  ~Base() { c::use(); }
};
struct Derived : Base {
  int number = d::value();
};
struct Converted {
  operator int() const { return e::value(); }
};
int defaulted(int number = a::value()) { return number; }
a::Object made() { return {}; }
void byValue(b::Object) {}
struct Range {
  int *begin() { return (c::use(), nullptr); }
  int *end() { return (d::use(), nullptr); }
};
struct Pair {
  template <int N> int get() const { return N == 0 ? a::value() : b::value(); }
};
template <> struct std::tuple_size<Pair> : std::integral_constant<std::size_t, 2> {};
template <std::size_t N> struct std::tuple_element<N, Pair> { using type = int; };
struct Heavy {
  static void *operator new(std::size_t size) { return (a::use(), ::operator new(size)); }
  static void operator delete(void *place) { (b::use(), ::operator delete(place)); }
};
template <typename T> void onlyInstantiated(T) {
  if constexpr (sizeof(T) == 1)
    a::use();
  else
    b::use();
}
template <typename T> void neverInstantiated(T) { f::use(); }
inline void neverCalled() { f::use(); }
void cleaned(int *) { e::use(); }
struct Copied {
  a::Object object;
  std::vector<b::Object> list;
};
struct Counter {
  Counter &operator++() { return (c::use(), *this); }
};
int operator""_d(unsigned long long) { return d::value(); }
struct Virtual {
  virtual void run() { a::use(); }
  virtual ~Virtual() = default;
};
struct Final final : Virtual {
  void run() override { b::use(); }
};

void setUp() {
  route("/function", [] { a::use(); }); // GET /function: a
  route("/variable", [] { a::counter = 1; }); // GET /variable: a
  route("/local", [] { a::Object object; }); // GET /local: a
  route("/member", [] { Member member; }); // GET /member: a
  route("/temporary", [] { a::Object(); }); // GET /temporary: a
  route("/base", [] { Derived derived; }); // GET /base: b c d
  route("/conversion", [] { int n = Converted(); (void)n; }); // GET /conversion: e
  route("/bool", [] { b::Object object; if (object) return; }); // GET /bool: b
  route("/operator", [] { a::Object x; (void)(x + x); }); // GET /operator: a
  route("/increment", [] { Counter counter; ++counter; }); // GET /increment: c
  route("/literal", [] { (void)1_d; }); // GET /literal: d
  route("/default", [] { defaulted(); }); // GET /default: a
  route("/given", [] { defaulted(1); }); // GET /given:
  route("/returned", [] { made(); }); // GET /returned: a
  route("/parameter", [] { byValue({}); }); // GET /parameter: b
  route("/range", [] { for (int n : Range()) (void)n; }); // GET /range: c d
  route("/bindings", [] { auto [x, y] = Pair(); (void)x; (void)y; }); // GET /bindings: a b
  route("/new", [] { (void)new Heavy; }); // GET /new: a b
  route("/delete", [] { delete static_cast<Heavy *>(nullptr); }); // GET /delete: b
  route("/throw", [] { throw a::Object(); }); // GET /throw: a
  route("/catch", [] { try { serve(); } catch (b::Object) { c::use(); } }); // GET /catch: b c
  route("/template", [] { onlyInstantiated('x'); }); // GET /template: a
  route("/unevaluated", [] { (void)sizeof(a::value()); static_assert(noexcept(b::value()) == false); }); // GET /unevaluated:
  route("/static", [] { static a::Object object; }); // GET /static: a
  route("/cleanup", [] { __attribute__((cleanup(cleaned))) int n = 0; }); // GET /cleanup: e
  route("/copy", [] { Copied *x = nullptr; Copied y = *x; *x = y; }); // GET /copy: a b
  route("/lambda", [] { auto inner = [object = c::Object()] { d::use(); }; inner(); }); // GET /lambda: c d
  route("/generic", [] { [](auto x) { x.call(); }(a::Object()); }); // GET /generic: a
  route("/exact", [] { Virtual object; object.run(); }); // GET /exact: a
  route("/final", [] { std::unique_ptr<Final> object; object->run(); }); // GET /final: b
  route("/vector", [] { std::vector<a::Object> list(3); list.emplace_back(); }); // GET /vector: a
  route("/smart", [] { auto object = std::make_unique<a::Object>(); }); // GET /smart: a
  route("/list", [] { a::Object list[2] = {}; (void)list; }); // GET /list: a
}

int main() {
  setUp();
  serve();
}
