//===- Classes.cpp - Request kinds that always move together --------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/Planning.h"

#include <algorithm>
#include <fmt/format.h>
#include <regex>
#include <set>

namespace ripple::planner {

/// Regular expressions that ECMAScript (cpp-httplib) and PCRE2 (HAProxy) read alike: literal
/// characters, groups, classes, `\d \w`, the usual repetitions. `\s`, `\b`, look-around, back
/// references and the like are not among them.
static bool meansTheSame(const std::string &pattern) {
  static const std::regex safe(
      R"(\^?(?:[A-Za-z0-9_/~!@=,;:&%. -]|\\[.dw/\-+*?()\[\]{}|$^]|\((?!\?)|\((?=\?:)\?:|\)|\||[*+?]|\{\d+(?:,\d*)?\}|\[\^?(?:[A-Za-z0-9_/.~ -]|\\[dw.\-\]])+\])*\$?)");
  return std::regex_match(pattern, safe);
}

bool isRoutable(const model::RequestKind &kind, std::string &why) {
  if (kind.protocol != "http") {
    why = "not HTTP";
  } else if (kind.path.empty() || kind.path.rfind("<dynamic", 0) == 0) {
    why = "its path is not constant";
  } else if (kind.path.rfind("~ ", 0) == 0) {
    if (!meansTheSame(kind.path.substr(2)))
      why = "its regular expression may mean something else to the router";
  } else if (kind.path.find_first_of("\"'\\ \t#") != std::string::npos) {
    why = "its path has characters that need encoding";
  } else if (kind.path.find('{') != std::string::npos) {
    static const std::regex named(R"((/([A-Za-z0-9._~-]+|\{[A-Za-z0-9_]+\}))+/?)");
    if (!std::regex_match(kind.path, named))
      why = "its pattern is not one of whole path segments";
  }
  return why.empty();
}

/// What every path that KIND matches begins with.
static std::string prefixOf(const model::RequestKind &kind) {
  if (kind.path.rfind("~ ^", 0) != 0)
    return kind.path.substr(0, kind.path.find_first_of("{*<"));
  if (kind.path.find('|') != std::string::npos)
    return "";
  std::string text = kind.path.substr(3);
  std::size_t end = std::min(text.find_first_of("^$.*+?()[]{}|\\"), text.size());
  // A repetition takes back the character before it.
  if (end < text.size() && end > 0 && std::string_view("*?{").find(text[end]) != std::string::npos)
    --end;
  return text.substr(0, end);
}

/// May one request match both? Unless that can be excluded, yes.
static bool mayOverlap(const model::RequestKind &first, const model::RequestKind &second) {
  if (first.method != second.method && first.method != "*" && second.method != "*")
    return false;
  auto literal = [](const model::RequestKind &kind) {
    return kind.path.find_first_of("{*<") == std::string::npos && kind.path.rfind("~ ", 0) != 0;
  };
  if (literal(first) && literal(second))
    return first.path == second.path;
  if (first.path.rfind("<dynamic", 0) != 0 && second.path.rfind("<dynamic", 0) != 0) {
    std::string a = prefixOf(first), b = prefixOf(second);
    std::size_t shorter = std::min(a.size(), b.size());
    if (a.compare(0, shorter, b, 0, shorter) != 0)
      return false;
  }
  if (literal(second) && first.path.rfind("~ ", 0) == 0) {
    try {
      return std::regex_match(second.path, std::regex(first.path.substr(2)));
    } catch (const std::regex_error &) {
      return true;
    }
  }
  return true;
}

std::vector<RoutedKind> routedKinds(const model::Application &application) {
  std::vector<RoutedKind> kinds;
  for (const model::RequestKind &kind : application.requests) {
    std::string why;
    isRoutable(kind, why);
    kinds.push_back({&kind, why});
  }
  auto order = [](const RoutedKind &routed) {
    return std::tuple(routed.kind->matchOrder.value_or(0), std::string_view(routed.kind->id));
  };
  std::sort(kinds.begin(), kinds.end(),
            [&](const auto &a, const auto &b) { return order(a) < order(b); });
  for (std::size_t i = 0; i < kinds.size(); ++i)
    for (std::size_t j = 0; j < i && kinds[i].notRoutable.empty(); ++j)
      if (!kinds[j].notRoutable.empty() && kinds[j].kind->protocol == "http" &&
          mayOverlap(*kinds[j].kind, *kinds[i].kind))
        kinds[i].notRoutable = fmt::format("'{}' may come before it", kinds[j].kind->id);
  return kinds;
}

/// What tells routing classes apart: everything that a request kind may touch.
static std::string signatureOf(const model::Application &application,
                               const model::RequestKind &kind) {
  std::set<std::string> names;
  for (const model::ComponentUse &use : application.usesOf(kind))
    names.insert(use.component);
  for (const model::Unresolved &unresolved : kind.unresolved)
    names.insert(unresolved.couldReach.begin(), unresolved.couldReach.end());
  if (!kind.complete)
    names.insert("*");
  if (names.count("*"))
    return "*";
  std::string signature;
  for (const std::string &name : names)
    signature += name + "\n";
  return signature;
}

std::vector<model::RoutingClass> routingClasses(const Inputs &inputs) {
  std::vector<model::RoutingClass> classes;
  for (const model::ApplicationPolicy &policy : inputs.servers.applications) {
    const model::Application *application = inputs.components.application(policy.name);
    if (!application)
      continue;
    std::map<std::string, std::vector<std::string>> bySignature;
    for (const RoutedKind &routed : routedKinds(*application))
      if (routed.notRoutable.empty())
        bySignature[signatureOf(*application, *routed.kind)].push_back(routed.kind->id);
    std::vector<std::vector<std::string>> sets;
    for (auto &[signature, ids] : bySignature) {
      std::sort(ids.begin(), ids.end());
      sets.push_back(std::move(ids));
    }
    std::sort(sets.begin(), sets.end());
    for (std::size_t i = 0; i < sets.size(); ++i) {
      std::string id = fmt::format("{}.{}", policy.name, i + 1);
      classes.push_back({id, policy.name, std::move(sets[i]), id});
    }
    std::string other = policy.name + ".other";
    classes.push_back({other, policy.name, {}, other});
  }
  return classes;
}

} // namespace ripple::planner
