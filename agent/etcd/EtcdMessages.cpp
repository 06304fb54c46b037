//===- EtcdMessages.cpp - What is asked of etcd, and answered -------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/etcd/EtcdMessages.h"

#include <charconv>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <openssl/evp.h>

namespace ripple::agent {

using Json = nlohmann::json;

namespace {

/// That an answer is not as etcd's are; caught where the answer is read.
struct Garbled {
  std::string what;
};

std::int64_t readNumber(const Json &object, const char *name) {
  auto at = object.find(name);
  if (at == object.end())
    return 0;
  if (at->is_number_integer())
    return at->get<std::int64_t>();
  if (!at->is_string())
    throw Garbled{fmt::format("'{}' is no number", name)};
  const auto &text = at->get_ref<const std::string &>();
  std::int64_t number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size())
    throw Garbled{fmt::format("'{}' is no number", name)};
  return number;
}

bool readFlag(const Json &object, const char *name) {
  auto at = object.find(name);
  if (at != object.end() && !at->is_boolean())
    throw Garbled{fmt::format("'{}' is neither true nor false", name)};
  return at != object.end() && at->get<bool>();
}

std::string readBytes(const Json &object, const char *name) {
  auto at = object.find(name);
  if (at == object.end())
    return {};
  auto bytes = at->is_string() ? fromBase64(at->get_ref<const std::string &>()) : std::nullopt;
  if (!bytes)
    throw Garbled{fmt::format("'{}' is no base64", name)};
  return std::move(*bytes);
}

/// The member NAME, which may be left out; it has to be of TYPE.
const Json &readMember(const Json &object, const char *name, Json::value_t type) {
  static const Json none = Json::object(), nobody = Json::array();
  auto at = object.find(name);
  if (at == object.end())
    return type == Json::value_t::array ? nobody : none;
  if (at->type() != type)
    throw Garbled{fmt::format("'{}' is of another type", name)};
  return *at;
}

KeyValue readKeyValue(const Json &json) {
  if (!json.is_object())
    throw Garbled{"a key is no object"};
  return {readBytes(json, "key"), readBytes(json, "value"), readNumber(json, "create_revision"),
          readNumber(json, "mod_revision"), readNumber(json, "lease")};
}

std::vector<KeyValue> readKeyValues(const Json &range) {
  std::vector<KeyValue> kvs;
  for (const Json &kv : readMember(range, "kvs", Json::value_t::array))
    kvs.push_back(readKeyValue(kv));
  return kvs;
}

Json readObject(std::string_view text) {
  Json json = Json::parse(text, nullptr, false);
  if (!json.is_object())
    throw Garbled{"it is no JSON object"};
  return json;
}

/// What BODY makes of TEXT.
template <typename Body>
auto reading(std::string_view text, Body body) -> EtcdResult<decltype(body(Json()))> {
  try {
    return body(readObject(text));
  } catch (const Garbled &garbled) {
    return tl::unexpected(EtcdError{
        EtcdError::Kind::Garbled, fmt::format("gave an answer that is not etcd's: {}; is this the "
                                              "URL of an etcd, 3.4 or later?",
                                              garbled.what)});
  }
}

Json toJson(const Operation &operation) {
  Json body = {{"key", toBase64(operation.key)}};
  switch (operation.kind) {
  case Operation::Kind::Put:
    body["value"] = toBase64(operation.value);
    if (operation.lease)
      body["lease"] = std::to_string(operation.lease);
    return {{"request_put", std::move(body)}};
  case Operation::Kind::Get:
    return {{"request_range", std::move(body)}};
  case Operation::Kind::Delete:
    if (!operation.end.empty())
      body["range_end"] = toBase64(operation.end);
    return {{"request_delete_range", std::move(body)}};
  }
  return {};
}

Json toJson(const Compare &compare) {
  bool create = compare.target == Compare::Target::Create;
  return {{"key", toBase64(compare.key)},
          {"target", create ? "CREATE" : "MOD"},
          {"result", "EQUAL"},
          {create ? "create_revision" : "mod_revision", std::to_string(compare.revision)}};
}

template <typename T> Json toJson(const std::vector<T> &parts) {
  Json array = Json::array();
  for (const T &part : parts)
    array.push_back(toJson(part));
  return array;
}

} // namespace

std::string endOfPrefix(std::string prefix) {
  prefix.back() = static_cast<char>(static_cast<unsigned char>(prefix.back()) + 1);
  return prefix;
}

std::string writeRange(const RangeQuery &query) {
  Json json = {{"key", toBase64(query.key)}};
  if (!query.end.empty())
    json["range_end"] = toBase64(query.end);
  if (query.limit)
    json["limit"] = std::to_string(query.limit);
  if (query.keysOnly)
    json["keys_only"] = true;
  if (query.last) {
    json["sort_order"] = "DESCEND";
    json["sort_target"] = "KEY";
  }
  return json.dump();
}

std::string writeTxn(const TxnQuery &query) {
  Json json = {{"compare", toJson(query.compares)},
               {"success", toJson(query.success)},
               {"failure", toJson(query.failure)}};
  return json.dump();
}

EtcdResult<RangeAnswer> parseRange(std::string_view text) {
  return reading(text, [](const Json &json) {
    return RangeAnswer{readKeyValues(json), readFlag(json, "more")};
  });
}

EtcdResult<TxnAnswer> parseTxn(std::string_view text) {
  return reading(text, [](const Json &json) {
    TxnAnswer answer;
    answer.succeeded = readFlag(json, "succeeded");
    answer.revision = readNumber(readMember(json, "header", Json::value_t::object), "revision");
    for (const Json &response : readMember(json, "responses", Json::value_t::array)) {
      if (!response.is_object())
        throw Garbled{"a response is no object"};
      if (!response.contains("response_range"))
        continue;
      auto kvs = readKeyValues(readMember(response, "response_range", Json::value_t::object));
      answer.got.push_back(kvs.empty() ? std::nullopt : std::optional(std::move(kvs.front())));
    }
    return answer;
  });
}

EtcdResult<LeaseAnswer> parseLease(std::string_view text) {
  return reading(text, [](const Json &json) {
    const Json &lease =
        json.contains("result") ? readMember(json, "result", Json::value_t::object) : json;
    LeaseAnswer answer{readNumber(lease, "ID"), readNumber(lease, "TTL")};
    if (answer.id == 0)
      throw Garbled{"it has no 'ID'"};
    return answer;
  });
}

EtcdResult<std::string> parseToken(std::string_view text) {
  return reading(text, [](const Json &json) {
    auto at = json.find("token");
    if (at == json.end() || !at->is_string() || at->get_ref<const std::string &>().empty())
      throw Garbled{"it has no 'token'"};
    // It goes into a header: nothing that would end one.
    for (unsigned char c : at->get_ref<const std::string &>())
      if (c <= ' ' || c > '~')
        throw Garbled{"its 'token' has bytes that none has"};
    return at->get<std::string>();
  });
}

EtcdError parseError(int status, std::string_view text) {
  // Numbers of gRPC; Unknown, Cancelled and DeadlineExceeded say as little as Unavailable.
  constexpr int cancelled = 1, unknown = 2, deadline = 4, notFound = 5, unavailable = 14,
                unauthenticated = 16;
  Json json = Json::parse(text, nullptr, false);
  if (!json.is_object() || !json.contains("error") || !json["error"].is_string() ||
      !json.contains("code") || !json["code"].is_number_integer())
    return {status >= 500 ? EtcdError::Kind::Unreachable : EtcdError::Kind::Garbled,
            fmt::format("answers with HTTP status {} and nothing that etcd would say; is this the "
                        "URL of an etcd, 3.4 or later?",
                        status)};
  EtcdError error{EtcdError::Kind::Refused, json["error"].get<std::string>()};
  auto code = json["code"].get<std::int64_t>();
  if (code == notFound)
    error.kind = EtcdError::Kind::NotFound;
  else if (code == unauthenticated)
    error.kind = EtcdError::Kind::NoToken;
  else if (code == unavailable || code == deadline || code == unknown || code == cancelled)
    error.kind = EtcdError::Kind::Unreachable;
  if (error.message.empty())
    error.message = fmt::format("HTTP status {}, without a reason", status);
  return error;
}

std::string toBase64(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0'); // It writes a NUL at the end.
  int size = ::EVP_EncodeBlock(reinterpret_cast<unsigned char *>(text.data()),
                               reinterpret_cast<const unsigned char *>(bytes.data()),
                               static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

std::optional<std::string> fromBase64(std::string_view text) {
  constexpr std::string_view alphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::size_t padding = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
  std::string_view digits = text.substr(0, text.size() - padding);
  if (text.size() % 4 != 0 || text.size() > (1U << 30) ||
      digits.find_first_not_of(alphabet) != std::string_view::npos)
    return std::nullopt;
  std::string bytes(text.size() / 4 * 3, '\0');
  int size = ::EVP_DecodeBlock(reinterpret_cast<unsigned char *>(bytes.data()),
                               reinterpret_cast<const unsigned char *>(text.data()),
                               static_cast<int>(text.size()));
  if (size < 0)
    return std::nullopt;
  bytes.resize(bytes.size() - padding);
  return bytes;
}

} // namespace ripple::agent
