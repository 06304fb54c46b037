// The header of a library of this build: see system-here.cpp.
#pragma once
#ifdef AS_SYSTEM
#pragma GCC system_header
#endif
#include "world.h"
namespace own {
struct Holder {
  std::function<void()> callback;
  void set(std::function<void()> given) { callback = std::move(given); }
  void run();
};
Holder &holder();
extern void (*hook)();
inline void setHook(void (*given)()) { hook = given; }
void runHook();
void give(void (*given)());
void runGiven();
} // namespace own
