//===- Handlers.h - What serves requests ------------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_ANALYZER_REACH_HANDLERS_H
#define RIPPLE_ANALYZER_REACH_HANDLERS_H

#include "analyzer/Pipeline.h"

namespace ripple::analyzer {

/// The functions that serve requests, and which calls of them do. A function that is given to a
/// framework as a handler may be called by a worker thread, too: then it runs beside requests.
class Handlers {
public:
  /// WITHAMBIENT: also what is called back around requests.
  Handlers(const Program &program, const Resolved &resolved, const model::Catalog &catalog,
           bool withAmbient);

  bool contains(EntityIndex function) const { return kinds[function] != Kind::None; }
  /// FUNCTION is a handler, and the program's own code calls it.
  bool isDispatched(EntityIndex function) const { return kinds[function] > Kind::Given; }
  /// EDGE, by which FROM runs around requests, leads to a handler to serve or to register it.
  bool serves(EntityIndex from, const Edge &edge) const;

private:
  enum class Kind : std::uint8_t {
    None,
    Given,  ///< To code that is not seen; whatever calls it by what it holds is no framework.
    Called, ///< Through pointers and objects, by code of the program.
    Named,  ///< The rule names it: it may be called as any function is.
  };
  bool callsByName(EntityIndex from, EntityIndex handler) const;

  const std::vector<Entity> &entities;
  std::vector<Kind> kinds; ///< By entity.
};

} // namespace ripple::analyzer

#endif
