//===- HistoryCommand.cpp - `ripple history` ------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/journal/Journal.h"
#include "agent/manager/CommandLine.h"
#include "model/Document.h"

#include <filesystem>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace ripple::agent {

namespace {

nlohmann::json toJson(const PlanRow &row) {
  return {{"plan", row.id},     {"state", row.state}, {"started", row.started},
          {"ended", row.ended}, {"file", row.file},   {"summary", row.summary}};
}

nlohmann::json toJson(const EffectRow &row) {
  return {{"id", row.id},       {"what", row.what},     {"issued", row.issued},
          {"ended", row.ended}, {"result", row.result}, {"message", row.message}};
}

void printPlans(const std::vector<PlanRow> &rows) {
  for (const PlanRow &row : rows)
    fmt::print("{}  {:<11}  {}  {}\n  {}\n", row.started, row.state, row.id, row.summary, row.file);
}

void printEffects(const std::vector<EffectRow> &rows) {
  for (const EffectRow &row : rows)
    fmt::print("{}  #{} {}: {}{}\n", row.issued, row.id, row.what,
               row.result.empty() ? "no outcome" : row.result,
               row.message.empty() ? "" : ": " + row.message);
}

template <typename Row> void printJson(const std::vector<Row> &rows) {
  nlohmann::json list = nlohmann::json::array();
  for (const Row &row : rows)
    list.push_back(toJson(row));
  fmt::print("{}\n", list.dump(2));
}

} // namespace

int historyCommand(const Arguments &arguments) {
  CommandLine command("history", "The plans that were carried out with this state, the newest "
                                 "first; or each thing that was done for one of them.");
  std::string format = "text", plan;
  command.app.add_option("--format", format, "text or json")
      ->check(CLI::IsMember({"text", "json"}));
  command.app.add_option("plan", plan, "the id of a plan, or the beginning of it");
  if (auto code = command.parse(arguments))
    return *code;
  if (!std::filesystem::exists(command.state + "/journal.sqlite")) {
    if (!plan.empty())
      return command.fail(model::ExitUsage,
                          "no plan was carried out with the state in " + command.state);
    format == "json" ? printJson(std::vector<PlanRow>()) : printPlans({});
    return model::ExitDone;
  }
  auto journal = Journal::open(command.state, Journal::Mode::ReadOnly);
  auto rows = journal ? (*journal)->plans() : tl::unexpected(journal.error());
  if (!rows)
    return command.fail(model::ExitFailed, rows.error());
  if (plan.empty()) {
    format == "json" ? printJson(*rows) : printPlans(*rows);
    return model::ExitDone;
  }
  for (const PlanRow &row : *rows) {
    if (!row.id.starts_with(plan) && !row.id.starts_with("sha256:" + plan))
      continue;
    auto effects = (*journal)->effects(row.id);
    if (!effects)
      return command.fail(model::ExitFailed, effects.error());
    format == "json" ? printJson(*effects) : printEffects(*effects);
    return model::ExitDone;
  }
  return command.fail(model::ExitUsage, fmt::format("there is no plan '{}' in {}; `ripple history` "
                                                    "lists them",
                                                    plan, command.state));
}

} // namespace ripple::agent
