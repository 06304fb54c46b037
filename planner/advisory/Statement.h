//===- Statement.h - What advisories say --------------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//   OSV, CycloneDX VEX --read--> Statements --judge--> Judgement --> change set, report
//
// Each arrow is one free function. Documents of others may have keys that Ripple
// does not know; what it knows of them is read as strictly as its own documents.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_PLANNER_ADVISORY_STATEMENT_H
#define RIPPLE_PLANNER_ADVISORY_STATEMENT_H

#include "model/Reader.h"
#include "planner/advisory/VersionSet.h"

namespace ripple::planner::advisory {

/// What the name in a statement is one of.
enum class Naming {
  Source,    ///< A Debian source package, as OSV has them: all components that are made from it.
  Component, ///< A binary package, which is a component's id; or the component itself.
};

/// One package of one advisory.
struct Statement {
  model::Place place;
  std::string advisory;          ///< "DEBIAN-CVE-2023-0464".
  std::set<std::string> aliases; ///< Other names of the same vulnerability.
  std::string summary;           ///< One line; may be "".
  std::string ecosystem;         ///< "Debian:12"; "" where the document has none.
  Naming naming = Naming::Source;
  std::string package;
  VersionSet affected, unaffected; ///< `unaffected` counts before `affected`.
  bool dismissed = false;          ///< VEX: it does not concern whoever has these versions.
  std::string ruling;              ///< VEX: "exploitable", "not_affected", …; "" in OSV.
  std::string unusable;            ///< Why nothing follows from it; "" otherwise.

  bool concerns(std::string_view version) const {
    return affected.contains(version) && !unaffected.contains(version);
  }
  /// The first named version after VERSION that it does not concern; "" where none is known.
  std::string fixAfter(std::string_view version) const {
    std::string end = affected.firstAfter(version);
    return end.empty() ? unaffected.firstWithin(version) : end;
  }
};

using Statements = std::vector<Statement>;

/// The statements of FILES and of all *.json below those that are folders, in the order of their
/// names.
model::Result<Statements> readAdvisories(const std::vector<std::string> &files);

/// The same of one document: an OSV advisory, a list of them, or a CycloneDX document.
model::Result<Statements> parseAdvisories(std::string_view text, const std::string &file);

/// Ecosystems whose versions are ordered as Debian's are.
bool isKnownEcosystem(std::string_view ecosystem);

//===----------------------------------------------------------------------===//
// What the readers share.

void readOsv(const model::Value &value, Statements &out);
void readCycloneDx(model::ObjectReader &object, Statements &out);

/// TEXT on one line: white space and control characters as one blank.
std::string onOneLine(std::string_view text);

} // namespace ripple::planner::advisory

#endif
