// What the units of thread-locals.cpp share.
#pragma once
#include "world.h"
extern thread_local a::Object elsewhere;
struct Holder {
  static thread_local b::Object member;
};
extern thread_local int constant;
