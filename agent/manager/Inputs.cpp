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

/// What is FILE, an input of FORMAT, now; NAMED by the plan, or given by a person.
void lookAt(const std::string &file, const std::string &format, bool named, InputsNow &now) {
  auto digest = digestOf(file, format);
  if (digest) {
    now.found.push_back({file, format, *digest});
    return;
  }
  std::string why = model::describe(digest.error().front());
  now.unreadable.push_back(
      {file, named ? fmt::format("{}: the plan was made from it, and it cannot be read any more: "
                                 "{}; name it with an option, or {}",
                                 file, why, again)
                   : why});
}

bool isAmong(const InputsNow &now, const std::string &path) {
  return std::any_of(now.found.begin(), now.found.end(),
                     [&](const auto &input) { return input.path == path; }) ||
         std::any_of(now.unreadable.begin(), now.unreadable.end(),
                     [&](const auto &entry) { return entry.first == path; });
}

} // namespace

InputsNow inputsNow(const model::Plan &plan, const InputFiles &given) {
  InputsNow now;
  for (const std::string format : {"ripple.components", "ripple.servers", "ripple.change"}) {
    auto files = givenOf(given, format);
    for (const std::string &file : files)
      lookAt(file, format, false, now);
    for (const model::PlanInput &input : plan.inputs)
      if (files.empty() && input.format == format)
        lookAt(input.path, format, true, now);
  }
  return now;
}

std::vector<std::string> staleInputs(const model::Plan &plan, const std::string &file,
                                     const InputsNow &now) {
  std::vector<std::string> stale;
  if (model::planId(plan) != plan.id)
    stale.push_back(
        fmt::format("{}: was changed after it was made: its id does not match; {}", file, again));
  for (const auto &[path, message] : now.unreadable)
    stale.push_back(message);
  std::vector<const model::PlanInput *> rest;
  for (const model::PlanInput &input : plan.inputs)
    rest.push_back(&input);
  for (const model::PlanInput &found : now.found) {
    auto same = std::find_if(rest.begin(), rest.end(), [&](const auto *input) {
      return input->format == found.format && input->sha256 == found.sha256;
    });
    if (same != rest.end()) {
      rest.erase(same);
      continue;
    }
    bool named = std::any_of(plan.inputs.begin(), plan.inputs.end(),
                             [&](const auto &input) { return input.path == found.path; });
    stale.push_back(fmt::format("{}: {}; {}", found.path,
                                named ? "has changed since the plan was made"
                                      : "is not what the plan was made from",
                                again));
  }
  for (const model::PlanInput *input : rest)
    if (!isAmong(now, input->path))
      stale.push_back(fmt::format("{}: the plan was made from it, and no given file is the same; "
                                  "{}",
                                  input->path, again));
  return stale;
}

} // namespace ripple::agent
