//===- Attribute.cpp - Stage `attribute`: entity → component ----*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/ComponentTable.h"
#include "analyzer/Pipeline.h"
#include "analyzer/Places.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <set>
#include <unordered_map>

namespace ripple::analyzer {
namespace {

constexpr std::size_t nothing = ComponentTable::nothing;

class Attributor {
public:
  Attributor(const Program &everything, const Loaded &build, const LoadedApplication &which,
             const model::Catalog &rules)
      : program(everything), loaded(build), application(which), catalog(rules),
        places(build, which), table(build, which, rules, places),
        headerRules(everything.facts.files.size()) {}

  model::Result<Owners> run() {
    table.addClosure();
    // What is opened may define what others leave open.
    std::map<std::string, std::string> idOfLibrary;
    for (const UnresolvedSite &site : program.facts.unresolved)
      if (!site.library.empty() && !idOfLibrary.contains(site.library))
        if (std::string id = ownerOfOpened(site.library); !id.empty())
          idOfLibrary.emplace(site.library, id);
    std::vector<std::string> idOfEntity;
    std::vector<std::set<std::string>> otherIds, copyIds;
    for (const Entity &entity : program.facts.entities) {
      idOfEntity.push_back(ownerOf(entity));
      otherIds.push_back(othersOf(entity));
      copyIds.push_back(copiesOf(entity));
    }
    auto components = table.finish();
    if (!components)
      return tl::unexpected(components.error());
    Owners out = assemble(std::move(*components), idOfEntity, idOfLibrary);
    out.others = named(otherIds, out);
    out.copies = named(copyIds, out);
    return out;
  }

private:
  Owners assemble(std::vector<model::Component> components,
                  const std::vector<std::string> &idOfEntity,
                  const std::map<std::string, std::string> &idOfLibrary) {
    Owners out;
    out.components = std::move(components);
    out.bindings = table.bindings();
    out.interposed = table.interposed();
    out.missing = std::move(missing);
    std::map<std::string, std::uint32_t> indexOf;
    for (std::uint32_t index = 0; index < out.components.size(); ++index)
      indexOf.emplace(out.components[index].id, index);
    for (const std::string &id : idOfEntity)
      out.ownerOf.push_back(id.empty() || id == application.name ? none : indexOf.at(id));
    addImports(indexOf, out);
    addUnread(indexOf, out);
    for (const auto &[library, id] : idOfLibrary)
      out.ownerOfLibrary.emplace(library, indexOf.at(id));
    for (const auto *list : {&application.closure.missing, &std::as_const(out.missing)})
      for (const MissingLibrary &each : *list)
        out.warnings.push_back(fmt::format(
            "{}: needs {}, which {}; the list says `complete: false`: install it here, or analyze "
            "where it is installed",
            each.neededBy, each.name, each.why));
    for (const model::Component &component : out.components)
      if (component.origin.starts_with("unknown:"))
        out.warnings.push_back(fmt::format(
            "{}: no package, target or catalog rule owns the headers in {}; add a component with "
            "`headers` to a catalog",
            component.id, component.origin.substr(8)));
    return out;
  }

  /// IDS by entity, without the owner of each.
  std::map<EntityIndex, std::set<std::uint32_t>>
  named(const std::vector<std::set<std::string>> &ids, const Owners &owners) const {
    std::map<std::string_view, std::uint32_t> indexOf;
    for (std::uint32_t index = 0; index < owners.components.size(); ++index)
      indexOf.emplace(owners.components[index].id, index);
    std::map<EntityIndex, std::set<std::uint32_t>> out;
    for (EntityIndex entity = 0; entity < ids.size(); ++entity)
      for (const std::string &id : ids[entity])
        if (const std::uint32_t index = indexOf.at(id);
            id != application.name && index != owners.ownerOf[entity])
          out[entity].insert(index);
    return out;
  }

  /// What libraries call by its name, of what was seen: functions of the program, and of libraries
  /// of this build; and which libraries start threads.
  void addImports(const std::map<std::string, std::uint32_t> &indexOf, Owners &out) const {
    std::unordered_map<std::string_view, EntityIndex> seen;
    for (EntityIndex i = 0; i < program.facts.entities.size(); ++i)
      if (const Entity &entity = program.facts.entities[i];
          entity.hasBody && !symbolOf(entity).empty())
        seen.emplace(symbolOf(entity), i);
    for (const auto &[id, symbols] : table.imports()) {
      const std::uint32_t index = indexOf.at(id);
      for (const std::string &symbol : symbols)
        if (auto at = seen.find(symbol); at != seen.end() && isBoundHere(symbol, at->second, out))
          out.callsBack[index].insert(at->second);
      // The standard library starts threads only for those that ask it to.
      if (!out.components[index].soname.starts_with("libstdc++.so") &&
          std::any_of(symbols.begin(), symbols.end(), startsThreads))
        out.threaded.insert(index);
    }
  }

  static bool startsThreads(const std::string &symbol) {
    return symbol == "pthread_create" || symbol == "thrd_create" || symbol == "timer_create" ||
           symbol == "g_thread_new" || symbol == "g_thread_try_new" ||
           symbol == "uv_thread_create" || symbol.starts_with("_ZNSt6thread15_M_start_thread");
  }

  /// What compilers name by themselves is not asked for: the languages' own libraries, tables of
  /// classes, virtual functions in such tables, and destructors, which such functions call that
  /// nobody does. A constructor has several names.
  void addUnread(const std::map<std::string, std::uint32_t> &indexOf, Owners &out) {
    std::set<std::string> read;
    for (const Entity &entity : program.facts.entities)
      read.insert(withoutVariant(std::string(symbolOf(entity))));
    const auto binary = places.libraries().read(application.file);
    for (const DynamicSymbol &symbol :
         binary ? (*binary)->undefined : std::vector<DynamicSymbol>()) {
      const std::string name = withoutVariant(symbol.name);
      const bool isTable = name.starts_with("_ZT"), isDestructor = name.find("D1Ev") != name.npos;
      if (isTable || isDestructor || (symbol.isInData && name.starts_with("_Z")) ||
          read.contains(name))
        continue;
      for (const Place &place : places.bound(symbol))
        if (auto at = indexOf.find(table.idOf(place, false));
            at != indexOf.end() && !isRuntime(out.components[at->second].soname))
          out.unread[at->second].push_back(symbol.name);
    }
  }

  /// The libraries that compilers call by themselves.
  static bool isRuntime(std::string_view soname) {
    static constexpr std::string_view Names[] = {
        "libc.so",      "libm.so",       "libgcc_s.so", "libstdc++.so",  "libc++.so",
        "libc++abi.so", "libgomp.so",    "libomp.so",   "libatomic.so",  "libasan.so",
        "libtsan.so",   "libubsan.so",   "liblsan.so",  "libpthread.so", "ld-linux",
        "libssp.so",    "libquadmath.so"};
    return std::any_of(std::begin(Names), std::end(Names),
                       [&](std::string_view name) { return soname.starts_with(name); });
  }

  /// The names of one constructor or destructor ("…C2Ev", "…D0Ev") as one.
  static std::string withoutVariant(std::string symbol) {
    if (symbol.starts_with("_ZN"))
      for (std::size_t at = symbol.size(); at-- > 4;)
        if (symbol[at] == 'E' && std::isdigit(static_cast<unsigned char>(symbol[at - 1])) &&
            (symbol[at - 2] == 'C' || symbol[at - 2] == 'D')) {
          symbol[at - 1] = '1';
          break;
        }
    return symbol;
  }

  /// Whether libraries that name SYMBOL get the code of ENTITY that was seen.
  bool isBoundHere(const std::string &symbol, EntityIndex entity, const Owners &out) const {
    if (places.ofProgram(symbol))
      return true;
    const std::optional<Place> definer = places.ofSymbol(symbol);
    return definer && definer->kind == Place::Kind::Target && out.ownerOf[entity] != none;
  }

  const std::string &fileOf(SourceLine line) const {
    static const std::string noFile;
    return line.file == none ? noFile : program.facts.files[line.file];
  }

  /// Types and fields live in no symbol, and code that a unit has the body of is the code that
  /// runs: the file says whose they are. Everything else belongs to whoever defines the symbol.
  static bool belongsToFile(const Entity &entity) {
    if (entity.kind == EntityKind::Variable)
      return entity.defined.file != none;
    return entity.hasBody || entity.kind == EntityKind::Type || entity.kind == EntityKind::Field ||
           entity.kind == EntityKind::Initialiser;
  }

  Place placeOf(const Entity &entity) {
    if (belongsToFile(entity)) {
      const SourceLine line = entity.defined.file != none ? entity.defined : entity.declared;
      return places.ofFile(fileOf(line));
    }
    const std::string_view symbol = symbolOf(entity);
    if (const std::vector<Place> &from = places.importedFrom(symbol); !from.empty())
      return from.front();
    // The linker has `--wrap` mean by it the function itself.
    if (symbol.starts_with("__real_"))
      if (const auto &from = places.importedFrom(symbol.substr(7)); !from.empty())
        return from.front();
    const std::optional<Place> definer = places.ofSymbol(symbol);
    // The program has the place of it (a copy relocation), the library what it begins with.
    if (entity.kind == EntityKind::Variable && definer)
      return *definer;
    const Place &place = places.ofFile(fileOf(entity.declared));
    // Declared by nobody else (operator new, a user's own `int puts(const char *);`).
    return place.kind == Place::Kind::Application && definer ? *definer : place;
  }

  /// Other components whose copy of ENTITY may run. What is called by name is where the loader
  /// finds it, seen or not: templates that a library has instantiated, C's inline functions, what
  /// another library defines before the one whose source is here.
  std::set<std::string> othersOf(const Entity &entity) {
    std::set<std::string> out;
    const std::string_view symbol = symbolOf(entity);
    if (symbol.empty() || entity.kind == EntityKind::Type || entity.kind == EntityKind::Field)
      return out;
    auto add = [&](const Place &place) {
      out.insert(table.idOf(place, ruleFor(place, entity), false));
    };
    for (const std::string &name : {std::string(symbol), "__wrap_" + std::string(symbol)})
      for (const Place &place : places.importedFrom(name))
        add(place);
    out.erase(std::string());
    return out;
  }

  /// Components that hold a copy of the inline method ENTITY, which is called by tables of methods:
  /// those may be theirs, where the program has none of its own that stands before.
  std::set<std::string> copiesOf(const Entity &entity) {
    const std::string_view symbol = symbolOf(entity);
    std::set<std::string> out;
    if (symbol.empty() || !entity.isVirtual)
      return out;
    auto add = [&](const Place &place) {
      out.insert(table.idOf(place, ruleFor(place, entity), false));
    };
    if (entity.hasBody && !places.ofProgram(symbol))
      if (const std::optional<Place> place = places.ofSymbol(symbol))
        add(*place);
    // A class of the user's tree, of which no component has the header: libraries that know its
    // type may have classes that derive from it.
    if (entity.record != none && !entity.isSystem &&
        places.ofFile(fileOf(entity.declared)).library.empty())
      for (const Place &place : places.knowing(typeInfoOf(program.facts.records[entity.record])))
        add(place);
    out.erase(std::string());
    return out;
  }

  /// The symbol of RECORD's type information; its key is that of its name, "_ZTS4Base".
  static std::string typeInfoOf(const Record &record) {
    return record.key.starts_with("_ZTS") ? "_ZTI" + record.key.substr(4) : std::string();
  }

  std::string ownerOf(const Entity &entity) {
    if (entity.kind == EntityKind::Unknown)
      return {};
    const Place place = placeOf(entity);
    return table.idOf(place, ruleFor(place, entity), belongsToFile(entity));
  }

  std::size_t ruleFor(const Place &place, const Entity &entity) {
    return std::min(
        {table.ruleOf(place), ruleByHeader(entity.declared.file), ruleBySymbol(entity)});
  }

  /// The first rule with a glob for that file; `nothing` if none.
  std::size_t ruleByHeader(FileIndex file) {
    if (file == none)
      return nothing;
    if (!headerRules[file])
      headerRules[file] = findRuleByHeader(program.facts.files[file]);
    return *headerRules[file];
  }

  std::size_t findRuleByHeader(const std::string &path) const {
    const std::string below = loaded.sourceRoot + "/";
    const std::string relative = path.starts_with(below) ? path.substr(below.size()) : path;
    for (std::size_t index = 0; index < catalog.components.size(); ++index)
      for (const std::string &glob : catalog.components[index].headers)
        if (model::matchesGlob(glob, relative, true) || model::matchesGlob(glob, path, true))
          return index;
    return nothing;
  }

  std::size_t ruleBySymbol(const Entity &entity) const {
    for (std::size_t index = 0; index < catalog.components.size(); ++index)
      for (const std::string &glob : catalog.components[index].symbols)
        if (model::matchesGlob(glob, entity.name))
          return index;
    return nothing;
  }

  /// The component of what dlopen is given NAME: a rule's library, a target's artefact, or where
  /// the loader finds it. "" if nobody knows.
  std::string ownerOfOpened(const std::string &name) {
    const std::string base = std::filesystem::path(name).filename().string();
    for (std::size_t index = 0; index < catalog.components.size(); ++index)
      if (!catalog.components[index].library.empty() && catalog.components[index].library == base)
        return table.idOf(Place(), index, false);
    for (const BuildTarget &target : loaded.build.targets)
      if (!target.artefact.empty() &&
          std::filesystem::path(target.artefact).filename().string() == base &&
          (target.type == TargetType::SharedLibrary || target.type == TargetType::ModuleLibrary))
        return open(target.artefact);
    auto binary = places.libraries().read(application.file);
    std::string path = binary ? places.find(name, {binary->get()}) : std::string();
    return path.empty() ? std::string() : open(path);
  }

  std::string open(const std::string &path) {
    for (MissingLibrary &each : places.open(path))
      missing.push_back(std::move(each));
    return table.idOf(places.ofLibrary(path), false);
  }

  const Program &program;
  const Loaded &loaded;
  const LoadedApplication &application;
  const model::Catalog &catalog;
  Places places;
  ComponentTable table;
  std::vector<MissingLibrary> missing;                 ///< Of what is opened.
  std::vector<std::optional<std::size_t>> headerRules; ///< By file.
};

} // namespace

model::Result<Owners> attribute(const Program &program, const Loaded &loaded,
                                const LoadedApplication &application,
                                const model::Catalog &catalog) {
  return Attributor(program, loaded, application, catalog).run();
}

} // namespace ripple::analyzer
