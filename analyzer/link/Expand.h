//===- Expand.h - What a registration's parameters hold ---------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_ANALYZER_LINK_EXPAND_H
#define RIPPLE_ANALYZER_LINK_EXPAND_H

#include "analyzer/link/Order.h"

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace ripple::analyzer {

/// A registration as seen from one chain of calls.
struct Instance {
  std::size_t registration = 0;
  std::vector<CallSite> calls; ///< The nearest first.
  Value path, handler;
  /// What the helpers that these calls go to are given: the nearest first, one for each call.
  std::vector<std::pair<EntityIndex, std::vector<Value>>> given;
  bool isComeBy = false; ///< A run from main comes by it: its place in the order is known.
};

/// The callables that a value may be.
struct Callables {
  std::set<EntityIndex> functions;
  /// What parameters of wrappers hold for these callables only.
  std::map<std::pair<EntityIndex, std::uint32_t>, std::set<EntityIndex>> bindings;
  bool isComplete = true; ///< False if it may be another one, too.
};

/// INTO may be FROM as well. What a parameter holds for one of them only is not known of a callable
/// that is in both.
void unite(Callables &into, Callables from);

/// The function of which VALUE needs a parameter; none if of none.
EntityIndex neededBy(const Value &value);

/// Follows values through parameters and returns.
class Expander {
public:
  explicit Expander(const Facts &facts);

  /// REGISTRATION from every chain of calls that its parameters can be followed through. One that
  /// cannot be followed further keeps its parameters.
  std::vector<Instance> instancesOf(std::size_t registration) const;

  Callables callablesOf(const Value &value) const;
  /// The callables that INSTANCE's handler may be, and what parameters of helpers hold for it: the
  /// handler may have captured them.
  Callables handlersOf(const Instance &instance) const;

  /// The texts that VALUE may be; empty where it is not constant.
  std::vector<std::string> textsOf(const Value &value) const { return textsOf(value, 0); }
  /// False where it can be told that VALUE is not TEXT.
  bool mayBe(const Value &value, std::string_view text) const;

private:
  void expand(Instance instance, std::vector<Instance> &done) const;
  Callables callablesOf(const Value &value, unsigned depth) const;
  std::vector<std::string> textsOf(const Value &value, unsigned depth) const;
  std::set<std::size_t> endsOf(const Value &value, std::string_view text, std::size_t start,
                               unsigned depth) const;
  Callables returnedBy(const Value &call, unsigned depth) const;
  std::set<EntityIndex> overridersOf(EntityIndex method) const;

  const Facts &facts;
  std::multimap<EntityIndex, const Arguments *> calls;  ///< By callee.
  std::multimap<EntityIndex, const Returned *> returns; ///< By function.
  std::multimap<EntityIndex, const Value *> constants;  ///< By variable.
  std::multimap<EntityIndex, EntityIndex> overriders;   ///< By what they override.
  std::set<EntityIndex> taken;
};

} // namespace ripple::analyzer

#endif
