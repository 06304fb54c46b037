//===- SignCommand.h - `ripple sign` ----------------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_PLANNER_TOOL_SIGNCOMMAND_H
#define RIPPLE_PLANNER_TOOL_SIGNCOMMAND_H

#include <cstdint>
#include <string>

namespace ripple::planner {

struct SignOptions {
  std::string key, cluster;
  std::string valid = "24h";
  std::int64_t number = 0; ///< 0: from the clock.
};

} // namespace ripple::planner

#endif
