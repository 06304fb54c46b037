//===- Impact.cpp - Which request kinds touch a component -----------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// A reverse search from the changed component over "is depended on by": never a
// closure of the whole graph, which takes a minute on a distribution's packages.
//
//===----------------------------------------------------------------------===//
#include "planner/Inputs.h"

#include <algorithm>
#include <boost/graph/breadth_first_search.hpp>
#include <boost/graph/compressed_sparse_row_graph.hpp>

namespace ripple::planner {

namespace {

/// What COMPONENT depends on is used by whoever uses it, unless it is a part of the application's
/// binary: then the application's own list says what its code uses.
bool passesOn(const model::Component &component) {
  return component.kind != model::ComponentKind::StaticLibrary &&
         component.kind != model::ComponentKind::HeaderOnly &&
         component.kind != model::ComponentKind::Application;
}

using Graph = boost::compressed_sparse_row_graph<boost::directedS>;
using Vertex = boost::graph_traits<Graph>::vertex_descriptor;

/// Notes through which vertex each one was found.
class NoteParent : public boost::default_bfs_visitor {
public:
  explicit NoteParent(std::vector<Vertex> &parent) : parent(parent) {}
  template <typename E, typename G> void tree_edge(E edge, const G &graph) const {
    parent[boost::target(edge, graph)] = boost::source(edge, graph);
  }

private:
  std::vector<Vertex> &parent;
};

} // namespace

Impact::Impact(const model::ComponentsList &list, const std::string &component)
    : component(component) {
  const auto &all = list.components;
  std::map<std::string_view, Vertex> vertexOf;
  for (const model::Component &one : all)
    vertexOf.emplace(one.id, vertexOf.size());
  std::vector<std::pair<Vertex, Vertex>> edges; // from what is depended on to what depends
  for (const model::Component &one : all)
    if (passesOn(one))
      for (const std::string &needed : one.dependsOn)
        if (auto found = vertexOf.find(needed); found != vertexOf.end())
          edges.emplace_back(found->second, vertexOf[one.id]);
  dependents[component] = "";
  auto start = vertexOf.find(component);
  if (start == vertexOf.end())
    return;
  Graph graph(boost::edges_are_unsorted_multi_pass, edges.begin(), edges.end(), all.size());
  const Vertex unseen = boost::graph_traits<Graph>::null_vertex();
  std::vector<Vertex> parent(all.size(), unseen);
  boost::breadth_first_search(graph, start->second, boost::visitor(NoteParent(parent)));
  for (Vertex vertex = 0; vertex < all.size(); ++vertex)
    if (parent[vertex] != unseen)
      dependents[all[vertex].id] = all[parent[vertex]].id;
}

Impact::Impact(const Inputs &inputs, const std::string &component)
    : Impact(inputs.components, component) {
  if (inputs.uses.empty())
    return;
  indexed = &inputs;
  isDependent.resize(inputs.uses.numbers());
  for (const auto &[name, next] : dependents)
    if (auto number = inputs.uses.numberOf(name))
      isDependent[*number] = true;
}

std::optional<Touch> Impact::among(const std::vector<model::ComponentUse> &uses,
                                   model::Why why) const {
  std::optional<Touch> found;
  for (const model::ComponentUse &use : uses) {
    if (use.component == component)
      return Touch{use.confidence == model::Confidence::Unknown ? model::Why::Unresolved : why,
                   use.via};
    if (!found && dependents.count(use.component))
      found = Touch{why, use.component};
  }
  return found;
}

bool Impact::couldReach(const std::vector<std::string> &names) const {
  for (const std::string &name : names)
    if (name == "*" || dependents.count(name))
      return true;
  return false;
}

std::optional<Touch> Impact::touch(const model::Application &application,
                                   const model::RequestKind *request) const {
  return ImpactOn(*this, application).touch(request);
}

ImpactOn::ImpactOn(const Impact &impact, const model::Application &application)
    : impact(impact), application(application), bySet(application.componentSets.size()) {
  if (application.name == impact.component)
    whole = Touch{};
  else
    whole = impact.among(application.ambient, model::Why::Ambient);
  if (!application.complete)
    notTouched = Touch{model::Why::Unresolved, ""};
  if (impact.indexed)
    index = &impact.indexed->uses.application(
        static_cast<std::size_t>(&application - impact.indexed->components.applications.data()));
}

const std::optional<Touch> &ImpactOn::touch(const model::RequestKind *request) {
  if (whole)
    return whole;
  if (!request)
    return touchOther();
  if (index) {
    const auto place = static_cast<std::size_t>(request - application.requests.data());
    if (const std::uint32_t set = index->setOf[place]; set != UseIndex::NotOnlyASet) {
      const auto &found = touchOfSet(set);
      return found ? found : notTouched;
    }
  }
  if (request->componentSet) {
    if (const auto &found = touchOfSet(*request->componentSet))
      return found;
  } else if (last = impact.among(request->components, model::Why::Touches); last) {
    return last;
  }
  last = notTouched;
  for (const model::Unresolved &unresolved : request->unresolved)
    if (impact.couldReach(unresolved.couldReach))
      last = Touch{model::Why::Unresolved, ""};
  if (!request->complete)
    last = Touch{model::Why::Unresolved, ""};
  return last;
}

const std::optional<Touch> &ImpactOn::touchOfSet(std::uint32_t set) {
  auto &known = bySet[set];
  if (!known) {
    known.emplace();
    if (mayTouch(set))
      *known = impact.among(application.componentSets[set], model::Why::Touches);
  }
  return *known;
}

/// Always, where there is no index.
bool ImpactOn::mayTouch(std::uint32_t set) const {
  if (!index)
    return true;
  const std::span<const std::uint32_t> uses = index->usesOf(set);
  return std::any_of(uses.begin(), uses.end(),
                     [&](std::uint32_t use) { return impact.isDependent[use]; });
}

/// It may be any request: it touches what one of them does.
const std::optional<Touch> &ImpactOn::touchOther() {
  if (other)
    return *other;
  other.emplace();
  for (const model::RequestKind &kind : application.requests)
    if (const auto &found = touch(&kind)) {
      *other = found;
      break;
    }
  return *other;
}

bool Impact::loads(const model::Application &application) const {
  if (touch(application, nullptr))
    return true;
  return among(application.startup, model::Why::Touches).has_value();
}

} // namespace ripple::planner
