//===- Windows.cpp --------------------------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/manager/Windows.h"

#include <algorithm>
#include <chrono>

namespace ripple::agent {

std::optional<std::string> closedUntil(const std::vector<model::Window> &windows,
                                       const std::string &now) {
  if (windows.empty())
    return "";
  std::optional<std::string> next;
  for (const model::Window &window : windows) {
    if (window.from <= now && now < window.to)
      return "";
    if (now < window.from && window.from < window.to && (!next || window.from < *next))
      next = window.from;
  }
  return next;
}

std::vector<model::Window> windowsOf(const model::Plan &plan) {
  if (!plan.signature)
    return plan.windows;
  const std::string &end = plan.signature->expires;
  if (plan.windows.empty())
    return {{"0000-01-01T00:00:00Z", end}};
  std::vector<model::Window> windows;
  for (const model::Window &window : plan.windows)
    windows.push_back({window.from, std::min(window.to, end)});
  return windows;
}

std::string utcNow() { return model::inUtc(std::chrono::system_clock::now()); }

} // namespace ripple::agent
