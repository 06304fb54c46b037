//===- Needed.h - What a replacement needs kept away ------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_PLANNER_CHECK_NEEDED_H
#define RIPPLE_PLANNER_CHECK_NEEDED_H

#include "planner/check/Check.h"

#include <set>

namespace ripple::check {

/// True where an application on SERVER has COMPONENT in its list in any way.
bool isOn(const Documents &documents, const model::Server &server, const std::string &component);

struct Needed {
  std::set<model::RequestRef> requests; ///< At least these must be kept away.
  std::set<std::string> restarts;       ///< Applications whose processes must start again.
};
/// For COMPONENTS to be replaced on SERVER.
Needed neededFor(const Documents &documents, const std::string &server,
                 const std::set<std::string> &components);

/// (all there is, the least that must stay) in the unit of POLICY's minimum.
std::pair<double, double> minimumOf(const model::ServerList &servers,
                                    const model::ApplicationPolicy &policy);
/// What POLICY's application has on SERVER, in the same unit.
double weightOn(const model::ServerList &servers, const model::ApplicationPolicy &policy,
                const std::string &server);

} // namespace ripple::check

#endif
