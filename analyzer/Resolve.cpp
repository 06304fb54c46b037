//===- Resolve.cpp - Every call's targets ---------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/Pipeline.h"
#include "analyzer/Sorted.h"
#include "analyzer/Threads.h"
#include "analyzer/link/Paths.h"
#include "analyzer/resolve/Charges.h"
#include "analyzer/resolve/Conversions.h"
#include "analyzer/resolve/Edges.h"
#include "analyzer/resolve/Library.h"
#include "analyzer/resolve/StandardCode.h"
#include "analyzer/resolve/Targets.h"
#include "analyzer/resolve/ValueFlow.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>

namespace ripple::analyzer {
namespace {

class Resolver {
public:
  Resolver(const Program &program, bool follows,
           const std::map<EntityIndex, std::set<EntityIndex>> &named)
      : program(program), facts(program.facts), follows(follows), named(named), targets(facts) {}

  Resolved run() {
    result.edges.resize(facts.entities.size());
    result.startsThread.resize(facts.entities.size());
    for (EntityIndex i = 0; i < facts.entities.size(); ++i)
      result.startsThread[i] = startsThread(facts.entities[i].name);
    result.unresolved = facts.unresolved;
    for (const UnresolvedSite &site : facts.unresolved)
      if (site.isOpening)
        opens.insert(site.library);
    result.threadEnds = facts.threadEnds;
    result.programEnds = facts.programEnds;
    for (const Call &call : facts.calls)
      addCall(call);
    for (const IndirectCall &call : facts.indirectCalls) {
      if (isConditional(call))
        if (auto [place, isNew] = typeOfPlace.emplace(call.caller, call.type);
            place->second != call.type)
          place->second = none;
      addIndirectCall(call);
    }
    addFollowedCalls();
    for (const Call &row : facts.calls)
      if (row.kind == CallKind::Direct)
        callersOf.emplace_back(row.callee, row.caller);
    std::sort(callersOf.begin(), callersOf.end());
    callersOf.erase(std::unique(callersOf.begin(), callersOf.end()), callersOf.end());
    for (const Taken &row : facts.taken)
      addTaken(row);
    for (const OwnerEdge &edge : ownerEdges(facts))
      add(edge.from,
          {edge.to, EdgeKind::Pointer, false, false, facts.entities[edge.from].declared});
    addCallsFromLibraries();
    addFound();
    for (const Conversion &row : conversionsOf(facts, targets, result.edges, standardCalls))
      add(row.target,
          {row.callee, EdgeKind::Callback, row.proven, false, facts.entities[row.target].defined});
    addStandardCalls();
    addProgramEnds();
    finish();
    return std::move(result);
  }

private:
  void add(EntityIndex from, Edge edge) {
    if (isGate(facts.entities[from]))
      return;
    edge.async |= result.startsThread[from];
    result.edges[from].push_back(edge);
  }

  void addCall(const Call &call) {
    if (call.kind != CallKind::Virtual) {
      add(call.caller, {call.callee, EdgeKind::Direct, true, false, call.at});
      return;
    }
    calledVirtually.push_back(call.callee);
    if (isModelled(facts, call))
      return;
    if (follows && call.passed != none && facts.passed[call.passed].object != none)
      followed.push_back({call.caller, call.callee, none, call.passed, call.at});
    else
      addHierarchy(call.callee, {none, EdgeKind::Virtual, true, false, call.at}, call.caller);
  }

  /// EDGE to each method that a virtual call of METHOD in CALLER may run.
  void addHierarchy(EntityIndex method, Edge edge, EntityIndex caller) {
    const std::vector<EntityIndex> &all = targets.ofMethod(method);
    std::size_t codes = std::count_if(
        all.begin(), all.end(), [&](EntityIndex target) { return !facts.entities[target].isPure; });
    if (codes == 0 && edge.context != EdgeContext::Serving)
      result.unresolved.push_back({caller,
                                   edge.at,
                                   "virtual call of '" + facts.entities[method].name +
                                       "', which nothing in the program implements",
                                   {method},
                                   ""});
    edge.proven &= codes == 1;
    for (EntityIndex target : all) {
      edge.to = target;
      add(caller, edge);
    }
  }

  /// The object, or function, that SITE calls may be in a library that the program opens.
  void addOpened(const CallSite &site, const Edge &edge, EntityIndex caller,
                 const std::vector<EntityIndex> &through) {
    if (edge.context == EdgeContext::Serving || opens.empty() ||
        !(site.method == none ? values->mayBeRegistered(facts.passed[site.passed].object)
                              : values->mayBeOpened(facts.passed[site.passed].object)))
      return;
    const std::string call =
        site.method == none ? "call of what"
                            : "virtual call of '" + facts.entities[site.method].name + "' on what";
    for (const std::string &library : opens)
      result.unresolved.push_back(
          {caller, edge.at,
           call + " may come out of " +
               (library.empty() ? "a file that is opened and whose name is not constant" : library),
           through, library});
  }

  void addIndirectCall(const IndirectCall &call) {
    if (isConditional(call)) {
      if (follows)
        conditional.push_back(&call);
      return;
    }
    if (isFollowed(facts, targets, call))
      return;
    for (EntityIndex through : call.through)
      add(call.caller, {through, EdgeKind::Pointer,
                        facts.entities[through].kind == EntityKind::Field, false, call.at});
    if (isModelled(facts, call))
      return;
    if (follows && call.passed != none) {
      indirect.emplace(followed.size(), &call);
      followed.push_back(siteOf(call));
    } else if (call.to != none) {
      handed.push_back(&call);
    } else if (follows && isStandard(facts.entities[call.caller])) {
      standardCalls[call.caller].push_back(&call);
    } else {
      addTyped(call, edgeOf(call), call.caller);
    }
  }

  static CallSite siteOf(const IndirectCall &call) {
    return {call.caller, none, call.type, call.passed, call.at, call.to != none, call.objectClass};
  }

  Edge edgeOf(const IndirectCall &call) const {
    if (isConditional(call))
      return {none, EdgeKind::Callback, false, false, call.at};
    if (call.to != none && !facts.entities[call.to].hasBody)
      return {none, EdgeKind::Callback, true, result.startsThread[call.to], call.at};
    if (call.isKept || call.to != none)
      return {none, EdgeKind::Escape, false, true, call.at};
    return {none, EdgeKind::Pointer, true, false, call.at};
  }

  /// EDGE to each callable that a pointer of the type that CALL calls may hold. GIVER: of a
  /// library, the only one that may have given it to the program.
  void addTyped(const IndirectCall &call, Edge edge, EntityIndex caller, EntityIndex giver = none) {
    static const std::vector<EntityIndex> Empty;
    const bool isObject = call.to != none && call.objectClass != none;
    const std::vector<EntityIndex> &all = isObject            ? values->fallbackOf(siteOf(call))
                                          : call.type == none ? Empty
                                                              : targets.ofType(call.type);
    edge.proven &= all.size() == 1;
    for (EntityIndex target : all) {
      if (facts.entities[target].kind == EntityKind::Unknown) {
        if (edge.context != EdgeContext::Serving)
          addUnknown(call, target, caller, edge.at);
        continue;
      }
      edge.to = target;
      if (edge.context != EdgeContext::Request) {
        edge.slotOf = call.slotOf;
        edge.slotParameter = call.slotParameter;
        keep(call, {caller, none, target, edge.at});
      }
      add(caller, edge);
    }
    if (!all.empty() || edge.context == EdgeContext::Serving || call.to != none)
      return;
    if (values && call.passed != none && values->isNull(facts.passed[call.passed].object))
      return;
    std::vector<EntityIndex> unlessOwned = call.through;
    if (giver != none)
      unlessOwned.push_back(giver);
    // Inline code of a library calls what the library's own code has set: what the program gives
    // to it counts for whoever gives it.
    if (isOutside(facts.entities[call.caller]))
      unlessOwned.push_back(call.caller);
    result.unresolved.push_back({caller, edge.at,
                                 "call through a pointer to '" +
                                     (call.type == none ? "?" : facts.types[call.type]) +
                                     "', to which nothing in the program is known to be assigned",
                                 std::move(unlessOwned), ""});
  }

  /// Places of libraries that what CALL calls may come out of. Where nothing at all is known of it,
  /// that is said by its type alone, as of the program's own functions.
  ValueFlow::Origins originsOf(const IndirectCall &call) const {
    const NodeIndex object = facts.passed[call.passed].object;
    const bool isUnknown = facts.nodes[object].kind == NodeKind::Unknown;
    if (isUnknown && call.to != none && call.objectClass != none)
      return {}; // An object of any class.
    ValueFlow::Origins origins = values->originsOf(object);
    auto isOther = [&](EntityIndex origin) {
      // Who is handed that runs it; what is in a field was put there, or given with the whole.
      if (call.to != none && facts.entities[origin].kind == EntityKind::Field)
        return true;
      auto type = typeOfPlace.find(origin);
      return isUnknown && call.type != none && type != typeOfPlace.end() && type->second != none &&
             !targets.mayBecome(type->second, call.type);
    };
    std::erase_if(origins.places, isOther);
    std::erase_if(origins.callers, isOther);
    return origins;
  }

  /// What CALL calls is not known: any of its type, or a function of a library's own that it got
  /// from there, whoever asked for it.
  void addUnseen(const IndirectCall &call, Edge edge, EntityIndex caller) {
    const ValueFlow::Origins origins = originsOf(call);
    edge.proven &= origins.places.empty() && origins.callers.empty();
    std::vector<EntityIndex> givers = origins.callers;
    std::erase_if(givers, [&](EntityIndex each) { return isStandard(facts.entities[each]); });
    addTyped(call, edge, caller, givers.size() == 1 ? givers[0] : none);
    std::vector<EntityIndex> all;
    std::ranges::set_union(origins.places, origins.callers, std::back_inserter(all));
    const bool isSaid = edge.context == EdgeContext::Serving ||
                        (call.type != none &&
                         std::ranges::any_of(targets.ofType(call.type), [&](EntityIndex target) {
                           return facts.entities[target].kind == EntityKind::Unknown;
                         }));
    for (EntityIndex origin : all) {
      if (const Entity &from = facts.entities[origin]; !isSaid && looksUpSymbol(from))
        addFromSymbol(call, "may call what " + from.name + " returns", caller, edge.at);
      edge.to = origin;
      if (facts.entities[origin].kind != EntityKind::Unknown)
        add(caller, edge);
      else if (edge.context != EdgeContext::Serving)
        addUnknown(call, origin, caller, edge.at);
    }
  }

  /// Calls whose object, or callee, is followed to where it comes from.
  void addFollowedCalls() {
    std::sort(calledVirtually.begin(), calledVirtually.end());
    std::vector<bool> open(facts.entities.size());
    for (EntityIndex i = 0; i < facts.entities.size(); ++i)
      open[i] = facts.entities[i].isVirtual && mayBeCalledFromOutside(i);
    for (const Route &route : program.routes)
      for (EntityIndex handler : route.handlers)
        open[handler] = true;
    values.emplace(facts, targets, std::move(open), named);
    for (const IndirectCall *call : handed)
      if (!isBackToOwn(*call))
        addTyped(*call, edgeOf(*call), call->caller);
    for (const IndirectCall *call : conditional)
      if (holds(*call)) {
        indirect.emplace(followed.size(), call);
        followed.push_back(siteOf(*call));
      }
    for (Charge &charge : chargesOf(followed, facts, targets, *values, result.startsThread)) {
      auto call = indirect.find(charge.site);
      if (call != indirect.end() && isBackToOwn(*call->second))
        continue;
      Edge edge = call == indirect.end() ? Edge{none, EdgeKind::Virtual} : edgeOf(*call->second);
      edge.proven &= charge.isAll;
      edge.async |= charge.isAsync;
      edge.at = charge.at;
      edge.context = charge.context;
      if (!charge.isKnown) {
        if (call == indirect.end()) {
          addHierarchy(followed[charge.site].method, edge, charge.caller);
          addOpened(followed[charge.site], edge, charge.caller, {followed[charge.site].method});
        } else {
          addUnseen(*call->second, edge, charge.caller);
          addOpened(followed[charge.site], edge, charge.caller, call->second->through);
        }
        continue;
      }
      edge.proven &= charge.targets.size() == 1;
      edge.isKnown = edge.kind == EdgeKind::Virtual || edge.kind == EdgeKind::Pointer;
      if (call != indirect.end() && charge.context != EdgeContext::Request) {
        edge.slotOf = call->second->slotOf;
        edge.slotParameter = call->second->slotParameter;
      }
      for (EntityIndex target : charge.targets) {
        edge.to = target;
        add(charge.caller, edge);
        if (call != indirect.end() && charge.context != EdgeContext::Request)
          keep(*call->second, {charge.caller, none, target, charge.at});
      }
    }
  }

  bool isUnseen(EntityIndex index) const {
    const Entity &entity = facts.entities[index];
    const bool isHere =
        entity.kind == EntityKind::Variable ? entity.defined.file != none : entity.hasBody;
    return !isHere || (entity.isSystem && !isStandard(entity));
  }

  /// True unless only code that is followed gets what CALL says.
  bool holds(const IndirectCall &call) const {
    const NodeIndex by = facts.passed[call.passed].receiver;
    if (by != none)
      return values->isUnknown(by) || values->of(by).empty() || !unseenIn(by).empty();
    return isUnseen(call.caller) || values->isGivenAway(call.caller);
  }

  std::vector<EntityIndex> unseenIn(NodeIndex callee) const {
    std::vector<EntityIndex> found;
    for (NodeIndex value : values->of(callee))
      if (const Node &node = facts.nodes[value]; node.kind == NodeKind::Callable)
        for (EntityIndex target : targets.ofMethod(node.entity))
          if (isUnseen(target))
            found.push_back(target);
    return found;
  }

  /// CALL is what an overrider returns, and only code that is seen calls that.
  bool isBackToOwn(const IndirectCall &call) const {
    const std::vector<EntityIndex> &bases = targets.overriddenBy(call.caller);
    return call.to != none && std::binary_search(bases.begin(), bases.end(), call.to) &&
           !mayBeCalledFromOutside(call.caller);
  }

  /// CALL hands ROW's target over.
  void keep(const IndirectCall &call, Kept row) {
    if (call.to == none)
      return;
    std::vector<EntityIndex> keepers{call.to};
    if (const NodeIndex by = facts.passed[call.passed].receiver;
        isConditional(call) && by != none) {
      keepers = unseenIn(by);
      keepers.insert(keepers.end(), call.through.begin(), call.through.end());
    }
    for (EntityIndex keeper : keepers) {
      row.keeper = keeper;
      keep(row);
    }
  }

  void keep(Kept row) {
    if (row.keeper == none)
      return;
    if (runsAtThreadEnd(facts.entities[row.keeper]))
      result.threadEnds.push_back({row.maker, row.target, row.at});
    else if (runsAtProgramEnd(facts.entities[row.keeper]))
      result.programEnds.push_back({row.maker, row.target, row.at});
    else if (runsAtQuickExit(facts.entities[row.keeper]))
      quickEnds.push_back({row.maker, row.target, row.at});
    else if (mayKeep(facts.entities[row.keeper]))
      result.kept.push_back(row);
  }

  void addUnknown(const IndirectCall &call, EntityIndex target, EntityIndex caller,
                  SourceLine from) {
    SourceLine at = facts.entities[target].declared;
    std::string place = at.file == none
                            ? ""
                            : " at " + documentPath(facts.files[at.file], program.sourceRoot) +
                                  ":" + std::to_string(at.line);
    const std::string reason = "may call " + facts.entities[target].name + place;
    if (at.file != none)
      addFromSymbol(call, reason, caller, from);
    else
      result.unresolved.push_back({caller, from, reason, call.through, ""});
  }

  /// What CALL calls was looked up in some file: it may be any whose name is known.
  void addFromSymbol(const IndirectCall &call, const std::string &reason, EntityIndex caller,
                     SourceLine from) {
    result.unresolved.push_back({caller, from, reason, call.through, ""});
    for (const std::string &library : opens)
      if (!library.empty())
        result.unresolved.push_back({caller, from, reason, {}, library});
  }

  /// Who makes a callable into a value answers for its being called: at once by a library, later
  /// by whoever gets hold of it, or on another thread. Who makes a coroutine does so for all of it.
  void addTaken(const Taken &row) {
    if (facts.entities[row.callable].kind == EntityKind::Unknown || row.to == row.callable)
      return;
    if (facts.entities[row.callable].kind == EntityKind::Coroutine) {
      add(row.in, {row.callable, EdgeKind::Callback, true, true, row.at});
      return;
    }
    if (callsPointer(facts.entities[row.callable]) &&
        facts.entities[row.in].kind == EntityKind::Constructor) {
      addKeepers(row.in, row);
      return;
    }
    bool toLibrary = row.to != none && !facts.entities[row.to].hasBody;
    bool toThread = row.to != none && result.startsThread[row.to];
    // What it calls before it returns is called for its caller.
    toLibrary |= row.to != none && callsAtOnce(facts.entities[row.to]);
    const std::vector<EntityIndex> &all = targets.ofMethod(row.callable);
    for (EntityIndex callable : all) {
      if (toLibrary && !facts.entities[row.to].hasBody)
        keep({row.in, row.to, callable, row.at});
      Edge edge{callable, toLibrary || toThread ? EdgeKind::Callback : EdgeKind::Escape,
                (toLibrary || toThread) && all.size() == 1, toThread || !toLibrary, row.at};
      edge.isKnown = isCalledBySeen(edge);
      add(row.in, edge);
    }
  }

  /// EDGE's callable is put somewhere, and only code that is seen gets hold of it. Of what calls
  /// the target of a std::function that target is asked.
  bool isCalledBySeen(const Edge &edge) const {
    if (!follows || edge.kind != EdgeKind::Escape)
      return false;
    if (!callsTarget(facts.entities[edge.to]))
      return values->isOnlyHere(edge.to);
    bool isAny = false;
    std::vector<EntityIndex> work{edge.to};
    for (std::size_t i = 0; i < work.size(); ++i)
      for (const Edge &call : result.edges[work[i]])
        if (const Entity &called = facts.entities[call.to]; !called.isSystem) {
          if (!values->isOnlyHere(call.to))
            return false;
          isAny = true;
        } else if (std::ranges::find(work, call.to) == work.end()) {
          work.push_back(call.to);
        }
    return isAny;
  }

  /// ROW is in a constructor of std::function, which MAKER is or calls. Libraries that call it are
  /// not followed.
  void addKeepers(EntityIndex maker, const Taken &row) {
    auto [first, last] =
        std::equal_range(callersOf.begin(), callersOf.end(), std::pair(maker, EntityIndex()),
                         [](const auto &a, const auto &b) { return a.first < b.first; });
    for (auto caller = first; caller != last; ++caller) {
      const Entity &entity = facts.entities[caller->second];
      Edge edge{row.callable, EdgeKind::Escape, false, true, row.at};
      edge.isKnown = isCalledBySeen(edge);
      if (entity.name == "std::function::operator=" && caller->second != maker)
        addKeepers(caller->second, row);
      else if (follows && isStandard(entity))
        standardKeepers[caller->second].push_back(edge);
      else if (entity.isSystem)
        add(caller->second, edge);
    }
  }

  /// Code that is not seen may call what overrides its virtual functions on any object made here.
  void addCallsFromLibraries() {
    std::unordered_map<RecordIndex, std::vector<EntityIndex>> methods; // by class
    for (EntityIndex i = 0; i < facts.entities.size(); ++i)
      if (const Entity &entity = facts.entities[i];
          entity.isVirtual && !entity.isPure && mayBeCalledFromOutside(i))
        methods[entity.record].push_back(i);
    for (EntityIndex i = 0; i < facts.entities.size(); ++i) {
      const Entity &entity = facts.entities[i];
      if (entity.kind != EntityKind::Constructor)
        continue;
      if (auto found = methods.find(entity.record); found != methods.end())
        for (EntityIndex method : found->second) {
          const SourceLine at = entity.defined.file == none ? entity.declared : entity.defined;
          add(i, {method, EdgeKind::Callback, false, false, at});
          // The standard library's own classes are known: its threads, its owners.
          if (!isStandard(facts.entities[method]))
            for (EntityIndex base : targets.overriddenBy(method))
              if (isOutside(facts.entities[base]))
                keep({i, base, method, at});
        }
    }
  }

  /// Who names a variable of the program may call what is there.
  void addFound() {
    if (values)
      for (const auto &[variable, users] : named)
        if (facts.entities[variable].kind == EntityKind::Variable)
          for (EntityIndex target : values->foundIn(variable))
            for (EntityIndex user : users)
              if (facts.entities[user].kind != EntityKind::Unknown)
                result.kept.push_back({user, user, target, facts.entities[variable].declared});
  }

  /// Calls of pointers that the standard library's code makes: of any of the type, where that code
  /// is not reached through calls alone that are known by what they give.
  void addStandardCalls() {
    visitStandardCode(facts, result.edges, [&](EntityIndex function) {
      if (auto keeps = standardKeepers.find(function); keeps != standardKeepers.end())
        for (const Edge &edge : keeps->second)
          add(function, edge);
      if (auto calls = standardCalls.find(function); calls != standardCalls.end())
        for (const IndirectCall *call : calls->second)
          addTyped(*call, edgeOf(*call), function);
    });
  }

  /// What ends the program runs all that is to run then.
  void addProgramEnds() {
    sortUnique(result.programEnds);
    for (EntityIndex i = 0; i < facts.entities.size(); ++i)
      if (const Entity &entity = facts.entities[i]; endsProgram(entity) || endsQuickly(entity))
        for (const End &row : endsQuickly(entity) ? quickEnds : result.programEnds)
          add(i, {row.runs, EdgeKind::Callback, false, false, row.at});
  }

  bool mayBeCalledFromOutside(EntityIndex method) const {
    const std::vector<EntityIndex> &bases = targets.overriddenBy(method);
    bool seesCall = std::binary_search(calledVirtually.begin(), calledVirtually.end(), method);
    for (EntityIndex base : bases) {
      if (runsTask(facts.entities[base]))
        return false;
      if (isOutside(facts.entities[base]))
        return true;
      seesCall |= std::binary_search(calledVirtually.begin(), calledVirtually.end(), base);
    }
    return !bases.empty() && !seesCall;
  }

  bool isOutside(const Entity &entity) const {
    if (entity.isSystem || entity.declared.file == none)
      return true;
    const std::string &file = facts.files[entity.declared.file];
    return !program.sourceRoot.empty() && documentPath(file, program.sourceRoot) == file;
  }

  void finish() {
    sortEdges(facts, result.edges);
    auto key = [](const UnresolvedSite &site) { return std::tie(site.in, site.at, site.reason); };
    std::stable_sort(
        result.unresolved.begin(), result.unresolved.end(),
        [&](const UnresolvedSite &a, const UnresolvedSite &b) { return key(a) < key(b); });
    result.unresolved.erase(std::unique(result.unresolved.begin(), result.unresolved.end()),
                            result.unresolved.end());
    sortUnique(result.threadEnds);
    sortUnique(result.kept);
  }

  const Program &program;
  const Facts &facts;
  const bool follows;
  const std::map<EntityIndex, std::set<EntityIndex>> &named;
  Targets targets;
  std::vector<EntityIndex> calledVirtually;
  std::vector<std::pair<EntityIndex, EntityIndex>> callersOf; ///< Callee, caller.
  std::vector<CallSite> followed;
  std::vector<const IndirectCall *> handed; ///< Not followed.
  std::vector<const IndirectCall *> conditional;
  StandardCalls standardCalls;
  std::map<EntityIndex, std::vector<Edge>> standardKeepers; ///< By caller.
  std::optional<ValueFlow> values;
  /// Of fields, variables and functions' results: what a pointer that is there leads to.
  std::unordered_map<EntityIndex, TypeIndex> typeOfPlace;
  std::map<std::uint32_t, const IndirectCall *> indirect; ///< By place in `followed`.
  std::vector<End> quickEnds;
  std::set<std::string> opens; ///< Names of libraries given to dlopen; "" for one not constant.
  Resolved result;
};

} // namespace

Resolved resolve(const Program &program, bool follows,
                 const std::map<EntityIndex, std::set<EntityIndex>> &named) {
  return Resolver(program, follows, named).run();
}

} // namespace ripple::analyzer
