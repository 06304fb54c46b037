//===- Submission.cpp -----------------------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/manager/Submission.h"

#include "agent/manager/Control.h"

#include <set>

namespace ripple::agent {

using nlohmann::json;

tl::expected<Submission, HttpResponse> readSubmission(const std::string &text) {
  json body = json::parse(text, nullptr, false);
  auto has = [&](const char *key, json::value_t type) {
    return body.is_object() && body.contains(key) && body[key].type() == type;
  };
  if (!has("document", json::value_t::string) || !has("file", json::value_t::string) ||
      !has("inputs", json::value_t::array) || !has("rehearse", json::value_t::boolean))
    return tl::unexpected(refusal(400, "a plan is sent as document, file, inputs and rehearse",
                                  "see docs/formats/manager-api.md; are both programs of one "
                                  "version?"));
  auto at = parsePlanAtHand(body["document"].get<std::string>(), body["file"].get<std::string>());
  if (!at)
    return tl::unexpected(refusal(400, model::describe(at.error())));
  Submission submission{std::move(*at), {}, body["rehearse"].get<bool>()};
  for (const json &input : body["inputs"]) {
    model::PlanInput found;
    for (auto [key, out] : {std::pair{"path", &found.path}, std::pair{"format", &found.format},
                            std::pair{"sha256", &found.sha256}}) {
      if (!input.is_object() || !input.contains(key) || !input[key].is_string())
        return tl::unexpected(refusal(400, "an input is sent as path, format and sha256"));
      *out = input[key].get<std::string>();
    }
    submission.inputs.found.push_back(std::move(found));
  }
  return submission;
}

json describeAdmission(const PlanAtHand &at, const Admission &admission) {
  std::set<std::string> servers;
  for (const core::Task &task : at.script->tasks)
    servers.insert(task.server);
  json body = {{"plan", at.plan.id},
               {"exit", nullptr},
               {"lines", admission.lines},
               {"begun", admission.state.record.begun},
               {"tasks", at.script->tasks.size()},
               {"servers", servers.size()}};
  if (admission.exit)
    body["exit"] = *admission.exit;
  return body;
}

} // namespace ripple::agent
