//===- Catalog.cpp - `ripple.catalog`: reader and merging -----------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "model/Catalog.h"
#include "model/Records.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ripple::model {

static void read(const Value &value, ComponentRule &out) {
  ObjectReader object(value);
  out.place = value.place();
  object.required("id", out.id);
  object.optional("kind", out.kind);
  object.optional("version", out.version);
  object.optionalNonEmpty("headers", out.headers);
  object.optionalNonEmpty("symbols", out.symbols);
  object.optional("library", out.library);
  object.optional("target", out.target);
  object.optional("package", out.package);
  object.optional("restart", out.restart);
  object.optionalSet("dependsOn", out.dependsOn);
  if (object.isObject() && value.node().members().size() < 2)
    value.mistake("says nothing about the component but its id",
                  "add 'headers', 'symbols', 'library', 'target', 'package' or 'kind'");
}

namespace {

struct Registration {
  std::string_view key;
  HandlerRule::Kind kind;
};
/// The keys that say what registers a handler, one of which each rule has.
constexpr Registration registrations[] = {
    {"call", HandlerRule::Kind::Call},
    {"override", HandlerRule::Kind::Override},
    {"store", HandlerRule::Kind::Store},
    {"table", HandlerRule::Kind::Table},
    {"acceptLoop", HandlerRule::Kind::AcceptLoop},
    {"function", HandlerRule::Kind::Function},
};

/// Whether the rule has exactly one.
bool readRegistration(ObjectReader &object, HandlerRule &out) {
  std::vector<std::string_view> found;
  for (const Registration &registration : registrations)
    if (object.optional(registration.key, out.pattern)) {
      out.kind = registration.kind;
      found.push_back(registration.key);
    }
  if (!object.isObject() || found.size() == 1)
    return object.isObject();
  object.value().mistake(
      found.empty() ? "says not what registers a handler"
                    : fmt::format("has {}", fmt::join(found, " and ")),
      "give each rule one of call, override, store, table, acceptLoop, function");
  return false;
}

/// Reports KEYS that mean nothing for a rule of this kind.
void refuseKeys(const Value &value, std::initializer_list<std::string_view> keys,
                std::string_view kind) {
  for (std::string_view key : keys)
    if (value.node().find(key))
      value.mistake({key}, fmt::format("means nothing in a rule with '{}'", kind), "remove it");
}

void checkKeys(const Value &value, const HandlerRule &rule) {
  switch (rule.kind) {
  case HandlerRule::Kind::Call:
    refuseKeys(value, {"key"}, "call");
    if (!rule.handler && !value.node().find("handler"))
      value.mistake("the key 'handler' is missing", "give the handler's argument position, from 0");
    return;
  case HandlerRule::Kind::Table:
    refuseKeys(value, {"path", "methodByParameter"}, "table");
    return;
  case HandlerRule::Kind::Override:
    return refuseKeys(value, {"path", "handler", "key", "methodByParameter"}, "override");
  case HandlerRule::Kind::Store:
    return refuseKeys(value, {"path", "handler", "key", "methodByParameter"}, "store");
  case HandlerRule::Kind::AcceptLoop:
    return refuseKeys(value, {"path", "handler", "key", "methodByParameter"}, "acceptLoop");
  case HandlerRule::Kind::Function:
    return refuseKeys(value, {"path", "handler", "key", "methodByParameter"}, "function");
  }
}

} // namespace

static void read(const Value &value, HandlerRule &out) {
  ObjectReader object(value);
  out.place = value.place();
  object.required("framework", out.framework);
  bool registers = readRegistration(object, out);
  object.optional("method", out.method);
  object.optionalSet("alsoMethods", out.alsoMethods);
  object.optional("path", out.path);
  object.optional("handler", out.handler);
  object.optional("key", out.key);
  object.optional("methodByParameter", out.methodByParameter);
  if (const Node *syntax = object.take("pathSyntax"))
    if (readWord(Value(*syntax, value, "pathSyntax"), {"literal", "regex", "braces", "prefix"}))
      out.pathSyntax = syntax->asString();
  object.optional("ambient", out.ambient);
  if (registers)
    checkKeys(value, out);
}

namespace {

void readBody(ObjectReader &object, Catalog &out) {
  if (object.optional("components", out.components))
    refuseDuplicates(
        Value(*object.take("components"), object.value(), "components"), out.components, "id",
        [](const ComponentRule &rule) { return rule.id; },
        "join the two entries: any of a component's rules may match");
  object.optional("handlers", out.handlers);
  object.optionalSet("serving", out.serving);
}

} // namespace

Result<Catalog> parseCatalog(std::string_view text, const std::string &file) {
  return parseDocument<Catalog>(text, file, "ripple.catalog", readBody);
}

Result<Catalog> readCatalog(const std::string &file) { return readDocument(file, parseCatalog); }

Catalog mergeCatalogs(std::vector<Catalog> catalogs) {
  Catalog result;
  for (Catalog &catalog : catalogs) {
    std::ranges::move(catalog.components, std::back_inserter(result.components));
    std::ranges::move(catalog.handlers, std::back_inserter(result.handlers));
    std::ranges::move(catalog.serving, std::back_inserter(result.serving));
  }
  return result;
}

} // namespace ripple::model
