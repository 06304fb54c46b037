//===- Places.cpp - Where a file or a symbol belongs ------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/Places.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <functional>
#include <set>
#include <utility>

namespace ripple::analyzer {
namespace {

namespace fs = std::filesystem;

std::string canonical(const std::string &path) {
  std::error_code error;
  fs::path out = fs::weakly_canonical(path, error);
  return error ? path : out.string();
}

bool isBelow(const std::string &path, const std::string &folder) {
  return !folder.empty() && path.size() > folder.size() && path.starts_with(folder) &&
         path[folder.size()] == '/';
}

/// Clang's own headers: intrinsics, which no component owns.
bool isCompilerHeader(const std::string &file) {
  std::size_t at = file.find("/lib/clang/");
  return at != std::string::npos && file.find("/include/", at) != std::string::npos;
}

constexpr std::array<std::string_view, 9> vendorFolders = {
    "third_party", "third-party", "thirdparty", "3rdparty", "vendor",
    "vendored",    "external",    "extern",     "_deps"};

constexpr std::string_view typeInfo = "_ZTI";

/// Whether SORTED has a name that begins with one of STARTS.
bool hasNames(const auto &sorted, const std::set<std::string> &starts, auto nameOf) {
  return std::any_of(starts.begin(), starts.end(), [&](const std::string &start) {
    auto at = std::ranges::lower_bound(sorted, start, {}, nameOf);
    return at != sorted.end() && std::string_view(nameOf(*at)).starts_with(start);
  });
}

/// How names begin that only code has which knows one of the classes whose type information TYPES
/// are: that, their tables of virtual functions, their methods.
std::set<std::string> classNames(const std::set<std::string> &types) {
  std::set<std::string> out;
  for (const std::string &type : types)
    if (type.size() > typeInfo.size()) {
      const std::string name = type.substr(typeInfo.size());
      const bool isNested = name.starts_with('N') && name.ends_with('E');
      const std::string scope = isNested ? name.substr(1, name.size() - 2) : name;
      out.insert({type, "_ZTV" + name, "_ZN" + scope, "_ZNK" + scope});
    }
  return out;
}

/// LIBRARY has tables of virtual functions without the type information of their classes.
bool isWithoutTypes(const ElfFile &library) {
  constexpr std::string_view table = "_ZTV";
  return std::any_of(library.defined.begin(), library.defined.end(), [&](const auto &symbol) {
    if (!symbol.name.starts_with(table))
      return false;
    const std::string type = std::string(typeInfo) + symbol.name.substr(table.size());
    return !library.defines(type) && !library.leavesOpen(type);
  });
}

} // namespace

bool isRuntimeLibrary(std::string_view soname) {
  static constexpr std::string_view Names[] = {
      "libc.so",      "libm.so",       "libgcc_s.so", "libstdc++.so",  "libc++.so",
      "libc++abi.so", "libgomp.so",    "libomp.so",   "libatomic.so",  "libasan.so",
      "libtsan.so",   "libubsan.so",   "liblsan.so",  "libpthread.so", "ld-linux",
      "libssp.so",    "libquadmath.so"};
  return std::any_of(std::begin(Names), std::end(Names),
                     [&](std::string_view name) { return soname.starts_with(name); });
}

std::string vendoredFolder(std::string_view path) {
  std::size_t start = 0;
  while (start < path.size()) {
    std::size_t end = path.find('/', start);
    if (end == std::string_view::npos)
      return {};
    std::string_view name = path.substr(start, end - start);
    std::size_t next = path.find('/', end + 1);
    if (std::find(vendorFolders.begin(), vendorFolders.end(), name) != vendorFolders.end() &&
        next != std::string_view::npos)
      return std::string(path.substr(0, next));
    start = end + 1;
  }
  return {};
}

Places::Places(const Loaded &everything, const LoadedApplication &which)
    : loaded(everything), application(which), search(loaded.loader) {
  for (std::size_t index = 0; index < loaded.build.targets.size(); ++index) {
    const BuildTarget &target = loaded.build.targets[index];
    if (!target.artefact.empty() &&
        (target.type == TargetType::SharedLibrary || target.type == TargetType::ModuleLibrary))
      targetOfLibrary.emplace(canonical(target.artefact), index);
  }
  std::set<std::size_t> near(application.targets.begin(), application.targets.end());
  for (std::uint32_t index = 0; index < application.closure.libraries.size(); ++index) {
    const ElfFile &library = *application.closure.libraries[index];
    closurePlaces.push_back(ofLibrary(library.path));
    for (const DynamicSymbol &symbol : library.defined)
      definitions[symbol.name].push_back({index, &symbol});
  }
  if (auto program = search.read(application.file)) {
    binary = *program;
    importers.push_back(binary);
  }
  for (const auto &library : application.closure.libraries)
    if (auto at = targetOfLibrary.find(canonical(library->path)); at != targetOfLibrary.end()) {
      near.insert(at->second);
      importers.push_back(library);
    }
  for (const auto &file : importers)
    addImports(*file);
  for (const std::vector<std::string> &names : application.aliases)
    for (const std::string &name : names)
      aliases.emplace(name, &names);
  for (const auto &file : application.linked)
    addLinked(file, ofLinked(file->path));
  nearTargets.assign(near.begin(), near.end());
  for (std::size_t unit : application.units) {
    const std::string &target = loaded.units[unit].target;
    auto [at, isNew] = targetOfSource.emplace(loaded.units[unit].file, target);
    // Compiled into several: the application's own definition is the one that is bound.
    if (!isNew && target == application.name)
      at->second = target;
  }
}

void Places::addImports(const ElfFile &file) {
  for (const DynamicSymbol &symbol : file.undefined)
    for (const Place &place : bound(symbol)) {
      std::vector<Place> &from = imported[symbol.name];
      if (std::find(from.begin(), from.end(), place) == from.end())
        from.push_back(place);
    }
}

const Places::Definition *Places::definerOf(const DynamicSymbol &symbol) const {
  if (auto at = definitions.find(symbol.name); at != definitions.end())
    for (const Definition &each : at->second)
      if (symbol.takes(*each.symbol))
        return &each;
  return nullptr;
}

const DynamicSymbol *Places::firstDefinition(const DynamicSymbol &symbol) const {
  if (const DynamicSymbol *own = ofProgram(symbol.name))
    return own;
  const Definition *definer = definerOf(symbol);
  return definer ? definer->symbol : nullptr;
}

std::optional<Place> Places::ofSymbol(std::string_view symbol) const {
  auto at = symbol.empty() ? definitions.end() : definitions.find(symbol);
  if (at == definitions.end())
    return std::nullopt;
  return closurePlaces[at->second.front().library];
}

std::vector<Place> Places::definers(const std::string &symbol) const {
  std::vector<Place> out;
  if (auto at = definitions.find(symbol); at != definitions.end())
    for (const Definition &each : at->second)
      out.push_back(closurePlaces[each.library]);
  for (const auto &library : opened)
    if (library->defines(symbol))
      out.push_back(ofLibrary(library->path));
  return out;
}

const DynamicSymbol *Places::ofProgram(std::string_view symbol) const {
  return binary ? binary->definition(symbol) : nullptr;
}

std::vector<Place> Places::bound(const DynamicSymbol &symbol) const {
  if (ofProgram(symbol.name))
    return {};
  if (const Definition *definer = definerOf(symbol))
    return {closurePlaces[definer->library]};
  std::vector<Place> out;
  for (const auto &library : opened)
    if (library->defines(symbol.name))
      out.push_back(ofLibrary(library->path));
  return out;
}

const std::vector<Place> &Places::importedFrom(std::string_view symbol) const {
  static const std::vector<Place> nowhere;
  auto at = imported.find(symbol);
  return at == imported.end() ? nowhere : at->second;
}

/// As `ofFile`, but a target that lists files beside it does not own it.
Place Places::ofLinked(const std::string &path) const {
  if (const Package *package = packages.ownerOf(path))
    return {Place::Kind::Package, package->name, ""};
  if (isOwn(path)) {
    const std::string &root =
        isBelow(path, loaded.sourceRoot) ? loaded.sourceRoot : loaded.buildFolder;
    if (std::string folder = vendoredFolder(std::string_view(path).substr(root.size() + 1));
        !folder.empty())
      return {Place::Kind::Vendored, std::move(folder), ""};
  }
  return {Place::Kind::System, fs::path(path).filename().string(), ""};
}

void Places::addLinked(std::shared_ptr<const LinkedCode> file, const Place &place) {
  for (const std::string &symbol : file->defined)
    linkedBy[symbol].push_back(linked.size());
  linked.push_back({std::move(file), place});
}

void Places::addArchives(const Place &place) {
  // Which of their members are in the program only its symbol table can tell.
  const Package *package = packageOf(place);
  if (!package || !place.library.empty() || !packagesAdded.insert(place.name).second ||
      (application.symbols.isStripped && !application.isLinkKnown))
    return;
  for (const std::string &path : packages.archivesOf(*package)) {
    const bool isKnown = std::any_of(linked.begin(), linked.end(), [&](const Linked &each) {
      return canonical(each.file->path) == canonical(path);
    });
    if (auto file = isKnown ? model::Result<LinkedCode>() : readLinkedCode(path); file && !isKnown)
      addLinked(std::make_shared<const LinkedCode>(std::move(*file)), place);
  }
}

std::vector<std::string> Places::namesOf(const std::string &symbol) const {
  std::vector<std::string> out{symbol, "__wrap_" + symbol};
  if (symbol.starts_with("__real_"))
    out.push_back(symbol.substr(7));
  if (const std::vector<std::string> *others = aliasesOf(symbol))
    out.insert(out.end(), others->begin(), others->end());
  return out;
}

const std::vector<std::string> *Places::aliasesOf(std::string_view symbol) const {
  auto at = aliases.find(symbol);
  return at == aliases.end() ? nullptr : at->second;
}

std::vector<Place> Places::linkedFrom(std::string_view symbol, bool isStrong) const {
  std::vector<Place> out;
  if (symbol.empty() || linked.empty())
    return out;
  for (const std::string &name : namesOf(std::string(symbol)))
    if (auto at = linkedBy.find(name); at != linkedBy.end())
      for (std::size_t index : at->second)
        if (const auto &[file, place] = linked[index];
            (!isStrong || std::binary_search(file->strong.begin(), file->strong.end(), name)) &&
            std::find(out.begin(), out.end(), place) == out.end())
          out.push_back(place);
  return out;
}

std::vector<const LinkedCode *> Places::codeAt(const Place &place) const {
  std::vector<const LinkedCode *> out;
  for (const Linked &each : linked)
    if (each.place == place)
      out.push_back(each.file.get());
  return out;
}

/// The program has the place of a library's variable (a copy relocation), whatever other names that
/// has: VARIABLE is one.
bool Places::isCopied(const PlacedSymbol &variable) const {
  return binary && std::any_of(binary->preemptible.begin(), binary->preemptible.end(),
                               [&](const DynamicSymbol &each) {
                                 const PlacedSymbol *at = application.symbols.find(each.name);
                                 return at && !at->isCode && at->address == variable.address;
                               });
}

bool Places::isUnaccounted(std::string_view symbol, bool isCode) const {
  if (application.isLinkKnown || symbol.empty() || !linkedFrom(symbol).empty())
    return false;
  const PlacedSymbol *at = application.symbols.find(symbol);
  if (at && at->isCode == isCode)
    return isCode || !isCopied(*at);
  if (at || !isCode || !application.symbols.isStripped)
    return false;
  // What the compiler knows it may have made something else of.
  auto definer = definitions.find(symbol);
  return definer == definitions.end() ||
         !isRuntimeLibrary(application.closure.libraries[definer->second.front().library]->soname);
}

bool Places::isNamedInside(const std::string &symbol) const {
  return std::any_of(linked.begin(), linked.end(),
                     [&](const Linked &each) { return each.file->names(symbol); });
}

bool Places::isUnaccountedCopy(std::string_view symbol) const {
  const PlacedSymbol *at = application.symbols.find(symbol);
  // Inline functions and templates are the same everywhere.
  return at && (at->isStrong || !symbol.starts_with("_Z")) && isUnaccounted(symbol, true);
}

std::vector<std::shared_ptr<const ElfFile>> Places::loadedLibraries() const {
  std::vector<std::shared_ptr<const ElfFile>> out = application.closure.libraries;
  out.insert(out.end(), opened.begin(), opened.end());
  return out;
}

std::vector<Place> Places::naming(const std::string &symbol) const {
  std::vector<Place> out;
  for (const auto &library : loadedLibraries())
    if (library->leavesOpen(symbol))
      out.push_back(ofLibrary(library->path));
  for (const auto &[file, place] : linked)
    if (file->names(symbol))
      out.push_back(place);
  return out;
}

const std::vector<Place> &Places::knowing(const std::set<std::string> &types) {
  auto [at, isNew] = known.try_emplace(types);
  if (!isNew || types.empty())
    return at->second;
  auto symbolName = [](const DynamicSymbol &symbol) -> const std::string & { return symbol.name; };
  std::vector<std::shared_ptr<const ElfFile>> left = loadedLibraries();
  std::set<std::string> all = types;
  for (bool hasMore = true; std::exchange(hasMore, false);) {
    const std::set<std::string> names = classNames(all);
    std::erase_if(left, [&](const std::shared_ptr<const ElfFile> &library) {
      const Place place = ofLibrary(library->path);
      const bool knows = hasNames(library->defined, names, symbolName) ||
                         hasNames(library->undefined, names, symbolName);
      if (knows)
        hasMore |= addDerived(library->path, all);
      if (!knows && (place.kind == Place::Kind::Package || !isWithoutTypes(*library)))
        return false;
      at->second.push_back(place);
      return true;
    });
  }
  const std::set<std::string> names = classNames(all);
  for (const auto &[file, place] : linked)
    if (hasNames(file->defined, names, std::identity()) ||
        hasNames(file->open, names, std::identity()))
      at->second.push_back(place);
  return at->second;
}

/// Adds to TYPES those of classes in FILE that derive from one of them; whether there are more.
bool Places::addDerived(const std::string &file, std::set<std::string> &types) {
  auto [bases, isNew] = basesIn.try_emplace(file);
  if (isNew)
    if (auto tables = readSymbolTables(file))
      bases->second = std::move(tables->bases);
  const std::size_t before = types.size();
  for (bool hasMore = true; std::exchange(hasMore, false);)
    for (const auto &[type, ofType] : bases->second)
      if (std::any_of(ofType.begin(), ofType.end(),
                      [&](const std::string &base) { return types.contains(base); }))
        hasMore |= types.insert(type).second;
  return types.size() > before;
}

std::string Places::find(const std::string &name, const std::vector<const ElfFile *> &loaders) {
  for (const auto *names : {&application.closure.byName, &std::as_const(openedByName)})
    if (auto at = names->find(name); at != names->end())
      return at->second;
  return search.find(name, loaders);
}

std::vector<MissingLibrary> Places::open(const std::string &path) {
  auto library = search.read(path);
  auto closure = binary ? search.closureOf(path, {binary.get()}) : model::Result<LibraryClosure>();
  if (!library || !closure)
    return {};
  opened.push_back(*library);
  opened.insert(opened.end(), closure->libraries.begin(), closure->libraries.end());
  openedByName.insert(closure->byName.begin(), closure->byName.end());
  for (const auto &file : importers)
    addImports(*file);
  std::erase_if(closure->missing, [&](const MissingLibrary &each) {
    return application.closure.byName.contains(each.name);
  });
  return closure->missing;
}

Place Places::ofLibrary(const std::string &path) const {
  const std::string file = canonical(path);
  if (auto at = targetOfLibrary.find(file); at != targetOfLibrary.end())
    return {Place::Kind::Target, loaded.build.targets[at->second].name, file};
  if (const Package *package = packages.ownerOf(path))
    return {Place::Kind::Package, package->name, file};
  if (const Package *package = packages.ownerOf(file))
    return {Place::Kind::Package, package->name, file};
  auto elf = search.read(file);
  std::string soname = elf ? (*elf)->soname : std::string();
  return {Place::Kind::System, soname.empty() ? fs::path(path).filename().string() : soname, file};
}

const Package *Places::packageOf(const Place &place) {
  return place.kind == Place::Kind::Package ? packages.package(place.name) : nullptr;
}

const BuildTarget *Places::target(std::string_view name) const {
  const std::size_t index = loaded.build.find(name);
  return index == BuildTargets::nothing ? nullptr : &loaded.build.targets[index];
}

const Place &Places::ofFile(const std::string &file) {
  auto at = places.find(file);
  if (at == places.end())
    at = places.emplace(file, findFile(file)).first;
  return at->second;
}

bool Places::isOwn(const std::string &file) const {
  return isBelow(file, loaded.sourceRoot) || isBelow(file, loaded.buildFolder);
}

Place Places::findFile(const std::string &file) {
  if (file.empty() || isCompilerHeader(file))
    return {};
  if (auto place = ofSource(file))
    return *place;
  if (isOwn(file)) {
    const std::string root =
        isBelow(file, loaded.sourceRoot) ? loaded.sourceRoot : loaded.buildFolder;
    const std::string folder = vendoredFolder(std::string_view(file).substr(root.size() + 1));
    // A target around vendored code does not own it; one that is declared inside does.
    if (auto place = ofOwnHeader(file, folder.empty() ? root : absoluteIn(root, folder + "/..")))
      return *place;
    return folder.empty() ? Place() : Place{Place::Kind::Vendored, folder, ""};
  }
  if (const Package *package = packages.ownerOf(file))
    return ofPackageFile(*package);
  // A project added from outside the source root.
  if (auto place = ofOwnHeader(file, ""))
    return *place;
  return {Place::Kind::Unknown, fs::path(file).parent_path().string(), ""};
}

std::optional<Place> Places::ofSource(const std::string &file) const {
  auto at = targetOfSource.find(file);
  return at == targetOfSource.end() ? std::nullopt : std::optional<Place>(ofTarget(at->second));
}

Place Places::ofTarget(const std::string &name) const {
  const std::size_t index = loaded.build.find(name);
  if (name.empty() || name == application.name || index == BuildTargets::nothing)
    return {};
  const BuildTarget &target = loaded.build.targets[index];
  if (target.type == TargetType::ObjectLibrary)
    return ofObjectLibrary(index);
  if (target.type == TargetType::Executable || target.type == TargetType::Other)
    return {};
  const bool isStatic = target.type == TargetType::StaticLibrary;
  return {Place::Kind::Target, name, isStatic ? "" : canonical(target.artefact)};
}

/// An object library is part of what links it: a shared or static library, or the application.
Place Places::ofObjectLibrary(std::size_t index) const {
  std::optional<Place> owner;
  for (std::size_t near : nearTargets) {
    const BuildTarget &target = loaded.build.targets[near];
    const bool library =
        target.type == TargetType::SharedLibrary || target.type == TargetType::StaticLibrary;
    if (std::find(target.dependsOn.begin(), target.dependsOn.end(), index) ==
        target.dependsOn.end())
      continue;
    if (!library)
      return {};
    if (!owner)
      owner = ofTarget(target.name);
  }
  return owner.value_or(Place());
}

/// A header of the user's own: the target that lists it, else the one whose source of the same
/// name stands beside it, else the only one with sources in its folder, else the library target
/// that is declared in the nearest folder above it, but below TOP ("": however far above).
std::optional<Place> Places::ofOwnHeader(const std::string &file, const std::string &top) const {
  const fs::path path(file);
  std::set<std::string> listed, besides, sameFolder;
  for (std::size_t index : nearTargets) {
    const BuildTarget &target = loaded.build.targets[index];
    if (std::binary_search(target.sources.begin(), target.sources.end(), file))
      listed.insert(target.name);
    for (const std::string &source : target.sources) {
      const fs::path other(source);
      if (other.parent_path() != path.parent_path() || !targetOfSource.contains(source))
        continue;
      sameFolder.insert(target.name);
      if (other.stem() == path.stem())
        besides.insert(target.name);
    }
  }
  for (const auto *names : {&listed, &besides, &sameFolder})
    if (!names->empty())
      return names->size() == 1 ? ofTarget(*names->begin()) : Place();
  auto isInside = [&](const fs::path &folder) {
    return top.empty() ? folder != folder.parent_path() : isBelow(folder.string(), top);
  };
  for (fs::path folder = path.parent_path(); isInside(folder); folder = folder.parent_path()) {
    std::set<std::string> declared;
    for (std::size_t index : nearTargets)
      if (loaded.build.targets[index].sourceFolder == folder.string())
        declared.insert(loaded.build.targets[index].name);
    if (!declared.empty())
      return declared.size() == 1 ? ofTarget(*declared.begin()) : Place();
  }
  return std::nullopt;
}

/// A header of PACKAGE: the run-time package behind it where the program loads that, else
/// PACKAGE itself, whose code is then inside the application's binary.
Place Places::ofPackageFile(const Package &package) {
  auto inClosure = [&](const std::string &library) -> const Place * {
    for (const Place &place : closurePlaces)
      if (place.library == canonical(library))
        return &place;
    return nullptr;
  };
  for (const std::string &library : packages.librariesBehind(package))
    if (const Place *place = inClosure(library))
      return *place;
  for (const Place &place : closurePlaces)
    if (const Package *other = packageOf(place))
      if (other == &package ||
          (other->source == package.source &&
           std::binary_search(package.depends.begin(), package.depends.end(), other->name)))
        return place;
  return {Place::Kind::Package, package.name, ""};
}

} // namespace ripple::analyzer
