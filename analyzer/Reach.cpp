//===- Reach.cpp - From each handler to the components it may use ---------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/Pipeline.h"
#include "analyzer/ShippedCatalog.h"
#include "analyzer/link/Paths.h"
#include "analyzer/reach/Kept.h"
#include "analyzer/reach/Serving.h"
#include "analyzer/reach/Uses.h"
#include "model/Nearest.h"

#include <algorithm>
#include <fmt/format.h>

namespace ripple::analyzer {
namespace {

using model::ComponentUse;

class Reacher {
public:
  Reacher(const Program &program, const Resolved &resolved, const Owners &owners,
          const model::Catalog &catalog)
      : program(program), resolved(resolved), owners(owners), walk(program, resolved),
        catalog(catalog), handlers(program, resolved, catalog, false),
        servingWalk(program, resolved, catalog), finder(program, resolved, owners) {}

  Reached run() {
    result.application.complete = program.complete;
    findDispatchers();
    for (std::size_t i = 0; i < program.routes.size(); ++i)
      if (isRequest(program.routes[i]))
        addRequest(program.routes[i], dispatchers[i]);
    addAmbient();
    addStartup();
    noteIncompleteUnits();
    noteUnread();
    addIgnored();
    finish();
    return std::move(result);
  }

private:
  /// FROM stands in what WRAPPER makes, or is that: it calls that for the same route.
  bool isWithin(EntityIndex from, EntityIndex wrapper) const {
    for (EntityIndex outer = program.facts.entities[from].enclosing; outer != none;
         outer = program.facts.entities[outer].enclosing)
      if (outer == wrapper)
        return true;
    return false;
  }

  /// Those of BINDINGS that hold wherever ROOTS come to what the wrapper makes: not where they come
  /// to it another way, too, as to what is kept in a captured variable or a field.
  Bindings certain(const std::vector<EntityIndex> &roots, Bindings bindings) {
    for (bool isCertain = bindings.empty(); !isCertain;) {
      const std::vector<EntityIndex> reached = walk.run(roots, {.bindings = &bindings});
      std::map<EntityIndex, EntityIndex> boundIn; // what calls a bound parameter, whose it is
      auto eachEdge = [&](EntityIndex from, auto &&action) {
        for (const Edge &edge : resolved.edges[from])
          action(edge);
        if (const std::uint32_t list = resolved.listOf(from); list != none)
          for (const Edge &edge : resolved.shared[list])
            action(edge);
      };
      auto isBound = [&](const Edge &edge) {
        return edge.slotOf != none && bindings.count({edge.slotOf, edge.slotParameter}) > 0;
      };
      for (EntityIndex each : reached)
        eachEdge(each, [&](const Edge &edge) {
          if (isBound(edge))
            boundIn[each] = edge.slotOf;
        });
      std::set<EntityIndex> open;
      for (EntityIndex each : reached)
        eachEdge(each, [&](const Edge &edge) {
          auto found = boundIn.find(edge.to);
          if (found != boundIn.end() && !isBound(edge) && edge.context != EdgeContext::Serving &&
              !isWithin(each, found->second))
            open.insert(found->second);
        });
      isCertain = open.empty();
      std::erase_if(bindings, [&](const auto &each) { return open.count(each.first.first) > 0; });
    }
    return bindings;
  }

  static bool isRequest(const Route &route) { return !route.ambient && !route.startup; }

  static std::vector<EntityIndex> rootsOf(const Route &route) {
    std::vector<EntityIndex> roots = route.handlers;
    roots.insert(roots.end(), route.makes.begin(), route.makes.end());
    return roots;
  }

  /// Handlers of the user's own rules may be called by those of a framework's, or of another rule:
  /// one for all paths, say, that looks the right one up in a table. What that does besides, it
  /// does for each of them.
  void findDispatchers() {
    dispatchers.resize(program.routes.size());
    auto isOwn = [&](const Route &route) {
      return isRequest(route) && !isShipped(catalog.handlers[route.rule]) &&
             std::any_of(route.handlers.begin(), route.handlers.end(),
                         [&](EntityIndex handler) { return handlers.isDispatched(handler); });
    };
    if (std::none_of(program.routes.begin(), program.routes.end(), isOwn))
      return;
    for (std::size_t from = 0; from < program.routes.size(); ++from)
      if (const Route &route = program.routes[from]; isRequest(route)) {
        std::set<EntityIndex> met;
        Bindings bindings = certain(rootsOf(route), route.bindings);
        walk.run(rootsOf(route), {.bindings = &bindings, .blocked = &handlers, .met = &met});
        if (!met.empty())
          certainOf.emplace(from, std::move(bindings));
        for (std::size_t to = 0; to < program.routes.size(); ++to)
          if (const Route &other = program.routes[to];
              other.rule != route.rule && isOwn(other) &&
              std::any_of(other.handlers.begin(), other.handlers.end(),
                          [&](EntityIndex handler) { return met.contains(handler); }))
            dispatchers[to].insert(from);
      }
    for (bool isChanged = true; std::exchange(isChanged, false);)
      for (std::set<std::size_t> &all : dispatchers)
        for (std::size_t each : std::vector(all.begin(), all.end()))
          for (std::size_t outer : dispatchers[each])
            isChanged |= all.insert(outer).second;
  }

  void addRequest(const Route &route, const std::set<std::size_t> &calledBy) {
    model::RequestKind request = route.request;
    if (request.handlers.size() < 2)
      request.handlers.clear();
    const std::vector<EntityIndex> roots = rootsOf(route);
    const Bindings bindings = certain(roots, route.bindings);
    auto search = [&](bool provenOnly, bool syncOnly) -> const std::vector<EntityIndex> & {
      const std::vector<EntityIndex> &reached = walk.run(roots, {provenOnly, syncOnly, &bindings});
      for (std::size_t each : calledBy)
        walk.runOn(rootsOf(program.routes[each]),
                   {provenOnly, syncOnly, &certainOf.at(each), &handlers});
      return reached;
    };
    Uses uses = finder.find(walk, search, false);
    note(uses, request.id);
    request.components = std::move(uses.components);
    request.unresolved = std::move(uses.unresolved);
    for (const std::string &reason : route.incomplete)
      request.unresolved.push_back(finder.describe(route.at, reason));
    for (const model::Unresolved &row : request.unresolved)
      result.unresolved.push_back(row);
    request.complete = request.unresolved.empty();
    result.application.requests.push_back(std::move(request));
  }

  /// What runs for every request: the serving loop, threads that start-up code starts, and what
  /// is registered to be called around every request.
  void addAmbient() {
    if (servingWalk.isMainUnknown())
      result.notes.push_back("main comes to no call that is known to start serving, so all that it "
                             "runs counts for every request; where a call of its own or of its "
                             "framework does, name it under 'serving' in a catalog");
    std::vector<model::Unresolved> unresolved;
    for (const Route &route : program.routes)
      if (route.ambient) {
        const Bindings bindings = certain(route.handlers, route.bindings);
        auto around = [&](bool provenOnly, bool syncOnly) -> const std::vector<EntityIndex> & {
          return walk.run(route.handlers, {provenOnly, syncOnly, &bindings, &handlers});
        };
        Uses uses = finder.find(walk, around, true);
        note(uses, "");
        join(result.application.ambient, std::move(uses.components));
        append(unresolved, std::move(uses.unresolved));
        for (const std::string &reason : route.incomplete)
          unresolved.push_back(finder.describe(route.at, reason));
      }
    auto search = [&](bool provenOnly, bool) -> const std::vector<EntityIndex> & {
      return servingWalk.serving(provenOnly);
    };
    Uses uses = finder.find(servingWalk, search, true);
    note(uses, "");
    join(result.application.ambient, std::move(uses.components));
    append(unresolved, std::move(uses.unresolved));
    // What is not known of the serving loop may happen around every request.
    for (const model::Unresolved &row : unresolved)
      addEverywhere(row);
  }

  void addStartup() {
    auto search = [&](bool provenOnly, bool) -> const std::vector<EntityIndex> & {
      return servingWalk.startup(provenOnly);
    };
    Uses uses = finder.find(servingWalk, search, true);
    note(uses, "");
    append(result.unresolved, std::move(uses.unresolved));
    std::set<std::string> elsewhere;
    for (const ComponentUse &use : result.application.ambient)
      elsewhere.insert(use.component);
    for (const model::RequestKind &request : result.application.requests)
      for (const ComponentUse &use : request.components)
        elsewhere.insert(use.component);
    for (ComponentUse &use : uses.components)
      if (!elsewhere.count(use.component))
        result.application.startup.push_back(std::move(use));
  }

  /// REQUEST, or all of them where it is "", has no longer what USES says.
  void note(const Uses &uses, const std::string &request) {
    for (const Ignore &row : uses.ignored)
      ignored[row].insert(request);
  }

  /// Every comment is reported: what it took away, or why it took nothing.
  void addIgnored() {
    for (const Ignore &row : program.facts.ignores) {
      const std::string file = documentPath(program.facts.files[row.at.file], program.sourceRoot);
      auto took = ignored.find(row);
      if (took != ignored.end()) {
        model::Ignored one;
        one.file = file;
        one.line = row.at.line;
        one.component = row.component;
        one.reason = row.reason;
        for (const std::string &request : took->second)
          if (!request.empty())
            one.requests.push_back(request);
        result.ignored.push_back(std::move(one));
        continue;
      }
      result.notes.push_back(
          fmt::format("{}:{}: ripple: ignore{}", file, row.at.line, whyNothing(row)));
    }
  }

  std::string whyNothing(const Ignore &row) const {
    if (row.component.empty())
      return ": it does not say which component; write `// ripple: ignore(COMPONENT) REASON`. It "
             "takes nothing away";
    if (row.reason.empty())
      return fmt::format("({}): it gives no reason; write one behind it. It takes nothing away",
                         row.component);
    std::vector<std::string_view> names;
    for (const model::Component &component : owners.components)
      names.push_back(component.id);
    if (std::find(names.begin(), names.end(), row.component) != names.end())
      return fmt::format("({}): nothing uses it by this line alone. It takes nothing away",
                         row.component);
    const std::string_view near =
        model::nearest(row.component, std::span<const std::string_view>(names));
    return fmt::format("({}): there is no such component{} It takes nothing away", row.component,
                       near.empty() ? "." : fmt::format("; did you mean '{}'?", near));
  }

  /// ROW may happen on the way of any request.
  void addEverywhere(const model::Unresolved &row) {
    result.unresolved.push_back(row);
    for (model::RequestKind &request : result.application.requests)
      request.unresolved.push_back(row);
  }

  void noteIncompleteUnits() {
    for (const std::string &unit : program.incompleteUnits) {
      model::Unresolved row;
      row.file = unit;
      row.reason = "the unit does not compile: what it calls and registers is known in part only";
      row.couldReach = {"*"};
      addEverywhere(row);
    }
  }

  /// Code in the program that was not read may run for any request. Of units that do not compile
  /// that is said already.
  void noteUnread() {
    if (!program.complete)
      return;
    for (const auto &[component, symbols] : owners.unread) {
      model::Unresolved row;
      row.file = owners.components[owners.application].path;
      row.reason = fmt::format(
          "the program uses {}{} of {}, which no code that was read names: some of it was not read "
          "(an archive, an object file, assembler)",
          symbols.front(),
          symbols.size() > 1 ? fmt::format(" and {} more", symbols.size() - 1) : "",
          owners.components[component].id);
      row.couldReach = {owners.components[component].id};
      addEverywhere(row);
    }
  }

  /// Of two ways to one component the surer is kept, then one that is not by dependency only.
  static void join(std::vector<ComponentUse> &into, std::vector<ComponentUse> from) {
    append(into, std::move(from));
    std::stable_sort(into.begin(), into.end(), [](const ComponentUse &a, const ComponentUse &b) {
      return std::tuple(std::string_view(a.component), a.confidence, !a.via.empty(),
                        a.evidence.size()) < std::tuple(std::string_view(b.component), b.confidence,
                                                        !b.via.empty(), b.evidence.size());
    });
    auto same = [](const ComponentUse &a, const ComponentUse &b) {
      return a.component == b.component;
    };
    into.erase(std::unique(into.begin(), into.end(), same), into.end());
  }

  template <typename T> static void append(std::vector<T> &into, std::vector<T> from) {
    into.insert(into.end(), std::make_move_iterator(from.begin()),
                std::make_move_iterator(from.end()));
  }

  static void sortUnique(std::vector<model::Unresolved> &rows) {
    std::sort(rows.begin(), rows.end(), [](const model::Unresolved &a, const model::Unresolved &b) {
      return std::tie(a.file, a.line, a.reason) < std::tie(b.file, b.line, b.reason);
    });
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  }

  void finish() {
    for (model::RequestKind &request : result.application.requests) {
      sortUnique(request.unresolved);
      request.complete = request.unresolved.empty();
      result.application.complete &= request.complete;
    }
    std::sort(result.application.requests.begin(), result.application.requests.end(),
              [](const model::RequestKind &a, const model::RequestKind &b) { return a.id < b.id; });
    sortUnique(result.unresolved);
  }

  const Program &program;
  const Resolved &resolved;
  const Owners &owners;
  Walk walk;
  const model::Catalog &catalog;
  const Handlers handlers; ///< But for those around requests.
  ServingWalk servingWalk;
  UseFinder finder;
  std::vector<std::set<std::size_t>> dispatchers; ///< By route: others whose handlers call its own.
  std::map<std::size_t, Bindings> certainOf;      ///< Of those, by route.
  std::map<Ignore, std::set<std::string>> ignored; ///< By comment: requests, "" for all code else.
  Reached result;
};

/// Who makes an object that only requests make answers for what serving code calls on it.
void addObjects(const Program &program, Resolved &resolved, const model::Catalog &catalog) {
  const std::vector<Entity> &entities = program.facts.entities;
  std::map<RecordIndex, std::vector<EntityIndex>> methods;
  for (EntityIndex method : ServingWalk(program, resolved, catalog).ofRequests())
    methods[entities[method].record].push_back(method);
  for (EntityIndex i = 0; i < entities.size(); ++i)
    if (const Entity &entity = entities[i]; entity.kind == EntityKind::Constructor)
      if (auto found = methods.find(entity.record); found != methods.end())
        for (EntityIndex method : found->second)
          resolved.edges[i].push_back(
              {.to = method,
               .kind = EdgeKind::Escape,
               .proven = false,
               .async = true,
               .at = entity.defined.file == none ? entity.declared : entity.defined});
}

} // namespace

Reached reach(const Program &program, const Resolved &resolved, const Owners &owners,
              const model::Catalog &catalog) {
  Resolved all = withKept(program, resolved, owners, catalog);
  addObjects(program, all, catalog);
  return Reacher(program, all, owners, catalog).run();
}

} // namespace ripple::analyzer
