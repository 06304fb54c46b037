//===- Admission.h - May a plan be carried out now? -------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// All that stands between a plan and its execution, the same for `ripple apply`
// and for the daemon: what it was made for (S5), other plans, what is held, agents
// and routers.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_MANAGER_ADMISSION_H
#define RIPPLE_AGENT_MANAGER_ADMISSION_H

#include "agent/manager/Session.h"

namespace ripple::agent {

struct Admission {
  /// Set where the plan is not carried out: the exit code of who asked for it. `lines` say why.
  std::optional<int> exit;
  std::vector<std::string> lines; ///< For a person, each with its mark: "note: …".
  core::State state;              ///< Where the plan stands by the journal.
  std::int64_t termSeen = 0;      ///< The highest term that an agent has seen.
};

/// Agents are asked over https with TLS. STALE is what makes the plan's inputs stale. Asks agents
/// and routers, and changes nothing; but a plan whose end could not be recorded is recorded as
/// ended where CONCLUDE.
Admission admit(const PlanAtHand &at, const std::vector<std::string> &stale, Journal &journal,
                const model::TlsIdentity &tls, bool conclude);

/// Records AT as begun, unless it is already.
JournalResult<void> addRow(const PlanAtHand &at, Journal &journal);

/// What the protocol is told first, by where the plan stands.
std::vector<core::Event::Kind> firstEvents(const core::State &state);

} // namespace ripple::agent

#endif
