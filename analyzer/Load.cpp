//===- Load.cpp - Stage `load`: which units make which program --*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/CompileDatabase.h"
#include "analyzer/DebugUnits.h"
#include "analyzer/Pipeline.h"
#include "model/Nearest.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <map>
#include <memory>
#include <set>

namespace ripple::analyzer {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t nothing = BuildTargets::nothing;

std::string canonical(const std::string &path) {
  std::error_code error;
  fs::path out = fs::weakly_canonical(path, error);
  return error ? path : out.string();
}

/// The build's home directory from CMakeCache.txt; "" if there is none.
std::string homeOf(const std::string &buildFolder) {
  std::ifstream cache(buildFolder + "/CMakeCache.txt");
  const std::string key = "CMAKE_HOME_DIRECTORY:INTERNAL=";
  for (std::string line; std::getline(cache, line);)
    if (line.starts_with(key))
      return line.substr(key.size());
  return {};
}

std::string commonParent(const std::vector<CompileCommand> &commands) {
  fs::path common;
  for (const CompileCommand &command : commands) {
    fs::path folder = fs::path(command.file).parent_path();
    if (common.empty())
      common = folder;
    while (!folder.string().starts_with(common.string() + "/") && folder != common &&
           common.has_relative_path())
      common = common.parent_path();
  }
  return common.string();
}

/// "libcatalog.so.1" → "catalog".
std::string stemOf(const std::string &library) {
  std::string name = fs::path(library).filename().string();
  name = name.substr(0, name.find(".so"));
  return name.starts_with("lib") ? name.substr(3) : name;
}

class Loader {
public:
  explicit Loader(const Request &asked) : request(asked), search(asked.loader) {
    out.loader = asked.loader;
  }

  model::Result<Loaded> run() {
    if (auto read = readBuild(); !read)
      return tl::unexpected(read.error());
    makeUnits();
    checkNames();
    for (const std::string &name : programNames())
      addApplication(name);
    if (mistakes.empty() && out.applications.empty())
      wrong(out.buildFolder, "the build makes no program from C or C++ sources",
            "name one with --target, or give --binary APP=PATH");
    if (!mistakes.empty())
      return tl::unexpected(mistakes);
    askCompilers();
    return std::move(out);
  }

private:
  void wrong(const std::string &file, std::string what, std::string remedy) {
    mistakes.push_back({{file, 0, ""}, std::move(what), std::move(remedy)});
  }

  bool named() const {
    return !request.targets.empty() || !request.binaries.empty() || !request.applications.empty();
  }

  model::Result<void> readBuild() {
    out.buildFolder = canonical(fs::absolute(request.buildFolder).string());
    auto database = readCompileDatabase(out.buildFolder);
    if (!database)
      return tl::unexpected(database.error());
    commands = std::move(*database);
    auto codemodel = readCodemodel(out.buildFolder);
    if (!codemodel)
      return tl::unexpected(codemodel.error());
    hasCodemodel = codemodel->has_value();
    if (hasCodemodel)
      out.build = std::move(**codemodel);
    else if (request.binaries.empty())
      return tl::unexpected(model::Mistakes{notAsked()});
    if (!request.sourceRoot.empty())
      out.sourceRoot = canonical(fs::absolute(request.sourceRoot).string());
    else if (hasCodemodel)
      out.sourceRoot = out.build.sourceRoot;
    else if (out.sourceRoot = homeOf(out.buildFolder); out.sourceRoot.empty())
      out.sourceRoot = commonParent(commands);
    return {};
  }

  model::Mistake notAsked() {
    const bool asked = askForCodemodel(out.buildFolder);
    return {
        {out.buildFolder, 0, ""},
        "the build does not say which sources make which program",
        fmt::format("{}, or name each program with --binary APP=PATH",
                    asked ? fmt::format("CMake has been asked now: run `cmake {}` once, and "
                                        "this again",
                                        request.buildFolder)
                          : "make the file .cmake/api/v1/query/codemodel-v2 there and run cmake")};
  }

  /// The target whose object folder holds OUTPUT, or the only one with that source.
  std::string targetOf(const CompileCommand &command) const {
    std::string bySource;
    bool several = false;
    for (const BuildTarget &target : out.build.targets) {
      if (!command.output.empty() && command.output.starts_with(target.objectFolder))
        return target.name;
      if (std::binary_search(target.sources.begin(), target.sources.end(), command.file)) {
        several |= !bySource.empty();
        bySource = target.name;
      }
    }
    return several || !command.output.empty() ? std::string() : bySource;
  }

  void makeUnits() {
    for (CompileCommand &command : commands)
      out.units.push_back(
          {command.file, command.directory, command.argv, targetOf(command), nullptr});
    for (const CompileCommand &command : commands)
      written.add(command.argv, command.directory);
    auto key = [](const Unit &unit) {
      return std::tie(unit.file, unit.argv, unit.directory, unit.target);
    };
    std::sort(out.units.begin(), out.units.end(),
              [&](const Unit &a, const Unit &b) { return key(a) < key(b); });
    out.units.erase(std::unique(out.units.begin(), out.units.end(),
                                [&](const Unit &a, const Unit &b) { return key(a) == key(b); }),
                    out.units.end());
    commandCount = out.units.size();
  }

  /// The unit of FILE, which no command compiles: `collect` says so, and makes the list incomplete.
  std::size_t unitWithoutCommand(const std::string &file, const std::string &target) {
    for (std::size_t index = commandCount; index < out.units.size(); ++index)
      if (out.units[index].file == file && out.units[index].target == target)
        return index;
    out.units.push_back({file, out.buildFolder, {}, target, nullptr});
    return out.units.size() - 1;
  }

  /// Says which of the names that the user gave do not fit the build.
  void checkNames() {
    for (const std::string &name : request.targets)
      checkTarget(name);
    for (const auto &[name, glob] : request.applications)
      if (binaryPath(name).empty())
        wrong(request.buildFolder,
              fmt::format("--application {}: it is not known which binary it is", name),
              fmt::format("add --binary {}=PATH", name));
  }

  void checkTarget(const std::string &name) {
    if (!hasCodemodel && binaryPath(name).empty())
      return mistakes.push_back(notAsked());
    const std::size_t index = out.build.find(name);
    if (index == nothing && binaryPath(name).empty()) {
      std::vector<std::string> names;
      for (const BuildTarget &target : out.build.targets)
        if (target.type != TargetType::Other)
          names.push_back(target.name);
      std::string near = model::nearest(name, std::span<const std::string>(names));
      wrong(request.buildFolder, fmt::format("the build has no target '{}'", name),
            near.empty() ? "name an executable or a module of the build"
                         : fmt::format("did you mean '{}'?", near));
    } else if (index != nothing && !makesProgram(out.build.targets[index])) {
      wrong(request.buildFolder, fmt::format("the target '{}' makes no program", name),
            "name an executable, or a module that a server loads");
    }
  }

  static bool makesProgram(const BuildTarget &target) {
    return target.type == TargetType::Executable || target.type == TargetType::ModuleLibrary ||
           target.type == TargetType::SharedLibrary;
  }

  std::string binaryPath(const std::string &name) const {
    for (const auto &[application, path] : request.binaries)
      if (application == name)
        return canonical(fs::absolute(path).string());
    const std::size_t index = out.build.find(name);
    return index == nothing ? std::string() : out.build.targets[index].artefact;
  }

  std::set<std::string> programNames() const {
    std::set<std::string> names;
    for (const std::string &name : request.targets)
      names.insert(name);
    for (const auto &entry : request.binaries)
      names.insert(entry.first);
    for (const auto &entry : request.applications)
      names.insert(entry.first);
    if (!named())
      for (const BuildTarget &target : out.build.targets)
        if (target.type == TargetType::Executable)
          names.insert(target.name);
    return names;
  }

  void addApplication(const std::string &name) {
    LoadedApplication application;
    application.name = name;
    application.named = named();
    application.file = binaryPath(name);
    if (application.file.empty())
      return; // A target that checkNames has already complained about.
    application.binary.path = relative(application.file);
    std::error_code error;
    const fs::file_status status = fs::status(application.file, error);
    application.built = status.type() != fs::file_type::not_found;
    if (application.built && !fs::is_regular_file(status))
      return wrong(application.binary.path,
                   "cannot be read: " + (error ? error.message() : "it is no regular file"),
                   fmt::format("build it again, or say where it is with --binary {}=PATH", name));
    if (application.built && !readBinary(application))
      return;
    const std::vector<std::size_t> libraries = addTargets(application);
    if (application.built)
      addLinked(application, libraries);
    addUnits(application, libraries);
    if (application.named && !application.built)
      wrong(application.binary.path, fmt::format("the program '{}' is not built", name),
            hasCodemodel ? fmt::format("build it first: cmake --build {} --target {}",
                                       request.buildFolder, name)
                         : "build it first");
    if (!application.units.empty())
      out.applications.push_back(std::move(application));
    else if (application.named && application.built && !application.targets.empty())
      noUnits(application, "the compile database has none of the sources that CMake makes it from",
              "run cmake with CMAKE_EXPORT_COMPILE_COMMANDS=ON");
  }

  void askCompilers() {
    Compilers compilers;
    for (const LoadedApplication &application : out.applications)
      for (const std::size_t index : application.units) {
        Unit &unit = out.units[index];
        unit.predefined = compilers.macrosOf(unit.argv, unit.directory, unit.file);
      }
  }

  std::string relative(const std::string &path) const {
    const std::string below = out.sourceRoot + "/";
    return path.starts_with(below) ? path.substr(below.size()) : path;
  }

  bool readBinary(LoadedApplication &application) {
    auto elf = search.read(application.file);
    auto digest = model::sha256OfFile(application.file);
    auto closure = search.closureOf(application.file);
    if (!elf || !digest || !closure) {
      const model::Mistakes &found = !elf      ? elf.error()
                                     : !digest ? digest.error()
                                               : closure.error();
      mistakes.insert(mistakes.end(), found.begin(), found.end());
      return false;
    }
    application.binary.buildId = (*elf)->buildId;
    application.binary.sha256 = std::move(*digest);
    application.machine = (*elf)->machine;
    application.closure = std::move(*closure);
    return true;
  }

  /// Finds the build targets whose code is in the binary; gives those of the libraries it loads.
  std::vector<std::size_t> addTargets(LoadedApplication &application) {
    std::vector<std::size_t> libraries;
    const std::size_t own = out.build.find(application.name);
    if (own != nothing)
      application.targets = out.build.inside(own);
    for (const auto &library : application.closure.libraries) {
      std::size_t index = libraryTarget(library->path);
      if (index != nothing)
        libraries.push_back(index);
    }
    if (!application.built && own != nothing)
      for (std::size_t linked : out.build.targets[own].links)
        if (out.build.targets[linked].type == TargetType::SharedLibrary)
          libraries.push_back(linked);
    return libraries;
  }

  /// What is inside the program, and inside LIBRARIES of this build, beside what the units make.
  void addLinked(LoadedApplication &application, const std::vector<std::size_t> &libraries) {
    if (auto tables = readSymbolTables(application.file)) {
      application.symbols = std::move(*tables);
      addAliases(application.symbols, application);
    } else {
      mistakes.insert(mistakes.end(), tables.error().begin(), tables.error().end());
    }
    application.isLinkKnown = hasCodemodel && !application.targets.empty();
    std::set<std::size_t> targets(application.targets.begin(), application.targets.end());
    for (std::size_t library : libraries)
      for (std::size_t each : out.build.inside(library))
        targets.insert(each);
    std::set<std::string> code;
    for (std::size_t index : targets) {
      const BuildTarget &target = out.build.targets[index];
      code.insert(target.code.begin(), target.code.end());
      application.isLinkKnown &= target.absent.empty();
      for (const auto &[name, other] : target.aliases)
        application.aliases.push_back({name, other});
    }
    for (const std::string &path : code)
      if (auto file = readLinkedCode(path)) {
        application.linked.push_back(std::make_shared<const LinkedCode>(std::move(*file)));
      } else {
        application.isLinkKnown = false;
        application.notes.push_back(model::describe(file.error().front()) +
                                    "; it may use whatever the program uses");
      }
  }

  /// Names of one address in a program or library: the linker was told so, or the source.
  static void addAliases(const SymbolTables &tables, LoadedApplication &application) {
    std::map<std::uint64_t, std::vector<std::string>> byAddress;
    for (const PlacedSymbol &symbol : tables.symbols)
      if (symbol.isCode)
        byAddress[symbol.address].push_back(symbol.name);
    for (auto &[address, names] : byAddress) {
      names.erase(std::unique(names.begin(), names.end()), names.end());
      if (names.size() > 1)
        application.aliases.push_back(std::move(names));
    }
  }

  /// The target that makes the library at PATH, or `nothing`.
  std::size_t libraryTarget(const std::string &path) const {
    const std::string file = canonical(path);
    for (std::size_t index = 0; index < out.build.targets.size(); ++index) {
      const BuildTarget &target = out.build.targets[index];
      if (!target.artefact.empty() && target.type == TargetType::SharedLibrary &&
          canonical(target.artefact) == file)
        return index;
    }
    return nothing;
  }

  void addUnits(LoadedApplication &application, const std::vector<std::size_t> &libraries) {
    std::set<std::size_t> units;
    bool byGlob = false;
    for (const auto &[name, glob] : request.applications)
      if (name == application.name) {
        byGlob = true;
        addMatching(glob, units);
      }
    std::set<std::string> wanted;
    if (!byGlob)
      for (std::size_t target : application.targets)
        wanted.insert(out.build.targets[target].name);
    for (std::size_t library : libraries)
      for (std::size_t target : out.build.inside(library))
        wanted.insert(out.build.targets[target].name);
    addUnitsOf(wanted, units);
    if (!byGlob && application.targets.empty())
      addOwnDebugUnits(application, units);
    if (!hasCodemodel)
      addLibrariesByDebugUnits(application, units);
    application.units.assign(units.begin(), units.end());
  }

  /// The units of TARGETS; also of sources that CMake compiles, but gives no command for.
  void addUnitsOf(const std::set<std::string> &targets, std::set<std::size_t> &units) {
    std::set<std::pair<std::string, std::string>> known;
    for (std::size_t index = 0; index < commandCount; ++index) {
      const Unit &unit = out.units[index];
      if (!targets.contains(unit.target))
        continue;
      units.insert(index);
      known.emplace(unit.target, canonical(unit.file));
    }
    for (const std::string &name : targets)
      if (const std::size_t target = out.build.find(name); target != nothing)
        for (const std::string &source : out.build.targets[target].compiled)
          if (!known.contains({name, canonical(source)}))
            units.insert(unitWithoutCommand(source, name));
  }

  void addMatching(const std::string &glob, std::set<std::size_t> &units) {
    const std::size_t before = units.size();
    for (std::size_t index = 0; index < out.units.size(); ++index)
      if (model::matchesGlob(glob, relative(out.units[index].file), true) ||
          model::matchesGlob(glob, out.units[index].file, true))
        units.insert(index);
    if (units.size() == before)
      wrong(request.buildFolder,
            fmt::format("--application …={}: no source in the compile database matches", glob),
            "give a glob on paths relative to the source root, such as 'src/**'");
  }

  /// Adds the units of SOURCES, which a binary's debug information names; those of no target are
  /// TARGET's from now on. Where some are known, so must be the others that are of the user's own.
  /// Gives how many are known.
  std::size_t addDebugUnits(const std::vector<DebugUnit> &sources, const std::string &target,
                            std::set<std::size_t> &units) {
    std::vector<std::vector<std::string>> candidates;
    std::set<std::string> wanted, known;
    for (const DebugUnit &source : sources)
      for (candidates.push_back(written.of(source)); std::string & path : candidates.back()) {
        if (fs::path(path).is_absolute())
          path = canonical(path); // A folder may be reached by several names.
        wanted.insert(path);
      }
    for (std::size_t index = 0; index < commandCount; ++index) {
      Unit &unit = out.units[index];
      const std::string file = canonical(unit.file);
      if (!wanted.contains(file))
        continue;
      units.insert(index);
      known.insert(file);
      if (unit.target.empty())
        unit.target = target;
    }
    auto isKnown = [&](const std::string &path) { return known.contains(path); };
    auto isMissing = [&](const std::string &path) { return isSource(path) && isOwnSource(path); };
    for (const auto &paths : candidates)
      if (!known.empty() && std::none_of(paths.begin(), paths.end(), isKnown))
        if (auto path = std::find_if(paths.begin(), paths.end(), isMissing); path != paths.end())
          units.insert(unitWithoutCommand(*path, target));
    return known.size();
  }

  /// Not of a library that was built elsewhere and is inside the program.
  bool isOwnSource(const std::string &file) const {
    std::error_code ignored;
    return file.starts_with(out.sourceRoot + "/") ||
           (request.sourceRoot.empty() && !hasCodemodel && fs::exists(file, ignored));
  }

  void addOwnDebugUnits(const LoadedApplication &application, std::set<std::size_t> &units) {
    if (!application.built)
      return; // That is said by the caller.
    const auto sources = debugUnits(application.file);
    if (!sources)
      mistakes.insert(mistakes.end(), sources.error().begin(), sources.error().end());
    else if (sources->empty())
      noUnits(application, "it has no debug information, which would name its sources",
              "build it with -g");
    else if (addDebugUnits(*sources, application.name, units) == 0)
      noUnits(application,
              fmt::format("its debug information names '{}', for one, and no source of the compile "
                          "database",
                          written.of(sources->front()).front()),
              "give -p the folder of the build that has made it");
  }

  /// Without CMake's answer: a library in the closure whose debug information names sources of
  /// the compile database is a target of this build, named after its file.
  void addLibrariesByDebugUnits(LoadedApplication &application, std::set<std::size_t> &units) {
    for (const auto &library : application.closure.libraries) {
      const std::string file = canonical(library->path);
      if (file.starts_with("/usr/") || file.starts_with("/lib"))
        continue;
      auto sources = debugUnits(file);
      if (!sources) {
        application.notes.push_back(model::describe(sources.error().front()) +
                                    "; it is taken for a library that was built elsewhere");
        continue;
      }
      BuildTarget target;
      target.name = stemOf(file);
      target.type = TargetType::SharedLibrary;
      target.artefact = library->path;
      if (addDebugUnits(*sources, target.name, units) == 0)
        continue;
      for (const Unit &unit : out.units)
        if (unit.target == target.name)
          target.sources.push_back(unit.file);
      std::sort(target.sources.begin(), target.sources.end());
      if (out.build.find(target.name) == nothing)
        out.build.targets.insert(std::upper_bound(out.build.targets.begin(),
                                                  out.build.targets.end(), target,
                                                  [](const BuildTarget &a, const BuildTarget &b) {
                                                    return a.name < b.name;
                                                  }),
                                 std::move(target));
    }
  }

  /// WHY nothing says what APPLICATION is made of, and what to do FIRST.
  void noUnits(const LoadedApplication &application, std::string why, const std::string &first) {
    wrong(application.binary.path, std::move(why),
          fmt::format("{}, or say which sources it is made of with --application {}=GLOB", first,
                      application.name));
  }

  const Request &request;
  Loaded out;
  bool hasCodemodel = false;
  std::vector<CompileCommand> commands;
  std::size_t commandCount = 0; ///< Units with a command; those without stand behind them.
  WrittenPaths written;
  LibrarySearch search;
  model::Mistakes mistakes;
};

} // namespace

model::Result<Loaded> load(const Request &request) { return Loader(request).run(); }

} // namespace ripple::analyzer
