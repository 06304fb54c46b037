//===- Failpoint.cpp - Dies where a test wants it -------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/manager/Failpoint.h"

#include <csignal>
#include <cstdlib>
#include <fmt/format.h>
#include <unistd.h>

namespace ripple::agent {

void failpoint(std::string_view name, std::size_t count) {
  static const char *const wanted = std::getenv("RIPPLE_FAILPOINT");
  if (wanted && fmt::format("{}:{}", name, count) == wanted)
    ::kill(::getpid(), SIGKILL);
}

} // namespace ripple::agent
