//===- StatusReport.h - The live Server List and Session List ---*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// The management server's program *Master Session List* (docs/internals/programs.md):
// what agents and routers say now, beside what the journal knows of the plan.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_MANAGER_STATUSREPORT_H
#define RIPPLE_AGENT_MANAGER_STATUSREPORT_H

#include "agent/manager/Session.h"
#include "model/Status.h"

namespace ripple::agent {

/// What a status is about: a plan with its state, or only servers.
struct StatusSubject {
  std::vector<model::Server> servers;
  std::vector<model::Router> routers;
  std::optional<LastPlan> last;
};
StatusSubject subjectOf(LastPlan last);

/// Adds the servers of the Server List FILE that SUBJECT has not; "": none. What is wrong with it
/// is told to SINK.
void addListed(const std::string &file, StatusSubject &subject, const Sink &sink);

/// Asks every agent (over https with TLS) and every router of SUBJECT; who does not answer is told
/// to SINK. Blocks: each has its time limit.
model::Status makeStatus(const StatusSubject &subject, const model::TlsIdentity &tls,
                         const Sink &sink);

} // namespace ripple::agent

#endif
