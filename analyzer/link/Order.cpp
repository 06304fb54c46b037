//===- Order.cpp - In which order handlers are registered -----------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/link/Order.h"

#include <algorithm>

namespace ripple::analyzer {
namespace {

constexpr std::size_t MetMax = 20'000;

bool isDirect(const Call &call) {
  return call.kind == CallKind::Direct || call.kind == CallKind::Virtual;
}

/// Functions from which direct calls lead to a registration.
std::vector<bool> leadingTo(const Facts &facts) {
  std::vector<std::vector<EntityIndex>> callers(facts.entities.size());
  for (const Call &call : facts.calls)
    if (isDirect(call))
      callers[call.callee].push_back(call.caller);
  std::vector<bool> leads(facts.entities.size());
  std::vector<EntityIndex> next;
  for (const Registration &row : facts.registrations)
    if (row.in != none && !leads[row.in]) {
      leads[row.in] = true;
      next.push_back(row.in);
    }
  while (!next.empty()) {
    EntityIndex function = next.back();
    next.pop_back();
    for (EntityIndex caller : callers[function])
      if (!leads[caller]) {
        leads[caller] = true;
        next.push_back(caller);
      }
  }
  return leads;
}

} // namespace

RegistrationOrder::RegistrationOrder(const Facts &facts)
    : events(facts.entities.size()), onStack(facts.entities.size()) {
  findEvents(facts);
  for (EntityIndex function : facts.initialisers)
    walk(function);
  for (EntityIndex function = 0; function < facts.entities.size(); ++function)
    if (facts.entities[function].key == "main")
      walk(function);
}

void RegistrationOrder::findEvents(const Facts &facts) {
  std::vector<bool> leads = leadingTo(facts);
  for (const Call &call : facts.calls)
    if (isDirect(call) && leads[call.callee])
      events[call.caller].push_back({call.at, 0, false, call.callee});
  for (std::uint32_t i = 0; i < facts.registrations.size(); ++i)
    if (const Registration &row = facts.registrations[i]; row.in != none)
      events[row.in].push_back({row.at, row.column, true, i});
  for (std::vector<Event> &list : events)
    std::sort(list.begin(), list.end());
}

void RegistrationOrder::walk(EntityIndex function) {
  if (onStack[function])
    return;
  onStack[function] = true;
  for (const Event &event : events[function]) {
    if (met.size() >= MetMax)
      break;
    if (event.isRegistration) {
      met.emplace_back(event.index, stack);
      continue;
    }
    stack.emplace_back(function, event.at);
    walk(event.index);
    stack.pop_back();
  }
  onStack[function] = false;
}

std::size_t RegistrationOrder::rank(std::size_t registration,
                                    const std::vector<CallSite> &calls) const {
  for (std::size_t i = 0; i < met.size(); ++i) {
    const auto &[index, through] = met[i];
    if (index == registration && calls.size() <= through.size() &&
        std::equal(calls.begin(), calls.end(), through.rbegin()))
      return i;
  }
  return met.size();
}

} // namespace ripple::analyzer
