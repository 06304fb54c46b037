//===- PackageGraph.h - What packages depend on -----------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//   dpkg's database, CycloneDX SBOM --read--> PackageGraph --widen--> Components List
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_PLANNER_PACKAGES_PACKAGEGRAPH_H
#define RIPPLE_PLANNER_PACKAGES_PACKAGEGRAPH_H

#include "model/ComponentsList.h"

#include <map>
#include <set>

namespace ripple::planner::packages {

struct Package {
  std::string version, origin; ///< As a component has them.
  /// Code of it runs in the processes of what depends on it.
  bool isLibrary = false;
  std::set<std::string> dependsOn; ///< Names; some may be in no graph.
};

/// Packages, or components, by name.
using PackageGraph = std::map<std::string, Package, std::less<>>;

/// dpkg's database (/var/lib/dpkg/status), or what `apt-cache dumpavail` prints: binary packages
/// and their Depends and Pre-Depends, of alternatives every one, of a virtual package every
/// provider. What is not installed is left out, where the text says so. A library is what stands in
/// the section `libs`.
model::Result<PackageGraph> parsePackages(std::string_view text, const std::string &file);
model::Result<PackageGraph> readPackages(const std::string &file);

/// A CycloneDX document's components and `dependencies`. A Debian package has the name that is in
/// its package URL, others their own.
model::Result<PackageGraph> parseSbom(std::string_view text, const std::string &file);
model::Result<PackageGraph> readSbom(const std::string &file);

/// Adds to LIST what GRAPH knows of its components' dependencies, and the components that come with
/// them, as shared libraries. What was added, one a line. REMARKS: what was not, and why.
std::vector<std::string> widen(model::ComponentsList &list, const PackageGraph &graph,
                               std::vector<std::string> &remarks);

} // namespace ripple::planner::packages

#endif
