//===- EventJson.h - Events of the protocol as JSON -------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_JOURNAL_EVENTJSON_H
#define RIPPLE_AGENT_JOURNAL_EVENTJSON_H

#include "agent/core/Event.h"

#include <optional>
#include <string>
#include <string_view>

namespace ripple::agent {

/// One line of JSON, from which `parseEvent` gives the same event again.
std::string writeEvent(const core::Event &event);
/// Nothing where TEXT is not such a line.
std::optional<core::Event> parseEvent(std::string_view text);

} // namespace ripple::agent

#endif
