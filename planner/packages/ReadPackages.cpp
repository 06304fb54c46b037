//===- ReadPackages.cpp - dpkg's database ---------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// deb822(5): paragraphs of fields. Which fields there are: deb-control(5).
//
//===----------------------------------------------------------------------===//
#include "model/Reader.h"
#include "planner/advisory/DebianVersion.h"
#include "planner/packages/PackageGraph.h"

#include <algorithm>
#include <fmt/format.h>
#include <optional>

namespace ripple::planner::packages {

namespace {

constexpr std::string_view Blanks = " \t";

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = std::min(text.find_first_not_of(Blanks), text.size());
  text.remove_prefix(begin);
  return text.substr(0, text.find_last_not_of(Blanks) + 1);
}

/// What Ripple reads of a paragraph, each field with its line.
struct Paragraph {
  std::map<std::string_view, std::pair<std::string, int>> fields;
  int line = 0;
  bool isBroken = false; ///< A line could not be read: what is missing may be in it.

  std::string_view operator[](std::string_view name) const {
    auto found = fields.find(name);
    return found != fields.end() ? std::string_view(found->second.first) : std::string_view();
  }
};

bool isWanted(std::string_view field) {
  constexpr std::string_view wanted[] = {"Package", "Version",  "Source",      "Section",
                                         "Status",  "Provides", "Pre-Depends", "Depends"};
  return std::find(std::begin(wanted), std::end(wanted), field) != std::end(wanted);
}

bool isPackageName(std::string_view name) {
  return !name.empty() && name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVW"
                                                 "XYZ0123456789+.-_") == std::string_view::npos;
}

/// Calls EACH with the name in each alternative of "a (>= 1) | b:any, c [amd64]". False where one
/// has none.
template <typename Each> bool forEachName(std::string_view list, Each each) {
  bool good = true;
  while (!list.empty()) {
    const std::string_view one = trimmed(list.substr(0, list.find_first_of(",|")));
    list.remove_prefix(std::min(list.find_first_of(",|"), list.size() - 1) + 1);
    if (one.empty() && trimmed(list).empty())
      break;
    const std::string_view name = one.substr(0, one.find_first_of(" \t:(["));
    if (isPackageName(name))
      each(std::string(name));
    else
      good = false;
  }
  return good;
}

class Reading {
public:
  Reading(std::string_view all, const std::string &file) : text(all), report(file) {}

  model::Result<PackageGraph> run() {
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      ++line;
      read(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    take();
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

  void read(std::string_view one) {
    if (trimmed(one).empty())
      return take();
    if (paragraph.line == 0)
      paragraph.line = line;
    if (one.front() == '#')
      return;
    if (Blanks.find(one.front()) != std::string_view::npos) {
      if (!inField)
        mistake(line, "goes on with a field, and there is none");
      else if (current)
        *current += " " + std::string(trimmed(one));
      return;
    }
    const std::size_t colon = one.find(':');
    inField = colon != std::string_view::npos && colon > 0;
    current = nullptr;
    if (!inField) {
      paragraph.isBroken = true;
      return mistake(line, "is no field ('NAME: VALUE')");
    }
    const std::string_view name = one.substr(0, colon);
    if (!isWanted(name))
      return;
    auto [field, isNew] =
        paragraph.fields.try_emplace(name, std::string(trimmed(one.substr(colon + 1))), line);
    if (!isNew)
      mistake(line, fmt::format("the field '{}' is there twice", name));
    current = &field->second.first;
  }

  /// Ends the paragraph.
  void take() {
    const Paragraph one = std::exchange(paragraph, {});
    inField = false;
    current = nullptr;
    if (one.line == 0)
      return;
    const std::string name(one["Package"]);
    if (!isPackageName(name)) {
      if (!one.isBroken || !name.empty())
        mistake(one.line, name.empty() ? "the field 'Package' is missing"
                                       : fmt::format("'{}' is no package's name", name));
      return;
    }
    const std::string_view status = one["Status"];
    if (status.empty() || status.ends_with(" installed"))
      add(name, one);
  }

  void add(const std::string &name, const Paragraph &one) {
    auto [at, isNew] = graph.try_emplace(name); // Of another architecture: the first one stays.
    if (isNew)
      describe(at->second, name, one);
    Package &package = at->second;
    auto depend = [&](std::string needed) { package.dependsOn.insert(std::move(needed)); };
    names(one, "Depends", depend);
    names(one, "Pre-Depends", depend);
    names(one, "Provides", [&](const std::string &what) { providers[what].insert(name); });
  }

  void describe(Package &package, const std::string &name, const Paragraph &one) {
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
    if (!isPackageName(source))
      mistake(one.fields.at("Source").second, fmt::format("'{}' is no package's name", source));
    package.origin = "package:" + std::string(source);
    const std::string_view section = one["Section"];
    package.isLibrary = section == "libs" || section.ends_with("/libs");
  }

  template <typename Each> void names(const Paragraph &one, std::string_view field, Each each) {
    if (!forEachName(one[field], each))
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

  std::string_view text;
  model::Report report;
  int line = 0;
  Paragraph paragraph;
  bool inField = false;
  std::string *current = nullptr; ///< The value that a line may go on with.
  std::map<std::string, std::set<std::string>> providers;
  PackageGraph graph;
};

} // namespace

model::Result<PackageGraph> parsePackages(std::string_view text, const std::string &file) {
  return Reading(text, file).run();
}

model::Result<PackageGraph> readPackages(const std::string &file) {
  return model::readDocument<PackageGraph>(file, parsePackages);
}

} // namespace ripple::planner::packages
