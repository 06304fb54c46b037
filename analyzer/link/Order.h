//===- Order.h - In which order handlers are registered ---------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_ANALYZER_LINK_ORDER_H
#define RIPPLE_ANALYZER_LINK_ORDER_H

#include "analyzer/Facts.h"

#include <cstddef>
#include <utility>
#include <vector>

namespace ripple::analyzer {

/// A call: the function that makes it, and where.
using CallSite = std::pair<EntityIndex, SourceLine>;

/// The order in which a run from the initialisers and main comes by registrations, taking every
/// direct call in the order of the source. Branches and loops are not told apart.
class RegistrationOrder {
public:
  explicit RegistrationOrder(const Facts &facts);

  /// When registration REGISTRATION (index) is come by through CALLS, the nearest first. Not come
  /// by so: after all others.
  std::size_t rank(std::size_t registration, const std::vector<CallSite> &calls) const;

  /// Registrations that are come by have ranks below this one.
  std::size_t metCount() const { return met.size(); }

private:
  struct Event {
    SourceLine at;
    std::uint32_t column;
    bool isRegistration;
    std::uint32_t index; ///< Registration or callee.
    auto operator<=>(const Event &) const = default;
  };
  void findEvents(const Facts &facts);
  void walk(EntityIndex function);

  std::vector<std::vector<Event>> events; ///< By function.
  std::vector<bool> onStack;
  std::vector<CallSite> stack;
  std::vector<std::pair<std::size_t, std::vector<CallSite>>> met; ///< Outermost call first.
};

} // namespace ripple::analyzer

#endif
