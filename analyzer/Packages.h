//===- Packages.h - Which Debian package owns a file ------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// The dpkg database, read from its files (`/var/lib/dpkg/status` and
// `info/*.list`) once, on the first question: no process for each file.
// Where there is no such database, no package owns anything.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_ANALYZER_PACKAGES_H
#define RIPPLE_ANALYZER_PACKAGES_H

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace ripple::model {
struct ControlParagraph;
}

namespace ripple::analyzer {

struct Package {
  std::string name; ///< Without its architecture.
  std::string architecture;
  std::string version;
  std::string source;               ///< Source package; its own name where they are the same.
  std::vector<std::string> depends; ///< Names in Depends and Pre-Depends, alternatives too; sorted.
};

/// Not for several threads at one time.
class Packages {
public:
  /// What dpkg knows of each package: another file whenever one is installed or removed.
  static constexpr std::string_view statusFile = "/var/lib/dpkg/status";

  /// ROOT holds `var/lib/dpkg` and the files; "" is this machine. Nothing is read yet.
  explicit Packages(std::string root = {}) : root(std::move(root)) {}

  /// The package that owns the file at PATH, absolute and as seen from the root; null if none
  /// does. Packages own one spelling of a file (`/usr/lib/…` or `/lib/…`, the link or what it
  /// leads to): each is tried.
  const Package *ownerOf(const std::string &path);

  /// The installed package of that name (of any architecture), or null.
  const Package *package(std::string_view name);

  /// The shared libraries that PACKAGE's `.so` links lead to, as a development package has them:
  /// canonical paths, in the order of its file list.
  std::vector<std::string> librariesBehind(const Package &package);

  /// The archives (`.a`) that PACKAGE has, in the order of its file list.
  std::vector<std::string> archivesOf(const Package &package);

private:
  void load();
  void loadStatus();
  void add(const model::ControlParagraph &one);
  void loadList(const std::string &file, std::string_view name);
  const Package *lookUp(std::string_view path) const;
  std::string canonical(const std::string &path) const;

  std::string root;
  bool loaded = false;
  std::vector<Package> packages;
  std::vector<std::string> lists; ///< Text of each package's file list, by package.
  std::unordered_map<std::string, std::uint32_t> byName;      ///< "NAME:ARCHITECTURE", and "NAME".
  std::unordered_map<std::string_view, std::uint32_t> byPath; ///< Into `lists`.
};

} // namespace ripple::analyzer

#endif
