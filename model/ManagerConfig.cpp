//===- ManagerConfig.cpp - `ripple.manager` -------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "model/ManagerConfig.h"

#include "model/Reader.h"

#include <filesystem>

using namespace ripple::model;

namespace {

/// The longest path that the address of a unix socket holds.
constexpr std::size_t SocketPathMax = 107;
constexpr std::string_view Unix = "unix:";

std::string below(const std::string &folder, const std::string &path) {
  return (std::filesystem::path(folder) / path).lexically_normal().string();
}

void readListen(ObjectReader &object, const std::string &folder, ManagerConfig &out) {
  object.nonEmpty("listen", out.listen);
  for (std::size_t i = 0; i < out.listen.size(); ++i) {
    std::string &address = out.listen[i];
    if (!address.starts_with(Unix) || address.size() == Unix.size()) {
      object.value().mistake({"listen", i}, "'" + address + "' is no address of a manager",
                             "write unix:PATH");
      continue;
    }
    std::string path = below(folder, address.substr(Unix.size()));
    if (path.size() > SocketPathMax)
      object.value().mistake({"listen", i}, "the socket's path has more than 107 bytes",
                             "choose a shorter one: " + path);
    address = std::string(Unix) + path;
  }
}

void readBody(ObjectReader &object, const std::string &folder, ManagerConfig &out) {
  readListen(object, folder, out);
  if (object.required("state", out.state))
    out.state = below(folder, out.state);
  if (object.optional("servers", out.servers))
    out.servers = below(folder, out.servers);
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
