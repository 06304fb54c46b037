//===- ReadSbom.cpp - The dependencies in a CycloneDX document ------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/advisory/Bom.h"
#include "planner/advisory/Purl.h"
#include "planner/packages/PackageGraph.h"

#include <fmt/format.h>

namespace ripple::planner::packages {

using advisory::BomComponent;
using advisory::BomNames;
using model::Node;
using model::ObjectReader;
using model::Value;

namespace {

/// The name that Ripple has for what a document calls COMPONENT.
std::string nameOf(const BomComponent &component) {
  auto purl = advisory::parsePurl(component.purl);
  return purl && purl->type == "deb" ? purl->name : component.name;
}

Package packageOf(const BomComponent &component, const std::string &file) {
  Package package;
  package.version = component.version;
  package.isLibrary =
      component.type.empty() || component.type == "library" || component.type == "framework";
  package.origin = "sbom:" + file;
  auto purl = advisory::parsePurl(component.purl);
  if (!purl || purl->type != "deb")
    return package;
  if (!purl->version.empty())
    package.version = purl->version;
  const auto upstream = purl->qualifiers.find("upstream");
  const std::string source = upstream == purl->qualifiers.end() ? purl->name : upstream->second;
  package.origin = "package:" + source.substr(0, source.find('@'));
  return package;
}

/// The component that the text VALUE refers to; "" where there is none, which is reported.
std::string readRef(const Value &value, const BomNames &names) {
  std::string ref;
  read(value, ref);
  if (ref.empty())
    return "";
  if (auto found = names.find(ref); found != names.end())
    return nameOf(found->second);
  value.mistake(fmt::format("no component has the bom-ref '{}'", ref));
  return "";
}

void readDependency(const Value &value, const BomNames &names, PackageGraph &out) {
  ObjectReader object(value);
  if (!object.isObject())
    return;
  std::string name;
  if (const Node *ref = object.take("ref"))
    name = readRef(Value(*ref, value, "ref"), names);
  else
    object.missing("ref");
  object.each("dependsOn", [&](const Value &each) {
    std::string needed = readRef(each, names);
    if (!name.empty() && !needed.empty())
      out[name].dependsOn.insert(std::move(needed));
  });
  object.takeAll();
}

void readBody(ObjectReader &object, const std::string &file, PackageGraph &out) {
  advisory::checkBom(object, "1.2", "dependencies are known of");
  const BomNames names = advisory::readBomNames(object);
  for (const auto &[ref, component] : names)
    out.try_emplace(nameOf(component), packageOf(component, file));
  if (!object.each("dependencies", [&](const Value &each) { readDependency(each, names, out); }))
    object.value().mistake("has no `dependencies`",
                           "give a CycloneDX document that says what depends on what");
  object.takeAll();
}

} // namespace

model::Result<PackageGraph> parseSbom(std::string_view text, const std::string &file) {
  model::Report report(file);
  PackageGraph graph;
  if (auto tree = model::parseTree(text, report)) {
    const Value root(tree->root, report);
    ObjectReader object(root);
    if (object.isObject())
      readBody(object, file, graph);
    object.takeAll();
  }
  if (!report.empty())
    return tl::unexpected(report.take());
  return graph;
}

model::Result<PackageGraph> readSbom(const std::string &file) {
  return model::readDocument<PackageGraph>(file, parseSbom);
}

} // namespace ripple::planner::packages
