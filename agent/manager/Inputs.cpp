//===- Inputs.cpp - Is a plan still what its inputs say? (S5) -------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/manager/Inputs.h"

#include <algorithm>
#include <fmt/format.h>

namespace ripple::agent {

namespace {

constexpr const char *again = "make the plan again with `ripple plan`";

template <typename T>
model::Result<std::string> digestOf(const std::string &file,
                                    model::Result<T> (*read)(const std::string &)) {
  auto document = read(file);
  if (!document)
    return tl::unexpected(document.error());
  return model::digest(*document);
}

model::Result<std::string> digestOf(const std::string &file, const std::string &format) {
  if (format == "ripple.components")
    return digestOf<model::ComponentsList>(file, model::readComponentsList);
  if (format == "ripple.servers")
    return digestOf<model::ServerList>(file, model::readServerList);
  if (format == "ripple.change")
    return digestOf<model::ChangeSet>(file, model::readChangeSet);
  return model::mistake({file, 0, ""}, fmt::format("the plan says that it is a '{}'", format));
}

std::vector<std::string> givenOf(const InputFiles &given, const std::string &format) {
  if (format == "ripple.components")
    return given.components;
  const std::string &one = format == "ripple.servers" ? given.servers : given.change;
  return one.empty() ? std::vector<std::string>() : std::vector<std::string>{one};
}

void checkWherePlanSays(const model::PlanInput &input, std::vector<std::string> &stale) {
  auto digest = digestOf(input.path, input.format);
  if (!digest)
    stale.push_back(fmt::format("{}: the plan was made from it, and it cannot be read any more: "
                                "{}; name it with an option, or {}",
                                input.path, model::describe(digest.error().front()), again));
  else if (*digest != input.sha256)
    stale.push_back(fmt::format("{}: has changed since the plan was made; {}", input.path, again));
}

/// Each given file must be one of the plan's inputs of that format, and none may be missing.
void checkGiven(std::vector<const model::PlanInput *> inputs, const std::string &format,
                const std::vector<std::string> &files, std::vector<std::string> &stale) {
  for (const std::string &file : files) {
    auto digest = digestOf(file, format);
    if (!digest) {
      stale.push_back(model::describe(digest.error().front()));
      continue;
    }
    auto same = std::find_if(inputs.begin(), inputs.end(),
                             [&](const auto *input) { return input->sha256 == *digest; });
    if (same == inputs.end())
      stale.push_back(fmt::format("{}: is not what the plan was made from; {}", file, again));
    else
      inputs.erase(same);
  }
  for (const model::PlanInput *input : inputs)
    stale.push_back(fmt::format("{}: the plan was made from it, and no given file is the same; {}",
                                input->path, again));
}

} // namespace

std::vector<std::string> staleInputs(const model::Plan &plan, const std::string &file,
                                     const InputFiles &given) {
  std::vector<std::string> stale;
  if (model::planId(plan) != plan.id)
    stale.push_back(
        fmt::format("{}: was changed after it was made: its id does not match; {}", file, again));
  for (const std::string format : {"ripple.components", "ripple.servers", "ripple.change"}) {
    std::vector<const model::PlanInput *> inputs;
    for (const model::PlanInput &input : plan.inputs)
      if (input.format == format)
        inputs.push_back(&input);
    auto files = givenOf(given, format);
    if (!files.empty())
      checkGiven(inputs, format, files, stale);
    else
      for (const model::PlanInput *input : inputs)
        checkWherePlanSays(*input, stale);
  }
  return stale;
}

} // namespace ripple::agent
