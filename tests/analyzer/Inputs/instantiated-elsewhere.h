// What the units of instantiated-elsewhere.cpp share.
#pragma once
#include "world.h"
template <typename T> struct Whole {
  ~Whole();
  void run();
  struct Inner {
    void deep();
  };
};
extern template struct Whole<int>;
template <typename T> struct Parts {
  void run();
  static void all();
  template <typename U> void with(U);
};
template <typename T> void function(T);
