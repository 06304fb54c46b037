//===- ListCommands.cpp - query, explain, advisory, widen ----------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/tool/Command.h"

#include "planner/Reports.h"
#include "planner/packages/PackageGraph.h"

#include <fmt/format.h>
#include <iostream>
#include <nlohmann/json.hpp>

namespace ripple::planner {

namespace {

using Json = nlohmann::ordered_json;

bool hasComponent(const model::ComponentsList &list, const std::string &id) {
  return list.component(id) || list.application(id);
}

bool hasRequest(const model::ComponentsList &list, const std::string &id,
                const std::string &application) {
  for (const model::Application &one : list.applications)
    for (const model::RequestKind &request : one.requests)
      if (request.id == id && (application.empty() || application == one.name))
        return true;
  return false;
}

/// What all of OPTIONS' sources say, in their order: of a package that several know, the first says
/// what it is, and each says what it depends on.
model::Result<packages::PackageGraph> readGraphs(const Options &options) {
  auto sboms = model::readEach(options.sboms, packages::readSbom);
  auto databases = model::readEach(options.packages, packages::readPackages);
  model::Mistakes mistakes;
  for (const auto *one : {&sboms, &databases})
    if (!*one)
      mistakes.insert(mistakes.end(), one->error().begin(), one->error().end());
  if (!mistakes.empty())
    return tl::make_unexpected(std::move(mistakes));
  packages::PackageGraph all;
  for (const auto *graphs : {&*sboms, &*databases})
    for (const packages::PackageGraph &graph : *graphs)
      for (const auto &[name, package] : graph) {
        packages::Package &known = all.try_emplace(name, package).first->second;
        known.dependsOn.insert(package.dependsOn.begin(), package.dependsOn.end());
      }
  return all;
}

} // namespace

int queryCommand(const Options &options) {
  if (options.touching.empty() == options.request.empty())
    return usage("query: give either --touching COMPONENT or --request ID");
  auto list = readLists(options.lists);
  if (!list)
    return fail(list.error());
  bool touching = !options.touching.empty();
  if (touching && !hasComponent(*list, options.touching))
    return usage(fmt::format("no list has the component '{}'", options.touching));
  if (!touching && !hasRequest(*list, options.request, options.application))
    return usage(fmt::format("no list has the request kind '{}'", options.request));
  auto rows = touching ? queryTouching(*list, options.touching)
                       : queryRequest(*list, options.request, options.application);
  if (options.format == "json") {
    Json document = Json::array();
    for (const QueryRow &row : rows) {
      Json one{{"application", row.application},
               {touching ? "request" : "component", row.id},
               {"why", model::toString(row.why)}};
      if (!row.via.empty())
        one["via"] = row.via;
      document.push_back(std::move(one));
    }
    return write(options, document.dump(2) + "\n");
  }
  std::string text;
  for (const QueryRow &row : rows)
    text += row.application + "\t" + row.id + "\n";
  return write(options, text);
}

int explainCommand(const Options &options) {
  auto list = readLists(options.lists);
  if (!list)
    return fail(list.error());
  if (!hasRequest(*list, options.request, ""))
    return usage(fmt::format("no list has the request kind '{}'", options.request));
  if (!hasComponent(*list, options.component))
    return usage(fmt::format("no list has the component '{}'", options.component));
  std::string text = explain(*list, options.request, options.component);
  if (text.empty())
    text = fmt::format("{} does not touch {}\n", options.request, options.component);
  return write(options, text);
}

int advisoryCommand(const Options &options) {
  auto list = readLists(options.files.components);
  if (!list)
    return fail(list.error());
  AdvisoryOptions wanted = options.advisory;
  wanted.output = options.output;
  wanted.detailedExitCode = options.detailedExitCode;
  return adviseOn(*list, wanted);
}

int widenCommand(const Options &options) {
  if (options.sboms.empty() && options.packages.empty())
    return usage("widen: give --sbom FILE, --packages FILE or both");
  auto list = readLists(options.files.components);
  auto graph = readGraphs(options);
  model::Mistakes mistakes;
  if (!list)
    mistakes = list.error();
  if (!graph)
    mistakes.insert(mistakes.end(), graph.error().begin(), graph.error().end());
  if (!mistakes.empty())
    return fail(mistakes);
  std::vector<std::string> remarks;
  const std::vector<std::string> added = packages::widen(*list, *graph, remarks);
  warn(remarks);
  if (int code = write(options, model::writeComponentsList(*list)))
    return code;
  for (const std::string &line : added)
    std::cerr << line << "\n";
  if (added.empty())
    std::cerr << "nothing to add: the list has these dependencies\n";
  return model::ExitDone;
}

} // namespace ripple::planner
