//===- FuzzManager.cpp - Bytes to a manager's configuration ---------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "model/ManagerConfig.h"

#include <cstdlib>

using namespace ripple;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *bytes, std::size_t size) {
  std::string_view text(reinterpret_cast<const char *>(bytes), size);
  auto config = model::parseManagerConfig(text, "input");
  if (!config && config.error().empty())
    std::abort(); // A refusal without a reason.
  return 0;
}
