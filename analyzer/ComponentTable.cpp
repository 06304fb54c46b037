//===- ComponentTable.cpp - The components of one application ---*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/ComponentTable.h"

#include "analyzer/Loaders.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <memory>

namespace ripple::analyzer {
namespace {

namespace fs = std::filesystem;
using model::ComponentKind;

std::string canonical(const std::string &path) {
  std::error_code error;
  fs::path out = fs::weakly_canonical(path, error);
  return error ? path : out.string();
}

std::string fileName(const std::string &path) { return fs::path(path).filename().string(); }

/// How a place is called where no rule names it.
std::string defaultId(const Place &place) {
  switch (place.kind) {
  case Place::Kind::Application:
    return {};
  case Place::Kind::Vendored:
  case Place::Kind::Unknown:
    return fileName(place.name);
  case Place::Kind::Target:
  case Place::Kind::Package:
  case Place::Kind::System:
    return place.name;
  }
  return {};
}

std::string originOf(const Place &place, const Package *package) {
  switch (place.kind) {
  case Place::Kind::Application:
    return "application";
  case Place::Kind::Target:
    return "target:" + place.name;
  case Place::Kind::Package:
    return "package:" + (package ? package->source : place.name);
  case Place::Kind::Vendored:
    return "vendored:" + place.name;
  case Place::Kind::System:
    return "system";
  case Place::Kind::Unknown:
    return "unknown:" + place.name;
  }
  return {};
}

ComponentKind kindOf(const Place &place, const BuildTarget *target, bool hasBody) {
  if (target && target->type == TargetType::ModuleLibrary)
    return ComponentKind::Plugin;
  if (!place.library.empty())
    return ComponentKind::SharedLibrary;
  if (target)
    return ComponentKind::StaticLibrary;
  return hasBody ? ComponentKind::HeaderOnly : ComponentKind::StaticLibrary;
}

} // namespace

std::string debianNameOf(std::string_view soname) {
  std::size_t dot = soname.find(".so");
  std::string stem(soname.substr(0, dot));
  std::string version(dot == std::string_view::npos || dot + 4 > soname.size()
                          ? std::string_view()
                          : soname.substr(dot + 4));
  const bool dash = !stem.empty() && std::isdigit(static_cast<unsigned char>(stem.back()));
  std::string out = stem + (dash && !version.empty() ? "-" : "") + version;
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return c == '_' ? '-' : std::tolower(c); });
  return out;
}

std::string versionInName(std::string_view path) {
  std::string_view name = path.substr(path.rfind('/') + 1);
  std::size_t at = name.find(".so.");
  if (at != std::string_view::npos)
    return std::string(name.substr(at + 4));
  // libcatalog-1.2.0.so, the other convention.
  std::size_t dash = name.rfind('-'), end = name.rfind(".so");
  if (dash == std::string_view::npos || end == std::string_view::npos || end < dash)
    return {};
  std::string_view version = name.substr(dash + 1, end - dash - 1);
  return version.find_first_not_of("0123456789.") == std::string_view::npos ? std::string(version)
                                                                            : std::string();
}

std::size_t ComponentTable::ruleOf(const Place &place) {
  auto [at, isNew] = rules.emplace(place, nothing);
  if (!isNew || place.kind == Place::Kind::Application)
    return at->second;
  std::string soname = place.kind == Place::Kind::System ? place.name : std::string();
  if (!place.library.empty())
    if (auto elf = places.libraries().read(place.library))
      soname = (*elf)->soname;
  for (std::size_t index = 0; index < catalog.components.size(); ++index) {
    const model::ComponentRule &rule = catalog.components[index];
    const bool byTarget = place.kind == Place::Kind::Target && rule.target == place.name;
    const bool byPackage = place.kind == Place::Kind::Package && rule.package == place.name;
    const bool byLibrary = !soname.empty() && rule.library == soname;
    if (byTarget || byPackage || byLibrary) {
      at->second = index;
      break;
    }
  }
  return at->second;
}

const std::string &ComponentTable::idOf(const Place &place, std::size_t rule, bool hasBody) {
  auto [at, isNew] = ids.emplace(Key{place, rule, hasBody}, std::string());
  if (!isNew)
    return at->second;
  if (rule == nothing && place.kind == Place::Kind::Application)
    return at->second;
  Entry entry = makeEntry(place, rule, hasBody);
  at->second = entry.component.id;
  auto [known, added] = entries.emplace(entry.component.id, entry);
  if (!added) {
    known->second.libraries.insert(entry.libraries.begin(), entry.libraries.end());
    known->second.linked.insert(entry.linked.begin(), entry.linked.end());
    // Some of it is called, not only compiled in: the stronger kind holds.
    if (known->second.component.kind == ComponentKind::HeaderOnly)
      known->second.component.kind = entry.component.kind;
  }
  return at->second;
}

ComponentTable::Entry ComponentTable::makeEntry(const Place &place, std::size_t rule,
                                                bool hasBody) {
  Entry entry;
  model::Component &component = entry.component;
  entry.package = places.packageOf(place);
  component.id = defaultId(place);
  component.origin = originOf(place, entry.package);
  const BuildTarget *target =
      place.kind == Place::Kind::Target ? places.target(place.name) : nullptr;
  component.kind = kindOf(place, target, hasBody);
  if (component.kind == ComponentKind::Plugin)
    component.restart = model::RestartDomain::Plugin;
  if (entry.package)
    component.version = entry.package->version;
  if (!place.library.empty())
    entry.libraries.insert(place.library);
  if (!hasBody)
    places.addArchives(place);
  for (const LinkedCode *code : places.codeAt(place))
    entry.linked.emplace(code->path, code);
  if (rule != nothing)
    applyRule(entry, catalog.components[rule]);
  return entry;
}

void ComponentTable::applyRule(Entry &entry, const model::ComponentRule &rule) {
  model::Component &component = entry.component;
  const bool named = rule.package.empty() && rule.target.empty() && rule.library.empty();
  entry.rule = &rule;
  component.id = rule.id;
  if (named || component.origin == "application")
    component.origin =
        rule.target.empty() ? "catalog:" + fileName(rule.place.file) : "target:" + rule.target;
  if (!rule.version.empty())
    component.version = rule.version;
  if (rule.kind) {
    component.kind = *rule.kind;
    if (*rule.kind == ComponentKind::Plugin)
      component.restart = model::RestartDomain::Plugin;
    if (*rule.kind == ComponentKind::Sidecar)
      component.restart = model::RestartDomain::None;
  }
  if (rule.restart)
    component.restart = *rule.restart;
  entry.dependsOn.insert(rule.dependsOn.begin(), rule.dependsOn.end());
  locate(entry);
}

/// Finds the file of a component that its rule names by target or library, whatever led to it.
void ComponentTable::locate(Entry &entry) {
  const model::ComponentRule &rule = *entry.rule;
  const BuildTarget *target = rule.target.empty() ? nullptr : places.target(rule.target);
  if (!rule.target.empty() && !target) {
    mistakes.push_back(
        {rule.place,
         fmt::format("component {}: the build has no target '{}'", rule.id, rule.target),
         "name a target of the build, or take the line out"});
    return;
  }
  if (target &&
      (target->type == TargetType::SharedLibrary || target->type == TargetType::ModuleLibrary)) {
    std::error_code ignored;
    if (fs::is_regular_file(target->artefact, ignored))
      entry.libraries.insert(canonical(target->artefact));
    else
      mistakes.push_back(
          {{relative(target->artefact), 0, ""},
           fmt::format("component {}: its target {} is not built", rule.id, rule.target),
           "build it first"});
  }
  if (rule.library.empty() || !entry.libraries.empty())
    return;
  auto binary = places.libraries().read(application.file);
  std::string path = binary ? places.find(rule.library, {binary->get()}) : std::string();
  if (!path.empty())
    entry.libraries.insert(canonical(path));
}

void ComponentTable::addClosure() {
  for (const auto &library : application.closure.libraries)
    idOf(places.ofLibrary(library->path), false);
  for (const MissingLibrary &missing : application.closure.missing) {
    Entry entry;
    entry.component.id = missing.name;
    entry.component.soname = missing.name;
    entry.component.origin = "missing";
    entries.emplace(missing.name, entry);
  }
  Entry own;
  own.component.id = application.name;
  own.component.kind = ComponentKind::Application;
  own.component.origin = "target:" + application.name;
  if (!places.target(application.name))
    own.component.origin = "system";
  own.libraries.insert(application.file);
  entries.emplace(application.name, own);
}

/// The libraries that FILE needs become dependencies of ID; they may be new components. So do
/// those of the program that the loader binds what it leaves open to, needed or not.
void ComponentTable::connectLibrary(const std::string &id, const std::string &file) {
  auto elf = places.libraries().read(file);
  auto binary = places.libraries().read(application.file);
  if (!elf)
    return;
  std::vector<const ElfFile *> loaders{elf->get()};
  if (binary && *binary != *elf)
    loaders.push_back(binary->get());
  std::vector<std::string> names = (*elf)->needed;
  names.insert(names.end(), (*elf)->filters.begin(), (*elf)->filters.end());
  std::vector<std::string> paths = places.libraries().variantsOf(file, **elf);
  for (const std::string &name : names)
    paths.push_back(places.find(name, loaders));
  for (const std::string &path : paths) {
    if (path.empty())
      continue;
    if (const std::string other = idOf(places.ofLibrary(path), false); other != id)
      entryOf(id).dependsOn.insert(other);
  }
  connectSymbols(id, **elf);
}

void ComponentTable::connectSymbols(const std::string &id, const ElfFile &library) {
  for (const DynamicSymbol &symbol : library.undefined) {
    const std::set<std::string> others = boundTo(symbol, id);
    Entry &entry = entryOf(id);
    entry.dependsOn.insert(others.begin(), others.end());
    entry.imports.insert(symbol.name);
    connectInside(id, symbol);
  }
  for (const DynamicSymbol &symbol : library.preemptible) {
    connectInside(id, symbol);
    const std::set<std::string> others = boundTo(symbol, id);
    Entry &entry = entryOf(id);
    // A copy of an inline function or a template is the same everywhere, and weak; another function
    // of the same name is not.
    const DynamicSymbol *first = places.firstDefinition(symbol);
    const bool isSame = symbol.name.starts_with("_Z") && (!first || first->isWeak);
    (isSame ? entry.bindsTo : entry.interposedBy).insert(others.begin(), others.end());
    (isSame ? entry.copies : entry.imports).insert(symbol.name);
  }
  connectNext(id, library);
}

/// A library that looks symbols up may ask for what stands behind a function of its own
/// (RTLD_NEXT): so do those that wrap others' functions.
void ComponentTable::connectNext(const std::string &id, const ElfFile &library) {
  // Linkers have these in each file, and one of the name of each version.
  static const std::set<std::string_view> marks{"_init", "_fini", "_edata", "_end", "__bss_start"};
  if (std::none_of(library.undefined.begin(), library.undefined.end(), [](const auto &symbol) {
        return symbol.name == "dlsym" || symbol.name == "dlvsym";
      }))
    return;
  for (const DynamicSymbol &symbol : library.defined)
    if (!(symbol.isWeak && symbol.name.starts_with("_Z")) && !marks.contains(symbol.name) &&
        symbol.name != symbol.version)
      for (const Place &place : places.definers(symbol.name))
        if (const std::string other = idOf(place, false); other != id)
          entryOf(id).dependsOn.insert(other);
}

/// The loader may give ID's library the program's SYMBOL, which may be code that no unit has.
void ComponentTable::connectInside(const std::string &id, const DynamicSymbol &symbol) {
  const DynamicSymbol *own = places.ofProgram(symbol.name);
  if (!own || id == application.name)
    return;
  for (const Place &place : places.linkedFrom(symbol.name))
    if (const std::string other = idOf(place, false); other != id)
      entryOf(id).dependsOn.insert(other);
  const bool isCopy = own->isWeak && symbol.name.starts_with("_Z");
  if (!isCopy && !symbol.name.starts_with("_ZT") && isUnaccounted(symbol.name))
    entryOf(id).interposedBy.insert(application.name);
}

/// What CODE leaves open the linker has bound, to the program's other code or to libraries.
void ComponentTable::connectLinked(const std::string &id, const LinkedCode &code) {
  for (const std::string &symbol : code.open) {
    std::set<std::string> others;
    for (const std::string &name : places.namesOf(symbol)) {
      for (const Place &place : places.importedFrom(name))
        others.insert(idOf(place, false));
      entryOf(id).imports.insert(name);
    }
    for (const Place &place : places.linkedFrom(symbol))
      others.insert(idOf(place, false));
    if (others.empty() && isUnaccounted(symbol))
      entryOf(id).interposedBy.insert(application.name);
    others.erase(id);
    entryOf(id).dependsOn.insert(others.begin(), others.end());
  }
}

/// The other components that the loader gives ID's library SYMBOL from.
std::set<std::string> ComponentTable::boundTo(const DynamicSymbol &symbol, const std::string &id) {
  std::set<std::string> out;
  for (const Place &place : places.bound(symbol))
    if (const std::string other = idOf(place, false); !other.empty() && other != id)
      out.insert(other);
  return out;
}

void ComponentTable::connectLibraries() {
  // Connecting adds components, which have libraries of their own.
  std::set<std::pair<std::string, std::string>> done;
  for (bool changed = true; changed;) {
    changed = false;
    std::vector<std::pair<std::string, std::string>> todo;
    for (const auto &[id, entry] : entries)
      for (const std::string &file : entry.libraries)
        if (!done.contains({id, file}))
          todo.emplace_back(id, file);
    std::vector<std::pair<std::string, const LinkedCode *>> inside;
    for (const auto &[id, entry] : entries)
      for (const auto &[path, code] : entry.linked)
        if (done.emplace(id, path).second)
          inside.emplace_back(id, code);
    for (const auto &[id, code] : inside)
      connectLinked(id, *code);
    for (const auto &[id, file] : todo) {
      done.emplace(id, file);
      connectLibrary(id, file);
    }
    changed = !todo.empty() || !inside.empty();
  }
}

/// What a package depends on counts where it is a component here: a library may load another
/// without naming it in DT_NEEDED.
void ComponentTable::connectPackages() {
  std::map<std::string, std::string> idOfPackage;
  for (const auto &[id, entry] : entries)
    if (entry.package && !entry.libraries.empty())
      idOfPackage.emplace(entry.package->name, id);
  for (auto &[id, entry] : entries)
    if (entry.package)
      for (const std::string &name : entry.package->depends)
        if (auto at = idOfPackage.find(name); at != idOfPackage.end() && at->second != id)
          entry.dependsOn.insert(at->second);
}

/// What a library opens while it runs is in no table of it: the catalog says what that is.
void ComponentTable::connectOpened() {
  for (auto &[id, entry] : entries)
    for (const auto &[rule, found] : opened) {
      bool opens =
          std::any_of(entry.libraries.begin(), entry.libraries.end(), [&](const std::string &file) {
            auto elf = places.libraries().read(file);
            return elf && opensFiles(*rule, **elf);
          });
      for (const std::string &symbol : entry.imports)
        opens |= opensFiles(*rule, symbol);
      if (!opens)
        continue;
      entry.dependsOn.insert(found.begin(), found.end());
      entry.dependsOn.erase(id);
    }
}

/// Static libraries have no DT_NEEDED: what their target links and is here counts. The
/// application depends on what is compiled into it.
void ComponentTable::connectTargets() {
  std::map<std::string, std::string> idOfTarget;
  for (const auto &[id, entry] : entries)
    if (entry.component.origin.starts_with("target:"))
      idOfTarget.emplace(entry.component.origin.substr(7), id);
  for (auto &[id, entry] : entries) {
    const BuildTarget *target = entry.component.kind == ComponentKind::StaticLibrary &&
                                        entry.component.origin.starts_with("target:")
                                    ? places.target(entry.component.origin.substr(7))
                                    : nullptr;
    for (std::size_t index : target ? target->dependsOn : std::vector<std::size_t>())
      if (auto at = idOfTarget.find(loaded.build.targets[index].name);
          at != idOfTarget.end() && at->second != id)
        entry.dependsOn.insert(at->second);
    if (entry.component.kind == ComponentKind::StaticLibrary ||
        entry.component.kind == ComponentKind::HeaderOnly)
      entryOf(application.name).dependsOn.insert(id);
  }
}

std::string ComponentTable::relative(const std::string &path) const {
  const std::string below = loaded.sourceRoot + "/";
  return path.starts_with(below) ? path.substr(below.size()) : path;
}

/// SONAME, file, build-id and digest: of several files, the one after which Debian's convention
/// names the package, else the first by name that the loader maps, else the first.
void ComponentTable::describeFile(Entry &entry) {
  model::Component &component = entry.component;
  auto rank = [&](const ElfFile &file) {
    const auto &mapped = application.closure.libraries;
    const bool isMapped = std::any_of(mapped.begin(), mapped.end(), [&](const auto &each) {
      return canonical(each->path) == file.path;
    });
    return std::pair(debianNameOf(file.soname) == component.id, isMapped);
  };
  std::shared_ptr<const ElfFile> chosen;
  for (const std::string &file : entry.libraries)
    if (auto elf = places.libraries().read(file); elf && (!chosen || rank(**elf) > rank(*chosen)))
      chosen = *elf;
  if (!chosen)
    return;
  component.soname = chosen->soname;
  component.path = relative(chosen->path);
  component.buildId = chosen->buildId;
  if (auto digest = model::sha256OfFile(chosen->path))
    component.sha256 = *digest;
  if (component.version.empty() && component.kind != ComponentKind::Application)
    component.version = versionInName(chosen->path);
}

std::map<std::string, std::set<std::string>>
ComponentTable::byId(std::set<std::string> Entry::*what) const {
  std::map<std::string, std::set<std::string>> out;
  for (const auto &[id, entry] : entries)
    if (!(entry.*what).empty())
      out.emplace(id, entry.*what);
  return out;
}

std::map<std::string, std::set<std::string>> ComponentTable::bindings() const {
  return byId(&Entry::bindsTo);
}

std::map<std::string, std::set<std::string>> ComponentTable::interposed() const {
  return byId(&Entry::interposedBy);
}

std::map<std::string, std::set<std::string>> ComponentTable::imports() const {
  auto out = byId(&Entry::imports);
  out.erase(application.name);
  return out;
}

std::map<std::string, std::set<std::string>> ComponentTable::copies() const {
  auto out = byId(&Entry::copies);
  out.erase(application.name);
  return out;
}

model::Result<std::vector<model::Component>> ComponentTable::finish() {
  connectLibraries();
  connectPackages();
  connectOpened();
  connectTargets();
  if (!mistakes.empty())
    return tl::unexpected(mistakes);
  std::vector<model::Component> out;
  for (auto &[id, entry] : entries) {
    describeFile(entry);
    entry.component.dependsOn.assign(entry.dependsOn.begin(), entry.dependsOn.end());
    out.push_back(std::move(entry.component));
  }
  return out;
}

} // namespace ripple::analyzer
