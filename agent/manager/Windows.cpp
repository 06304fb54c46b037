//===- Windows.cpp --------------------------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/manager/Windows.h"

#include <chrono>
#include <fmt/chrono.h>

namespace ripple::agent {

std::optional<std::string> closedUntil(const std::vector<model::Window> &windows,
                                       const std::string &now) {
  if (windows.empty())
    return "";
  std::optional<std::string> next;
  for (const model::Window &window : windows) {
    if (window.from <= now && now < window.to)
      return "";
    if (now < window.from && (!next || window.from < *next))
      next = window.from;
  }
  return next;
}

std::string utcNow() {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(
                                                  std::chrono::system_clock::now())));
}

} // namespace ripple::agent
