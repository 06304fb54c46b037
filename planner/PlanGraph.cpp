//===- PlanGraph.cpp - A plan as a graph, in DOT and in Mermaid -----------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// One graph, two ways to write it: which request kinds wait for which component,
// and the tasks, wave by wave, with what each of them waits for.
//
//===----------------------------------------------------------------------===//
#include "planner/PlanView.h"
#include "planner/Reports.h"

#include <algorithm>
#include <cctype>
#include <fmt/format.h>
#include <set>

namespace ripple::planner {

namespace {

enum class Shape { Requests, Component, Task, Gate, Junction };

struct Node {
  std::string name; ///< Of our own making: letters and digits only.
  Shape shape = Shape::Task;
  std::vector<std::string> lines; ///< Of its label; text of documents, not escaped.
};

struct Cluster {
  std::string name, label;
  std::vector<Node> nodes;
};

struct Edge {
  std::string from, to, label;
};

struct Graph {
  std::string title;
  std::vector<Cluster> clusters;
  std::vector<Node> nodes; ///< In no cluster.
  std::vector<Edge> edges;
};

/// How many request kinds a node names before it only counts.
constexpr std::size_t NamedRequestsMax = 6;

class Builder {
public:
  explicit Builder(const model::Plan &plan) : plan(plan) {}

  Graph run() {
    graph.title =
        fmt::format("plan {}: {}, {}", model::shortId(plan.id), plural(plan.summary.tasks, "task"),
                    plural(plan.summary.waves, "wave"));
    addTouches();
    addTasks();
    addOrder();
    return std::move(graph);
  }

private:
  void addTouches() {
    Cluster cluster{"touches", "which requests wait for what", {}};
    std::map<std::string, std::string> nodeOf;
    for (const model::Upgrade &upgrade : plan.upgrades) {
      std::string name = fmt::format("component{}", nodeOf.size() + 1);
      nodeOf[upgrade.component] = name;
      cluster.nodes.push_back(
          {name,
           Shape::Component,
           {upgrade.component, fmt::format("{} to {}", upgrade.from, upgrade.to)}});
    }
    std::size_t count = 0;
    for (const RequestGroup &group : groupsOf(requestsIn(plan))) {
      std::string name = fmt::format("requests{}", ++count);
      cluster.nodes.push_back({name, Shape::Requests, linesOf(group)});
      // A request kind may touch a component in several ways: one edge, with all of them.
      std::map<std::string, std::string> labels;
      for (const Reason &reason : group.reasons) {
        std::string &label = labels[reason.component];
        label += (label.empty() ? "" : ", ") + std::string(toString(reason.why)) +
                 (reason.via.empty() ? "" : " through " + reason.via);
      }
      for (const auto &[component, label] : labels)
        if (nodeOf.count(component))
          graph.edges.push_back({name, nodeOf[component], label});
    }
    graph.clusters.push_back(std::move(cluster));
  }

  static std::vector<std::string> linesOf(const RequestGroup &group) {
    std::vector<std::string> lines{group.application};
    std::size_t named =
        group.ids.size() > NamedRequestsMax ? NamedRequestsMax - 1 : group.ids.size();
    lines.insert(lines.end(), group.ids.begin(),
                 group.ids.begin() + static_cast<std::ptrdiff_t>(named));
    if (named < group.ids.size())
      lines.push_back(fmt::format("and {} more", group.ids.size() - named));
    return lines;
  }

  void addTasks() {
    for (const TaskView &task : tasksIn(plan)) {
      std::string wave = fmt::format("wave{}", task.wave);
      if (graph.clusters.back().name != wave)
        graph.clusters.push_back({wave, fmt::format("wave {}", task.wave), {}});
      Node node{fmt::format("task{}", nodeOfTask.size() + 1), Shape::Task, {task.server}};
      node.lines.insert(node.lines.end(), task.components.begin(), task.components.end());
      node.lines.push_back(fmt::format("{} wait", plural(task.waiting(), "request kind")));
      for (const model::Step *step : task.steps)
        if (std::ranges::count(plan.pointsOfNoReturn, step->id) > 0)
          node.lines.emplace_back("no way back from here");
      nodeOfTask[task.id] = node.name;
      graph.clusters.back().nodes.push_back(std::move(node));
    }
    for (const model::Step &step : plan.steps)
      if (step.action == model::StepAction::Gate) {
        Node node{fmt::format("gate{}", nodeOfGate.size() + 1), Shape::Gate, {"gate"}};
        if (step.timeout && step.timeout->count())
          node.lines.push_back("wait " + model::formatDuration(*step.timeout));
        if (step.approve)
          node.lines.emplace_back("approval");
        nodeOfGate[step.id] = node.name;
        graph.nodes.push_back(std::move(node));
      }
  }

  /// Tasks and gates, each after what its `after` names. Where many wait for the same many, a
  /// junction stands between them, so that a wave of n after one of m is n + m edges.
  void addOrder() {
    std::map<std::set<std::string>, std::vector<std::string>> waiting;
    for (const model::Step &step : plan.steps) {
      bool gate = step.action == model::StepAction::Gate;
      if (!gate && step.action != model::StepAction::Forbid)
        continue;
      std::set<std::string> before;
      for (const std::string &id : step.after)
        if (std::string node = nodeOf(id); !node.empty())
          before.insert(node);
      if (!before.empty())
        waiting[before].push_back(gate ? nodeOfGate[step.id] : nodeOfTask[step.task]);
    }
    std::size_t junctions = 0;
    for (const auto &[before, after] : waiting) {
      if (before.size() * after.size() <= before.size() + after.size()) {
        for (const std::string &from : before)
          for (const std::string &to : after)
            graph.edges.push_back({from, to, ""});
        continue;
      }
      std::string junction = fmt::format("all{}", ++junctions);
      graph.nodes.push_back({junction, Shape::Junction, {}});
      for (const std::string &from : before)
        graph.edges.push_back({from, junction, ""});
      for (const std::string &to : after)
        graph.edges.push_back({junction, to, ""});
    }
  }

  std::string nodeOf(const std::string &stepId) {
    const model::Step *step = plan.step(stepId);
    if (!step)
      return {};
    return step->action == model::StepAction::Gate ? nodeOfGate[stepId] : nodeOfTask[step->task];
  }

  const model::Plan &plan;
  Graph graph;
  std::map<std::string, std::string> nodeOfTask, nodeOfGate;
};

/// TEXT inside double quotes of the DOT language, where labels read `\` and `&` in their own way.
std::string dotText(const std::string &text) {
  std::string out;
  for (char c : text) {
    if (c == '"' || c == '\\')
      out += '\\';
    out += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
    if (c == '&')
      out += "amp;";
  }
  return out;
}

std::string dotNode(const Node &node) {
  if (node.shape == Shape::Junction)
    return fmt::format("{} [shape=point];\n", node.name);
  std::string label;
  for (const std::string &line : node.lines)
    label += dotText(line) + (node.shape == Shape::Requests ? "\\l" : "\\n");
  static const std::map<Shape, const char *> shapes{{Shape::Requests, "note"},
                                                    {Shape::Component, "component"},
                                                    {Shape::Task, "box"},
                                                    {Shape::Gate, "diamond"}};
  return fmt::format("{} [shape={}, label=\"{}\"];\n", node.name, shapes.at(node.shape), label);
}

/// TEXT inside double quotes of Mermaid: whatever is not plain is written as a character reference
/// (`#40;`), byte order of UTF-8 kept.
std::string mermaidText(const std::string &text) {
  static const std::string plain = " _./-,";
  std::string out;
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80 || std::isalnum(byte) || plain.find(c) != std::string::npos)
      out += c;
    else
      out += byte < ' ' ? std::string(" ") : fmt::format("#{};", byte);
  }
  return out;
}

std::string mermaidNode(const Node &node) {
  if (node.shape == Shape::Junction)
    return node.name + "(( ))\n";
  std::string label;
  for (const std::string &line : node.lines)
    label += (label.empty() ? "" : "<br/>") + mermaidText(line);
  static const std::map<Shape, std::pair<const char *, const char *>> brackets{
      {Shape::Requests, {"[", "]"}},
      {Shape::Component, {"[[", "]]"}},
      {Shape::Task, {"(", ")"}},
      {Shape::Gate, {"{", "}"}}};
  const auto &[open, close] = brackets.at(node.shape);
  return fmt::format("{}{}\"{}\"{}\n", node.name, open, label, close);
}

} // namespace

std::string showDot(const model::Plan &plan) {
  Graph graph = Builder(plan).run();
  std::string out = fmt::format("digraph plan {{\n  label=\"{}\";\n  labelloc=t;\n  rankdir=LR;\n"
                                "  fontname=\"sans-serif\";\n  node [fontname=\"sans-serif\"];\n"
                                "  edge [fontname=\"sans-serif\"];\n",
                                dotText(graph.title));
  for (const Cluster &cluster : graph.clusters) {
    out += fmt::format("  subgraph cluster_{} {{\n    label=\"{}\";\n", cluster.name,
                       dotText(cluster.label));
    for (const Node &node : cluster.nodes)
      out += "    " + dotNode(node);
    out += "  }\n";
  }
  for (const Node &node : graph.nodes)
    out += "  " + dotNode(node);
  for (const Edge &edge : graph.edges)
    out +=
        fmt::format("  {} -> {}{};\n", edge.from, edge.to,
                    edge.label.empty() ? "" : fmt::format(" [label=\"{}\"]", dotText(edge.label)));
  return out + "}\n";
}

std::string showMermaid(const model::Plan &plan) {
  Graph graph = Builder(plan).run();
  std::string out = fmt::format("%% {}\nflowchart LR\n", graph.title);
  for (const Cluster &cluster : graph.clusters) {
    out += fmt::format("  subgraph {}[\"{}\"]\n", cluster.name, mermaidText(cluster.label));
    for (const Node &node : cluster.nodes)
      out += "    " + mermaidNode(node);
    out += "  end\n";
  }
  for (const Node &node : graph.nodes)
    out += "  " + mermaidNode(node);
  for (const Edge &edge : graph.edges)
    out += fmt::format("  {} -->{} {}\n", edge.from,
                       edge.label.empty() ? "" : fmt::format("|\"{}\"|", mermaidText(edge.label)),
                       edge.to);
  return out;
}

} // namespace ripple::planner
