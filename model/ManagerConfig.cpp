//===- ManagerConfig.cpp - `ripple.manager` -------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "model/ManagerConfig.h"

#include "model/Reader.h"

#include <algorithm>
#include <filesystem>

using namespace ripple::model;

namespace {

std::string below(const std::string &folder, const std::string &path) {
  return (std::filesystem::path(folder) / path).lexically_normal().string();
}

void readBody(ObjectReader &object, const std::string &folder, ManagerConfig &out) {
  readListen(object, out.listen);
  resolveListen(object, folder, out.listen);
  if (object.required("state", out.state))
    out.state = below(folder, out.state);
  if (object.optional("servers", out.servers))
    out.servers = below(folder, out.servers);
  if (object.optional("tls", out.tls))
    resolvePaths(folder, *out.tls);
  bool https = std::ranges::any_of(out.listen, [](const Address &a) { return !a.isUnix(); });
  if (https && !out.tls)
    object.value().mistake({"listen"}, "an https address needs 'tls'",
                           "give 'tls' with 'certificate', 'key' and 'authority'");
}

} // namespace

Result<ManagerConfig> ripple::model::parseManagerConfig(std::string_view text,
                                                        const std::string &file) {
  auto folder = std::filesystem::absolute(file).parent_path().string();
  return parseDocument<ManagerConfig>(
      text, file, "ripple.manager",
      [&](ObjectReader &object, ManagerConfig &out) { readBody(object, folder, out); });
}

Result<ManagerConfig> ripple::model::readManagerConfig(const std::string &file) {
  return readDocument<ManagerConfig>(file, parseManagerConfig);
}
