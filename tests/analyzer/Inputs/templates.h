// Templates of a library of the system's.
#pragma once
#pragma GCC system_header
namespace templates {
template <typename T> struct Base {
  template <typename F> void change(F f) { static_cast<T *>(this)->run = f; }
};
template <typename T, typename F> void fill(T &object, F f) {
  auto &place = object.run;
  place = f;
}
template <auto &Place, typename F> void fillPlace(F f) { Place = f; }
template <typename T, typename F> void fillThrough(T &object, F f) { *object.run = f; }
template <typename T> struct Wrapped : T {
  void go() override { T::go(); }
};
} // namespace templates
