//===- Inputs.h - What the planner reads ------------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// The planner's pipeline: Inputs --impact--> Impact --tasks--> Task… --schedule--> waves
// --write--> model::Plan. Each arrow is one free function.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_PLANNER_INPUTS_H
#define RIPPLE_PLANNER_INPUTS_H

#include "model/Plan.h"
#include "planner/UseIndex.h"

#include <map>

namespace ripple::planner {

/// The three documents, read and fit to each other.
struct Inputs {
  model::ComponentsList components;
  UseIndex uses; ///< Of `components`; empty: there is none, and impacts take longer.
  model::ServerList servers;
  model::ChangeSet change;
  std::optional<model::ChangeSet> classesFor; ///< Only the routing classes that it tells apart.
  unsigned maxClasses = 0; ///< Most routing classes of an application, *other* among them; 0: any.
  std::vector<model::PlanInput> digests;
  std::vector<std::string> warnings; ///< Things to know that keep nothing from being planned.
};

struct InputFiles {
  std::vector<std::string> components;
  std::string servers;
  std::string change;     ///< "": none (`routes`).
  std::string classesFor; ///< A change set; "": classes as the components tell them apart.
  unsigned maxClasses = 0;
};

/// Reads FILES and compares them with each other: names in one that the others do not know, an
/// application with no server, versions that differ. Reports every mistake.
model::Result<Inputs> readInputs(const InputFiles &files);

/// The restart domain that UPGRADE asks for, or its component has.
model::RestartDomain domainOf(const Inputs &inputs, const model::Upgrade &upgrade);

/// A minimum of CAPACITIES (one for each server) in the capacity's unit, and what may be away.
struct Spare {
  double total = 0, minimum = 0;
  double spare() const { return total - minimum; }
};
/// For a minimum in servers, each server counts 1.
Spare spareOf(const model::ServerList &servers, const model::ApplicationPolicy &policy);
/// What HOSTED counts in the unit of POLICY's minimum.
double weightOf(const model::ApplicationPolicy &policy, const model::HostedApplication &hosted);

/// Why a request kind must be kept away while a component is replaced.
struct Touch {
  model::Why why = model::Why::Touches;
  std::string via; ///< The component through which; "" if directly.
};

/// Which request kinds touch one component. Reverse search over what depends on it.
class Impact {
public:
  Impact(const model::ComponentsList &list, const std::string &component);
  /// With the index of INPUTS, which stay as they are while this is used.
  Impact(const Inputs &inputs, const std::string &component);

  /// Of a request kind, or of the class *other* (null).
  std::optional<Touch> touch(const model::Application &application,
                             const model::RequestKind *request) const;
  /// APPLICATION has the component in its list in some way: requests, ambient, start-up, itself.
  bool loads(const model::Application &application) const;

private:
  friend class ImpactOn;

  std::optional<Touch> among(const std::vector<model::ComponentUse> &uses, model::Why why) const;
  bool couldReach(const std::vector<std::string> &names) const;

  std::string component;
  /// Components that depend on it, each with the next one on the way; "" for itself.
  std::map<std::string, std::string, std::less<>> dependents;

  const Inputs *indexed = nullptr;
  std::vector<char> isDependent; ///< By the index' numbers.
};

/// An impact on one application, for many of its request kinds: each of its interned sets of
/// components is looked at once. Both stay as they are while this is used; not for several threads.
class ImpactOn {
public:
  ImpactOn(const Impact &impact, const model::Application &application);

  /// Of one of the application's request kinds, or of the class *other* (null).
  const std::optional<Touch> &touch(const model::RequestKind *request);

private:
  const std::optional<Touch> &touchOther();
  const std::optional<Touch> &touchOfSet(std::uint32_t set);
  bool mayTouch(std::uint32_t set) const;

  const Impact &impact;
  const model::Application &application;
  const UseIndex::OfApplication *index = nullptr;
  std::optional<Touch> whole; ///< Of every request: the application itself, or an ambient one.
  std::optional<Touch> last;  ///< Of a request kind with a list of its own.
  std::optional<std::optional<Touch>> other;
  std::optional<Touch> notTouched; ///< Of what nothing says that it is: nothing, if all is known.
  std::vector<std::optional<std::optional<Touch>>> bySet;
};

} // namespace ripple::planner

#endif
