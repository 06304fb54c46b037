//===- ComponentsList.h - `ripple.components` -------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Which server-software components each request of each application may use.
// Written by the analyzer, read by the planner and by build systems.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_MODEL_COMPONENTSLIST_H
#define RIPPLE_MODEL_COMPONENTSLIST_H

#include "model/Document.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ripple::model {

enum class Confidence {
  Proven,   ///< Each call on the evidence path is certain to be possible.
  Possible, ///< A virtual or indirect call on it was resolved to several targets.
  Unknown,  ///< Only because of an unresolved call.
};
enum class Phase { Sync, Async };
enum class ComponentKind {
  SharedLibrary,
  StaticLibrary,
  HeaderOnly,
  Plugin,
  Module,
  Sidecar,
  Application
};
/// What has to stop for a component to be replaced. Ordered: the later, the more stops.
enum class RestartDomain { None, Plugin, Process, Server };

std::string_view toString(Confidence);
std::string_view toString(Phase);
std::string_view toString(ComponentKind);
std::string_view toString(RestartDomain);

/// One step of an evidence path.
struct EvidenceStep {
  std::string function;
  std::string file;
  unsigned line = 0;
  bool operator==(const EvidenceStep &) const = default;
};

/// One component that something may use, and why.
struct ComponentUse {
  std::string component;
  Confidence confidence = Confidence::Proven;
  std::optional<Phase> phase; ///< Absent for ambient and start-up components.
  std::string via;            ///< Reached only through this other component; "" if not.
  std::vector<EvidenceStep> evidence;
  bool operator==(const ComponentUse &) const = default;
};

/// What the analyzer could not resolve. `couldReach` {"*"}: any component.
struct Unresolved {
  std::string application; ///< "" inside a request, which belongs to one.
  std::string file;
  unsigned line = 0;
  std::string reason;
  std::vector<std::string> couldReach;
  bool operator==(const Unresolved &) const = default;
};

/// A use that a comment in the source took out of the list: `// ripple: ignore(COMPONENT) REASON`.
struct Ignored {
  std::string application, file;
  unsigned line = 0;
  std::string component, reason;
  std::vector<std::string> requests; ///< Ids, sorted; empty: only what is ambient or start-up.
  bool operator==(const Ignored &) const = default;
};

struct Handler {
  std::string function;
  std::string file;
  unsigned line = 0;
  bool operator==(const Handler &) const = default;
};

struct RequestKind {
  std::string id; ///< Unique in its application.
  std::string protocol = "http";
  std::string method; ///< "*": any. Empty where the protocol has none.
  std::string path;
  std::optional<std::int64_t> matchOrder; ///< From 0; lower matches first.
  Handler handler;                        ///< The first of `handlers`.
  std::vector<Handler> handlers;          ///< Written only where there are several.
  bool complete = true;
  std::vector<ComponentUse> components;      ///< Empty where `componentSet` is set.
  std::optional<std::uint32_t> componentSet; ///< Index into Application::componentSets.
  std::vector<Unresolved> unresolved;
  bool operator==(const RequestKind &) const = default;
};

struct Binary {
  std::string path;
  std::string buildId; ///< Lower-case hexadecimal; "" where the binary has none.
  std::string sha256;
  bool operator==(const Binary &) const = default;
};

struct Application {
  std::string name;
  Binary binary;
  bool complete = true;
  std::vector<ComponentUse> ambient;
  std::vector<ComponentUse> startup;
  std::vector<std::vector<ComponentUse>> componentSets;
  std::vector<RequestKind> requests; ///< Sorted by id.
  bool operator==(const Application &) const = default;

  /// The components of REQUEST itself, interned or not (without the ambient ones).
  const std::vector<ComponentUse> &usesOf(const RequestKind &request) const {
    return request.componentSet ? componentSets[*request.componentSet] : request.components;
  }
};

struct Component {
  std::string id;
  ComponentKind kind = ComponentKind::SharedLibrary;
  std::string version; ///< "" where it is not known.
  std::string soname;  ///< "" for what has none.
  std::string origin;  ///< "package:sqlite3", "target:catalog", "catalog:FILE", "system".
  std::vector<std::string> dependsOn; ///< Component ids, sorted.
  RestartDomain restart = RestartDomain::Process;
  std::string path;    ///< The file that holds it, where there is one.
  std::string buildId; ///< Of that file; "" where it has none.
  std::string sha256;  ///< Of that file.
  bool operator==(const Component &) const = default;
};

struct ComponentsList {
  std::vector<Application> applications; ///< Sorted by name, then build-id.
  std::vector<Component> components;     ///< Sorted by id.
  std::vector<Unresolved> unresolved;
  std::vector<Ignored> ignored; ///< Sorted by application, file, line, component.
  bool operator==(const ComponentsList &) const = default;

  const Component *component(std::string_view id) const;       ///< Null if there is none.
  const Application *application(std::string_view name) const; ///< The first of that name.
};

/// Reads a Components List from FILE (JSON or YAML).
Result<ComponentsList> readComponentsList(const std::string &file);
/// The same from TEXT; FILE names it in mistakes.
Result<ComponentsList> parseComponentsList(std::string_view text, const std::string &file);
/// JSON, indented by two, with a newline at its end. The same list gives the same bytes.
std::string writeComponentsList(const ComponentsList &list);
/// "sha256:…" of the meaning of LIST.
std::string digest(const ComponentsList &list);

/// Joins several lists into one. The same application twice with one build-id is a mistake;
/// with different build-ids both stay. Components of one id are joined where they agree; where
/// two versions of one differ the first stays and both are named in WARNINGS.
Result<ComponentsList> mergeComponentsLists(std::vector<ComponentsList> lists,
                                            const std::vector<std::string> &files,
                                            std::vector<std::string> &warnings);

} // namespace ripple::model

#endif
