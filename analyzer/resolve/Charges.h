//===- Charges.h - Who answers for a call of what was given -----*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// A function that calls what its parameter holds runs something else for each
// of its callers. Taken together, every caller would run what any of them
// gives. So such a call is charged to the callers, each with what it gives,
// and to theirs where that is a parameter again (functional summaries of the
// parameters that are called; Sharir and Pnueli 1981).
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_ANALYZER_RESOLVE_CHARGES_H
#define RIPPLE_ANALYZER_RESOLVE_CHARGES_H

#include "analyzer/Pipeline.h"
#include "analyzer/resolve/ValueFlow.h"

#include <vector>

namespace ripple::analyzer {

/// CALLER runs TARGETS by a call that it makes at AT, directly or through functions that it gives
/// them to.
struct Charge {
  std::uint32_t site = 0; ///< The call itself.
  EntityIndex caller = none;
  SourceLine at;
  EdgeContext context = EdgeContext::Any;
  bool isAsync = false;
  bool isKnown = true;              ///< False: what is called is not known here.
  bool isAll = true;                ///< False where other charges of the site may be the ones.
  std::vector<EntityIndex> targets; ///< Sorted; empty where not known.
};

/// The charges of SITES. STARTSTHREAD is by entity.
std::vector<Charge> chargesOf(const std::vector<CallSite> &sites, const Facts &facts,
                              const Targets &targets, const ValueFlow &values,
                              const std::vector<bool> &startsThread);

} // namespace ripple::analyzer

#endif
