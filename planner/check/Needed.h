//===- Needed.h - What a replacement needs kept away ------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_PLANNER_CHECK_NEEDED_H
#define RIPPLE_PLANNER_CHECK_NEEDED_H

#include "planner/check/Check.h"

#include <map>
#include <set>

namespace ripple::check {

struct Needed {
  std::set<model::RequestRef> requests; ///< At least these must be kept away.
  std::set<std::string> restarts;       ///< Applications whose processes must start again.
};

/// Works out what replacements need, once for each application and component.
class Needs {
public:
  /// DOCUMENTS stay as they are while this is used.
  explicit Needs(const Documents &documents);

  /// True where an application on SERVER has COMPONENT in its list in any way.
  bool isOn(const model::Server &server, const std::string &component);
  /// True where APPLICATION has COMPONENT in its list in any way.
  bool isIn(const model::Application &application, const std::string &component) {
    return of(application, component).has;
  }
  /// For COMPONENTS to be replaced on SERVER.
  Needed of(const model::Server &server, const std::set<std::string> &components);
  /// COMPONENT and all that depend on it.
  std::set<std::string> withDependents(const std::string &component) const;

private:
  struct OfApplication {
    bool has = false; ///< In its list in any way.
    Needed needed;
  };
  const OfApplication &of(const model::Application &application, const std::string &component);

  const Documents &documents;
  std::map<std::string, std::vector<const model::Application *>> named;
  std::map<std::string, std::vector<std::string>> neededBy; ///< By component: who says so.
  std::map<std::string, std::set<std::string>> dependents;
  std::map<std::pair<const model::Application *, std::string>, OfApplication> known;
};

/// (all there is, the least that must stay) in the unit of POLICY's minimum.
std::pair<double, double> minimumOf(const model::ServerList &servers,
                                    const model::ApplicationPolicy &policy);
/// What POLICY's application has on SERVER, in the same unit.
double weightOn(const model::Server &server, const model::ApplicationPolicy &policy);

} // namespace ripple::check

#endif
