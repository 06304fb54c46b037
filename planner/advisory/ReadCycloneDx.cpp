//===- ReadCycloneDx.cpp - What a CycloneDX document says is exploitable --===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Its `vulnerabilities` (since version 1.4): https://cyclonedx.org/docs/1.6/json/
//
//===----------------------------------------------------------------------===//
#include "planner/advisory/Bom.h"
#include "planner/advisory/Purl.h"
#include "planner/advisory/Statement.h"

#include <fmt/format.h>

namespace ripple::planner::advisory {

using model::Node;
using model::ObjectReader;
using model::Text;
using model::Value;

namespace {

/// "urn:cdx:SERIAL/VERSION#REF" → REF, decoded; others as they are.
std::string withoutLink(const std::string &ref) {
  std::string decoded;
  const std::size_t hash = ref.find('#');
  if (ref.starts_with("urn:cdx:") && hash != std::string::npos &&
      decodePercent(std::string_view(ref).substr(hash + 1), decoded))
    return decoded;
  return ref;
}

/// Names in STATEMENT what REF refers to; its version, where the document has one.
std::string resolve(const std::string &given, const BomNames &names, Statement &statement) {
  const std::string ref = withoutLink(given);
  BomComponent named{ref, "", ref, ""};
  if (auto found = names.find(ref); found != names.end())
    named = found->second;
  statement.naming = Naming::Component;
  statement.package = named.name;
  if (statement.package.starts_with("component:") && statement.package == ref)
    statement.package.erase(0, std::string_view("component:").size()); // as `ripple analyze` writes
  auto purl = parsePurl(named.purl);
  if (!purl)
    return named.version;
  statement.package = purl->name;
  if (purl->type != "deb")
    statement.ecosystem = purl->type;
  if (auto arch = purl->qualifiers.find("arch");
      arch != purl->qualifiers.end() && arch->second == "source")
    statement.naming = Naming::Source;
  return purl->version.empty() ? named.version : purl->version;
}

/// One entry of `affects[].versions`.
void readVersion(const Value &value, Statement &statement) {
  ObjectReader object(value);
  if (!object.isObject())
    return;
  enum class Status { Affected, Unaffected, Unknown } status = Status::Affected;
  if (const Node *node = object.take("status"))
    readEnum(Value(*node, value, "status"), status, {"affected", "unaffected", "unknown"});
  VersionSet &set = status == Status::Unaffected ? statement.unaffected : statement.affected;
  std::string version, range;
  const bool hasVersion = object.optional("version", version);
  const bool hasRange = object.optional("range", range);
  object.takeAll();
  if (hasVersion == hasRange)
    return value.mistake(hasRange ? "has both `version` and `range`"
                                  : "has neither `version` nor `range`");
  if (hasVersion) {
    set.exact.insert(version);
    return;
  }
  VersionSet read;
  if (range.starts_with("vers:") && !range.starts_with("vers:deb/")) {
    statement.unusable = fmt::format("gives versions that are not Debian's ('{}')", range);
  } else if (std::string problem = parseVers(range, read); !range.empty() && !problem.empty()) {
    value.mistake({"range"}, fmt::format("'{}': {}", range, problem),
                  "write it like vers:deb/>=3.0|<3.0.11-1");
  } else {
    set.add(read);
  }
}

void readAffects(const Value &value, const BomNames &names, Statement statement, Statements &out) {
  ObjectReader object(value);
  if (!object.isObject())
    return;
  statement.place = value.place();
  std::string ref, version;
  if (object.required("ref", ref))
    version = resolve(ref, names, statement);
  const bool hasVersions =
      object.each("versions", [&](const Value &each) { readVersion(each, statement); });
  object.takeAll();
  if (!hasVersions && statement.dismissed && !version.empty()) {
    statement.unaffected.exact.insert(version); // What is dismissed is so for that version alone.
  } else if (!hasVersions) {
    (statement.dismissed ? statement.unaffected : statement.affected) = allVersions();
  } else if (statement.ruling == "not_affected" || statement.ruling == "false_positive") {
    // The flaw is in these versions, but does no harm in this product.
    statement.unaffected.add(statement.affected);
    statement.affected = {};
  }
  out.push_back(std::move(statement));
}

void readAnalysis(const Value &value, Statement &statement) {
  ObjectReader object(value);
  const Node *state = object.take("state");
  object.takeAll();
  if (!state)
    return;
  const auto word = readWord(Value(*state, value, "state"),
                             {"exploitable", "in_triage", "not_affected", "false_positive",
                              "resolved", "resolved_with_pedigree"});
  if (!word)
    return;
  constexpr std::size_t firstDismissed = 2;
  statement.ruling = state->asString();
  statement.dismissed = *word >= firstDismissed;
}

void readVulnerability(const Value &value, const BomNames &names, Statements &out) {
  ObjectReader object(value);
  if (!object.isObject())
    return;
  Statement statement;
  statement.place = value.place();
  object.required("id", statement.advisory);
  std::string description;
  object.optional("description", description, Text::Any);
  statement.summary = onOneLine(description);
  if (const Node *analysis = object.take("analysis"))
    readAnalysis(Value(*analysis, value, "analysis"), statement);
  if (!object.each("affects",
                   [&](const Value &each) { readAffects(each, names, statement, out); })) {
    statement.unusable = "names no package";
    out.push_back(std::move(statement));
  }
  object.takeAll();
}

} // namespace

void readCycloneDx(ObjectReader &object, Statements &out) {
  checkBom(object, "1.4", "vulnerabilities are known of");
  const BomNames names = readBomNames(object);
  if (!object.each("vulnerabilities",
                   [&](const Value &each) { readVulnerability(each, names, out); }))
    object.value().mistake("has no `vulnerabilities`",
                           "give a CycloneDX document that says which are exploitable (VEX)");
}

} // namespace ripple::planner::advisory
