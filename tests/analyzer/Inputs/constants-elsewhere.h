#ifndef CONSTANTS_ELSEWHERE_H
#define CONSTANTS_ELSEWHERE_H

#include "world.h"

extern const char *const Pointer;
extern const std::string Text, Prefix, Chained;
extern const char Array[];
extern const char *const Given;
extern const char *Changing;
struct Paths {
  static const std::string Member;
};

#endif
