//===- Attribute.cpp - Stage `attribute`: entity → component ----*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/ComponentTable.h"
#include "analyzer/Loaders.h"
#include "analyzer/Pipeline.h"
#include "analyzer/Places.h"
#include "analyzer/SymbolNames.h"
#include "analyzer/Threads.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fmt/format.h>
#include <set>
#include <unordered_map>

namespace ripple::analyzer {
namespace {

constexpr std::size_t nothing = ComponentTable::nothing;

/// ENTITY is of the part of glibc that is linked into each program, and so known (libc_nonshared.a;
/// up to 2.32 with stat and its like).
bool isLinkedPartOfLibc(const Entity &entity, std::string_view symbol) {
  static constexpr std::array<std::string_view, 14> Names = {
      "at_quick_exit",  "atexit", "fstat",   "fstat64",         "fstatat",
      "fstatat64",      "lstat",  "lstat64", "mknod",           "mknodat",
      "pthread_atfork", "stat",   "stat64",  "__pthread_atfork"};
  return entity.isSystem && std::ranges::find(Names, symbol) != Names.end();
}

class Attributor {
public:
  Attributor(const Program &everything, const Loaded &build, const LoadedApplication &which,
             const model::Catalog &rules)
      : program(everything), loaded(build), application(which), catalog(rules),
        places(build, which), table(build, which, rules, places),
        headerRules(everything.facts.files.size()) {}

  model::Result<Owners> run() {
    for (const Entity &entity : program.facts.entities)
      if (entity.hasBody && !isSeenInLibrary(entity))
        seen.insert(symbolOf(entity));
    table.setSeen(seen);
    table.addClosure();
    // What is opened may define what others leave open.
    std::map<std::string, std::string> idOfLibrary;
    for (const UnresolvedSite &site : program.facts.unresolved)
      if (!site.library.empty() && !idOfLibrary.contains(site.library))
        if (std::string id = ownerOfOpened(site.library); !id.empty())
          idOfLibrary.emplace(site.library, id);
    openByRules();
    std::vector<std::string> idOfEntity;
    std::vector<std::set<std::string>> otherIds, copyIds;
    for (const Entity &entity : program.facts.entities) {
      idOfEntity.push_back(ownerOf(entity));
      otherIds.push_back(othersOf(entity));
      copyIds.push_back(copiesOf(entity));
      if (isUnaccounted(entity) || hasUnseenOverrider(entity))
        unaccounted.insert(static_cast<EntityIndex>(idOfEntity.size() - 1));
    }
    auto components = table.finish();
    if (!components)
      return tl::unexpected(components.error());
    Owners out = assemble(std::move(*components), idOfEntity, idOfLibrary);
    for (const model::LoaderRule &rule : catalog.loaders)
      for (EntityIndex i = 0; rule.opens.empty() && i < program.facts.entities.size(); ++i)
        if (const Entity &entity = program.facts.entities[i];
            !entity.hasBody && opensFiles(rule, entity.name))
          out.opening.emplace(i, rule.name);
    out.others = named(otherIds, out);
    out.copies = named(copyIds, out);
    for (EntityIndex entity : unaccounted)
      out.others[entity].insert(out.application);
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
    out.application = indexOf.at(application.name);
    for (const auto &[library, id] : idOfLibrary)
      out.ownerOfLibrary.emplace(library, indexOf.at(id));
    addImports(indexOf, out);
    addUnread(indexOf, out);
    if (!unaccounted.empty() || isEntered(out.interposed))
      addUnaccounted(out);
    for (const auto *list : {&application.closure.missing, &std::as_const(out.missing)})
      for (const MissingLibrary &each : *list)
        out.warnings.push_back(fmt::format(
            "{}: needs {}, which {}; the list says `complete: false`: install it here, analyze "
            "where it is installed, or name its folder with --library-path",
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
    std::unordered_map<std::string, EntityIndex> functions;
    for (EntityIndex i = 0; i < program.facts.entities.size(); ++i)
      if (const Entity &entity = program.facts.entities[i];
          entity.hasBody && (entity.kind != EntityKind::Variable || isDefinedVariable(entity)) &&
          !symbolOf(entity).empty())
        functions.emplace(withoutVariant(std::string(symbolOf(entity))), i);
    const std::vector<UnresolvedSite> &sites = program.facts.unresolved;
    if (std::any_of(sites.begin(), sites.end(), [&](const UnresolvedSite &site) {
          return site.isOpening && !out.ownerOfLibrary.contains(site.library);
        }))
      for (const auto &file : places.built())
        for (const DynamicSymbol &symbol : file->defined)
          if (auto at = functions.find(withoutVariant(symbol.name));
              at != functions.end() && !program.facts.entities[at->second].isSystem)
            out.exported.insert(at->second);
    // A library that has the user's own inline code as well runs it on the program's variables.
    for (const auto &[id, symbols] : table.copies())
      for (const std::string &symbol : symbols)
        if (auto at = functions.find(withoutVariant(symbol));
            at != functions.end() && !program.facts.entities[at->second].isSystem &&
            places.ofProgram(symbol))
          out.callsBack[indexOf.at(id)].insert(at->second);
    for (const auto &[id, symbols] : table.imports()) {
      const std::uint32_t index = indexOf.at(id);
      for (const std::string &symbol : symbols)
        if (auto at = functions.find(withoutVariant(symbol));
            at != functions.end() && (table.isLinked(id) || isBoundHere(symbol, at->second, out)))
          out.callsBack[index].insert(at->second);
      // The standard library starts threads only for those that ask it to.
      if (!out.components[index].soname.starts_with("libstdc++.so") &&
          std::any_of(symbols.begin(), symbols.end(),
                      [](const std::string &symbol) { return startsThread(symbol); }))
        out.threaded.insert(index);
    }
  }

  /// Some library calls code inside the program of which nothing is known.
  bool isEntered(const std::map<std::string, std::set<std::string>> &interposed) const {
    return std::any_of(interposed.begin(), interposed.end(),
                       [&](const auto &row) { return row.second.contains(application.name); });
  }

  /// What was seen of ENTITY is in a library of this build.
  bool isSeenInLibrary(const Entity &entity) {
    return entity.hasBody && !places.ofFile(fileOf(entity.defined)).library.empty();
  }

  /// ENTITY's code, or what it leads to, is inside the program, and nobody knows in which file: it
  /// may use all that the program does.
  bool isUnaccounted(const Entity &entity) {
    const bool isCode = entity.kind == EntityKind::Function ||
                        entity.kind == EntityKind::Constructor ||
                        entity.kind == EntityKind::Destructor;
    const std::string_view symbol = symbolOf(entity);
    if ((!isCode && entity.kind != EntityKind::Variable) || symbol.empty() || entity.isPure ||
        application.isLinkKnown || !importsOf(entity).empty() ||
        !places.linkedFrom(symbol).empty() || isLinkedPartOfLibc(entity, symbol))
      return false;
    if (belongsToFile(entity))
      return isCode && isSeenInLibrary(entity) && places.isUnaccountedCopy(symbol);
    // It is another name of what was seen.
    if (const auto *names = places.aliasesOf(symbol);
        names && std::any_of(names->begin(), names->end(),
                             [&](const std::string &name) { return seen.contains(name); }))
      return false;
    const Place place = placeOf(entity);
    // The user says what it uses.
    if (const std::size_t rule = ruleFor(place, entity);
        rule != nothing && !catalog.components[rule].dependsOn.empty())
      return false;
    // Constants of a header are nowhere; functions may be where the optimiser has put them.
    const bool mayBeInside = place.kind != Place::Kind::Application && place.library.empty() &&
                             (isCode || application.symbols.isStripped);
    return mayBeInside || places.isUnaccounted(symbol, isCode);
  }

  /// The program has a class that no unit has, which may override the method ENTITY: so its tables
  /// say, where nobody knows what is inside.
  bool hasUnseenOverrider(const Entity &entity) {
    if (!entity.isVirtual || entity.record == none || application.isLinkKnown)
      return false;
    if (unseenBases.empty()) {
      std::set<std::string> classes;
      for (const Record &record : program.facts.records)
        classes.insert(withoutNumbers(typeInfoOf(record)));
      for (const auto &[type, unused] : application.symbols.bases)
        if (!classes.contains(withoutNumbers(type)))
          addBases(type);
      unseenBases.insert("");
    }
    const std::string type = typeInfoOf(program.facts.records[entity.record]);
    return !type.empty() && unseenBases.contains(type);
  }

  void addBases(const std::string &type) {
    if (auto at = application.symbols.bases.find(type); at != application.symbols.bases.end())
      for (const std::string &base : at->second)
        if (unseenBases.insert(base).second)
          addBases(base);
  }

  /// What code inside the program of which nothing is known calls of what was seen: functions that
  /// it declares itself, and those that nobody else names. And whether it starts threads.
  void addUnaccounted(Owners &out) {
    const Facts &facts = program.facts;
    std::vector<bool> isNamed(facts.entities.size());
    for (const Call &row : facts.calls)
      isNamed[row.callee] = isNamed[row.callee] || row.callee != row.caller;
    for (const Taken &row : facts.taken)
      isNamed[row.callable] = true;
    for (EntityIndex each : facts.initialisers)
      isNamed[each] = true;
    for (const Route &route : program.routes)
      for (EntityIndex handler : route.handlers)
        isNamed[handler] = true;
    for (EntityIndex i = 0; i < facts.entities.size(); ++i) {
      const Entity &entity = facts.entities[i];
      if (entity.kind == EntityKind::Function && entity.hasBody && !entity.isVirtual &&
          !entity.isSystem && !symbolOf(entity).empty() && entity.key != "main" &&
          (!isNamed[i] || isDeclaredElsewhere(entity)))
        out.callsBack[out.application].insert(i);
    }
    const auto binary = places.libraries().read(application.file);
    if (binary && std::any_of((*binary)->undefined.begin(), (*binary)->undefined.end(),
                              [](const auto &symbol) { return startsThread(symbol.name); }))
      out.threaded.insert(out.application);
  }

  /// In a header of code that is inside the program, and not the program's own.
  bool isDeclaredElsewhere(const Entity &entity) {
    if (entity.declared == entity.defined)
      return false;
    const Place &place = places.ofFile(fileOf(entity.declared));
    return place.kind != Place::Kind::Application && place.kind != Place::Kind::Target &&
           place.library.empty();
  }

  /// What compilers name by themselves is not asked for: the languages' own libraries, tables of
  /// classes, virtual functions in such tables, and destructors, which such functions call that
  /// nobody does. A constructor has several names.
  void addUnread(const std::map<std::string, std::uint32_t> &indexOf, Owners &out) {
    std::set<std::string> read;
    for (const Entity &entity : program.facts.entities)
      read.insert(withoutVariant(std::string(symbolOf(entity))));
    std::map<std::uint32_t, std::set<std::string>> found;
    for (const auto &file : places.built())
      for (const DynamicSymbol &symbol : file->undefined) {
        const std::string name = withoutVariant(symbol.name);
        const bool isTable = name.starts_with("_ZT"), isDestructor = name.find("D1Ev") != name.npos;
        if (isTable || isDestructor || (symbol.isInData && name.starts_with("_Z")) ||
            read.contains(name) || places.isNamedInside(symbol.name))
          continue;
        for (const Place &place : places.bound(symbol))
          if (auto at = indexOf.find(table.idOf(place, false));
              at != indexOf.end() && !isRuntimeLibrary(out.components[at->second].soname))
            found[at->second].insert(symbol.name);
      }
    for (const auto &[component, symbols] : found)
      out.unread.emplace(component, std::vector(symbols.begin(), symbols.end()));
  }

  /// Where what ENTITY is called by is imported from: a constructor or destructor is by one name
  /// for objects of its own class, by another one for bases.
  std::vector<Place> importsOf(const Entity &entity) const {
    std::string symbol(symbolOf(entity));
    const std::size_t at =
        entity.kind == EntityKind::Constructor || entity.kind == EntityKind::Destructor
            ? variantIn(symbol)
            : symbol.npos;
    if (at == symbol.npos)
      return places.importedFrom(symbol);
    std::vector<Place> out;
    for (const char variant : {'1', '2', '0'}) {
      symbol[at] = variant;
      for (const Place &place : places.importedFrom(symbol))
        if (std::find(out.begin(), out.end(), place) == out.end())
          out.push_back(place);
    }
    return out;
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

  /// ENTITY is a variable that some unit defines.
  static bool isDefinedVariable(const Entity &entity) {
    return entity.kind == EntityKind::Variable && entity.defined.file != none;
  }

  /// Types and fields live in no symbol, and code that a unit has the body of is the code that
  /// runs: the file says whose they are. Everything else belongs to whoever defines the symbol.
  static bool belongsToFile(const Entity &entity) {
    if (entity.kind == EntityKind::Variable)
      return isDefinedVariable(entity);
    return entity.hasBody || entity.kind == EntityKind::Type || entity.kind == EntityKind::Field ||
           entity.kind == EntityKind::Initialiser;
  }

  Place placeOf(const Entity &entity) {
    if (belongsToFile(entity)) {
      const SourceLine line = entity.defined.file != none ? entity.defined : entity.declared;
      return places.ofFile(fileOf(line));
    }
    const std::string_view symbol = symbolOf(entity);
    if (const std::vector<Place> from = importsOf(entity); !from.empty())
      return from.front();
    // The linker has `--wrap` mean by it the function itself.
    if (symbol.starts_with("__real_"))
      if (const auto &from = places.importedFrom(symbol.substr(7)); !from.empty())
        return from.front();
    const Place &place = places.ofFile(fileOf(entity.declared));
    if (const auto &from = places.linkedFrom(symbol);
        !from.empty() && place.kind == Place::Kind::Application)
      return from.front();
    const std::optional<Place> definer = places.ofSymbol(symbol);
    // The program has the place of it (a copy relocation), the library what it begins with.
    if (entity.kind == EntityKind::Variable && definer)
      return *definer;
    // Declared by nobody else (operator new, a user's own `int puts(const char *);`).
    return place.kind == Place::Kind::Application && definer && !places.isUnaccounted(symbol, true)
               ? *definer
               : place;
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
    for (const Place &place : importsOf(entity))
      add(place);
    for (const Place &place : places.importedFrom("__wrap_" + std::string(symbol)))
      add(place);
    const bool isStrong = entity.hasBody && (symbol.starts_with("_Z") || !isSeenInLibrary(entity));
    for (const Place &place : places.linkedFrom(symbol, isStrong))
      add(place);
    for (const auto &[rule, ids] : openedBy)
      if (!entity.hasBody && opensFiles(*rule, entity.name))
        out.insert(ids.begin(), ids.end());
    // A class of the user's tree, of which no component has the header: libraries that know its
    // type may have classes that derive from it.
    if (entity.isVirtual && entity.record != none && !entity.isSystem &&
        places.ofFile(fileOf(entity.declared)).library.empty())
      for (const Place &place : places.knowing(typesOf(entity.record)))
        add(place);
    // What libraries have registered for it runs in whoever forks, and in the child.
    if (!entity.hasBody && (symbol == "fork" || symbol == "forkpty" || symbol == "daemon"))
      for (const Place &place : places.naming("__register_atfork"))
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
    out.erase(std::string());
    return out;
  }

  /// The type information of RECORD, and of what derives from it.
  const std::set<std::string> &typesOf(RecordIndex record) {
    const std::vector<Record> &records = program.facts.records;
    if (derived.empty()) {
      derived.resize(records.size());
      for (RecordIndex i = 0; i < records.size(); ++i)
        for (RecordIndex base : records[i].bases)
          derived[base].push_back(i);
    }
    auto [at, isNew] = types.try_emplace(record);
    std::vector<RecordIndex> all{record};
    for (std::size_t i = 0; isNew && i < all.size(); ++i) {
      if (std::string type = typeInfoOf(records[all[i]]); !type.empty())
        at->second.insert(std::move(type));
      for (RecordIndex each : derived[all[i]])
        if (std::find(all.begin(), all.end(), each) == all.end())
          all.push_back(each);
    }
    return at->second;
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
    std::size_t rule = nothing;
    for (std::size_t index = 0; rule == nothing && index < catalog.components.size(); ++index)
      if (!catalog.components[index].library.empty() && catalog.components[index].library == base)
        rule = index;
    const std::string path = fileOfOpened(name, base);
    if (path.empty())
      return rule == nothing ? std::string() : table.idOf(Place(), rule, false);
    return open(path, rule);
  }

  std::string fileOfOpened(const std::string &name, const std::string &base) {
    std::error_code ignored;
    if (std::filesystem::path(name).is_absolute() &&
        std::filesystem::is_regular_file(name, ignored))
      return name;
    for (const BuildTarget &target : loaded.build.targets)
      if (!target.artefact.empty() &&
          std::filesystem::path(target.artefact).filename().string() == base &&
          (target.type == TargetType::SharedLibrary || target.type == TargetType::ModuleLibrary))
        return target.artefact;
    auto binary = places.libraries().read(application.file);
    return binary ? places.find(name, {binary->get()}) : std::string();
  }

  /// What the catalog says is opened by what the program uses: the files that are there.
  void openByRules() {
    const auto binary = places.libraries().read(application.file);
    if (!binary)
      return;
    std::set<const model::LoaderRule *> done;
    for (bool hasMore = true; std::exchange(hasMore, false);)
      for (const model::LoaderRule &rule : catalog.loaders) {
        const auto &entities = program.facts.entities;
        const auto libraries = places.loadedLibraries();
        if (done.contains(&rule) ||
            (std::none_of(entities.begin(), entities.end(),
                          [&](const Entity &entity) {
                            return entity.kind == EntityKind::Function && !entity.hasBody &&
                                   opensFiles(rule, entity.name);
                          }) &&
             std::none_of(libraries.begin(), libraries.end(),
                          [&](const auto &library) { return opensFiles(rule, *library); })))
          continue;
        done.insert(&rule);
        std::set<std::string> ids;
        for (const std::string &file : filesOf(rule, kindOf(**binary)))
          ids.insert(ownerOfOpened(file));
        openedBy.emplace_back(&rule, ids);
        table.addOpened(rule, std::move(ids));
        hasMore = true;
      }
  }

  /// The component of the library at PATH, which is opened, by RULE if that is one.
  std::string open(const std::string &path, std::size_t rule = nothing) {
    for (MissingLibrary &each : places.open(path))
      missing.push_back(std::move(each));
    const Place place = places.ofLibrary(path);
    return table.idOf(place, rule == nothing ? table.ruleOf(place) : rule, false);
  }

  const Program &program;
  const Loaded &loaded;
  const LoadedApplication &application;
  const model::Catalog &catalog;
  Places places;
  ComponentTable table;
  std::vector<MissingLibrary> missing; ///< Of what is opened.
  /// The catalog's rules that hold here, and the components of what they open.
  std::vector<std::pair<const model::LoaderRule *, std::set<std::string>>> openedBy;
  std::set<std::string_view> seen;   ///< Symbols of functions that some unit has the body of.
  std::set<EntityIndex> unaccounted; ///< Their code may be in the program, nobody knows where.
  std::vector<std::vector<RecordIndex>> derived;      ///< By class.
  std::map<RecordIndex, std::set<std::string>> types; ///< Answers of typesOf.
  std::set<std::string> unseenBases; ///< Type information of bases of classes that no unit has.
  std::vector<std::optional<std::size_t>> headerRules; ///< By file.
};

} // namespace

model::Result<Owners> attribute(const Program &program, const Loaded &loaded,
                                const LoadedApplication &application,
                                const model::Catalog &catalog) {
  return Attributor(program, loaded, application, catalog).run();
}

} // namespace ripple::analyzer
