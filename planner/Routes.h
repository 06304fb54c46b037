//===- Routes.h - From routing classes to a router's configuration -*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// The class that the router chooses has to be that of the handler that runs, or
// *other*. Router and application read a request target in ways of their own
// (encoding, doubled slashes, dot segments, absolute form), so each configuration
// gives whatever is not plain to *other*, unseen by the rules below it, and passes
// every target on as the client wrote it.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_PLANNER_ROUTES_H
#define RIPPLE_PLANNER_ROUTES_H

#include "planner/Planning.h"

#include <fmt/format.h>

namespace ripple::planner {

/// What to write: a configuration that is whole, or pieces to put into one that exists.
struct RoutesWanted {
  model::RouterKind kind = model::RouterKind::HAProxy;
  bool fragment = false;
};

/// A file that the router reads.
struct RouteFile {
  std::string name; ///< Without a folder.
  std::string text;
};

/// What keeps the files from being written for INPUTS, whose Server List is FILE.
model::Mistakes routesProblems(const Inputs &inputs, const RoutesWanted &wanted,
                               const std::string &file);

/// The files for all applications behind routers of the kind that is wanted: one back end for each
/// routing class, and for each request kind a rule that gives it to its class or, where that is not
/// certain, to *other*. The first file is the one that the router is started with, if it is whole.
/// REMARKS: what the user has to know.
std::vector<RouteFile> routeFiles(const Inputs &inputs, const RoutesWanted &wanted,
                                  std::vector<std::string> &remarks);

//===----------------------------------------------------------------------===//
// What the writers of the three kinds share.

/// A request kind and where the router sends it.
struct RouteRule {
  const model::RequestKind *kind = nullptr;
  std::string backend;
  std::string notRoutable;  ///< Why it goes to *other*; "" where it goes to its class.
  bool isToldApart = false; ///< To *other*, but by a rule; such rules come first.

  bool hasRule() const { return notRoutable.empty() || isToldApart; }
};

struct RoutedApplication {
  const model::ApplicationPolicy *policy = nullptr;
  const model::Router *router = nullptr;
  std::string listen;                         ///< HOST:PORT
  std::vector<RouteRule> rules;               ///< In the order in which they are tried.
  std::vector<model::RoutingClass> classes;   ///< *other* last.
  std::vector<const model::Server *> servers; ///< That host it.

  const std::string &other() const { return classes.back().backend; }
  /// Where SERVER has it.
  const std::string &addressOn(const model::Server &server) const;
};

/// A Perl-compatible regular expression for the whole of a path, without its anchors:
/// "(?:/cart/1)".
std::string pathExpression(const std::string &path);

/// HOST and PORT of "127.0.0.1:8080".
std::pair<std::string, std::string> hostAndPort(const std::string &address);

/// The path of a balancer-manager's URL and its HOST:PORT; both "" where it is none that the
/// manager can ask.
std::pair<std::string, std::string> managerOf(const model::Router &router);

/// Collects lines.
class Lines {
public:
  template <typename... Values> void add(fmt::format_string<Values...> line, Values &&...values) {
    text += indent + fmt::format(line, std::forward<Values>(values)...) + "\n";
  }
  void addEmpty() { text += "\n"; }
  /// What is added from now on stands DEPTH levels to the right.
  void indentBy(std::size_t depth) { indent = std::string(2 * depth, ' '); }
  /// Lines as they are, each one as far to the right as the others.
  void addAll(const std::string &lines);
  std::string take() { return std::move(text); }

private:
  std::string text, indent;
};

using RoutedApplications = std::vector<RoutedApplication>;

std::vector<RouteFile> haproxyFiles(const RoutedApplications &applications, bool fragment);
std::vector<RouteFile> httpdFiles(const RoutedApplications &applications, bool fragment);
std::vector<RouteFile> nginxFiles(const RoutedApplications &applications, bool fragment);

} // namespace ripple::planner

#endif
