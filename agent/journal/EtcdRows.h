//===- EtcdRows.h - Keys and values of the journal in etcd ------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Below the prefix (docs/internals/store.md):
//
//   leader                     who leads (Leadership.h)
//   layout                     the version of all this
//   last                       who wrote last: what makes writes recognisable
//   term                       the highest that was given out
//   plans/ID                   a plan's row, without its document
//   events/ID/N                an event with its time and the commands that follow
//   installed/SERVER/COMPONENT which version a plan left there
//   parts/KEY/N                what is too big for the value of KEY: a plan's document,
//                              an event of many thousand routes
//
// N is 16 hex digits, so that the keys' order is that of the numbers. Values are JSON;
// what is longer than some KB is deflated (zlib, RFC 1950). Text in, values out.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_JOURNAL_ETCDROWS_H
#define RIPPLE_AGENT_JOURNAL_ETCDROWS_H

#include "agent/journal/Journal.h"

namespace ripple::agent {

/// TEXT as one segment of a key: '/' and '%' are escaped.
std::string keySegment(std::string_view text);
/// As the last segment of a key.
std::string keyNumber(std::uint64_t number);
/// Nothing where KEY does not end with one.
std::optional<std::uint64_t> numberOfKey(std::string_view key);

/// A plan's row, and where its document is.
struct EtcdPlan {
  PlanRow row; ///< Without its document.
  std::uint64_t n = 0;
  std::uint64_t parts = 0, documentBytes = 0;
};
std::string writePlanRow(const EtcdPlan &plan);
std::optional<EtcdPlan> parsePlanRow(std::string_view value);

/// An event, and what was written with it.
struct EtcdEvent {
  std::string at;
  core::Event event;
  std::vector<std::pair<std::uint64_t, std::string>> commands; ///< Id, and what it does.
};
std::string writeEventRow(const std::string &at, const core::Event &event,
                          const std::vector<core::Effect> &effects);
std::optional<EtcdEvent> parseEventRow(std::string_view text);
/// The commands of the plan that recorded EVENTS, with their results.
std::vector<EffectRow> effectsOf(const std::vector<EtcdEvent> &events);

struct EtcdInstalled {
  std::string version, plan;
};
std::string writeInstalled(const EtcdInstalled &installed);
std::optional<EtcdInstalled> parseInstalled(std::string_view value);

/// A value that says that what belongs there is in parts.
std::string writeParts(std::uint64_t parts);
/// 0 where VALUE says no such thing.
std::uint64_t parseParts(std::string_view value);

/// Deflated where that is worth it.
std::string pack(std::string_view text);
/// What `pack` was given; nothing where that is more than BYTESMAX, or VALUE is damaged.
std::optional<std::string> unpack(std::string_view value, std::size_t bytesMax);

} // namespace ripple::agent

#endif
