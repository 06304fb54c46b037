//===- Targets.h - What a virtual or indirect call may call -----*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_ANALYZER_RESOLVE_TARGETS_H
#define RIPPLE_ANALYZER_RESOLVE_TARGETS_H

#include "analyzer/Facts.h"

#include <vector>

namespace ripple::analyzer {

/// The sound fallbacks. Virtual calls: every method that overrides the one that is named (class
/// hierarchy analysis; Dean, Grove, Chambers, ECOOP 1995). Indirect calls: every callable whose
/// address is taken as, or cast to, a pointer of that type.
class Targets {
public:
  explicit Targets(const Facts &facts);

  /// METHOD and all that overrides it, sorted.
  const std::vector<EntityIndex> &ofMethod(EntityIndex method) const { return overriders[method]; }
  /// What a pointer of TYPE may hold, sorted; EntityKind::Unknown among them.
  const std::vector<EntityIndex> &ofType(TypeIndex type) const { return byType[type]; }
  /// A pointer to a function of type FROM is somewhere made one of type TO, or is one.
  bool mayBecome(TypeIndex from, TypeIndex to) const;
  /// All that METHOD overrides, directly or not, sorted.
  const std::vector<EntityIndex> &overriddenBy(EntityIndex method) const {
    return overridden[method];
  }

private:
  void closeHierarchy(const Facts &facts);
  void fillTypes(const Facts &facts);

  std::vector<std::vector<EntityIndex>> overriders, overridden; ///< By method.
  std::vector<std::vector<EntityIndex>> byType;
  std::vector<std::vector<TypeIndex>> typeSources; ///< By type: itself, and what may become it.
};

} // namespace ripple::analyzer

#endif
