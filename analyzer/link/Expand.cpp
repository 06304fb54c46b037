//===- Expand.cpp - What a registration's parameters hold -----------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/link/Expand.h"

#include <algorithm>
#include <tuple>

namespace ripple::analyzer {
namespace {

constexpr std::size_t CallsMax = 8; ///< Helpers around helpers that are followed.
constexpr unsigned DepthMax = 16;
constexpr std::size_t InstancesMax = 10'000;

/// VALUE is no callable.
bool isText(const Value &value) {
  return value.kind == ValueKind::Text || value.kind == ValueKind::Constant ||
         value.kind == ValueKind::Joined;
}

/// VALUE with what FUNCTION's parameters hold when it is called with ARGUMENTS.
Value with(Value value, EntityIndex function, const std::vector<Value> &arguments) {
  if (value.kind == ValueKind::Parameter && value.entity == function) {
    if (value.number >= arguments.size())
      return {};
    Value held = arguments[value.number];
    held.type = value.type;
    return held;
  }
  for (Value &argument : value.arguments)
    argument = with(std::move(argument), function, arguments);
  return value;
}

} // namespace

EntityIndex neededBy(const Value &value) {
  if (value.kind == ValueKind::Parameter)
    return value.entity;
  for (const Value &argument : value.arguments)
    if (EntityIndex function = neededBy(argument); function != none)
      return function;
  return none;
}

Expander::Expander(const Facts &facts) : facts(facts) {
  using Place = std::tuple<EntityIndex, EntityIndex, SourceLine>;
  for (const Override &row : facts.overrides)
    overriders.emplace(row.overridden, row.method);
  std::set<Place> isVirtual, written;
  for (const Call &row : facts.calls)
    if (row.kind == CallKind::Virtual)
      isVirtual.emplace(row.caller, row.callee, row.at);
  for (const Arguments &row : facts.arguments) {
    calls.emplace(row.callee, &row);
    written.emplace(row.caller, row.callee, row.at);
    if (isVirtual.count({row.caller, row.callee, row.at}))
      for (EntityIndex each : overridersOf(row.callee))
        calls.emplace(each, &row);
  }
  for (const Returned &row : facts.returned)
    returns.emplace(row.function, &row);
  for (const Constant &row : facts.constants)
    constants.emplace(row.variable, &row.value);
  for (const Taken &row : facts.taken)
    taken.insert(row.callable);
  // What a library calls or makes (std::make_shared), it gives arguments that are not written down.
  for (const Call &row : facts.calls)
    if ((row.kind == CallKind::Direct || row.kind == CallKind::Virtual) &&
        !written.count({row.caller, row.callee, row.at})) {
      taken.insert(row.callee);
      if (row.kind == CallKind::Virtual)
        taken.merge(overridersOf(row.callee));
    }
  for (const Override &row : facts.overrides)
    if (facts.entities[row.overridden].isSystem)
      taken.merge(overridersOf(row.overridden));
}

/// All that override METHOD, or one that does.
std::set<EntityIndex> Expander::overridersOf(EntityIndex method) const {
  std::set<EntityIndex> found;
  std::vector<EntityIndex> open = {method};
  while (!open.empty()) {
    auto [first, last] = overriders.equal_range(open.back());
    open.pop_back();
    for (auto row = first; row != last; ++row)
      if (found.insert(row->second).second)
        open.push_back(row->second);
  }
  return found;
}

std::vector<Instance> Expander::instancesOf(std::size_t registration) const {
  const Registration &row = facts.registrations[registration];
  std::vector<Instance> done;
  expand({registration, {}, row.path, row.handler, {}}, done);
  return done;
}

void Expander::expand(Instance instance, std::vector<Instance> &done) const {
  EntityIndex function = neededBy(instance.path);
  if (function == none)
    function = neededBy(instance.handler);
  auto [first, last] = calls.equal_range(function);
  if (function == none || first == last || instance.calls.size() >= CallsMax ||
      done.size() >= InstancesMax) {
    done.push_back(std::move(instance));
    return;
  }
  // Its address is taken, or a library makes it: it may also be called from where nothing is known
  // of its arguments.
  if (taken.count(function))
    done.push_back(instance);
  for (auto call = first; call != last; ++call) {
    Instance next = instance;
    next.calls.emplace_back(call->second->caller, call->second->at);
    next.path = with(std::move(next.path), function, call->second->values);
    next.handler = with(std::move(next.handler), function, call->second->values);
    for (auto &[helper, values] : next.given)
      for (Value &value : values)
        value = with(std::move(value), function, call->second->values);
    next.given.emplace_back(function, call->second->values);
    expand(std::move(next), done);
  }
}

Callables Expander::callablesOf(const Value &value) const { return callablesOf(value, 0); }

Callables Expander::handlersOf(const Instance &instance) const {
  Callables found = callablesOf(instance.handler);
  for (const auto &[helper, values] : instance.given)
    for (std::uint32_t i = 0; i < values.size(); ++i)
      if (Callables held = callablesOf(values[i]); held.isComplete && !held.functions.empty()) {
        found.bindings[{helper, i}].insert(held.functions.begin(), held.functions.end());
        held.functions.clear();
        unite(found, std::move(held));
      }
  return found;
}

namespace {

/// All that CALLABLES name.
std::set<EntityIndex> namedBy(const Callables &callables) {
  std::set<EntityIndex> all = callables.functions;
  for (const auto &[parameter, held] : callables.bindings)
    all.insert(held.begin(), held.end());
  return all;
}

} // namespace

void unite(Callables &into, Callables from) {
  const std::set<EntityIndex> one = namedBy(into), other = namedBy(from);
  const bool isShared =
      std::any_of(one.begin(), one.end(), [&](EntityIndex each) { return other.count(each) != 0; });
  if (isShared) {
    std::erase_if(into.bindings, [&](auto &each) { return !from.bindings.count(each.first); });
    std::erase_if(from.bindings, [&](auto &each) { return !into.bindings.count(each.first); });
  }
  into.functions.merge(from.functions);
  for (auto &[parameter, held] : from.bindings)
    into.bindings[parameter].merge(held);
  into.isComplete &= from.isComplete;
}

Callables Expander::callablesOf(const Value &value, unsigned depth) const {
  Callables found;
  if (value.kind == ValueKind::Function) {
    found.functions.insert(value.entity);
  } else if (value.kind == ValueKind::Method) {
    found.functions = overridersOf(value.entity);
    if (!facts.entities[value.entity].isPure)
      found.functions.insert(value.entity);
    found.isComplete = !found.functions.empty();
  } else if (value.kind == ValueKind::Several && !value.arguments.empty() && depth < DepthMax) {
    for (const Value &each : value.arguments)
      unite(found, callablesOf(each, depth + 1));
  } else if (value.kind == ValueKind::Returned && depth < DepthMax) {
    return returnedBy(value, depth);
  } else {
    found.isComplete = false;
  }
  return found;
}

Callables Expander::returnedBy(const Value &call, unsigned depth) const {
  Callables found;
  std::set<EntityIndex> callees = overridersOf(call.entity);
  callees.insert(call.entity);
  bool isKnown = false;
  for (EntityIndex callee : callees) {
    auto [first, last] = returns.equal_range(callee);
    for (auto row = first; row != last; ++row)
      unite(found, callablesOf(with(row->second->value, callee, call.arguments), depth + 1));
    isKnown |= first != last;
    const Entity &entity = facts.entities[callee];
    if (first == last && !entity.hasBody && !entity.isPure && callees.size() > 1)
      found.isComplete = false;
  }
  if (!isKnown) {
    // A library's: it may hand back what it is given, wrapped.
    for (const Value &argument : call.arguments)
      if (!isText(argument))
        unite(found, callablesOf(argument, depth + 1));
    const Entity &callee = facts.entities[call.entity];
    found.isComplete &= !found.functions.empty() && (callee.isSystem || !callee.hasBody);
    return found;
  }
  for (std::uint32_t i = 0; i < call.arguments.size(); ++i)
    if (Callables held = callablesOf(call.arguments[i], depth + 1);
        held.isComplete && !held.functions.empty()) {
      for (EntityIndex callee : callees)
        found.bindings[{callee, i}].insert(held.functions.begin(), held.functions.end());
      held.functions.clear();
      unite(found, std::move(held));
    }
  return found;
}

std::vector<std::string> Expander::textsOf(const Value &value, unsigned depth) const {
  if (value.kind == ValueKind::Text)
    return {value.text};
  std::vector<std::string> found;
  if (depth >= DepthMax)
    return found;
  auto addAll = [&](const Value &each) {
    std::vector<std::string> texts = textsOf(each, depth + 1);
    found.insert(found.end(), texts.begin(), texts.end());
    return !texts.empty();
  };
  if (value.kind == ValueKind::Several) {
    for (const Value &each : value.arguments)
      if (!addAll(each))
        return {};
  } else if (value.kind == ValueKind::Constant) {
    auto [first, last] = constants.equal_range(value.entity);
    for (auto row = first; row != last; ++row)
      if (!addAll(*row->second))
        return {};
  } else if (value.kind == ValueKind::Joined) {
    found = {""};
    for (const Value &each : value.arguments) {
      std::vector<std::string> longer;
      for (const std::string &text : textsOf(each, depth + 1))
        for (const std::string &start : found)
          longer.push_back(start + text);
      found = std::move(longer);
    }
  }
  return found;
}

bool Expander::mayBe(const Value &value, std::string_view text) const {
  return endsOf(value, text, 0, 0).contains(text.size());
}

/// Where VALUE may end in TEXT if it begins at START.
std::set<std::size_t> Expander::endsOf(const Value &value, std::string_view text, std::size_t start,
                                       unsigned depth) const {
  std::set<std::size_t> ends;
  if (const std::vector<std::string> texts = textsOf(value); !texts.empty()) {
    for (const std::string &each : texts)
      if (text.substr(start).starts_with(each))
        ends.insert(start + each.size());
  } else if (value.kind == ValueKind::Joined && !value.arguments.empty() && depth < DepthMax) {
    ends = {start};
    for (const Value &each : value.arguments) {
      std::set<std::size_t> later;
      for (std::size_t end : ends)
        later.merge(endsOf(each, text, end, depth + 1));
      ends = std::move(later);
    }
  } else if (value.kind == ValueKind::Several && !value.arguments.empty() && depth < DepthMax) {
    for (const Value &each : value.arguments)
      ends.merge(endsOf(each, text, start, depth + 1));
  } else {
    for (std::size_t end = start; end <= text.size(); ++end)
      ends.insert(end);
  }
  return ends;
}

} // namespace ripple::analyzer
