//===- Console.h - What a person sees while a plan is carried out *- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Lines such as "app1  pricing  waits for 2 requests: GET /quote/42 …", on standard
// error or wherever the daemon keeps them.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_MANAGER_CONSOLE_H
#define RIPPLE_AGENT_MANAGER_CONSOLE_H

#include "agent/core/State.h"
#include "model/Plan.h"

#include <functional>
#include <map>
#include <string>

namespace ripple::agent {

/// Where lines for a person go, without their end.
using Sink = std::function<void(const std::string &)>;
void printToStandardError(const std::string &line);

class Console {
public:
  explicit Console(std::shared_ptr<const core::Script> plan, Sink sink = printToStandardError);

  void tell(const core::Tell &tell);
  /// What every task waits for: soon after it begins to wait, and then from time to time.
  void waiting(const core::State &state, core::Millis nowMs);
  /// A line about the plan as a whole.
  void line(const std::string &text);
  /// The last lines: what became of each task, what to do.
  void summary(const core::State &state, double seconds);

private:
  std::string label(std::size_t task) const;

  static constexpr core::Millis firstMs = 300, againMs = 3'000;
  std::shared_ptr<const core::Script> script;
  Sink sink;
  std::size_t serverWidth = 0, componentWidth = 0;
  struct Said {
    core::Phase phase = core::Phase::Waiting;
    core::Millis nextMs = 0;
    std::string text;
  };
  std::map<std::size_t, Said> said;
};

/// "1 server upgraded, 1 rolled back, 2 not begun", for the summary and the journal.
std::string summarize(const core::State &state);
/// What the plan wants forbidden, or does not know to be permitted: "shop.2/app1"; "" for nothing.
std::string stillAway(const core::State &state);
using model::shortId;

} // namespace ripple::agent

#endif
