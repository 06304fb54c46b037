//===- Catalog.cpp - `ripple.catalog`: reader and merging -----------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "model/Catalog.h"
#include "model/Records.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <set>

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

using Keys = std::vector<std::string_view>;

/// What a rule of one kind may have beside what every rule may.
const Keys callKeys = {"path",       "handler",  "methodByParameter", "methodAt",
                       "pathIn",     "methodIn", "handlerMethod",     "classInPath",
                       "parameters", "inLoop",   "handlersFrom",      "protocol",
                       "key",        "base",     "pathOfObject",      "itself"};
const Keys overrideKeys = {"base", "beside", "except", "protocol", "name", "perRequest"};
const Keys storeKeys = {"path", "pathIn"};
const Keys functionKeys = {"base",     "except",       "macro",     "path",
                           "methodAt", "pathOfObject", "perRequest"};
const Keys tableKeys = {"key", "handler"};

/// Reports keys that mean nothing in a rule with the key KIND, which may have KNOWN.
void refuseOthers(const Value &value, std::string_view kind, const Keys &known) {
  std::set<std::string_view> refused;
  for (const Keys &keys : {callKeys, overrideKeys, functionKeys, tableKeys, storeKeys})
    refused.insert(keys.begin(), keys.end());
  for (std::string_view key : known)
    refused.erase(key);
  for (std::string_view key : refused)
    if (value.node().find(key))
      value.mistake({key}, fmt::format("means nothing in a rule with '{}'", kind), "remove it");
}

/// KEY needs NEEDED.
void checkNeeds(const Value &value, std::string_view key, std::string_view needed) {
  if (value.node().find(key) && !value.node().find(needed))
    value.mistake({key}, fmt::format("means nothing without '{}'", needed),
                  fmt::format("add '{}', or remove '{}'", needed, key));
}

void checkKeys(const Value &value, const HandlerRule &rule) {
  switch (rule.kind) {
  case HandlerRule::Kind::Call:
    refuseOthers(value, "call", callKeys);
    if (!value.node().find("handler") && !value.node().find("handlerMethod") &&
        !value.node().find("handlersFrom") && !value.node().find("inLoop") && !rule.isItself)
      value.mistake("the key 'handler' is missing", "give the handler's argument position, from 0");
    checkNeeds(value, "pathIn", "path");
    checkNeeds(value, "classInPath", "path");
    checkNeeds(value, "base", "handlerMethod");
    if (rule.key && rule.path)
      value.mistake({"key"}, "contradicts 'path'",
                    "say 'path' of an HTTP path, 'key' of the name of a transaction");
    break;
  case HandlerRule::Kind::Table:
    refuseOthers(value, "table", tableKeys);
    break;
  case HandlerRule::Kind::Override:
    refuseOthers(value, "override", overrideKeys);
    break;
  case HandlerRule::Kind::Store:
    refuseOthers(value, "store", storeKeys);
    checkNeeds(value, "path", "pathIn");
    checkNeeds(value, "pathIn", "path");
    break;
  case HandlerRule::Kind::AcceptLoop:
    refuseOthers(value, "acceptLoop", {});
    break;
  case HandlerRule::Kind::Function:
    refuseOthers(value, "function", functionKeys);
    checkNeeds(value, "path", "macro");
    checkNeeds(value, "methodAt", "macro");
    checkNeeds(value, "pathOfObject", "base");
    break;
  }
  if (rule.ambient && rule.startup)
    value.mistake({"startup"}, "contradicts 'ambient'",
                  "say 'ambient' of what runs around requests, 'startup' of what runs before them");
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
  object.optional("methodAt", out.methodAt);
  object.optional("pathIn", out.pathIn);
  object.optional("pathOfObject", out.pathOfObject);
  object.optional("pathUnless", out.pathUnless);
  object.optional("needs", out.needs);
  object.optional("itself", out.isItself);
  object.optional("methodIn", out.methodIn);
  object.optional("handlerMethod", out.handlerMethod);
  object.optional("classInPath", out.classInPath);
  object.optional("parameters", out.parameters);
  object.optional("handlersFrom", out.handlersFrom);
  object.optional("inLoop", out.inLoop);
  object.optional("base", out.base);
  object.optional("beside", out.beside);
  object.optionalSet("except", out.except);
  if (const Node *protocol = object.take("protocol"))
    if (readWord(Value(*protocol, value, "protocol"), {"grpc"}))
      out.protocol = protocol->asString();
  if (const Node *name = object.take("name"))
    out.nameOverridden = readWord(Value(*name, value, "name"), {"overridden"}).has_value();
  object.optional("perRequest", out.perRequest);
  object.optional("macro", out.macro);
  if (const Node *syntax = object.take("pathSyntax"))
    if (readWord(Value(*syntax, value, "pathSyntax"),
                 {"literal", "regex", "braces", "colon", "angles", "prefix", "url"}))
      out.pathSyntax = syntax->asString();
  object.optional("ambient", out.ambient);
  object.optional("startup", out.startup);
  if (registers)
    checkKeys(value, out);
}

static void read(const Value &value, LoaderRule &out) {
  ObjectReader object(value);
  out.place = value.place();
  object.required("name", out.name);
  object.optionalNonEmpty("calls", out.calls);
  object.optional("library", out.library);
  object.optionalNonEmpty("opens", out.opens);
  if (object.isObject() && out.calls.empty() && out.library.empty())
    value.mistake("says not what opens files", "add 'calls' or 'library'");
  else if (out.calls.empty())
    checkNeeds(value, "library", "opens");
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
  object.optionalSet("startup", out.startup);
  object.optionalSet("makes", out.makes);
  object.optional("loaders", out.loaders);
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
    std::ranges::move(catalog.startup, std::back_inserter(result.startup));
    std::ranges::move(catalog.makes, std::back_inserter(result.makes));
    std::ranges::move(catalog.loaders, std::back_inserter(result.loaders));
  }
  return result;
}

} // namespace ripple::model
