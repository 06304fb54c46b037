//===- Query.cpp - What touches what, and why -----------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/Reports.h"

#include <algorithm>
#include <fmt/format.h>

namespace ripple::planner {

std::vector<QueryRow> queryTouching(const model::ComponentsList &list,
                                    const std::string &component) {
  Impact impact(list, component);
  std::vector<QueryRow> rows;
  for (const model::Application &application : list.applications) {
    ImpactOn on(impact, application);
    for (const model::RequestKind &request : application.requests)
      if (const auto &touch = on.touch(&request))
        rows.push_back({application.name, request.id, touch->why, touch->via});
  }
  std::sort(rows.begin(), rows.end());
  return rows;
}

std::vector<QueryRow> queryRequest(const model::ComponentsList &list, const std::string &request,
                                   const std::string &application) {
  std::vector<QueryRow> rows;
  for (const model::Application &one : list.applications) {
    if (!application.empty() && one.name != application)
      continue;
    for (const model::RequestKind &kind : one.requests) {
      if (kind.id != request)
        continue;
      for (const model::Component &component : list.components)
        if (auto touch = Impact(list, component.id).touch(one, &kind))
          rows.push_back({one.name, component.id, touch->why, touch->via});
      if (!list.component(one.name))
        rows.push_back({one.name, one.name, model::Why::Touches, ""});
    }
  }
  std::sort(rows.begin(), rows.end());
  return rows;
}

namespace {

const model::ComponentUse *useOf(const std::vector<model::ComponentUse> &uses,
                                 const std::string &component) {
  for (const model::ComponentUse &use : uses)
    if (use.component == component)
      return &use;
  return nullptr;
}

void writeEvidence(std::string &out, const std::vector<model::EvidenceStep> &evidence) {
  for (const model::EvidenceStep &step : evidence)
    out += fmt::format("  {}:{}: {}\n", step.file, step.line, step.function);
}

/// Why one request kind touches COMPONENT.
std::string explainOne(const model::ComponentsList &list, const model::Application &application,
                       const model::RequestKind &request, const std::string &component) {
  auto touch = Impact(list, component).touch(application, &request);
  if (!touch)
    return {};
  std::string out = fmt::format("{}: {} touches {}", application.name, request.id, component);
  if (application.name == component)
    return out + ": it is the application itself\n";
  bool ambient = touch->why == model::Why::Ambient;
  const auto &uses = ambient ? application.ambient : application.usesOf(request);
  const model::ComponentUse *use = useOf(uses, component);
  const model::ComponentUse *through = use ? nullptr : useOf(uses, touch->via);
  if (use)
    out += fmt::format(" ({}{})", toString(use->confidence),
                       use->phase == model::Phase::Async ? ", async" : "");
  if (!touch->via.empty())
    out += fmt::format(" through {}", touch->via);
  if (ambient)
    out += ": every request of the application does (ambient)";
  out += "\n";
  if (!ambient && !request.handler.function.empty())
    out += fmt::format("  {}:{}: {} (handler)\n", request.handler.file, request.handler.line,
                       request.handler.function);
  if (use && !use->evidence.empty())
    writeEvidence(out, use->evidence);
  else if (const auto *other = through ? through : useOf(uses, touch->via))
    writeEvidence(out, other->evidence);
  if (touch->why == model::Why::Unresolved && !use) {
    for (const model::Unresolved &unresolved : request.unresolved)
      out += fmt::format("  {}:{}: not resolved: {}\n", unresolved.file, unresolved.line,
                         unresolved.reason);
    if (!application.complete || !request.complete)
      out += "  the list is not complete: not all of its source could be read\n";
  }
  return out;
}

} // namespace

std::string explain(const model::ComponentsList &list, const std::string &request,
                    const std::string &component) {
  std::string out;
  for (const model::Application &application : list.applications)
    for (const model::RequestKind &kind : application.requests)
      if (kind.id == request)
        out += explainOne(list, application, kind, component);
  return out;
}

} // namespace ripple::planner
