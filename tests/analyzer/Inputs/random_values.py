"""Programs whose objects are made, copied, compared, converted and ended in all the ways that the
language and the standard library have, run and analyzed.

usage: random_values.py FIRST COUNT [FOLDER]

Each special member, operator and overrider of the types below is a component of its own. A program
has some of these types, and a request for each of the statements, with types taken at random by
the seed. What a request enters has to be in its list. Exit code 1 where something was missed; the
programs of those seeds stay in FOLDER.

Statements on variables that start with g leave for others what they have to end.
"""
import random
import re

from random_programs import compare, run, write

HEADER = """
#pragma once
#include <algorithm>
#include <any>
#include <array>
#include <atomic>
#include <barrier>
#include <bitset>
#include <cassert>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <exception>
#include <forward_list>
#include <functional>
#include <future>
#include <initializer_list>
#include <iomanip>
#include <iostream>
#include <iterator>
#include <list>
#include <locale>
#include <map>
#include <memory>
#include <memory_resource>
#include <mutex>
#include <new>
#include <numeric>
#include <optional>
#include <queue>
#include <random>
#include <ranges>
#include <set>
#include <span>
#include <sstream>
#include <stack>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <system_error>
#include <thread>
#include <tuple>
#include <typeindex>
#include <typeinfo>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <valarray>
#include <variant>
#include <vector>
void route(const std::string &path, std::function<void()> handler);
void serve();
bool chance();
"""

WORLD = """
#include "made.h"
#include <cstdint>
#include <cstdio>
namespace world {
std::map<std::string, std::function<void()>> handlers;
bool entered[4000];
std::uint32_t state = 1;
}
bool chance() {
  world::state = world::state * 1664525u + 1013904223u;
  return world::state >> 31;
}
void enter(int number) { world::entered[number] = true; }
void route(const std::string &path, std::function<void()> handler) { world::handlers[path] = handler; }
void serve() {
  for (int turn = 0; turn < 8; ++turn)
    for (auto &[path, handler] : world::handlers) {
      std::memset(world::entered, 0, sizeof world::entered);
      try {
        handler();
      } catch (...) {
      }
      std::printf("%s", path.c_str());
      for (int each = 0; each < 4000; ++each)
        if (world::entered[each])
          std::printf(" %d", each);
      std::printf("\\n");
    }
  std::fflush(stdout);
  std::quick_exit(0);
}
"""

# In what follows T is the type, P the one before it, @ the use of a component. What else is called
# T… or …T is one for each type.
TYPE = """
struct T {
  T() { @ }
  T(int n) : n(n) { @ }
  T(const P &) { @ }
  T(const T &other) : n(other.n) { @ }
  T(T &&other) MOVES : n(other.n) { @ }
  T &operator=(const T &other) { n = other.n; @ return *this; }
  T &operator=(T &&other) MOVES { n = other.n; @ return *this; }
  T &operator=(int other) { n = other; @ return *this; }
  ~T() { @ }
  explicit operator bool() const { @ return true; }
  explicit operator std::string() const { @ return {}; }
  T &operator++() { @ ++n; return *this; }
  T &operator+=(const T &) { @ return *this; }
  T operator-() const { @ return *this; }
  int operator()(int x) const { @ return x; }
  int operator[](int x) const { @ return x; }
  void method() const { @ }
  int key() const { @ return n; }
  void lock() { @ }
  bool try_lock() { @ return true; }
  void unlock() { @ }
  friend T operator+(const T &a, const T &) { @ return a; }
  friend bool operator<(const T &a, const T &b) { @ return a.n < b.n; }
  friend bool operator==(const T &a, const T &b) { @ return a.n == b.n; }
  friend void swap(T &a, T &b) { @ std::swap(a.n, b.n); }
  friend std::ostream &operator<<(std::ostream &to, const T &) { @ return to; }
  friend std::istream &operator>>(std::istream &from, T &to) { @ return from >> to.n; }
  int n = 0;
};
template <> struct std::hash<T> {
  std::size_t operator()(const T &) const { @ return 1; }
};
struct TLess {
  TLess() { @ }
  TLess(const TLess &) { @ }
  bool operator()(const T &a, const T &b) const { @ return a.n < b.n; }
};
struct TBase {
  virtual ~TBase() { @ }
  virtual void go() { @ }
};
struct TDerived : TBase {
  ~TDerived() override { @ }
  void go() override { @ }
  T member;
};
struct TError : std::exception {
  TError() { @ }
  TError(const TError &) : std::exception() { @ }
  ~TError() override { @ }
  const char *what() const noexcept override { @ return ""; }
};
struct TRange {
  struct Iterator {
    using value_type = int;
    using difference_type = std::ptrdiff_t;
    using iterator_category = std::forward_iterator_tag;
    using pointer = const int *;
    using reference = int;
    int at = 0;
    int operator*() const { @ return at; }
    Iterator &operator++() { @ ++at; return *this; }
    Iterator operator++(int) { Iterator old = *this; ++at; return old; }
    bool operator==(const Iterator &other) const { @ return at == other.at; }
  };
  Iterator begin() const { @ return {0}; }
  Iterator end() const { @ return {3}; }
};
struct TTuple {
  T first;
};
template <> struct std::tuple_size<TTuple> : std::integral_constant<std::size_t, 2> {};
template <> struct std::tuple_element<0, TTuple> { using type = int; };
template <> struct std::tuple_element<1, TTuple> { using type = T; };
template <std::size_t I> auto get(const TTuple &whole) {
  if constexpr (I == 0) { @ return 1; }
  else { @ return whole.first; }
}
template <typename X> struct TAllocator {
  using value_type = X;
  TAllocator() { @ }
  template <typename Y> TAllocator(const TAllocator<Y> &) { @ }
  X *allocate(std::size_t n) { @ return static_cast<X *>(std::malloc(n * sizeof(X))); }
  void deallocate(X *p, std::size_t) { @ std::free(p); }
  template <typename Y> bool operator==(const TAllocator<Y> &) const { return true; }
};
struct TResource : std::pmr::memory_resource {
  void *do_allocate(std::size_t n, std::size_t) override { @ return std::malloc(n); }
  void do_deallocate(void *p, std::size_t, std::size_t) override { @ std::free(p); }
  bool do_is_equal(const std::pmr::memory_resource &other) const noexcept override { @ return this == &other; }
};
struct TBuffer : std::streambuf {
  int overflow(int c) override { @ return c; }
  int underflow() override { @ return EOF; }
  int sync() override { @ return 0; }
};
struct TCategory : std::error_category {
  const char *name() const noexcept override { @ return ""; }
  std::string message(int) const override { @ return ""; }
  std::error_condition default_error_condition(int value) const noexcept override { @ return {value, *this}; }
};
struct TNew {
  static void *operator new(std::size_t n) { @ return std::malloc(n); }
  static void operator delete(void *p) { @ std::free(p); }
  static void *operator new[](std::size_t n) { @ return std::malloc(n); }
  static void operator delete[](void *p) { @ std::free(p); }
  TNew() { if (chance()) { @ throw 1; } }
};
struct TDeleter {
  T copied;
  template <typename X> void operator()(X *p) const { @ delete p; }
};
struct TBoth : T, virtual TDerived {
  using T::T;
  T inner = 3;
  T more[2];
};
struct TShared : std::enable_shared_from_this<TShared> {
  T inner;
};
struct TAccess {
  T held;
  T *operator->() { @ return &held; }
  T &operator*() { @ return held; }
  TAccess *operator&() { @ return nullptr; }
  int operator,(int x) { @ return x; }
  bool operator!() { @ return false; }
  bool operator&&(int) { @ return false; }
  int operator->*(int x) { @ return x; }
};
struct TOrder {
  T held;
  auto operator<=>(const TOrder &other) const { @ return held.n <=> other.held.n; }
  bool operator==(const TOrder &other) const { @ return held.n == other.held.n; }
};
struct TSurrogate {
  using Function = void (*)();
  static void run() { @ }
  operator Function() const { @ return run; }
  operator const char *() const { @ return "x"; }
};
struct TArrow {
  TAccess next;
  TAccess &operator->() { @ return next; }
};
struct TAwkward {
  TAwkward() : TAwkward(1) { @ }
  explicit TAwkward(int n) try : own(n) { if (chance()) { @ throw n; } } catch (int) { @ }
  TAwkward(std::initializer_list<T> all) : own(all.size()) { @ }
  auto self() { return [*this] { own.method(); }; }
  static T shared;
  static inline T common;
  T own;
};
T TAwkward::shared = 1;
template <typename X> struct TBuilt : X {
  TBuilt() { static T once; static_cast<X *>(this)->go(); }
  void go() override { @ this->X::go(); }
};
struct TRandom {
  using result_type = unsigned;
  static constexpr unsigned min() { return 0; }
  static constexpr unsigned max() { return 255; }
  unsigned at = 0;
  unsigned operator()() { @ return at++ % 256; }
};
struct TClock {
  using duration = std::chrono::system_clock::duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<TClock>;
  static constexpr bool is_steady = false;
  static time_point now() { @ return time_point(std::chrono::system_clock::now().time_since_epoch()); }
};
struct TFacet : std::numpunct<char> {
  char do_decimal_point() const override { @ return ','; }
  std::string do_grouping() const override { @ return {}; }
};
enum class TCode { bad = 1 };
template <> struct std::is_error_code_enum<TCode> : std::true_type {};
inline std::error_code make_error_code(TCode) { @ return {1, std::generic_category()}; }
template <typename X> struct TMaking {
  using value_type = X;
  X *allocate(std::size_t n) { return std::allocator<X>().allocate(n); }
  void deallocate(X *p, std::size_t n) { std::allocator<X>().deallocate(p, n); }
  template <typename... A> void construct(X *p, A &&...a) { @ ::new (p) X(std::forward<A>(a)...); }
  void destroy(X *p) { @ p->~X(); }
  TMaking select_on_container_copy_construction() const { @ return *this; }
  bool operator==(const TMaking &) const { return true; }
};
struct TSentinel {
  int *end;
  friend bool operator==(int *at, const TSentinel &s) { @ return at == s.end; }
};
struct TSpan {
  int all[2] = {1, 2};
};
inline int *begin(TSpan &span) { @ return span.all; }
inline TSentinel end(TSpan &span) { @ return {span.all + 2}; }
struct TPredicate {
  TPredicate() = default;
  TPredicate(const TPredicate &) { @ }
  bool operator()(const T &a) const { @ return a.n > 1; }
  bool operator()(const T &a, const T &b) const { @ return a.n == b.n; }
};
struct THash {
  std::size_t operator()(const T &) const { @ return 2; }
};
inline std::ostream &manipT(std::ostream &to) { @ return to; }
inline TBase &baseT() { static TDerived one; @ return one; }
template <typename X> void byT(X x) { x(); }
inline int sizeT(int n) { @ return n; }
inline T operator""_T(unsigned long long) { @ return T(1); }
inline T makeT() { T made; return made; }
inline T makeT(const P &from) { return from; }
inline void takeT(T) { @ }
inline void takeT(T a, T b) { @ }
inline void defaultT(T given = T(5), P other = P()) { @ }
inline int sizedT(const std::vector<T> &all) { @ return all.size(); }
std::any gT_any;
std::shared_ptr<void> gT_void;
std::shared_ptr<int> gT_deleted;
std::function<void()> gT_function;
std::exception_ptr gT_error;
std::vector<T> gT_vector;
std::map<int, T> gT_map;
std::optional<T> gT_optional;
std::variant<int, T, P> gT_variant;
std::unique_ptr<TBase> gT_base;
std::list<std::any> gT_list;
std::shared_future<T> gT_future;
std::unique_ptr<int, std::function<void(int *)>> gT_custom;
std::vector<std::function<int(int)>> gT_functions;
std::shared_ptr<TBase> gT_shared;
std::atomic<std::shared_ptr<TBase>> gT_atomic;
std::shared_ptr<std::ostream> gT_out;
std::function<T(const T &)> gT_maps;
std::map<std::string, std::any> gT_named;
inline thread_local std::vector<T> gT_local;
"""

# What libraries may call whenever they run: once, since all requests touch it.
OPEN = """
V0Resource gV0_resource;
V0Buffer gV0_buffer;
std::ostream gV0_stream(&gV0_buffer);
V0Category gV0_category;
std::error_code gV0_code;
"""

STATEMENTS = r"""
T a; (void)a;
T a(1); T b = std::move(a); b = a; a = std::move(b);
T a = makeT(); (void)a;
T a = makeT(P()); (void)a;
takeT(P());
takeT({});
takeT({1}, 2);
defaultT();
const T &a = P(); (void)a;
T a = 1_T; (void)a;
auto a = chance() ? T() : T(P()); (void)a;
if (T a; a) return;
while (T a = chance() ? T(1) : T(2)) break;
for (T a; a.n < 2; ++a) if (chance()) continue;
T all[3]; auto copy = [all] { return all[0].n; }; copy();
auto keep = [a = T()]() mutable { ++a; }; auto other = keep; other();
T a; std::function<int(int)> f = a; std::function<int(int)> g = f; g(1); f = nullptr;
std::function<int(int)> f = T(); f = std::move(f); std::swap(f, f); f(2);
T a; auto f = std::bind(&T::method, a); f();
T a; auto f = std::bind([](T) {}, a); f();
T a; std::invoke(&T::method, a);
T a; std::mem_fn(&T::key)(a);
T a; std::invoke(a, 1);
T a; auto f = std::ref(a); f(1); f.get().method();
T a; std::not_fn(a)(1);
std::vector<T> v; v.push_back(T()); v.push_back(T());
std::vector<T> v(3); v.resize(9);
std::vector<T> v; v.emplace_back(); v.emplace_back(1);
std::vector<T> v{1, 2}; v.insert(v.begin(), T(3));
std::vector<T> v{1, 2}; v.erase(v.begin());
std::vector<T> v{1, 2}, w; w = v; w = std::move(v);
std::vector<P> p(2); std::vector<T> v(p.begin(), p.end());
std::vector<T> v; P p; v.emplace_back(p);
std::vector<T> v{3, 1, 2}; std::sort(v.begin(), v.end());
std::vector<T> v{3, 1, 2}; std::sort(v.begin(), v.end(), TLess());
std::vector<T> v{3, 1, 2}; std::sort(v.begin(), v.end(), [](T a, T b) { return a.n < b.n; });
std::vector<T> v{3, 1, 2}; std::stable_sort(v.begin(), v.end());
std::vector<T> v{3, 1, 2}; std::nth_element(v.begin(), v.begin() + 1, v.end());
std::vector<T> v{3, 1, 2}; std::ranges::sort(v, std::less<>(), &T::key);
std::vector<T> v{3, 1, 2}; std::ranges::for_each(v, [](int) {}, &T::key);
std::vector<T> v{3, 1, 2}; std::reverse(v.begin(), v.end());
std::vector<T> v{3, 1, 2}; std::rotate(v.begin(), v.begin() + 1, v.end());
std::vector<T> v{3, 1, 2}; v.erase(std::unique(v.begin(), v.end()), v.end());
std::vector<T> v{3, 1, 2}; v.erase(std::remove(v.begin(), v.end(), T(1)), v.end());
std::vector<T> v{3, 1, 2}; std::erase_if(v, [](const T &a) { return a.key() == 1; });
std::vector<T> v{3, 1, 2}; std::fill(v.begin(), v.end(), P());
std::vector<T> v{3, 1, 2}, w; std::copy(v.begin(), v.end(), std::back_inserter(w));
std::vector<T> v{3, 1, 2}, w; std::move(v.begin(), v.end(), std::back_inserter(w));
std::vector<P> v{3, 1}; std::vector<T> w; std::transform(v.begin(), v.end(), std::back_inserter(w), [](const T &a) { return a; });
std::vector<P> v{3, 1}; std::vector<T> w(2); std::copy(v.begin(), v.end(), w.begin());
std::vector<T> v{3, 1}; std::accumulate(v.begin(), v.end(), T());
std::vector<T> v{3, 1}; (void)std::find(v.begin(), v.end(), T(1));
std::vector<T> v{3, 1}, w{3, 1}; (void)(v == w);
std::vector<T> v{3, 1}, w{3, 1}; (void)(v < w);
T a, b; (void)std::max(a, b); (void)std::min({a, b});
std::vector<T> v{3, 1}; std::generate(v.begin(), v.end(), [] { return P(); });
std::vector<T> v{3, 1}; for (auto a : v) (void)a;
std::vector<T> v{3, 1}; for (const T &a : v | std::views::filter([](const T &a) { return a.key() > 1; })) a.method();
std::vector<P> v{3, 1}; for (T a : v) a.method();
std::vector<P> v{3, 1}; for (auto a : v | std::views::transform([](P p) { return T(p); })) (void)a;
std::vector<T> v{3, 1}; std::make_heap(v.begin(), v.end()); std::pop_heap(v.begin(), v.end());
std::priority_queue<T> q; q.push(T()); q.push(T(1)); q.pop();
std::priority_queue<T, std::vector<T>, TLess> q; q.push(T()); q.push(T(1));
std::stack<T> s; s.push(T()); s.pop();
std::queue<T> s; s.emplace(2); s.front();
std::deque<T> d; d.push_front(T()); d.push_back(1); d.erase(d.begin());
std::list<T> l{1, 2}; l.sort(); l.remove(T(1));
std::list<T> l{1, 1}; l.unique(); std::list<T> m; m.splice(m.begin(), l);
std::forward_list<T> l{1, 2}; l.push_front(T()); l.sort();
std::set<T> s{1, 2}; (void)s.count(T(1));
std::set<T, TLess> s{1, 2}; std::set<T, TLess> t = s; (void)t.find(T(1));
std::map<T, int> m; m[T(1)] = 2; (void)m.find(P());
std::map<int, T> m; m[1]; m[2] = T(); m[1] = P();
std::map<int, T> m; m.try_emplace(1, P()); m.insert({2, T()}); m.erase(1);
std::map<int, T> m{{1, T()}}; auto node = m.extract(1); node.key() = 3; m.insert(std::move(node));
std::multimap<T, P> m; m.emplace(1, 2); auto n = m; n.clear();
std::unordered_map<T, int> m; m[T(1)] = 2; m.erase(T(1));
std::unordered_set<T> m{1, 2}; (void)m.contains(T(4)); m.rehash(100);
std::unordered_map<int, T> m; m.emplace(1, P()); auto n = std::move(m); n[2];
std::optional<T> o; o = T(); o = P(); o.reset();
std::optional<P> p(1); std::optional<T> o = p; (void)o.value_or(P());
std::optional<T> o; o.emplace(1); (void)(o == std::optional<T>(2)); (void)(o < T(3));
std::variant<T, P> v; v = P(); std::visit([](auto &x) { x.method(); }, v); v.template emplace<0>(2);
std::variant<int, T> v; if (chance()) v = T(); auto w = v; w = 1; (void)(v == w);
std::any a = T(); auto b = a; (void)std::any_cast<T>(a); b = 1;
std::tuple<P, int> p; std::tuple<T, int> t = p; t = p;
std::tuple<T, P> t; auto [a, b] = t; a.method();
T a; int b; std::tie(a, b) = std::make_tuple(P(), 1);
std::apply([](T, int) {}, std::make_tuple(P(), 1));
std::pair<P, int> p; std::pair<T, int> q = p; q = std::make_pair(P(), 1); (void)(q < q); std::swap(q, q);
std::array<T, 2> a{T(), T()}; auto b = a; a = b; (void)(a == b); a.swap(b); a.fill(T());
std::valarray<T> v(2); v += v; (void)v.sum();
TTuple whole; auto [one, two] = whole; two.method();
TRange range; for (int x : range) (void)x;
TRange range; (void)std::count(range.begin(), range.end(), 1); (void)std::distance(range.begin(), range.end());
TRange range; std::vector<int> v(range.begin(), range.end()); (void)std::ranges::max(range);
std::vector<T, TAllocator<T>> v; v.push_back(T()); v.reserve(30);
std::list<int, TAllocator<int>> v; v.push_back(1); auto w = v;
std::basic_string<char, std::char_traits<char>, TAllocator<char>> s; s.resize(100);
auto p = std::allocate_shared<T>(TAllocator<T>()); p->method();
std::pmr::vector<int> v(&gT_resource); v.push_back(1);
std::pmr::polymorphic_allocator<> a(&gT_resource); a.delete_object(a.new_object<T>());
std::pmr::monotonic_buffer_resource pool(&gT_resource); std::pmr::string s(200, 'x', &pool);
auto p = std::make_shared<T>(P()); std::weak_ptr<T> w = p; p.reset(); w.lock();
auto p = std::make_unique<T>(1); p.reset(new T(P()));
auto p = std::make_unique<T[]>(2); p[0].method();
std::unique_ptr<T, TDeleter> p(new T);
std::shared_ptr<int> p(new int(1), TDeleter());
std::shared_ptr<TBase> p = std::make_shared<TDerived>(); std::shared_ptr<TBase> q = std::move(p); q->go();
std::unique_ptr<TBase> p(new TDerived); p->go();
auto p = std::make_shared<TShared>(); auto q = p->shared_from_this(); std::shared_ptr<T> r(q, &q->inner);
TBase *p = new TDerived; delete p;
auto *p = new T[2]; delete[] p;
alignas(T) char raw[sizeof(T)]; auto *p = new (raw) T(P()); p->~T();
alignas(T) char raw[2 * sizeof(T)]; auto *p = reinterpret_cast<T *>(raw); std::uninitialized_default_construct_n(p, 2); std::destroy_n(p, 2);
alignas(T) char raw[sizeof(T)]; auto *p = std::construct_at(reinterpret_cast<T *>(raw), P()); std::destroy_at(p);
std::vector<T> v(2); std::allocator<T> a; T *p = a.allocate(2); std::uninitialized_move(v.begin(), v.end(), p); std::destroy(p, p + 2); a.deallocate(p, 2);
try { throw T(); } catch (T a) { a.method(); }
try { throw T(); } catch (...) {}
try { T a; throw 1; } catch (int) {}
try { throw TError(); } catch (const std::exception &e) { (void)e.what(); }
try { try { throw TError(); } catch (...) { std::throw_with_nested(std::runtime_error("")); } } catch (const std::exception &e) { try { std::rethrow_if_nested(e); } catch (...) {} }
gT_error = std::make_exception_ptr(T());
try { throw TError(); } catch (...) { gT_error = std::current_exception(); }
gT_error = nullptr;
if (gT_error) try { std::rethrow_exception(gT_error); } catch (const std::exception &e) { (void)e.what(); } catch (const T &a) { a.method(); } catch (...) {}
throw TError();
try { delete new TNew; } catch (...) {}
try { delete[] new TNew[2]; } catch (...) {}
try { std::make_unique<TNew>(); } catch (...) {}
std::thread([](T a) { a.method(); }, T()).join();
std::thread([](const T &a) { a.method(); }, P()).join();
std::thread(&T::method, T()).join();
std::thread(T(), 1).join();
auto f = std::async(std::launch::async, [](T a) { return a; }, P()); f.get();
auto f = std::async(std::launch::deferred, [a = T()] { return a; }); f.get();
std::promise<T> p; auto f = p.get_future(); p.set_value(P()); f.get();
std::promise<T> p; p.set_exception(std::make_exception_ptr(TError())); try { p.get_future().get(); } catch (const std::exception &e) { (void)e.what(); }
std::packaged_task<T(P)> t([](T a) { return a; }); auto f = t.get_future(); t(P()); f.get();
std::once_flag flag; std::call_once(flag, [](T) {}, P());
T a; { std::lock_guard<T> lock(a); }
T a; std::unique_lock<T> lock(a, std::try_to_lock); lock.unlock();
T a; std::mutex b; std::scoped_lock lock(a, b);
static T once; once.method();
static std::vector<T> once(2);
thread_local T each; each.method();
TBoth a; TBoth b = a; T c = b; b = std::move(a);
TBoth a(1); TBase &b = a; b.go(); (void)dynamic_cast<TDerived *>(&b);
struct Whole { T a; P b = 4; T c[2]; } x{}; auto y = x; x = std::move(y);
struct Whole { T a{P()}; int b; }; Whole x{.b = 1}; (void)x;
union Raw { int n; T a; Raw() : a(1) {} ~Raw() { a.~T(); } } x; x.a.method();
std::ostringstream s; s << T(); (void)s.str();
std::istringstream s("1 2"); T a; s >> a; std::vector<T> v{std::istream_iterator<T>(s), std::istream_iterator<T>()};
std::ostringstream s; std::vector<T> v(2); std::copy(v.begin(), v.end(), std::ostream_iterator<T>(s));
gT_stream << "text" << std::endl;
std::istream in(&gT_buffer); int x; in >> x;
auto s = std::string(T()); (void)static_cast<bool>(T());
auto s = static_cast<std::string>(T());
T a, b; std::swap(a, b); std::ranges::swap(a, b); std::iter_swap(&a, &b);
T a, b; swap(a, b); a += b; (void)(a + b); (void)-a; (void)a[1]; (void)a(2);
T a; std::exchange(a, P());
T a; (void)std::exchange(a, 3);
TAccess a; a->method(); (*a).key(); (void)&a; (void)(a, 1); (void)!a; (void)(a && 1); (void)(a->*1);
std::error_code c(1, gT_category); (void)c.message(); (void)(c == std::errc::io_error);
try { throw std::system_error(std::error_code(1, gT_category)); } catch (const std::exception &e) { (void)e.what(); }
gT_code = std::error_code(2, gT_category);
(void)gT_code.message();
gT_any = T();
gT_any = std::make_shared<T>();
gT_any.reset();
auto a = gT_any; (void)a;
gT_void = std::make_shared<T>();
gT_void.reset();
gT_void = std::shared_ptr<T>(new T, TDeleter());
gT_deleted = std::shared_ptr<int>(new int(1), TDeleter());
gT_deleted = nullptr;
gT_function = [a = T()] { a.method(); };
gT_function = std::bind(&T::method, T());
gT_function = nullptr;
auto f = gT_function; (void)f;
if (gT_function) gT_function();
gT_vector.push_back(P());
gT_vector.clear();
auto v = gT_vector; (void)v;
gT_vector.resize(gT_vector.size() + 20);
gT_map[1] = T();
gT_map.erase(1);
auto m = gT_map; gT_map.swap(m);
gT_optional = T();
gT_optional.reset();
auto o = gT_optional; (void)o;
gT_variant = T();
gT_variant = 1;
gT_variant = P();
std::visit([](const auto &x) { auto y = x; (void)y; }, gT_variant);
gT_base = std::make_unique<TDerived>();
gT_base.reset();
if (gT_base) gT_base->go();
gT_list.emplace_back(T());
gT_list.clear();
auto l = gT_list; (void)l.size();
std::promise<T> p; gT_future = p.get_future(); p.set_value(T());
if (gT_future.valid()) (void)gT_future.get();
gT_future = {};
sizedT({1, 2, 3});
(void)sizedT({T(), P()});
auto f = [](T a = P()) { a.method(); }; f();
auto f = []<typename X>(X x) { T a = x; a.method(); }; f(P());
goto out; out: T a; a.method();
switch (T(2).key()) { case 0: break; default: break; }
std::vector<std::function<void()>> v; v.push_back([a = T()] { a.method(); }); auto w = v; w.back()();
std::vector<std::unique_ptr<TBase>> v; v.push_back(std::make_unique<TDerived>()); v.erase(v.begin());
std::map<std::string, std::shared_ptr<TBase>> m; m["x"] = std::make_shared<TDerived>(); m.clear();
std::vector<std::pair<T, P>> v; v.emplace_back(1, 2); v.push_back({P(), 1}); std::sort(v.begin(), v.end());
std::vector<std::optional<T>> v(2); v[0] = P(); v.erase(v.begin());
std::vector<std::vector<T>> v(2, std::vector<T>(1)); v.resize(7);
std::tuple<T, std::unique_ptr<TDerived>> t(1, nullptr); auto u = std::move(t); std::get<1>(u).reset(new TDerived);
std::function<T(P)> f = [](T p) { return p; }; f({});
std::function<void(T)> f = [](const T &) {}; f(P());
std::function<T(P)> f = [](T t) { return t; }; auto g = f; g(2);
std::span<T> s(gT_vector); for (T &a : s) a.method();
T a; auto p = &T::method; (a.*p)(); auto q = &T::n; (void)(a.*q);
auto v = std::vector<T>{1, 2} | std::views::all; (void)v.size();
std::vector<T> v{1, 2, 3}; auto [low, high] = std::ranges::minmax_element(v, std::less<>()); (void)low; (void)high;
std::vector<T> v{1, 2}; std::vector<T> w(std::make_move_iterator(v.begin()), std::make_move_iterator(v.end()));
std::vector<T> v{1, 2}; (void)std::binary_search(v.begin(), v.end(), P()); (void)std::lower_bound(v.begin(), v.end(), P());
std::vector<T> v{1, 2}; std::partition(v.begin(), v.end(), [](const T &a) { return a[1] > 0; });
std::vector<T> v{1, 2}; std::inclusive_scan(v.begin(), v.end(), v.begin());
std::vector<T> v{1, 2}; std::next_permutation(v.begin(), v.end());
std::unique_ptr<T> p = chance() ? std::make_unique<T>() : nullptr; if (p) p->method();
std::shared_ptr<const T> p = std::make_shared<const T>(2); auto q = std::const_pointer_cast<T>(p); *q = T();
std::shared_ptr<void> p = std::make_shared<TDerived>(); auto q = std::static_pointer_cast<TDerived>(p); p = nullptr;
auto f = std::bind_front([](T a, T b) { (void)a; (void)b; }, P()); f(1);
std::map<TOrder, int> m; m[TOrder()]; m[{2}]; (void)(TOrder() < TOrder());
std::tuple<TOrder, int> a, b; (void)(a < b); (void)(a == b);
std::vector<TOrder> v(3); std::ranges::sort(v); (void)(v <=> v);
TSurrogate s; s();
TSurrogate s; std::string text = "a"; text += s; (void)text;
TArrow a; a->method();
TAwkward a; a.self()();
TAwkward a{1, 2, 3}; (void)a.own;
TAwkward::shared.method(); TAwkward::common.method();
auto f = TAwkward().self(); auto g = f; g();
TBuilt<TDerived> a; a.go();
std::unique_ptr<TBase> p = std::make_unique<TBuilt<TDerived>>();
TRandom r; std::vector<T> v{1, 2, 3}; std::shuffle(v.begin(), v.end(), r);
TRandom r; std::uniform_int_distribution<int> d(1, 6); (void)d(r);
TRandom r; std::vector<T> v{1, 2, 3}, w; std::sample(v.begin(), v.end(), std::back_inserter(w), 2, r);
std::mutex m; std::condition_variable c; std::unique_lock lock(m); c.wait_until(lock, TClock::now());
std::this_thread::sleep_until(TClock::now());
T a; std::condition_variable_any c; a.lock(); c.wait_for(a, std::chrono::nanoseconds(1), [] { return true; });
T a; std::condition_variable_any c; std::unique_lock<T> lock(a); c.wait_for(lock, std::chrono::nanoseconds(1));
std::ostringstream s; s.imbue(std::locale(std::locale(), new TFacet)); s << 1.5;
std::error_code c = TCode::bad; (void)c; if (c == TCode::bad) c.clear();
std::vector<T, TMaking<T>> v(2); v.emplace_back(P()); auto w = v; w.clear();
TSpan span; for (int x : span) (void)x;
std::vector<T> v{1, 2}; (void)std::count_if(v.begin(), v.end(), TPredicate());
std::vector<T> v{1, 2}; v.erase(std::remove_if(v.begin(), v.end(), TPredicate()), v.end());
std::vector<T> v{1, 2}; for (T &a : v | std::views::filter(TPredicate())) a.method();
std::vector<T> v{1, 2}; (void)std::adjacent_find(v.begin(), v.end(), TPredicate()); (void)std::search(v.begin(), v.end(), v.begin(), v.end());
std::unordered_map<T, int, THash, TPredicate> m; m[1] = 2; m[3]; (void)m.find(P());
std::function<bool(const T &)> f = TPredicate(); auto g = f; g(P());
std::ostringstream s; s << manipT << std::setw(2) << std::hex << T();
(void)typeid(baseT()); (void)std::type_index(typeid(baseT()));
(void)sizeof(makeT()); (void)noexcept(makeT()); using X = decltype(makeT()); (void)X(1);
auto f = [a = T()] { a.method(); }; byT(f); byT(std::move(f));
auto f = [a = T()] { a.method(); }; std::function<void()> g(f); std::function<void()> h(std::move(f)); byT(g);
byT([] { T a; a.method(); });
std::array<int, 3> ints{1, 2, 3}; std::vector<T> v(ints.begin(), ints.end());
int raw[sizeT(3)]; (void)raw;
int raw[3]{}; (void)raw[T(1).key()];
T a; assert(a.key() == 0);
std::stop_source s; std::stop_callback c(s.get_token(), [a = T()] { a.method(); }); s.request_stop();
std::jthread([](std::stop_token, T a) { a.method(); }, P());
std::jthread([a = T()](std::stop_token) { a.method(); });
std::barrier b(1, [a = T()]() noexcept { a.method(); }); b.arrive_and_wait();
std::vector<T> v{2, 1}, w{1}, x; std::set_union(v.begin(), v.end(), w.begin(), w.end(), std::back_inserter(x));
std::vector<T> v{2, 1}, w{1, 2}; (void)std::inner_product(v.begin(), v.end(), w.begin(), 0, [](int n, int) { return n; }, [](T a, T) { return a.n; });
std::vector<T> v{2, 1}, w(2); std::partial_sum(v.begin(), v.end(), w.begin()); std::adjacent_difference(v.begin(), v.end(), w.begin(), [](T a, T) { return a; });
std::vector<T> v{2, 1}; (void)std::includes(v.begin(), v.end(), v.begin(), v.end(), TLess()); (void)std::equal_range(v.begin(), v.end(), T(1), TLess());
std::vector<T> v{2, 1}; std::vector<T> w(2); std::partial_sort_copy(v.begin(), v.end(), w.begin(), w.end());
std::vector<T> v{2, 1}; (void)std::ranges::find_if(v, TPredicate()); (void)std::ranges::max(v, {}, &T::key); (void)std::ranges::count(v, 2, &T::n);
for (int i : std::views::iota(0, 3) | std::views::transform([](int i) { return T(i); }) | std::views::transform(&T::key)) (void)i;
std::vector<std::vector<T>> v{{1}, {2}}; for (T a : v | std::views::join) a.method();
std::map<int, T> m{{1, T()}}; for (auto [k, v] : m) v.method(); for (auto &[k, v] : m) (void)k;
std::map<int, T> m{{1, T()}}; for (const std::pair<int, T> &each : m) (void)each;
std::vector<T> v; v.assign(2, T()); v.assign({1, 2}); std::vector<T> w; w.swap(v); v.insert(v.end(), w.begin(), w.end());
std::vector<T> v(2); v.shrink_to_fit(); v.pop_back(); (void)v.at(0).key(); try { v.at(7).method(); } catch (const std::exception &) {}
auto f = +[](T a) { a.method(); }; f(P());
T a = [] { try { return T(); } catch (...) { return T(1); } }(); (void)a;
T a = chance() ? throw T() : T(1); (void)a;
try { T all[2] = {T(), chance() ? throw 1 : T()}; (void)all; } catch (int) {}
try { std::vector<TAwkward> v(3); } catch (int) {}
try { TAwkward a; (void)a; } catch (int) {}
try { throw TDerived(); } catch (TBase &b) { b.go(); }
try { try { throw TDerived(); } catch (TBase &b) { throw; } } catch (TDerived d) { d.go(); }
try { std::function<void(T)>()(T()); } catch (const std::bad_function_call &) {}
auto p = std::shared_ptr<T>(TAccess{}.operator->(), [](T *) {}); (void)p;
void *p = ::operator new(sizeof(T)); auto *t = ::new (p) T; std::destroy_at(t); ::operator delete(p);
T *p = new (std::nothrow) T(P()); delete p;
auto *p = new std::pair<T, TDerived>(); delete p;
std::unique_ptr<T[]> p(new T[2]{1, 2}); p[1] = T();
const T a; T b(std::move(a)); (void)b;
const T a; auto f = [=]() mutable { T b = std::move(a); }; f();
volatile bool go = true; do { T a; if (go) break; } while (T(1).key());
if (T a, b; a < b) a.method(); else b.method();
T a, *p = &a; (p->*(&T::method))(); std::invoke(&T::method, p); std::invoke(&T::n, a); std::mem_fn(&T::n)(p);
std::reference_wrapper<const T> r = std::cref(gT_vector.emplace_back()); std::vector<T> v(1, r); (void)v;
std::vector<std::reference_wrapper<T>> v; T a; v.push_back(a); std::sort(v.begin(), v.end());
std::tuple<T, P> t{1, 2}; auto u = std::tuple_cat(t, std::make_tuple(T())); std::apply([](auto &&...x) { (x.method(), ...); }, u);
auto t = std::make_from_tuple<T>(std::make_tuple(2)); (void)t;
T a; std::as_const(a).method(); auto b = std::forward<T>(a); auto c(std::move_if_noexcept(a)); (void)b; (void)c;
std::string_view s = std::string_view(TSurrogate()); (void)s;
std::bitset<8> bits(T(3).key()); (void)bits;
std::unique_ptr<int, std::function<void(int *)>> p(new int(1), [a = T()](int *x) { a.method(); delete x; });
gT_custom = std::unique_ptr<int, std::function<void(int *)>>(new int(1), [a = T()](int *x) { a.method(); delete x; });
gT_custom.reset();
gT_custom = nullptr;
gT_functions.push_back(T());
gT_functions.clear();
auto f = gT_functions; (void)f;
for (auto &f : gT_functions) f(1);
for (auto f : gT_functions) (void)f;
gT_shared = std::make_shared<TBuilt<TDerived>>();
gT_shared = std::shared_ptr<TBase>(new TDerived, TDeleter());
gT_shared.reset();
gT_atomic = std::make_shared<TDerived>();
gT_atomic.store(nullptr);
gT_atomic.exchange(gT_shared);
gT_out = std::make_shared<std::ostringstream>(); *gT_out << T();
gT_out = nullptr;
gT_maps = [](T p) { return p; };
gT_maps = [](const T &a) { return -a; };
if (gT_maps) gT_maps(P());
gT_named["x"] = T();
gT_named["x"] = std::vector<T>(2);
gT_named.clear();
auto m = gT_named; (void)m;
gT_local.push_back(T());
gT_local.clear();
auto f = [g = gT_maps] { return g ? g(T()) : T(); }; f();
std::swap(gT_any, gT_named["y"]);
gT_void = gT_shared;
gT_function = [shared = gT_void] {};
gT_function = [all = gT_named] { (void)all; };
auto f = std::move(gT_function); if (f) f();
auto v = std::move(gT_functions); v.resize(v.size() + 1);
""".strip().splitlines()


def named(text, name, before):
    """TEXT for the type NAME."""
    text = re.sub(r"\b(make|take|default|sized|size|manip|base|by)T\b", rf"\g<1>{name}", text)
    text = re.sub(r"\bgT_", f"g{name}_", text).replace("_T", f"_{name}")
    text = re.sub(r"\bT(?=[A-Z]|\b)", name, text)
    return re.sub(r"\bP\b", before, text)


class Program:
    def __init__(self, seed, types=4):
        self.random = random.Random(seed)
        self.uses = []  # the line of each component
        self.lines = {}  # of each request
        self.types = types

    def type(self, number):
        text = TYPE
        before = f"V{number - 1}"
        if number == 0:
            before = "int"
            # What is made of an int is there already.
            text = text.replace("  T(const P &) { @ }\n", "")
            text = text.replace("inline T makeT(const P &from) { return from; }\n", "")
        if self.random.random() < 0.3:
            text = re.sub(r"  T\(T &&other\).*\n|  T &operator=\(T &&other\).*\n", "", text)
        text = named(text.replace("MOVES", self.random.choice(("noexcept", ""))), f"V{number}", before)
        lines = []
        for line in text.splitlines():
            while "@" in line:
                line = line.replace("@", f"c{len(self.uses)}::use();", 1)
                self.uses.append(line.strip())
            lines.append(line)
        return "\n".join(lines)

    def statement(self, text):
        number = self.random.randrange(1, self.types)
        text = re.sub(r"\bgT_(resource|buffer|stream|category|code)\b", r"gV0_\1", text)
        return named(text, f"V{number}", f"V{number - 1}")

    def make(self):
        parts = ['#include "made.h"'] + [self.type(i) for i in range(self.types)] + [OPEN]
        parts.append("void setUp() {")
        parts += ["  { " + self.statement(self.random.choice(STATEMENTS)) + " }" for _ in range(2)]
        parts.append("}\nint main() {\n  try { setUp(); } catch (...) {}")
        for i, each in enumerate(STATEMENTS):
            self.lines[f"GET /{i}"] = self.statement(each)
            parts.append(f'  route("/{i}", [] {{ {self.lines[f"GET /{i}"]} }});')
        return "\n".join(parts) + "\n  serve();\n}\n"


def try_seed(seed, folder):
    """As compare."""
    program = Program(seed)
    text = program.make()
    names = [f"c{i}" for i in range(len(program.uses))]
    write(folder, "made.h", HEADER + "".join(f"namespace {n} {{ void use(); }}\n" for n in names))
    write(folder, "made.cpp", text)
    write(folder, "world.cpp", WORLD + "".join(
        f"namespace {n} {{ void use() {{ enter({n[1:]}); }} }}\n" for n in names))
    missing, *counts = compare(seed, folder, len(names))
    return [f"seed {seed}: {request} ({program.lines[request]}) enters {each}, which is not in its list: " +
            program.uses[int(each[1:])] for request, each, _ in missing], *counts


run(try_seed)
