#pragma once
#include "world.h"

#ifdef __clang_major__
inline void inHeader() { a::use(); }
#else
inline void inHeader() { b::use(); }
#endif
