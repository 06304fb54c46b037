//===- Report.cpp - Advisories for people ---------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/Reports.h"
#include "planner/advisory/Judge.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ripple::planner::advisory {

namespace {

std::string_view shown(const std::string &version) {
  return version.empty() ? "(version not known)" : std::string_view(version);
}

std::string meaningOf(const Verdict &verdict) {
  switch (verdict.kind) {
  case Verdict::Kind::Affected:
    return verdict.fixed.empty() ? "affected, and no fixed version is known"
                                 : "affected, fixed in " + verdict.fixed;
  case Verdict::Kind::NotAffected:
    return "not affected";
  case Verdict::Kind::Dismissed:
    return fmt::format("not affected, says {} ({})", verdict.dismissedBy->place.file,
                       verdict.dismissedBy->ruling);
  }
  return "";
}

void addVerdicts(std::string &out, const Judgement &judgement) {
  const std::string *last = nullptr;
  for (const Verdict &verdict : judgement.verdicts) {
    const Statement &statement = *verdict.statement;
    if (!last || *last != statement.advisory)
      out +=
          statement.advisory + (statement.summary.empty() ? "" : ": " + statement.summary) + "\n";
    last = &statement.advisory;
    out += fmt::format("  {} {}: {}\n", verdict.component->id, shown(verdict.component->version),
                       meaningOf(verdict));
  }
}

void addFinding(std::string &out, const model::ComponentsList &list, const Finding &finding) {
  const model::Component &component = *finding.component;
  const std::string why = fmt::format("{}", fmt::join(finding.advisories, ", "));
  if (finding.upgrade)
    out += fmt::format("upgrade {} {} -> {} ({})\n", component.id, finding.upgrade->from,
                       finding.upgrade->to, why);
  else
    out += fmt::format("no upgrade of {} {} ({}): {}\n", component.id, shown(component.version),
                       why, finding.whyNone);
  if (finding.upgrade && !finding.left.empty())
    out += fmt::format("  which leaves {}\n", fmt::join(finding.left, ", "));
  const std::vector<QueryRow> rows = queryTouching(list, component.id);
  for (const QueryRow &row : rows)
    out += fmt::format("  {} {}  ({}{})\n", row.application, row.id, model::toString(row.why),
                       row.via.empty() ? "" : ", through " + row.via);
  if (rows.empty())
    out += "  no request kind touches it\n";
}

} // namespace

std::string reportOf(const model::ComponentsList &list, const Judgement &judgement) {
  std::string out;
  addVerdicts(out, judgement);
  for (const Finding &finding : judgement.findings)
    addFinding(out, list, finding);
  for (const auto &[package, advisories] : judgement.nobody)
    out += fmt::format("nobody has {} ({})\n", package, fmt::join(advisories, ", "));
  for (const std::string &remark : judgement.remarks)
    out += "passed over: " + remark + "\n";
  if (judgement.findings.empty())
    out += "nothing is affected\n";
  return out;
}

} // namespace ripple::planner::advisory
