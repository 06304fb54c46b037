//===- ReadPackages.cpp - dpkg's database ---------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "model/ControlFile.h"
#include "planner/advisory/DebianVersion.h"
#include "planner/packages/PackageGraph.h"

#include <fmt/format.h>

namespace ripple::planner::packages {

namespace {

using model::ControlParagraph;

class Reading {
public:
  explicit Reading(const std::string &file) : report(file) {}

  model::Result<PackageGraph> run(std::string_view text) {
    model::forEachParagraph(
        text,
        {"Package", "Version", "Source", "Section", "Status", "Provides", "Pre-Depends", "Depends"},
        report, [&](const ControlParagraph &one) { take(one); });
    if (report.empty() && graph.empty())
      report.add({report.file(), 0, ""}, "has no package in it",
                 "give dpkg's status file, or what `apt-cache dumpavail` prints");
    if (!report.empty())
      return tl::unexpected(report.take());
    resolveVirtual();
    return std::move(graph);
  }

private:
  void mistake(int at, std::string what) { report.add({report.file(), at, ""}, std::move(what)); }

  void take(const ControlParagraph &one) {
    const std::string name(one["Package"]);
    if (!model::isPackageName(name)) {
      if (!one.isBroken || !name.empty())
        mistake(one.line, name.empty() ? "the field 'Package' is missing"
                                       : fmt::format("'{}' is no package's name", name));
      return;
    }
    const std::string_view status = one["Status"];
    if (status.empty() || status.ends_with(" installed"))
      add(name, one);
  }

  void add(const std::string &name, const ControlParagraph &one) {
    auto [at, isNew] = graph.try_emplace(name); // Of another architecture: the first one stays.
    if (isNew)
      describe(at->second, name, one);
    Package &package = at->second;
    auto depend = [&](std::string needed) { package.dependsOn.insert(std::move(needed)); };
    names(one, "Depends", depend);
    names(one, "Pre-Depends", depend);
    names(one, "Provides", [&](const std::string &what) { providers[what].insert(name); });
  }

  void describe(Package &package, const std::string &name, const ControlParagraph &one) {
    package.version = one["Version"];
    if (package.version.empty() && !one.isBroken)
      mistake(one.line, fmt::format("{}: the field 'Version' is missing", name));
    else if (std::string_view problem = advisory::debianVersionProblem(package.version);
             !problem.empty() && !package.version.empty())
      mistake(one.fields.at("Version").second,
              fmt::format("'{}' is no version of a Debian package: {}", package.version, problem));
    std::string_view source = one["Source"].substr(0, one["Source"].find(' '));
    if (source.empty())
      source = name;
    if (!model::isPackageName(source))
      mistake(one.fields.at("Source").second, fmt::format("'{}' is no package's name", source));
    package.origin = "package:" + std::string(source);
    const std::string_view section = one["Section"];
    package.isLibrary = section == "libs" || section.ends_with("/libs");
  }

  template <typename Each>
  void names(const ControlParagraph &one, std::string_view field, Each each) {
    if (!model::forEachPackage(one[field], each))
      mistake(one.fields.at(field).second,
              fmt::format("'{}' of {} is no list of packages", field, one["Package"]));
  }

  void resolveVirtual() {
    for (auto &[name, package] : graph) {
      std::set<std::string> more;
      for (const std::string &needed : package.dependsOn)
        if (auto found = providers.find(needed); found != providers.end())
          more.insert(found->second.begin(), found->second.end());
      more.erase(name);
      package.dependsOn.merge(more);
    }
  }

  model::Report report;
  std::map<std::string, std::set<std::string>> providers;
  PackageGraph graph;
};

} // namespace

model::Result<PackageGraph> parsePackages(std::string_view text, const std::string &file) {
  return Reading(file).run(text);
}

model::Result<PackageGraph> readPackages(const std::string &file) {
  return model::readDocument<PackageGraph>(file, parsePackages);
}

} // namespace ripple::planner::packages
