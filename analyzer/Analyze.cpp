//===- Analyze.cpp - All stages, one after the other ------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/Analyze.h"
#include "analyzer/Elf.h"
#include "analyzer/FactsCache.h"
#include "analyzer/Loaders.h"
#include "analyzer/Packages.h"
#include "analyzer/ShippedCatalog.h"
#include "analyzer/link/Paths.h"

#include <algorithm>
#include <atomic>
#include <concepts>
#include <filesystem>
#include <fmt/format.h>
#include <llvm/Support/CrashRecoveryContext.h>
#include <llvm/Support/thread.h>
#include <map>
#include <mutex>
#include <ranges>
#include <set>

namespace ripple::analyzer {
namespace {

/// Deeply nested templates and initialiser lists need more than a thread's usual 8 MiB.
constexpr unsigned stackBytes = 64U << 20;

/// What facts depend on, as one text in which nothing runs into something else.
class Context {
public:
  void add(const std::string &value) { text += fmt::format("{}:{}", value.size(), value); }
  template <std::integral Number> void add(Number value) { text += fmt::format("{:d};", value); }
  void add(const std::optional<int> &value) { value ? add(*value) : add(std::string()); }
  template <std::ranges::range Values> void add(const Values &values) {
    add(values.size());
    for (const auto &each : values)
      add(each);
  }
  template <typename First, typename Second> void add(const std::pair<First, Second> &value) {
    add(value.first);
    add(value.second);
  }
  /// Every field: one that was left out would leave old facts in use.
  void add(const model::HandlerRule &rule) {
    const auto &[kind, framework, pattern, method, alsoMethods, path, handler, handlersFrom, inLoop,
                 key, methodByParameter, methodAt, pathIn, pathOfObject, pathUnless, needs,
                 isItself, methodIn, handlerMethod, parameters, classInPath, base, beside, except,
                 protocol, nameOverridden, perRequest, macro, pathSyntax, ambient, startup, place] =
        rule;
    addAll(static_cast<int>(kind), framework, pattern, method, alsoMethods, path, handler,
           handlersFrom, inLoop, key, methodByParameter, methodAt, pathIn, pathOfObject, pathUnless,
           needs, isItself, methodIn, handlerMethod, parameters, classInPath, base, beside, except,
           protocol, nameOverridden, perRequest, macro, pathSyntax, ambient, startup);
    (void)place; // Where it is written.
  }
  template <typename... Values> void addAll(const Values &...values) { (add(values), ...); }

  std::string digest() const { return model::sha256(text); }

private:
  std::string text;
};

/// Everything that facts depend on beside the unit: the tool, the rules, the source root.
std::string contextOf(const AnalyzeOptions &options, const model::Catalog &catalog,
                      const std::string &sourceRoot) {
  Context context;
  context.addAll(options.toolVersion, sourceRoot, catalog.handlers, catalog.serving,
                 catalog.startup, catalog.makes);
  return context.digest();
}

/// `collect`, but where the front end itself crashes the unit is incomplete and says so.
UnitFacts collectSafely(const Unit &unit, const model::Catalog &catalog) {
  UnitFacts facts;
  llvm::CrashRecoveryContext recovery;
  if (recovery.RunSafely([&] { facts = collect(unit, catalog); }))
    return facts;
  UnitFacts failed;
  failed.unit = unit.file;
  failed.complete = false;
  failed.diagnostics.push_back({unit.file, 0, "the front end crashed on this unit"});
  return failed;
}

/// Collects the units of all applications with several threads; the result does not depend on
/// how many.
class Collection {
public:
  Collection(const AnalyzeOptions &asked, const model::Catalog &rules, const Loaded &build)
      : options(asked), catalog(rules), loaded(build), packed(build.units.size()),
        facts(build.units.size()),
        cache(asked.cacheFolder, contextOf(asked, rules, build.sourceRoot)) {
    std::set<std::size_t> wanted;
    for (const LoadedApplication &application : build.applications)
      wanted.insert(application.units.begin(), application.units.end());
    units.assign(wanted.begin(), wanted.end());
  }

  std::vector<UnitFacts> run() {
    llvm::CrashRecoveryContext::Enable();
    // Beside the front end, facts are kept small.
    forEachUnit([this](std::size_t unit) { collectOne(unit); });
    forEachUnit([this](std::size_t unit) { unpackOne(unit); });
    return std::move(facts);
  }

  /// What the user should know of how it went.
  std::vector<std::string> notes() const {
    const std::string problem = cache.problem();
    if (problem.empty())
      return {};
    return {
        fmt::format("facts are not kept, so they are collected again each time: {}; name another "
                    "folder with --cache, or none with --no-cache",
                    problem)};
  }
  std::size_t unitCount() const { return units.size(); }
  std::size_t collectedCount() const { return collected; }

private:
  /// Several at one time, with the front end's stack.
  template <typename Action> void forEachUnit(Action action) {
    std::atomic<std::size_t> next = 0;
    std::vector<llvm::thread> threads;
    const std::size_t count = std::min<std::size_t>(std::max(1U, options.jobs), units.size());
    for (std::size_t index = 0; index < count; ++index)
      threads.emplace_back(std::optional<unsigned>(stackBytes), [&] {
        for (std::size_t at = next++; at < units.size(); at = next++)
          action(units[at]);
      });
    for (llvm::thread &thread : threads)
      thread.join();
  }

  void collectOne(std::size_t index) {
    const Unit &unit = loaded.units[index];
    if (auto kept = cache.find(unit)) {
      packed[index] = std::move(*kept);
    } else {
      packed[index] = packFacts(collectSafely(unit, catalog));
      cache.keep(unit, packed[index]);
      ++collected;
    }
    std::lock_guard lock(mutex);
    ++done;
    if (options.progress)
      options.progress(done, units.size(), unit.file);
  }

  void unpackOne(std::size_t index) {
    auto unpacked = unpackFacts(std::move(packed[index]));
    if (unpacked) {
      facts[index] = std::move(*unpacked);
      return;
    }
    // An entry of the cache that is as it was written, and yet no facts.
    facts[index] = collectSafely(loaded.units[index], catalog);
    ++collected;
  }

  const AnalyzeOptions &options;
  const model::Catalog &catalog;
  const Loaded &loaded;
  std::vector<std::size_t> units;
  std::vector<PackedFacts> packed; ///< By unit; each written by one thread.
  std::vector<UnitFacts> facts;    ///< The same.
  FactsCache cache;
  std::atomic<std::size_t> collected = 0;
  std::mutex mutex;
  std::size_t done = 0; ///< Guarded by `mutex`.
};

std::string_view wordOf(model::HandlerRule::Kind kind) {
  using Kind = model::HandlerRule::Kind;
  switch (kind) {
  case Kind::Call:
    return "call";
  case Kind::Override:
    return "override";
  case Kind::Store:
    return "store";
  case Kind::Table:
    return "table";
  case Kind::AcceptLoop:
    return "acceptLoop";
  case Kind::Function:
    return "function";
  }
  return "";
}

void addHandlers(const Program &program, const model::Catalog &catalog,
                 const std::string &application, std::vector<HandlerListing> &out) {
  const std::string below = program.sourceRoot + "/";
  for (const Route &route : program.routes) {
    HandlerListing listing;
    listing.application = application;
    listing.request = route.request;
    listing.isStartup = route.startup;
    if (route.ambient || route.startup)
      listing.request.id.clear();
    if (route.rule != none) {
      const model::HandlerRule &rule = catalog.handlers[route.rule];
      listing.rule = fmt::format("{}: {} {}", rule.framework, wordOf(rule.kind), rule.pattern);
    }
    if (route.at.file != none) {
      listing.file = program.facts.files[route.at.file];
      if (listing.file.starts_with(below))
        listing.file.erase(0, below.size());
      listing.line = route.at.line;
    }
    listing.doubts = route.incomplete;
    out.push_back(std::move(listing));
  }
}

/// Functions that libraries call by their names, and of each such library a function that the
/// program names; where it names none, one more that stands for the library's code. And those that
/// the program exports, if it opens files of which nothing is known.
std::map<EntityIndex, std::set<EntityIndex>> calledByName(Facts &facts, Owners &owners) {
  std::map<std::uint32_t, EntityIndex> functionOf; // by component
  for (EntityIndex i = 0; i < facts.entities.size(); ++i)
    if (facts.entities[i].kind == EntityKind::Function && !facts.entities[i].hasBody)
      functionOf.try_emplace(owners.ownerOf[i], i);
  auto addEntity = [&](EntityKind kind, const std::string &name, std::uint32_t owner) {
    Entity entity;
    entity.kind = kind;
    entity.key = entity.name = entity.signature = name;
    facts.entities.push_back(std::move(entity));
    owners.ownerOf.push_back(owner);
    return static_cast<EntityIndex>(facts.entities.size() - 1);
  };
  std::map<EntityIndex, std::set<EntityIndex>> named;
  for (const auto &[component, functions] : owners.callsBack) {
    auto caller = functionOf.find(component);
    if (caller == functionOf.end() && component != owners.application)
      caller = functionOf
                   .emplace(component, addEntity(EntityKind::Function,
                                                 owners.components[component].id, component))
                   .first;
    for (EntityIndex function : functions) {
      std::set<EntityIndex> &callers = named[function];
      if (caller != functionOf.end())
        callers.insert(caller->second);
    }
  }
  if (owners.exported.empty())
    return named;
  const EntityIndex unknown = addEntity(
      EntityKind::Unknown, "code of a file that is opened, and of which nothing is known", none);
  for (EntityIndex function : owners.exported)
    named[function].insert(unknown);
  return named;
}

/// The stages from `link` on, for one application after the other.
class Assembly {
public:
  Assembly(const AnalyzeOptions &asked, const model::Catalog &rules, const Loaded &build,
           const std::vector<UnitFacts> &collected)
      : options(asked), catalog(rules), loaded(build), facts(collected) {}

  model::Result<Analysis> run() {
    for (const LoadedApplication &application : loaded.applications)
      add(application);
    if (mistakes.empty() && count == 0)
      noHandlers();
    if (!mistakes.empty())
      return tl::unexpected(mistakes);
    out.list = write(std::move(analyzed));
    return std::move(out);
  }

private:
  void noHandlers() {
    for (const Diagnostic &error : out.errors)
      mistakes.push_back({{error.file, static_cast<int>(error.line), ""}, error.message, ""});
    mistakes.push_back({{loaded.buildFolder, 0, ""},
                        "no program of the build registers a request handler that is known",
                        out.errors.empty()
                            ? "add handler rules for its framework to a catalog (--catalog FILE)"
                            : "make its sources compile first"});
  }

  void add(const LoadedApplication &application) {
    std::vector<const UnitFacts *> units;
    for (std::size_t unit : application.units)
      units.push_back(&facts[unit]);
    Program program = link(units, catalog, loaded.sourceRoot, application.aliases);
    if (!application.named && program.routes.empty()) {
      // A tool or a test: not a program that serves requests, as far as that is known.
      if (program.complete)
        return;
      addDiagnostics(units);
      if (!application.built)
        return;
    }
    ++count;
    if (!application.built) {
      mistakes.push_back({{application.binary.path, 0, ""},
                          fmt::format("the program '{}' is not built", application.name),
                          "build it first"});
      return;
    }
    if (program.routes.empty())
      out.notes.push_back(fmt::format(
          "{}: no request handler was recognised; {}", application.name,
          program.complete ? "add handler rules for its framework to a catalog (--catalog FILE)"
                           : "there may be some in what does not compile"));
    if (!checkMachine(application, units))
      return;
    noteAge(application, units);
    out.notes.insert(out.notes.end(), application.notes.begin(), application.notes.end());
    addHandlers(program, catalog, application.name, out.handlers);
    addDiagnostics(units);
    if (!options.handlersOnly)
      addReached(application, program);
  }

  /// A binary for another machine was not made by these commands: what the preprocessor left out
  /// for this one is in that one.
  bool checkMachine(const LoadedApplication &application,
                    const std::vector<const UnitFacts *> &units) {
    for (const UnitFacts *unit : units) {
      if (unit->machine == 0 || unit->machine == application.machine)
        continue;
      mistakes.push_back(
          {{application.binary.path, 0, ""},
           fmt::format("is for {}, but the build compiles {} for {}",
                       machineName(application.machine), unit->unit, machineName(unit->machine)),
           fmt::format("name the program that this build makes with --binary {}=PATH, or give its "
                       "own build folder with -p",
                       application.name)});
      return false;
    }
    return true;
  }

  /// Says where code has changed since the files were made that it is in.
  void noteAge(const LoadedApplication &application, const std::vector<const UnitFacts *> &units) {
    namespace fs = std::filesystem;
    std::set<std::pair<std::string, std::string>> looked; // a file and what is made of it
    for (std::size_t i = 0; i < units.size(); ++i) {
      const std::string made = madeOf(loaded.units[application.units[i]], application);
      for (const std::string &file : units[i]->dependencies) {
        std::error_code error;
        if (!looked.emplace(file, made).second ||
            fs::last_write_time(file, error) <= fs::last_write_time(made, error) || error)
          continue;
        out.notes.push_back(fmt::format(
            "{}: {} has changed since {} was built: build it again, or what the list says is not "
            "what runs",
            application.name, documentPath(file, loaded.sourceRoot),
            documentPath(made, loaded.sourceRoot)));
        return;
      }
    }
  }

  /// The file that UNIT's code is in; "" where it is inside of several.
  std::string madeOf(const Unit &unit, const LoadedApplication &application) const {
    const std::size_t index = loaded.build.find(unit.target);
    const auto &own = application.targets;
    if (index == BuildTargets::nothing || std::find(own.begin(), own.end(), index) != own.end())
      return application.file;
    const BuildTarget &target = loaded.build.targets[index];
    if (target.type == TargetType::SharedLibrary || target.type == TargetType::ModuleLibrary)
      return target.artefact;
    return own.empty() ? application.file : std::string();
  }

  void addReached(const LoadedApplication &application, Program &program) {
    if (std::optional<ElfKind> kind = elfKindOf(application.file))
      nameOpened(catalog, *kind, program.facts);
    auto owners = attribute(program, loaded, application, catalog);
    if (!owners) {
      mistakes.insert(mistakes.end(), owners.error().begin(), owners.error().end());
      return;
    }
    out.notes.insert(out.notes.end(), owners->warnings.begin(), owners->warnings.end());
    Analyzed one;
    one.application = &application;
    const auto named = calledByName(program.facts, *owners);
    const Resolved resolved = resolve(program, !options.byHierarchy, named);
    one.reached = reach(program, resolved, *owners, catalog);
    for (const std::string &note : one.reached.notes)
      out.notes.push_back(application.name + ": " + note);
    one.owners = std::move(*owners);
    analyzed.push_back(std::move(one));
  }

  void addDiagnostics(const std::vector<const UnitFacts *> &units) {
    for (const UnitFacts *unit : units) {
      if (unit->complete || !reported.insert(unit).second)
        continue;
      out.incompleteUnits.push_back(unit->unit);
      out.errors.insert(out.errors.end(), unit->diagnostics.begin(), unit->diagnostics.end());
    }
  }

  const AnalyzeOptions &options;
  const model::Catalog &catalog;
  const Loaded &loaded;
  const std::vector<UnitFacts> &facts;
  std::set<const UnitFacts *> reported;
  std::size_t count = 0; ///< Applications that serve requests.
  std::vector<Analyzed> analyzed;
  Analysis out;
  model::Mistakes mistakes;
};

/// See Analysis::inputs. FACTS are by unit; those of units that no application has are empty.
std::vector<std::string> inputsOf(const AnalyzeOptions &options, const Loaded &loaded,
                                  const std::vector<UnitFacts> &facts,
                                  const model::ComponentsList &list) {
  std::set<std::string> files = {loaded.buildFolder + "/compile_commands.json"};
  if (std::filesystem::exists(Packages::statusFile))
    files.insert(std::string(Packages::statusFile));
  for (const std::string &catalog : options.catalogs)
    files.insert(std::filesystem::absolute(catalog).lexically_normal().string());
  for (const LoadedApplication &application : loaded.applications) {
    for (std::size_t unit : application.units) {
      files.insert(loaded.units[unit].file);
      files.insert(facts[unit].dependencies.begin(), facts[unit].dependencies.end());
    }
    if (!list.application(application.name))
      continue; // Its units only had to say that it serves no requests.
    files.insert(application.file);
    for (const auto &library : application.closure.libraries)
      files.insert(library->path);
    for (const auto &code : application.linked)
      files.insert(code->path);
  }
  for (const model::Component &component : list.components)
    if (!component.path.empty())
      files.insert(absoluteIn(loaded.sourceRoot, component.path));
  return {files.begin(), files.end()};
}

} // namespace

model::Result<Analysis> analyze(const AnalyzeOptions &options) {
  auto catalog = readCatalogs(options.catalogs);
  auto loaded = load(options.request);
  if (!catalog || !loaded) {
    model::Mistakes mistakes = catalog ? model::Mistakes() : catalog.error();
    if (!loaded)
      mistakes.insert(mistakes.end(), loaded.error().begin(), loaded.error().end());
    return tl::unexpected(mistakes);
  }
  Collection collection(options, *catalog, *loaded);
  const std::vector<UnitFacts> facts = collection.run();
  auto analysis = Assembly(options, *catalog, *loaded, facts).run();
  if (analysis) {
    analysis->units = collection.unitCount();
    analysis->unitsCollected = collection.collectedCount();
    for (const std::string &note : collection.notes())
      analysis->notes.push_back(note);
    analysis->sourceRoot = loaded->sourceRoot;
    analysis->inputs = inputsOf(options, *loaded, facts, analysis->list);
  }
  return analysis;
}

} // namespace ripple::analyzer
