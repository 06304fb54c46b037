//===- UseIndex.cpp - Which set of an application uses what ---------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/UseIndex.h"

namespace ripple::planner {

UseIndex::UseIndex(const model::ComponentsList &list) {
  auto number = [&](const std::string &component) {
    if (auto known = numberBy.find(component); known != numberBy.end())
      return known->second;
    const auto next = static_cast<std::uint32_t>(numberBy.size());
    return numberBy.emplace(component, next).first->second;
  };
  for (const model::Application &application : list.applications) {
    OfApplication &of = applications.emplace_back();
    for (const std::vector<model::ComponentUse> &set : application.componentSets) {
      for (const model::ComponentUse &use : set)
        of.uses.push_back(number(use.component));
      of.ends.push_back(of.uses.size());
    }
    of.setOf.reserve(application.requests.size());
    for (const model::RequestKind &request : application.requests)
      of.setOf.push_back(request.complete && request.unresolved.empty()
                             ? request.componentSet.value_or(NotOnlyASet)
                             : NotOnlyASet);
  }
}

std::optional<std::uint32_t> UseIndex::numberOf(std::string_view component) const {
  auto known = numberBy.find(component);
  return known != numberBy.end() ? std::optional(known->second) : std::nullopt;
}

} // namespace ripple::planner
