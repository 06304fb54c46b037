//===- Pipeline.h - The analyzer's stages -----------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// The whole analyzer, as types:
//
//   Request --load--> Loaded
//       Unit --collect--> UnitFacts            (each unit by itself; cached)
//       UnitFacts… --link--> Program           (from here on: each application)
//       Program --resolve--> Resolved          (virtual and indirect calls)
//       Program --attribute--> Owners          (entity -> component)
//       Program, Resolved, Owners --reach--> Reached
//   Reached… --write--> model::ComponentsList
//
// Each arrow is one free function in a file of its name. Only Collect sees
// Clang, only Load and Attribute see the machine; the others are pure.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_ANALYZER_PIPELINE_H
#define RIPPLE_ANALYZER_PIPELINE_H

#include "analyzer/BuildTargets.h"
#include "analyzer/Compilers.h"
#include "analyzer/Facts.h"
#include "analyzer/LibraryClosure.h"
#include "analyzer/LinkedCode.h"
#include "model/Catalog.h"
#include "model/ComponentsList.h"

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace ripple::analyzer {

// ---- load ------------------------------------------------------------------

/// What the user asked for (`ripple analyze`).
struct Request {
  std::string buildFolder;                                       ///< -p
  std::vector<std::string> targets;                              ///< --target
  std::vector<std::pair<std::string, std::string>> binaries;     ///< --binary APP=PATH
  std::vector<std::pair<std::string, std::string>> applications; ///< --application APP=GLOB
  std::string sourceRoot;                                        ///< "": the build's own
  LoaderEnvironment loader;                                      ///< --library-path, --preload
};

/// One translation unit as the build compiles it.
struct Unit {
  std::string file;              ///< Absolute.
  std::string directory;         ///< Where the compiler runs.
  std::vector<std::string> argv; ///< Empty where nothing says how the build compiles it.
  std::string target;            ///< Build target; "" where the build does not say.
  std::shared_ptr<const PredefinedMacros> predefined; ///< Of its compiler; null: Clang's own.
};

struct LoadedApplication {
  std::string name;
  std::string file;     ///< Absolute path of its binary.
  model::Binary binary; ///< As the list names it: relative to the source root where it is below.
  bool built = true;    ///< False where the binary is not there; then only its units are known.
  bool named = false;   ///< The user asked for this one.
  std::vector<std::size_t> units; ///< Into Loaded::units; sorted.
  std::vector<std::size_t>
      targets;            ///< Into Loaded::build: whose code is inside its binary, by CMake.
  LibraryClosure closure; ///< What the loader maps with it.
  /// Code without source that is in it, or in libraries of this build.
  std::vector<std::shared_ptr<const LinkedCode>> linked;
  bool isLinkKnown = false;                      ///< `linked` is all of that.
  SymbolTables symbols;                          ///< What its own tables say is in it.
  std::vector<std::vector<std::string>> aliases; ///< Names of one and the same function.
  std::uint16_t machine = 0;                     ///< e_machine of its binary.
  std::vector<std::string> notes; ///< What the user should know of it, one line each.
};

struct Loaded {
  std::string sourceRoot;  ///< Absolute; files below it are the user's own.
  std::string buildFolder; ///< Absolute.
  LoaderEnvironment loader;
  /// Sorted by file, then argv; no two are equal. Behind them, sources of the applications that
  /// the compile database does not know.
  std::vector<Unit> units;
  std::vector<LoadedApplication> applications; ///< Sorted by name.
  BuildTargets build; ///< From CMake; else made from what the binaries say of themselves.
};

/// Reads the build. Mistakes: no compile database, a target that is not there or makes no program,
/// a binary that was asked for and is not built, a build that does not say what makes what.
model::Result<Loaded> load(const Request &request);

// ---- collect ---------------------------------------------------------------

/// The facts of one unit. Never fails: a unit that cannot be compiled gives what it has, with
/// `complete` false and the front end's errors. Safe to call from several threads at once; each
/// needs a deep stack (64 MiB), as expressions nest.
UnitFacts collect(const Unit &unit, const model::Catalog &catalog);

/// The same for TEXT as the contents of unit.file (tests).
UnitFacts collectText(const Unit &unit, const std::string &text, const model::Catalog &catalog);

// ---- link ------------------------------------------------------------------

/// One place where a request handler is registered, all parameters followed.
struct Route {
  RuleIndex rule = none;
  model::RequestKind request;        ///< id, protocol, method, path, matchOrder, handler(s).
  std::vector<EntityIndex> handlers; ///< Entities of request.handlers; sorted, unique.
  /// Constructors and destructors that run for these requests only: an object is made for each.
  std::vector<EntityIndex> makes;
  /// Values of parameters that hold on this route only: the callables that were given to a
  /// wrapper (`withAuth(handler)`), by (function, number of the parameter).
  std::map<std::pair<EntityIndex, std::uint32_t>, std::vector<EntityIndex>> bindings;
  SourceLine at;
  bool ambient = false;                ///< The rule says so: runs for every request.
  bool startup = false;                ///< The rule says so: runs before serving only.
  bool complete = true;                ///< False where a handler could not be found.
  std::vector<std::string> incomplete; ///< Why.
};

/// All facts of one application. Everything sorted; the same units give the same program.
struct Program {
  Facts facts;
  std::vector<Route> routes; ///< By matchOrder. Ids are unique among those not ambient.
  bool complete = true;
  std::vector<std::string> incompleteUnits;
  std::string sourceRoot;
};

/// ALIASES: as LoadedApplication::aliases.
Program link(const std::vector<const UnitFacts *> &units, const model::Catalog &catalog,
             const std::string &sourceRoot,
             const std::vector<std::vector<std::string>> &aliases = {});

// ---- resolve ---------------------------------------------------------------

enum class EdgeKind : std::uint8_t { Direct, Virtual, Pointer, Callback, Escape };

/// Whose walk an edge is for. What a function calls by its parameters is one edge for each of its
/// callers, taken by requests, and one for all of them together, taken by what serves.
enum class EdgeContext : std::uint8_t { Any, Request, Serving };

struct Edge {
  EntityIndex to = none;
  EdgeKind kind = EdgeKind::Direct;
  bool proven = true; ///< False where it is one of several targets, or need not be taken.
  bool async = false; ///< What it leads to may outlive the caller.
  SourceLine at;
  /// Set on edges of an indirect call whose pointer is this parameter: see Route::bindings.
  EntityIndex slotOf = none;
  std::uint32_t slotParameter = 0;
  EdgeContext context = EdgeContext::Any;
  /// A call is followed to what it calls; a library is known to keep it; what is put somewhere is
  /// called by code that is seen alone.
  bool isKnown = false;
  auto operator<=>(const Edge &) const = default;
};

/// MAKER gives TARGET to KEEPER: a function, field or virtual function of code that is not seen.
struct Kept {
  EntityIndex maker = none, keeper = none, target = none;
  SourceLine at;
  auto operator<=>(const Kept &) const = default;
};

struct Resolved {
  std::vector<std::vector<Edge>> edges; ///< By caller; sorted, unique.
  /// Calls with no target; `unlessOwned` as in UnresolvedSite.
  std::vector<UnresolvedSite> unresolved;
  /// Starts of threads and the like: what is reached through these runs beside its caller.
  std::vector<bool> startsThread; ///< By entity.
  /// What code that is not seen may call long after it got it; sorted, unique.
  std::vector<Kept> kept;
  /// What ends with a thread, whoever has it end; sorted, unique.
  std::vector<End> threadEnds;
  /// What ends with the program, the same.
  std::vector<End> programEnds;
  /// What the functions of one library's unseen code all lead to besides, since the library keeps
  /// it: lists, sorted and unique, and which of them an entity has. Empty until `withKept`.
  std::vector<std::vector<Edge>> shared;
  std::vector<std::uint32_t> sharedBy; ///< By entity; none: no list.
  std::uint32_t listOf(EntityIndex entity) const {
    return sharedBy.empty() ? none : sharedBy[entity];
  }
};

/// Without FOLLOWS, values are not followed: calls go to all that class hierarchy and type allow.
/// NAMED: functions and variables that code which is not seen names, and for each a function of
/// that code for every component; one of kind Unknown where nobody knows what code that is.
Resolved resolve(const Program &program, bool follows = true,
                 const std::map<EntityIndex, std::set<EntityIndex>> &named = {});

// ---- attribute -------------------------------------------------------------

/// Which component each entity belongs to. Every entity that is not the application's own belongs
/// to one: what cannot be placed has an owner whose origin says so.
struct Owners {
  std::vector<model::Component> components; ///< Sorted by id. Also those only depended on.
  std::vector<std::uint32_t> ownerOf;       ///< By entity: into components; none: the application.
  std::map<std::string, std::uint32_t> ownerOfLibrary; ///< By name given to dlopen.
  /// By id: other components whose copy of a function it runs. Several libraries may hold an inline
  /// function or a template, and the loader gives all of them the first one's. What that copy calls
  /// in its turn, their own copies call as well (the one-definition rule), so this goes one step.
  std::map<std::string, std::set<std::string>> bindings;
  /// By id: other components whose functions the loader takes for its own of the same names. They
  /// are other functions, so this goes on.
  std::map<std::string, std::set<std::string>> interposed;
  /// By entity: other components whose copy of it may be the one that runs, whatever is seen here.
  std::map<EntityIndex, std::set<std::uint32_t>> others;
  /// The same where that copy is of what was seen.
  std::map<EntityIndex, std::set<std::uint32_t>> copies;
  /// By component: functions and variables that were seen and that it uses by name.
  std::map<std::uint32_t, std::set<EntityIndex>> callsBack;
  /// Those of them that other files can link to, where the program opens files of which
  /// nobody knows what they call.
  std::set<EntityIndex> exported;
  /// The application's own component. Among `others` and `interposed`, it is code inside the
  /// program of which nothing is known.
  std::uint32_t application = none;
  /// Components whose own code starts threads.
  std::set<std::uint32_t> threaded;
  /// By component: names of its that the program leaves open, and no code that was read has. Then
  /// there is code in the program that was not read.
  std::map<std::uint32_t, std::vector<std::string>> unread;
  /// By entity: functions that open files of which no rule says which those are; its rule's name.
  std::map<EntityIndex, std::string> opening;
  /// What is needed by libraries that the program opens, and is not found.
  std::vector<MissingLibrary> missing;
  std::vector<std::string> warnings;
};

model::Result<Owners> attribute(const Program &program, const Loaded &loaded,
                                const LoadedApplication &application,
                                const model::Catalog &catalog);

// ---- reach -----------------------------------------------------------------

/// One application's part of the Components List, all but `name` and `binary`.
struct Reached {
  model::Application application;
  std::vector<model::Unresolved> unresolved; ///< Of the whole application.
  std::vector<model::Ignored> ignored;       ///< By `// ripple: ignore(…)`.
  std::vector<std::string> notes;            ///< Of such comments that take nothing away, and more.
};

Reached reach(const Program &program, const Resolved &resolved, const Owners &owners,
              const model::Catalog &catalog);

// ---- write -----------------------------------------------------------------

struct Analyzed {
  const LoadedApplication *application = nullptr;
  Owners owners;
  Reached reached;
};

model::ComponentsList write(std::vector<Analyzed> applications);

} // namespace ripple::analyzer

#endif
