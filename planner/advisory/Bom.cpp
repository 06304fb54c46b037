//===- Bom.cpp - The components of a CycloneDX document -------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/advisory/Bom.h"

#include "planner/advisory/DebianVersion.h"
#include "planner/advisory/Purl.h"

#include <fmt/format.h>

namespace ripple::planner::advisory {

using model::Node;
using model::ObjectReader;
using model::Text;
using model::Value;

namespace {

void readComponent(const Value &value, BomNames &out);

void readComponents(ObjectReader &object, BomNames &out) {
  object.each("components", [&](const Value &value) { readComponent(value, out); });
}

void readComponent(const Value &value, BomNames &out) {
  ObjectReader object(value);
  if (!object.isObject())
    return;
  BomComponent one;
  std::string ref;
  object.required("name", one.name);
  if (object.optional("version", one.version, Text::Any) && !one.version.empty())
    object.optional("version", one.version); // It may be empty, but has no control characters.
  object.optional("type", one.type);
  if (object.optional("purl", one.purl) && !one.purl.empty() && !parsePurl(one.purl))
    value.mistake({"purl"}, fmt::format("'{}' is no package URL", one.purl),
                  "write it like pkg:deb/debian/libssl3@3.0.11-1");
  if (object.optional("bom-ref", ref) && !out.emplace(ref, one).second)
    value.mistake({"bom-ref"}, fmt::format("'{}' is used twice", ref),
                  "give each component one of its own");
  readComponents(object, out);
  object.takeAll();
}

} // namespace

void checkBom(ObjectReader &object, std::string_view least, std::string_view what) {
  std::string format, version;
  if (object.required("bomFormat", format) && !format.empty() && format != "CycloneDX")
    object.value().mistake({"bomFormat"}, fmt::format("is '{}', and must be CycloneDX", format));
  if (object.required("specVersion", version) && !version.empty() &&
      (!version.starts_with("1.") || compareDebian(version, least) < 0))
    object.value().mistake({"specVersion"},
                           fmt::format("is '{}'; {} {} and later 1.x", version, what, least));
}

BomNames readBomNames(ObjectReader &object) {
  BomNames names;
  readComponents(object, names);
  const Node *metadata = object.take("metadata");
  if (!metadata)
    return names;
  const Value about(*metadata, object.value(), "metadata");
  ObjectReader inner(about);
  if (const Node *component = inner.take("component"))
    readComponent(Value(*component, about, "component"), names);
  inner.takeAll();
  return names;
}

} // namespace ripple::planner::advisory
