//===- Failpoint.h - Dies where a test wants it -----------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_MANAGER_FAILPOINT_H
#define RIPPLE_AGENT_MANAGER_FAILPOINT_H

#include <cstddef>
#include <string_view>

namespace ripple::agent {

/// Kills this process (SIGKILL) where the environment says RIPPLE_FAILPOINT=NAME:COUNT. Names:
/// `before-record`, `after-record` (recorded, not performed), `after-effects`; COUNT is the number
/// of the event in the plan's journal, from 0.
void failpoint(std::string_view name, std::size_t count);

} // namespace ripple::agent

#endif
