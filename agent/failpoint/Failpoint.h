//===- Failpoint.h - Dies where a test wants it -----------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// The places at which tests kill the manager and the agent: before and after each
// journal write and each effect (tests/manager/failpoints reaches every one).
//
// They are in every build: what is tested is what is shipped, and a place that is
// not asked for costs one comparison. Whoever can set the environment of these
// programs can kill them anyway.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_FAILPOINT_FAILPOINT_H
#define RIPPLE_AGENT_FAILPOINT_FAILPOINT_H

#include <cstddef>
#include <string_view>

namespace ripple::agent {

/// All of them. "before" a thing: it has not happened; "after": it has, and nobody was told.
inline constexpr std::string_view failpoints[] = {
    // Each event that changes the record; their count is the event's number in the plan's journal.
    "manager-before-record",
    "manager-after-record",
    "manager-after-effects",
    // Each command; "after" is when its answer has arrived.
    "manager-before-set-router",
    "manager-after-set-router",
    "manager-before-seal",
    "manager-after-seal",
    "manager-before-unseal",
    "manager-after-unseal",
    "manager-before-act",
    "manager-after-act",
    // The journal's other tables.
    "manager-before-add-plan",
    "manager-after-add-plan",
    "manager-before-term",
    "manager-after-term",
    "manager-before-note-installed",
    "manager-after-note-installed",
    "manager-before-plan-state",
    "manager-after-plan-state",
    // The agent's journal, a table each.
    "agent-before-write-term",
    "agent-after-write-term",
    "agent-before-write-plan",
    "agent-after-write-plan",
    "agent-before-write-task",
    "agent-after-write-task",
    "agent-before-remove-task",
    "agent-after-remove-task",
    "agent-before-write-action",
    "agent-after-write-action",
    "agent-before-write-process",
    "agent-after-write-process",
    // What the agent does to gates, files and processes.
    "agent-before-drain",
    "agent-after-drain",
    "agent-before-seal",
    "agent-after-seal",
    "agent-before-unseal",
    "agent-after-unseal",
    "agent-before-symlink",
    "agent-after-symlink",
    "agent-before-swap",
    "agent-after-swap",
    // The same where it is phased in: no gate has it; all have, and earlier requests are waited for
    // then; they have ended.
    "agent-before-phase-in",
    "agent-after-phase-in",
    "agent-after-phased-out",
    "agent-before-stop-process",
    "agent-after-stop-process",
    "agent-before-start-process",
    "agent-after-start-process",
};

/// Kills this process (SIGKILL) where the environment says RIPPLE_FAILPOINT=NAME:COUNT and NAME is
/// reached for the COUNT-th time, from 0. Any thread. A NAME that does not exist ends the program
/// with exit code 64, so that no test passes because of a slip.
void failpoint(std::string_view name);
/// The same where the caller counts.
void failpoint(std::string_view name, std::size_t count);

} // namespace ripple::agent

#endif
