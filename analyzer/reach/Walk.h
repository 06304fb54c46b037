//===- Walk.h - What is reached, by the shortest way ------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_ANALYZER_REACH_WALK_H
#define RIPPLE_ANALYZER_REACH_WALK_H

#include "analyzer/reach/Handlers.h"

#include <set>
#include <vector>

namespace ripple::analyzer {

using Bindings = std::map<std::pair<EntityIndex, std::uint32_t>, std::vector<EntityIndex>>;

/// Breadth-first search over resolved calls. One object serves many searches, one after the other.
class Walk {
public:
  struct Limits {
    bool provenOnly = false;
    bool syncOnly = false;
    const Bindings *bindings = nullptr;   ///< What parameters hold on this route.
    const Handlers *blocked = nullptr;    ///< Not entered by what serves them.
    std::set<EntityIndex> *met = nullptr; ///< Gets those that were not entered.
  };

  Walk(const Program &program, const Resolved &resolved);

  /// What ROOTS reach, themselves among it, nearest first. Valid until the next run.
  const std::vector<EntityIndex> &run(const std::vector<EntityIndex> &roots, const Limits &limits);
  /// The same, and then what else ROOTS reach with other LIMITS.
  const std::vector<EntityIndex> &runOn(const std::vector<EntityIndex> &roots,
                                        const Limits &limits);

  /// The way to ENTITY, which the last run reached: each call on it, then its declaration.
  std::vector<model::EvidenceStep> evidence(EntityIndex entity) const;

  /// Calls on LINES are not followed from the next run on; null: all are.
  void leaveOut(const std::set<SourceLine> *lines) { leftOut = lines; }
  bool isLeftOut(SourceLine at) const { return leftOut && leftOut->count(at) > 0; }

  /// As the last step of a way that ends in a call at AT in CALLER.
  model::EvidenceStep step(EntityIndex function, SourceLine at) const;

protected:
  void begin();
  /// BEGINS: the way to ENTITY is shown from this call on, whatever else leads to FROM.
  bool visit(EntityIndex entity, EntityIndex from, SourceLine at, bool begins = false);

  const Program &program;
  const Resolved &resolved;
  std::vector<EntityIndex> order;
  const std::set<SourceLine> *leftOut = nullptr;

private:
  void follow(EntityIndex entity, const Limits &limits);
  void follow(EntityIndex entity, const std::vector<Edge> &edges, const Limits &limits);

  struct Arrival {
    EntityIndex from = none;
    SourceLine at;
    std::uint32_t run = 0;
    bool begins = false;
  };
  std::vector<Arrival> arrivals;       ///< By entity; of this run where `run` is the present one.
  std::vector<std::uint32_t> followed; ///< By list of Resolved::shared: in which run.
  std::uint32_t current = 0;
};

} // namespace ripple::analyzer

#endif
