//===- Command.cpp - What the planner's commands share -------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/tool/Command.h"

#include <iostream>

namespace ripple::planner {

int fail(const model::Mistakes &mistakes) {
  std::cerr << model::describe(mistakes);
  return model::ExitUsage;
}

int usage(const std::string &message) {
  std::cerr << message << "\n";
  return model::ExitUsage;
}

int write(const Options &options, const std::string &text) {
  auto written = model::writeFile(options.output, text);
  if (written)
    return model::ExitDone;
  std::cerr << model::describe(written.error());
  return model::ExitFailed;
}

void warn(const std::vector<std::string> &warnings) {
  for (const std::string &warning : warnings)
    std::cerr << "note: " << warning << "\n";
}

model::Result<model::ComponentsList> readLists(const std::vector<std::string> &files) {
  auto lists = model::readEach(files, model::readComponentsList);
  if (!lists)
    return tl::make_unexpected(lists.error());
  std::vector<std::string> warnings;
  auto merged = model::mergeComponentsLists(std::move(*lists), files, warnings);
  warn(warnings);
  return merged;
}

} // namespace ripple::planner
