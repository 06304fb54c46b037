//===- Submission.h - A plan that is sent to a manager ----------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_MANAGER_SUBMISSION_H
#define RIPPLE_AGENT_MANAGER_SUBMISSION_H

#include "agent/http/HttpServer.h"
#include "agent/manager/Admission.h"
#include "agent/manager/Inputs.h"

namespace ripple::agent {

/// What `POST /v1/plans` brings.
struct Submission {
  PlanAtHand at;
  InputsNow inputs;
  bool rehearse = true;
};

/// From the body of the request; else what is wrong with it.
tl::expected<Submission, HttpResponse> readSubmission(const std::string &text);

/// The answer, as docs/formats/manager-api.md has it.
nlohmann::json describeAdmission(const PlanAtHand &at, const Admission &admission);

} // namespace ripple::agent

#endif
