//===- Judge.cpp - Whom advisories concern --------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/advisory/Judge.h"

#include "planner/advisory/DebianVersion.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <tuple>

namespace ripple::planner::advisory {

namespace {

using model::Component;

/// Do ONE and OTHER mean the same installation, as far as they say?
bool fits(std::string_view one, std::string_view other) {
  return one.empty() || other.empty() || one == other ||
         one.starts_with(std::string(other) + ":") || other.starts_with(std::string(one) + ":");
}

/// The components that each statement names.
class Owners {
public:
  explicit Owners(const model::ComponentsList &list) {
    for (const Component &component : list.components) {
      byId.emplace(component.id, &component);
      constexpr std::string_view package = "package:";
      if (component.origin.starts_with(package))
        bySource[component.origin.substr(package.size())].push_back(&component);
    }
  }

  std::vector<const Component *> of(const Statement &statement) const {
    if (statement.naming == Naming::Source) {
      auto found = bySource.find(statement.package);
      return found != bySource.end() ? found->second : std::vector<const Component *>();
    }
    auto found = byId.find(statement.package);
    return found != byId.end() ? std::vector{found->second} : std::vector<const Component *>();
  }

private:
  std::map<std::string, const Component *, std::less<>> byId;
  std::map<std::string, std::vector<const Component *>> bySource;
};

bool namesTheSame(const Statement &a, const Statement &b) {
  auto has = [](const Statement &one, const std::string &name) {
    return one.advisory == name || one.aliases.count(name);
  };
  return has(a, b.advisory) || std::any_of(b.aliases.begin(), b.aliases.end(),
                                           [&](const std::string &alias) { return has(a, alias); });
}

class Judging {
public:
  Judging(const model::ComponentsList &list, const Statements &all, const std::string &installed)
      : owners(list), statements(all), ecosystem(installed) {}

  model::Result<Judgement> run() {
    for (const Statement &statement : statements)
      if (statement.dismissed && statement.unusable.empty())
        for (const Component *component : owners.of(statement))
          if (statement.unaffected.contains(component->version))
            dismissals[component].push_back(&statement);
    for (const Statement &statement : statements)
      one(statement);
    checkReleases();
    if (!mistakes.empty())
      return tl::make_unexpected(std::move(mistakes));
    if (others)
      result.remarks.push_back(
          fmt::format("what is said of other releases than {} ({} statement{})", ecosystem, others,
                      others == 1 ? "" : "s"));
    auto key = [](const Verdict &verdict) {
      return std::tie(verdict.statement->advisory, verdict.component->id);
    };
    std::stable_sort(result.verdicts.begin(), result.verdicts.end(),
                     [&](const Verdict &a, const Verdict &b) { return key(a) < key(b); });
    return std::move(result);
  }

private:
  void one(const Statement &statement) {
    if (!statement.unusable.empty()) {
      result.remarks.push_back(fmt::format(
          "{}: {}{}", statement.advisory, statement.package.empty() ? "" : statement.package + ": ",
          statement.unusable));
      return;
    }
    if (!statement.ecosystem.empty() && !isKnownEcosystem(statement.ecosystem)) {
      result.remarks.push_back(
          fmt::format("{}: {}: the ecosystem '{}' is not known; Debian and Ubuntu are",
                      statement.advisory, statement.package, statement.ecosystem));
      return;
    }
    if (!fits(statement.ecosystem, ecosystem)) {
      ++others;
      return;
    }
    const std::vector<const Component *> concerned = owners.of(statement);
    if (concerned.empty())
      result.nobody[statement.package].insert(statement.advisory);
    for (const Component *component : concerned)
      result.verdicts.push_back(verdictOn(statement, *component));
  }

  Verdict verdictOn(const Statement &statement, const Component &component) {
    Verdict verdict{Verdict::Kind::NotAffected, &statement, &component, "", nullptr};
    if (auto found = dismissals.find(&component); found != dismissals.end())
      for (const Statement *other : found->second)
        if (namesTheSame(statement, *other))
          verdict.dismissedBy = other;
    if (verdict.dismissedBy) {
      verdict.kind = Verdict::Kind::Dismissed;
      return verdict;
    }
    const std::string &version = component.version;
    // A component of which nobody knows the version may be any.
    if (version.empty() ? statement.affected.empty() : !statement.concerns(version))
      return verdict;
    verdict.kind = Verdict::Kind::Affected;
    verdict.fixed = statement.fixAfter(version);
    return verdict;
  }

  /// Without a release, statements of several must mean the same.
  void checkReleases() {
    std::map<std::tuple<std::string, std::string, const Component *>, const Verdict *> first;
    std::set<std::pair<std::string, std::string>> told;
    for (const Verdict &verdict : result.verdicts) {
      const Statement &statement = *verdict.statement;
      if (statement.ecosystem.empty())
        continue;
      auto [at, isNew] =
          first.try_emplace({statement.advisory, statement.package, verdict.component}, &verdict);
      const Verdict &other = *at->second;
      if (isNew || statement.ecosystem == other.statement->ecosystem ||
          (verdict.kind == other.kind && verdict.fixed == other.fixed) ||
          !told.insert({statement.advisory, statement.package}).second)
        continue;
      mistakes.push_back(
          {statement.place,
           fmt::format("{} says of '{}' one thing for {} and another for {}", statement.advisory,
                       statement.package, other.statement->ecosystem, statement.ecosystem),
           fmt::format("say with --ecosystem {} what is installed", statement.ecosystem)});
    }
  }

  Owners owners;
  const Statements &statements;
  const std::string &ecosystem;
  std::map<const Component *, std::vector<const Statement *>> dismissals;
  std::size_t others = 0;
  model::Mistakes mistakes;
  Judgement result;
};

std::string later(const std::string &a, const std::string &b) {
  return a.empty() || compareDebian(a, b) < 0 ? b : a;
}

/// The version to which to upgrade: what is fixed in one release may come again in a later one,
/// so until nothing changes. LEFT: the advisories that concern it all the same.
std::string target(const std::vector<const Verdict *> &verdicts, std::set<std::string> &left) {
  std::string to;
  for (const Verdict *verdict : verdicts)
    if (!verdict->fixed.empty())
      to = later(to, verdict->fixed);
  for (bool grows = !to.empty(); grows;) {
    grows = false;
    for (const Verdict *verdict : verdicts)
      if (std::string next = verdict->statement->fixAfter(to);
          verdict->statement->concerns(to) && !next.empty()) {
        to = next;
        grows = true;
      }
  }
  for (const Verdict *verdict : verdicts)
    if (to.empty() || verdict->statement->concerns(to))
      left.insert(verdict->statement->advisory);
  return to;
}

std::string whyNoUpgrade(const Component &component, const std::string &to) {
  if (component.kind == model::ComponentKind::StaticLibrary ||
      component.kind == model::ComponentKind::HeaderOnly)
    return fmt::format("it is a part of the binaries that use it (kind {}): build them anew{}",
                       model::toString(component.kind), to.empty() ? "" : " with " + to);
  if (to.empty())
    return "no fixed version is known";
  if (component.version.empty())
    return fmt::format("its version is not known; {} is fixed", to);
  if (!component.origin.starts_with("package:"))
    return fmt::format("it is no package: write yourself how {} is installed", to);
  return "";
}

Finding findingOf(const Component &component, const std::vector<const Verdict *> &verdicts) {
  Finding finding;
  finding.component = &component;
  for (const Verdict *verdict : verdicts)
    finding.advisories.insert(verdict->statement->advisory);
  const std::string to = target(verdicts, finding.left);
  finding.whyNone = whyNoUpgrade(component, to);
  if (!finding.whyNone.empty())
    return finding;
  model::Upgrade &upgrade = finding.upgrade.emplace();
  upgrade.component = component.id;
  upgrade.from = component.version;
  upgrade.to = to;
  upgrade.install = {model::PackageAction{component.id, to}};
  upgrade.rollback = {model::PackageAction{component.id, component.version}};
  return finding;
}

} // namespace

model::Result<Judgement> judge(const model::ComponentsList &list, const Statements &statements,
                               const std::string &ecosystem) {
  auto made = Judging(list, statements, ecosystem).run();
  if (!made)
    return made;
  std::map<const Component *, std::vector<const Verdict *>> affected;
  for (const Verdict &verdict : made->verdicts)
    if (verdict.kind == Verdict::Kind::Affected)
      affected[verdict.component].push_back(&verdict);
  for (const Component &component : list.components)
    if (auto found = affected.find(&component); found != affected.end())
      made->findings.push_back(findingOf(component, found->second));
  return made;
}

model::ChangeSet changeOf(const Judgement &judgement) {
  model::ChangeSet change;
  for (const Finding &finding : judgement.findings)
    if (finding.upgrade)
      change.upgrades.push_back(*finding.upgrade);
  return change;
}

} // namespace ripple::planner::advisory
