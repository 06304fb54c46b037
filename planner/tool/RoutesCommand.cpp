//===- RoutesCommand.cpp - `ripple routes` -------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/tool/Command.h"

#include "planner/Routes.h"

#include <filesystem>
#include <fmt/format.h>
#include <map>

namespace ripple::planner {

namespace {

/// All files, each with a heading where there are several.
std::string joined(const std::vector<RouteFile> &files) {
  std::string text;
  for (const RouteFile &file : files)
    text += (files.size() > 1 ? fmt::format("#=== {}\n", file.name) : "") + file.text;
  return text;
}

} // namespace

int routesCommand(const Options &options) {
  static const std::map<std::string, model::RouterKind> kinds = {
      {"haproxy", model::RouterKind::HAProxy},
      {"httpd", model::RouterKind::Httpd},
      {"nginx", model::RouterKind::Nginx}};
  const RoutesWanted wanted = {kinds.at(options.router), options.fragment};
  auto inputs = readInputs(options.files);
  if (!inputs)
    return fail(inputs.error());
  warn(inputs->warnings);
  if (auto problems = routesProblems(*inputs, wanted, options.files.servers); !problems.empty())
    return fail(problems);
  std::vector<std::string> remarks;
  const std::vector<RouteFile> files = routeFiles(*inputs, wanted, remarks);
  warn(remarks);
  if (options.output.empty() || options.output == "-")
    return write(options, joined(files));
  std::error_code error;
  std::filesystem::create_directories(options.output, error);
  if (error)
    return usage(fmt::format("{}: {}", options.output, error.message()));
  for (const RouteFile &one : files) {
    Options file = options;
    file.output = options.output + "/" + one.name;
    if (int code = write(file, one.text))
      return code;
  }
  return model::ExitDone;
}

} // namespace ripple::planner
