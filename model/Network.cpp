//===- Network.cpp - Where a daemon is reached, and by whom ---------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "model/Network.h"

#include "model/Reader.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fmt/format.h>

namespace ripple::model {

namespace {

constexpr std::string_view unixScheme = "unix:", httpsScheme = "https://";

bool isControl(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

/// PATH as FOLDER sees it.
std::string absolutePath(const std::string &folder, const std::string &path) {
  return path.front() == '/' ? path
                             : (std::filesystem::path(folder) / path).lexically_normal().string();
}

/// 0 where TEXT is no port from 1 to 65535 without leading zeros.
std::uint16_t portOf(std::string_view text) {
  std::uint16_t number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  bool whole = error == std::errc() && end == text.data() + text.size() && text[0] != '0';
  return whole ? number : 0;
}

/// The host of HOST or [IPv6]; "" where it is none.
std::string_view hostOf(std::string_view text) {
  auto allOf = [](std::string_view host, std::string_view more) {
    return !host.empty() && std::ranges::all_of(host, [&](unsigned char c) {
      return (c < 0x80 && std::isalnum(c)) || more.find(static_cast<char>(c)) != more.npos;
    });
  };
  if (text.starts_with('[') && text.ends_with(']')) {
    std::string_view inside = text.substr(1, text.size() - 2);
    return inside.find_first_not_of("0123456789abcdefABCDEF:.") == inside.npos ? inside : "";
  }
  return allOf(text, "._-") ? text : "";
}

void readIdentity(ObjectReader &object, TlsIdentity &out) {
  object.required("certificate", out.certificate);
  object.required("key", out.key);
  object.required("authority", out.authority);
}

void readAddress(const Value &value, std::vector<Address> &out) {
  std::string text;
  read(value, text);
  if (text.empty())
    return;
  auto address = parseAddress(text);
  if (!address)
    value.mistake(address.error(), "write unix:PATH or https://HOST:PORT");
  else if (std::ranges::find(out, *address) != out.end())
    value.mistake("'" + text + "' is there twice");
  else
    out.push_back(std::move(*address));
}

} // namespace

std::string Address::text() const {
  if (isUnix())
    return fmt::format("{}{}", unixScheme, path);
  bool brackets = host.find(':') != host.npos;
  return fmt::format("{}{}{}{}:{}", httpsScheme, brackets ? "[" : "", host, brackets ? "]" : "",
                     port);
}

tl::expected<Address, std::string> parseAddress(std::string_view text) {
  auto wrong = [&] { return tl::unexpected(fmt::format("'{}' is no address", text)); };
  Address out;
  if (text.starts_with(unixScheme)) {
    out.path = text.substr(unixScheme.size());
    if (out.path.empty() || std::ranges::any_of(out.path, isControl))
      return wrong();
    return out;
  }
  std::size_t colon = text.rfind(':');
  if (!text.starts_with(httpsScheme) || colon < httpsScheme.size())
    return wrong();
  out.host = hostOf(text.substr(httpsScheme.size(), colon - httpsScheme.size()));
  out.port = portOf(text.substr(colon + 1));
  if (out.host.empty() || out.port == 0)
    return wrong();
  return out;
}

void read(const Value &value, TlsIdentity &out) {
  ObjectReader object(value);
  if (object.isObject())
    readIdentity(object, out);
}

void read(const Value &value, TlsServer &out) {
  ObjectReader object(value);
  if (!object.isObject())
    return;
  readIdentity(object, out);
  std::vector<std::string> clients;
  if (!object.optionalSet("clients", clients))
    return;
  if (clients.empty())
    value.mistake({"clients"}, "is empty, so that nobody could command",
                  "name the certificates that may, or leave it out for all of the authority");
  out.clients = std::move(clients);
}

void resolvePaths(const std::string &folder, TlsIdentity &identity) {
  for (std::string *path : {&identity.certificate, &identity.key, &identity.authority})
    if (!path->empty())
      *path = absolutePath(folder, *path);
}

void readListen(ObjectReader &object, std::vector<Address> &out) {
  const Node *node = object.take("listen");
  if (!node)
    return object.missing("listen");
  Value value(*node, object.value(), "listen");
  if (node->kind() != Node::Kind::Array)
    return readAddress(value, out);
  if (node->elements().empty())
    value.mistake("is empty", "write unix:PATH or https://HOST:PORT");
  for (std::size_t i = 0; i < node->elements().size(); ++i)
    readAddress(Value(node->elements()[i], value, i), out);
}

void resolveListen(ObjectReader &object, const std::string &folder, std::vector<Address> &listen) {
  for (Address &address : listen) {
    if (!address.isUnix())
      continue;
    address.path = absolutePath(folder, address.path);
    if (address.path.size() > socketPathMax)
      object.value().mistake({"listen"}, "the socket's path has more than 107 bytes",
                             "choose a shorter one: " + address.path);
  }
}

} // namespace ripple::model
