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

bool isUrl(const std::string &text, std::initializer_list<std::string_view> schemes) {
  return std::ranges::any_of(schemes, [&](std::string_view scheme) {
    return text.starts_with(scheme) && text.size() > scheme.size();
  });
}

void readEtcd(const Value &value, const std::string &folder, ManagerEtcd &out) {
  ObjectReader object(value);
  if (!object.isObject())
    return;
  object.nonEmpty("endpoints", out.endpoints);
  for (std::size_t i = 0; i < out.endpoints.size(); ++i)
    if (!isUrl(out.endpoints[i], {"http://", "https://"}))
      value.mistake({"endpoints", i}, "'" + out.endpoints[i] + "' is no address of etcd",
                    "write http://HOST:PORT or https://HOST:PORT");
  object.optional("prefix", out.prefix);
  object.required("name", out.name, Text::Name);
  if (object.required("url", out.url); !out.url.empty() && !parseAddress(out.url))
    value.mistake({"url"}, "'" + out.url + "' is no address of a manager",
                  "write the one of `listen` by which others reach it: unix:PATH or "
                  "https://HOST:PORT");
  object.optional("lease", out.lease);
  if (out.lease < Milliseconds(2'000) || out.lease > Milliseconds(60'000))
    value.mistake({"lease"}, "is not from 2s to 60s");
  for (auto [key, path] :
       {std::pair{"authority", &out.authority}, std::pair{"certificate", &out.certificate},
        std::pair{"key", &out.key}, std::pair{"passwordFile", &out.passwordFile}})
    if (object.optional(key, *path))
      *path = below(folder, *path);
  object.optional("user", out.user);
  if (out.certificate.empty() != out.key.empty())
    value.mistake("has one of 'certificate' and 'key'", "give both or none");
  if (out.user.empty() != out.passwordFile.empty())
    value.mistake("has one of 'user' and 'passwordFile'", "give both or none");
}

void readBody(ObjectReader &object, const std::string &folder, ManagerConfig &out) {
  readListen(object, out.listen);
  resolveListen(object, folder, out.listen);
  if (object.required("state", out.state))
    out.state = below(folder, out.state);
  if (object.optional("servers", out.servers))
    out.servers = below(folder, out.servers);
  object.optional("keepPlans", out.keepPlans, 1U);
  if (object.optional("tls", out.tls))
    resolvePaths(folder, *out.tls);
  if (const Node *node = object.take("etcd"))
    readEtcd(Value(*node, object.value(), "etcd"), folder, out.etcd.emplace());
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
