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
    std::vector<std::string> idOfEntity;
    for (const Entity &entity : program.facts.entities)
      idOfEntity.push_back(ownerOf(entity));
    std::map<std::string, std::string> idOfLibrary;
    for (const UnresolvedSite &site : program.facts.unresolved)
      if (!site.library.empty() && !idOfLibrary.contains(site.library))
        if (std::string id = ownerOfOpened(site.library); !id.empty())
          idOfLibrary.emplace(site.library, id);
    auto components = table.finish();
    if (!components)
      return tl::unexpected(components.error());
    return assemble(std::move(*components), idOfEntity, idOfLibrary);
  }

private:
  Owners assemble(std::vector<model::Component> components,
                  const std::vector<std::string> &idOfEntity,
                  const std::map<std::string, std::string> &idOfLibrary) {
    Owners out;
    out.components = std::move(components);
    out.bindings = table.bindings();
    std::map<std::string, std::uint32_t> indexOf;
    for (std::uint32_t index = 0; index < out.components.size(); ++index)
      indexOf.emplace(out.components[index].id, index);
    for (const std::string &id : idOfEntity)
      out.ownerOf.push_back(id.empty() || id == application.name ? none : indexOf.at(id));
    for (const auto &[library, id] : idOfLibrary)
      out.ownerOfLibrary.emplace(library, indexOf.at(id));
    for (const MissingLibrary &missing : application.closure.missing)
      out.warnings.push_back(fmt::format(
          "{}: needs {}, which {}; the list says `complete: false`: install it here, or analyze "
          "where it is installed",
          missing.neededBy, missing.name, missing.why));
    for (const model::Component &component : out.components)
      if (component.origin.starts_with("unknown:"))
        out.warnings.push_back(fmt::format(
            "{}: no package, target or catalog rule owns the headers in {}; add a component with "
            "`headers` to a catalog",
            component.id, component.origin.substr(8)));
    return out;
  }

  const std::string &fileOf(SourceLine line) const {
    static const std::string noFile;
    return line.file == none ? noFile : program.facts.files[line.file];
  }

  /// Types and fields live in no symbol, and code that a unit has the body of is the code that
  /// runs: the file says whose they are. Everything else belongs to whoever defines the symbol.
  static bool belongsToFile(const Entity &entity) {
    return entity.hasBody || entity.kind == EntityKind::Type || entity.kind == EntityKind::Field ||
           entity.kind == EntityKind::Initialiser ||
           (entity.kind == EntityKind::Variable && entity.defined.file != none);
  }

  Place placeOf(const Entity &entity) {
    if (belongsToFile(entity)) {
      const SourceLine line = entity.defined.file != none ? entity.defined : entity.declared;
      return places.ofFile(fileOf(line));
    }
    const std::optional<Place> definer = places.ofSymbol(symbolOf(entity));
    if (definer && places.isImported(symbolOf(entity)))
      return *definer;
    const Place &place = places.ofFile(fileOf(entity.declared));
    // Declared by nobody else (operator new, a user's own `int puts(const char *);`).
    return place.kind == Place::Kind::Application && definer ? *definer : place;
  }

  std::string ownerOf(const Entity &entity) {
    if (entity.kind == EntityKind::Unknown)
      return {};
    const Place place = placeOf(entity);
    const std::size_t rule =
        std::min({table.ruleOf(place), ruleByHeader(entity.declared.file), ruleBySymbol(entity)});
    return table.idOf(place, rule, belongsToFile(entity));
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
        return table.idOf(places.ofLibrary(target.artefact), false);
    auto binary = places.libraries().read(application.file);
    std::string path = binary ? places.libraries().find(name, {binary->get()}) : std::string();
    return path.empty() ? std::string() : table.idOf(places.ofLibrary(path), false);
  }

  const Program &program;
  const Loaded &loaded;
  const LoadedApplication &application;
  const model::Catalog &catalog;
  Places places;
  ComponentTable table;
  std::vector<std::optional<std::size_t>> headerRules; ///< By file.
};

} // namespace

model::Result<Owners> attribute(const Program &program, const Loaded &loaded,
                                const LoadedApplication &application,
                                const model::Catalog &catalog) {
  return Attributor(program, loaded, application, catalog).run();
}

} // namespace ripple::analyzer
