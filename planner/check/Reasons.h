//===- Reasons.h - Does each request wait for what is said? ------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_PLANNER_CHECK_REASONS_H
#define RIPPLE_PLANNER_CHECK_REASONS_H

#include "planner/check/Needed.h"
#include "planner/check/TaskSteps.h"

#include <unordered_map>

namespace ripple::check {

/// Looks at reasons one by one: is each true, and does none lack that is?
class Reasons {
public:
  /// All stay as they are while this is used.
  Reasons(const model::Plan &plan, const Documents &documents, Needs &needs);

  /// Is SET, of TASK, of what it replaces where it does, and are its reasons true and all there?
  bool areRight(const model::QuiesceSet &set, const TaskSteps &task);

private:
  struct Build {
    const model::Application *application;
    std::unordered_map<std::string_view, const model::RequestKind *> kinds;
  };

  std::set<std::string_view> stoppedBy(const model::QuiesceSet &set);
  bool areTrue(const model::QuiesceSet &set, const std::set<std::string_view> &stoppedBy);
  bool isTrue(const model::QuiesceSet &set, const model::QuiesceReason &reason, bool isStopped);
  bool isOfItsClass(const model::QuiesceSet &set, const std::string &request);
  /// (why, via) of each way in which a run of REQUEST may come to COMPONENT.
  using Ways = std::set<std::pair<model::Why, std::string>>;
  const Ways &waysOf(const Build &build, const std::string &request, const std::string &component);
  Ways findWays(const Build &build, const std::string &request, const std::string &component);
  void addUses(Ways &ways, const std::vector<model::ComponentUse> &uses, model::Why why,
               const std::string &component);
  const std::set<std::string> &dependentsOf(const std::string &component);
  const std::vector<Build> &buildsOf(const std::string &application);

  const model::Plan &plan;
  const Documents &documents;
  Needs &needs;
  std::map<std::string, std::vector<Build>> builds;
  std::map<std::string, std::set<std::string>> dependents;
  /// By application and component, then by request. Names are the plan's or the documents'.
  std::map<std::pair<const model::Application *, std::string_view>,
           std::unordered_map<std::string_view, Ways>>
      known;
  /// Those that were right, by application: those of like servers' tasks are the same.
  std::map<std::string, std::vector<std::pair<const model::QuiesceSet *, bool>>> right;
};

} // namespace ripple::check

#endif
