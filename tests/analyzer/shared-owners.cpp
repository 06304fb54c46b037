// RUN: %expect %s
// Who lets go of a shared object last, ends it: by assignment too, and what it is counted by last.
#include "world.h"

#include <atomic>
#include <cstdlib>

struct Base {
  virtual ~Base() = default;
};
struct First : Base {
  ~First() override { a::use(); }
};
struct Second : Base {
  ~Second() override { b::use(); }
};
struct Deleter {
  template <typename T> void operator()(T *object) const { c::use(); delete object; }
};
struct Other {
  ~Other() { d::use(); }
};
template <typename T> struct Allocator {
  using value_type = T;
  Allocator() = default;
  template <typename U> Allocator(const Allocator<U> &) {}
  T *allocate(std::size_t count) { return static_cast<T *>(std::malloc(count * sizeof(T))); }
  void deallocate(T *what, std::size_t) { e::use(); std::free(what); }
};

std::shared_ptr<Base> first, second;
std::shared_ptr<void> any;
std::shared_ptr<int> number;
std::shared_ptr<Other> other;
std::weak_ptr<long> weak;
std::shared_ptr<long> counted;
std::atomic<std::shared_ptr<Other>> swapped;

int main() {
  first = std::make_shared<First>();
  second = std::make_shared<Second>();
  number = std::shared_ptr<int>(new int(1), Deleter());
  counted = std::allocate_shared<long>(Allocator<long>());
  weak = counted;
  any = number;
  route("/copy", [] { first = second; }); // GET /copy: a? b?
  route("/move", [] { first = std::move(second); }); // GET /move: a? b?
  route("/reset", [] { first.reset(); }); // GET /reset: a? b?
  route("/converted", [] { any = first; }); // GET /converted: a? b? c?
  route("/deleted", [] { auto more = number; number = more; }); // GET /deleted: c?
  route("/element", [] { other = nullptr; }); // GET /element: d?
  route("/made", [] { other = std::make_shared<Other>(); }); // GET /made: d?
  route("/counted", [] { counted.reset(); }); // GET /counted: e?
  route("/weak", [] { weak.reset(); }); // GET /weak: e?
  route("/weak-copy", [] { std::weak_ptr<long> more; weak = more; }); // GET /weak-copy: e?
  route("/atomic", [] { swapped.store(nullptr); }); // GET /atomic: d?
  route("/atomic-ends", [] { std::atomic<std::shared_ptr<Other>> mine(other); }); // GET /atomic-ends: d?
  route("/look", [] { if (first) f::use(); }); // GET /look: f
  route("/locked", [] { if (auto locked = weak.lock()) f::use(); }); // GET /locked: e? f
  serve();
}
