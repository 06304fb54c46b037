//===- Widen.cpp - Dependencies that a Components List lacks --------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/packages/PackageGraph.h"

#include <algorithm>
#include <fmt/format.h>

namespace ripple::planner::packages {

namespace {

using model::Component;

class Widening {
public:
  Widening(model::ComponentsList &given, const PackageGraph &known, std::vector<std::string> &told)
      : list(given), graph(known), remarks(told) {
    for (const Component &component : list.components)
      components.emplace(component.id, component);
    for (const auto &[id, component] : components)
      open.push_back(id);
  }

  std::vector<std::string> run() {
    for (std::size_t next = 0; next < open.size(); ++next)
      add(std::string(open[next]));
    list.components.clear();
    for (auto &[id, component] : components)
      list.components.push_back(std::move(component));
    std::sort(added.begin(), added.end());
    return std::move(added);
  }

private:
  void add(const std::string &id) {
    auto found = graph.find(id);
    if (found == graph.end())
      return;
    for (const std::string &needed : found->second.dependsOn)
      if (needed != id && mayDepend(id, needed))
        depend(id, needed);
  }

  /// A gate's table knows nothing of what is added here, and for what is replaced without the end
  /// of a process the gate alone says who uses it.
  bool mayDepend(const std::string &id, const std::string &needed) {
    auto known = components.find(needed);
    if (known == components.end()) {
      auto package = graph.find(needed);
      return package != graph.end() && package->second.isLibrary;
    }
    if (known->second.restart >= model::RestartDomain::Process)
      return true;
    if (!dependsOn(id, needed))
      remarks.push_back(fmt::format(
          "{} depends on {}, whose restart domain is {}: a gate would not know of it, so only "
          "`ripple analyze` can say so (catalog: dependsOn)",
          id, needed, toString(known->second.restart)));
    return false;
  }

  bool dependsOn(const std::string &id, const std::string &needed) {
    const std::vector<std::string> &all = components.at(id).dependsOn;
    return std::binary_search(all.begin(), all.end(), needed);
  }

  void depend(const std::string &id, const std::string &needed) {
    if (dependsOn(id, needed))
      return;
    auto [at, isNew] = components.try_emplace(needed);
    if (isNew) {
      const Package &package = graph.find(needed)->second;
      at->second.id = needed;
      at->second.version = package.version;
      at->second.origin = package.origin;
      open.push_back(needed);
    }
    std::vector<std::string> &all = components.at(id).dependsOn;
    all.insert(std::lower_bound(all.begin(), all.end(), needed), needed);
    added.push_back(fmt::format("{} depends on {}{}", id, needed, isNew ? ", which is new" : ""));
  }

  model::ComponentsList &list;
  const PackageGraph &graph;
  std::vector<std::string> &remarks;
  std::map<std::string, Component> components;
  std::vector<std::string> open; ///< Those whose dependencies are still to be looked up.
  std::vector<std::string> added;
};

} // namespace

std::vector<std::string> widen(model::ComponentsList &list, const PackageGraph &graph,
                               std::vector<std::string> &remarks) {
  return Widening(list, graph, remarks).run();
}

} // namespace ripple::planner::packages
