//===- FuzzServers.cpp - Bytes to a Server List ---------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "model/ServerList.h"
#include "tests/fuzz/FuzzReader.h"

using namespace ripple::model;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *bytes, std::size_t size) {
  std::string_view text(reinterpret_cast<const char *>(bytes), size);
  ripple::fuzz::checkReader<ServerList>(text, parseServerList, writeServerList,
                                        [](const ServerList &list) { return digest(list); });
  return 0;
}
