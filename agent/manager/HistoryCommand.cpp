//===- HistoryCommand.cpp - `ripple history` ------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/manager/CommandLine.h"
#include "agent/manager/History.h"
#include "model/Document.h"

#include <filesystem>
#include <fmt/format.h>

namespace ripple::agent {

namespace {

using nlohmann::json;

json toJson(const PlanRow &row) {
  return {{"plan", row.id},     {"state", row.state}, {"started", row.started},
          {"ended", row.ended}, {"file", row.file},   {"summary", row.summary}};
}

json toJson(const EffectRow &row) {
  return {{"id", row.id},       {"what", row.what},     {"issued", row.issued},
          {"ended", row.ended}, {"result", row.result}, {"message", row.message}};
}

template <typename Row> json listOf(const std::vector<Row> &rows) {
  json list = json::array();
  for (const Row &row : rows)
    list.push_back(toJson(row));
  return list;
}

void printPlan(const json &row) {
  fmt::print("{}  {:<11}  {}  {}\n  {}\n", textOf(row, "started"), textOf(row, "state"),
             textOf(row, "plan"), textOf(row, "summary"), textOf(row, "file"));
}

void printEffect(const json &row) {
  std::string result = textOf(row, "result"), message = textOf(row, "message");
  fmt::print("{}  #{} {}: {}{}\n", textOf(row, "issued"), numberOf(row, "id").value_or(0),
             textOf(row, "what"), result.empty() ? "no outcome" : result,
             message.empty() ? "" : ": " + message);
}

bool isHere(const std::string &state) { return std::filesystem::exists(state + "/journal.sqlite"); }

/// What the manager says; null where it has no such plan.
JournalResult<json> historyFromManager(const ManagerClient &manager, const std::string &plan) {
  auto answer = manager.ask(plan.empty() ? "/v1/history" : "/v1/history/" + plan);
  if (!answer)
    return tl::unexpected(answer.error());
  if (answer->status == 404)
    return json();
  if (!answer->ok() || !answer->body.is_array())
    return tl::unexpected(answer->error());
  return answer->body;
}

JournalResult<json> historyFromHere(const std::string &state, const std::string &plan) {
  if (!isHere(state))
    return plan.empty() ? json::array() : json();
  auto journal = Journal::open(state, Journal::Mode::ReadOnly);
  if (!journal)
    return tl::unexpected(journal.error());
  return plan.empty() ? historyOf(**journal) : historyOf(**journal, plan);
}

} // namespace

JournalResult<json> historyOf(const Journal &journal) {
  auto rows = journal.plans();
  if (!rows)
    return tl::unexpected(rows.error());
  return listOf(*rows);
}

JournalResult<json> historyOf(const Journal &journal, const std::string &plan) {
  auto rows = journal.plans();
  if (!rows)
    return tl::unexpected(rows.error());
  for (const PlanRow &row : *rows) {
    if (!row.id.starts_with(plan) && !row.id.starts_with("sha256:" + plan))
      continue;
    auto effects = journal.effects(row.id);
    if (!effects)
      return tl::unexpected(effects.error());
    return listOf(*effects);
  }
  return json();
}

int historyCommand(const Arguments &arguments) {
  CommandLine command("history", "The plans that were carried out with this state, the newest "
                                 "first; or each thing that was done for one of them.");
  std::string format = "text", plan;
  command.app.add_option("--format", format, "text or json")
      ->check(CLI::IsMember({"text", "json"}));
  command.app.add_option("plan", plan, "the id of a plan, or the beginning of it");
  if (auto code = command.parse(arguments))
    return *code;
  bool here = !command.isRemote() && isHere(command.state);
  bool asks = command.isRemote() || (!here && command.client().isThere());
  auto rows =
      asks ? historyFromManager(command.client(), plan) : historyFromHere(command.state, plan);
  if (!rows)
    return command.fail(model::ExitFailed, rows.error());
  if (rows->is_null())
    return command.fail(model::ExitUsage,
                        fmt::format("there is no plan '{}' in {}; `ripple history` lists them",
                                    plan,
                                    command.isRemote() ? "the manager's journal" : command.state));
  if (format == "json") {
    fmt::print("{}\n", rows->dump(2, ' ', false, json::error_handler_t::replace));
    return model::ExitDone;
  }
  if (!plan.empty() && rows->empty())
    printToStandardError(
        fmt::format("nothing is kept of what was done for plan '{}': it did nothing, or it "
                    "is an old one (`keepPlans` of the manager)",
                    plan));
  for (const json &row : *rows)
    plan.empty() ? printPlan(row) : printEffect(row);
  return model::ExitDone;
}

} // namespace ripple::agent
