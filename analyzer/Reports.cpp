//===- Reports.cpp - A Components List for people ---------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/Reports.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <map>
#include <set>

namespace ripple::analyzer {
namespace {

using model::Application;
using model::ComponentsList;
using model::ComponentUse;
using model::RequestKind;
using model::Unresolved;

/// The C and C++ run-time libraries: everything touches them.
bool isRunTime(const model::Component *component) {
  static constexpr std::array<std::string_view, 5> names = {
      "libc.so.", "libstdc++.so.", "libgcc_s.so.", "libc++.so.", "libc.musl"};
  return component && std::any_of(names.begin(), names.end(), [&](std::string_view name) {
           return component->soname.starts_with(name);
         });
}

std::string joined(const std::vector<std::string> &words, std::string_view between = ", ") {
  return fmt::format("{}", fmt::join(words, between));
}

std::string counted(std::size_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

/// Writes one list as text.
class TextReport {
public:
  TextReport(const ComponentsList &everything, bool withColor)
      : list(everything), color(withColor) {}

  std::string write() {
    for (const Application &application : list.applications)
      add(application);
    addSummary();
    return std::move(out);
  }

private:
  template <typename... T> void line(fmt::format_string<T...> format, T &&...values) {
    out += fmt::format(format, std::forward<T>(values)...);
    out += '\n';
  }
  std::string bold(std::string_view text) const {
    return color ? fmt::format("\033[1m{}\033[0m", text) : std::string(text);
  }
  std::string loud(std::string_view text) const {
    return color ? fmt::format("\033[1;31m{}\033[0m", text) : std::string(text);
  }

  void add(const Application &application) {
    const std::string &id = application.binary.buildId;
    line("{} ({}, build-id {})", bold(application.name), application.binary.path,
         id.empty() ? "none" : id);
    if (!application.complete)
      line("  {}", loud("INCOMPLETE: some of its code is not known; see below"));
    addUses("every request touches", application.ambient);
    addUses("only start-up and shut-down use", application.startup);
    addRunTime(application);
    for (const RequestKind &request : application.requests)
      add(application, request);
    for (const Unresolved &entry : list.unresolved)
      if (entry.application == application.name)
        add("  ", entry);
    for (const model::Ignored &entry : list.ignored)
      if (entry.application == application.name)
        line("  ignored {}:{}: {} ({}){}", entry.file, entry.line, entry.component, entry.reason,
             entry.requests.empty() ? "" : "; of " + joined(entry.requests));
    out += '\n';
  }

  void addUses(std::string_view title, const std::vector<ComponentUse> &uses) {
    std::vector<std::string> names;
    for (const ComponentUse &use : uses)
      if (!isRunTime(list.component(use.component)))
        names.push_back(named(use));
    if (!names.empty())
      line("  {}: {}", title, joined(names));
  }

  void addRunTime(const Application &application) {
    std::set<std::string> names;
    auto take = [&](const std::vector<ComponentUse> &uses) {
      for (const ComponentUse &use : uses)
        if (isRunTime(list.component(use.component)))
          names.insert(use.component);
    };
    take(application.ambient);
    take(application.startup);
    for (const RequestKind &request : application.requests)
      take(application.usesOf(request));
    if (!names.empty())
      line("  run-time libraries: {}", joined({names.begin(), names.end()}));
  }

  static std::string named(const ComponentUse &use) {
    std::vector<std::string> remarks;
    if (use.confidence != model::Confidence::Proven)
      remarks.emplace_back(model::toString(use.confidence));
    if (use.phase == model::Phase::Async)
      remarks.emplace_back("async");
    if (!use.via.empty())
      remarks.push_back("via " + use.via);
    return remarks.empty() ? use.component : fmt::format("{} ({})", use.component, joined(remarks));
  }

  /// What REQUEST touches beyond what every request does, or more surely.
  void add(const Application &application, const RequestKind &request) {
    out += '\n';
    line("  {}  {}:{} {}", bold(request.id), request.handler.file, request.handler.line,
         request.handler.function);
    if (!request.complete)
      line("    {}",
           loud("INCOMPLETE: it counts as touching what its unresolved parts could reach"));
    std::map<std::string_view, model::Confidence> ambient;
    for (const ComponentUse &use : application.ambient)
      ambient.emplace(use.component, use.confidence);
    for (const ComponentUse &use : application.usesOf(request)) {
      auto everywhere = ambient.find(use.component);
      const bool adds = everywhere == ambient.end() || use.confidence < everywhere->second;
      if (adds && !isRunTime(list.component(use.component)))
        addUse(use);
    }
    for (const Unresolved &entry : request.unresolved)
      add("    ", entry);
  }

  void addUse(const ComponentUse &use) {
    std::string where;
    if (!use.evidence.empty())
      where = fmt::format("  {}:{}", use.evidence.front().file, use.evidence.front().line);
    line("    {}{}", named(use), where);
  }

  void add(std::string_view indent, const Unresolved &entry) {
    line("{}{} {}:{}: {}; could reach {}", indent, loud("UNRESOLVED"), entry.file, entry.line,
         entry.reason,
         entry.couldReach == std::vector<std::string>{"*"} ? "any component"
                                                           : joined(entry.couldReach));
  }

  void addSummary() {
    std::size_t requests = 0, unresolved = list.unresolved.size(), incomplete = 0;
    for (const Application &application : list.applications) {
      requests += application.requests.size();
      for (const RequestKind &request : application.requests) {
        unresolved += request.unresolved.size();
        incomplete += !request.complete;
      }
    }
    line("{}, {}, {}, {} unresolved, {} incomplete",
         counted(list.applications.size(), "application"), counted(requests, "request"),
         counted(list.components.size(), "component"), unresolved, counted(incomplete, "request"));
  }

  const ComponentsList &list;
  bool color;
  std::string out;
};

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\')
      out += '\\';
    out += c;
  }
  return out + '"';
}

} // namespace

std::string textReport(const ComponentsList &list, bool color) {
  return TextReport(list, color).write();
}

std::string dotReport(const ComponentsList &list) {
  std::string out = "digraph components {\n  rankdir=LR;\n  node [fontname=\"sans-serif\"];\n";
  for (const model::Component &component : list.components) {
    out += fmt::format("  {} [shape=box];\n", quoted(component.id));
    for (const std::string &other : component.dependsOn)
      out += fmt::format("  {} -> {} [style=dotted];\n", quoted(component.id), quoted(other));
  }
  for (const Application &application : list.applications)
    for (const RequestKind &request : application.requests) {
      const std::string node = quoted(application.name + ": " + request.id);
      out += fmt::format("  {} [shape=ellipse{}];\n", node,
                         request.complete ? "" : ", color=red, xlabel=\"incomplete\"");
      for (const ComponentUse &use : application.usesOf(request))
        out += fmt::format("  {} -> {}{};\n", node, quoted(use.component),
                           use.confidence == model::Confidence::Proven ? "" : " [style=dashed]");
      for (const ComponentUse &use : application.ambient)
        out += fmt::format("  {} -> {} [color=gray];\n", node, quoted(use.component));
    }
  return out + "}\n";
}

static std::string functionsOf(const RequestKind &request) {
  std::string out;
  for (const model::Handler &handler : request.handlers)
    out += (out.empty() ? "" : " + ") + handler.function;
  return out;
}

std::string handlersReport(const std::vector<HandlerListing> &handlers) {
  std::string out;
  for (const HandlerListing &handler : handlers) {
    out += fmt::format("{}\t{}\t{}:{}\t{}\t{}\n", handler.application,
                       !handler.request.id.empty() ? handler.request.id
                       : handler.isStartup         ? "(start-up)"
                                                   : "(every request)",
                       handler.file, handler.line, functionsOf(handler.request), handler.rule);
    for (const std::string &doubt : handler.doubts)
      out += fmt::format("{}\t\tnot understood: {}\n", handler.application, doubt);
  }
  return out;
}

bool isComplete(const ComponentsList &list) {
  for (const Application &application : list.applications) {
    if (!application.complete)
      return false;
    for (const RequestKind &request : application.requests)
      if (!request.complete)
        return false;
  }
  return true;
}

bool hasFindings(const ComponentsList &list) {
  for (const Application &application : list.applications)
    for (const RequestKind &request : application.requests)
      if (!request.unresolved.empty())
        return true;
  return !list.unresolved.empty() || !isComplete(list);
}

} // namespace ripple::analyzer
