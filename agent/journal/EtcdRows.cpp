//===- EtcdRows.cpp - Keys and values of the journal in etcd --------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/journal/EtcdRows.h"

#include "agent/core/Describe.h"
#include "agent/journal/EventJson.h"
#include "model/JsonNumber.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <map>
#include <nlohmann/json.hpp>
#include <zlib.h>

namespace ripple::agent {

using model::wholeNumber;
using Json = nlohmann::json;

namespace {

std::string dump(const Json &json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// What BODY makes of the JSON object in TEXT; nothing where a member is missing or of another
/// type.
template <typename Body>
auto reading(std::string_view text, Body body) -> std::optional<decltype(body(Json()))> {
  try {
    return body(model::parseWhole(text));
  } catch (const Json::exception &) {
    return std::nullopt;
  }
}

} // namespace

std::string keySegment(std::string_view text) {
  std::string segment;
  for (char c : text)
    if (c == '/' || c == '%')
      segment += fmt::format("%{:02X}", c);
    else
      segment += c;
  return segment;
}

std::string keyNumber(std::uint64_t number) { return fmt::format("{:016x}", number); }

std::optional<std::uint64_t> numberOfKey(std::string_view key) {
  std::string_view digits = key.substr(key.rfind('/') + 1);
  std::uint64_t number = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number, 16);
  if (digits.size() != 16 || error != std::errc() || end != digits.data() + digits.size())
    return std::nullopt;
  return number;
}

std::string writePlanRow(const EtcdPlan &plan) {
  const PlanRow &row = plan.row;
  return dump({{"id", row.id},
               {"n", plan.n},
               {"run", row.run},
               {"protocol", row.protocol},
               {"file", row.file},
               {"state", row.state},
               {"started", row.started},
               {"ended", row.ended},
               {"summary", row.summary},
               {"parts", plan.parts},
               {"bytes", plan.documentBytes}});
}

std::optional<EtcdPlan> parsePlanRow(std::string_view value) {
  return reading(value, [](const Json &json) {
    EtcdPlan plan;
    plan.row.id = json.at("id").get<std::string>();
    plan.n = wholeNumber<std::uint64_t>(json.at("n"));
    plan.row.run = json.at("run").get<std::string>();
    plan.row.protocol = wholeNumber<int>(json.at("protocol"));
    plan.row.file = json.at("file").get<std::string>();
    plan.row.state = json.at("state").get<std::string>();
    plan.row.started = json.at("started").get<std::string>();
    plan.row.ended = json.at("ended").get<std::string>();
    plan.row.summary = json.at("summary").get<std::string>();
    plan.parts = wholeNumber<std::uint64_t>(json.at("parts"));
    plan.documentBytes = wholeNumber<std::uint64_t>(json.at("bytes"));
    return plan;
  });
}

std::string writeEventRow(const std::string &at, const core::Event &event,
                          const std::vector<core::Effect> &effects) {
  Json commands = Json::array();
  for (const core::Effect &effect : effects)
    if (effect.id)
      commands.push_back({effect.id, core::describe(effect)});
  // The event is text inside: its own writer and reader hold for it.
  return dump({{"at", at}, {"event", writeEvent(event)}, {"commands", std::move(commands)}});
}

std::optional<EtcdEvent> parseEventRow(std::string_view text) {
  auto read = reading(text, [](const Json &json) -> std::optional<EtcdEvent> {
    auto event = parseEvent(json.at("event").get<std::string>());
    if (!event)
      return std::nullopt;
    return EtcdEvent{json.at("at").get<std::string>(), std::move(*event),
                     json.at("commands").get<std::vector<std::pair<std::uint64_t, std::string>>>()};
  });
  return read ? std::move(*read) : std::nullopt;
}

std::vector<EffectRow> effectsOf(const std::vector<EtcdEvent> &events) {
  std::map<std::uint64_t, EffectRow> rows;
  for (const EtcdEvent &event : events) {
    if (auto *outcome = std::get_if<core::Outcome>(&event.event.kind))
      if (auto row = rows.find(outcome->effect); row != rows.end()) {
        row->second.ended = event.at;
        row->second.result = core::toString(outcome->result);
        row->second.message = outcome->message;
      }
    for (const auto &[id, what] : event.commands)
      rows.try_emplace(id, EffectRow{id, what, event.at, {}, {}, {}});
  }
  std::vector<EffectRow> list;
  for (auto &[id, row] : rows)
    list.push_back(std::move(row));
  return list;
}

std::string writeInstalled(const EtcdInstalled &installed) {
  return dump({{"version", installed.version}, {"plan", installed.plan}});
}

std::optional<EtcdInstalled> parseInstalled(std::string_view value) {
  return reading(value, [](const Json &json) {
    return EtcdInstalled{json.at("version").get<std::string>(), json.at("plan").get<std::string>()};
  });
}

std::string writeParts(std::uint64_t parts) { return dump({{"parts", parts}}); }

std::uint64_t parseParts(std::string_view value) {
  if (!value.starts_with("{\"parts\":")) // Neither an event's row nor anything deflated.
    return 0;
  return reading(value,
                 [](const Json &json) { return wholeNumber<std::uint64_t>(json.at("parts")); })
      .value_or(0);
}

std::string pack(std::string_view text) {
  constexpr std::size_t smallBytes = 4096;
  if (text.size() < smallBytes && text.starts_with('{'))
    return std::string(text);
  uLongf size = ::compressBound(text.size());
  std::string packed(size, '\0');
  // It cannot fail: there is room, and the level is one.
  ::compress2(reinterpret_cast<Bytef *>(packed.data()), &size,
              reinterpret_cast<const Bytef *>(text.data()), text.size(), Z_BEST_SPEED);
  packed.resize(size);
  return packed;
}

std::optional<std::string> unpack(std::string_view value, std::size_t bytesMax) {
  if (value.starts_with('{'))
    return value.size() <= bytesMax ? std::optional(std::string(value)) : std::nullopt;
  z_stream stream{};
  if (::inflateInit(&stream) != Z_OK)
    return std::nullopt;
  stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(value.data()));
  stream.avail_in = static_cast<uInt>(value.size());
  std::string text;
  int code = Z_OK;
  while (code == Z_OK && text.size() <= bytesMax) {
    std::size_t before = text.size();
    text.resize(before + std::clamp<std::size_t>(before, 1U << 16, 1U << 24));
    stream.next_out = reinterpret_cast<Bytef *>(text.data() + before);
    stream.avail_out = static_cast<uInt>(text.size() - before);
    code = ::inflate(&stream, Z_NO_FLUSH);
    text.resize(text.size() - stream.avail_out);
  }
  bool whole = code == Z_STREAM_END && stream.avail_in == 0 && text.size() <= bytesMax;
  ::inflateEnd(&stream);
  return whole ? std::optional(std::move(text)) : std::nullopt;
}

} // namespace ripple::agent
