//===- Failpoint.cpp - Dies where a test wants it -------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/failpoint/Failpoint.h"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <unistd.h>

namespace ripple::agent {

namespace {

struct Wanted {
  std::string name; ///< "" for none.
  std::size_t count = 0;
};

Wanted readWanted() {
  const char *text = std::getenv("RIPPLE_FAILPOINT");
  if (!text)
    return {};
  std::string all = text;
  std::size_t colon = all.find(':');
  Wanted wanted{all.substr(0, colon), 0};
  if (colon != std::string::npos)
    wanted.count = std::strtoull(all.c_str() + colon + 1, nullptr, 10);
  if (std::find(std::begin(failpoints), std::end(failpoints), wanted.name) ==
      std::end(failpoints)) {
    std::fprintf(stderr,
                 "RIPPLE_FAILPOINT=%s: there is no such place; "
                 "see agent/failpoint/Failpoint.h\n",
                 text);
    std::_Exit(64);
  }
  return wanted;
}

const Wanted &wanted() {
  static const Wanted once = readWanted();
  return once;
}

} // namespace

void failpoint(std::string_view name) {
  static std::atomic<std::size_t> reached = 0;
  if (wanted().name == name)
    failpoint(name, reached++);
}

void failpoint(std::string_view name, std::size_t count) {
  if (wanted().name == name && wanted().count == count)
    ::kill(::getpid(), SIGKILL);
}

} // namespace ripple::agent
