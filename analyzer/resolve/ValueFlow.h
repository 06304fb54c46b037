//===- ValueFlow.h - What each place of the program may hold ----*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Solves Facts::flows: which callables and objects reach which node, by
// inclusion, without order of statements and without contexts (Andersen 1994;
// for objects' classes this is variable type analysis, Sundaresan et al.,
// OOPSLA 2000). Calls' targets are found meanwhile, as arguments flow to them.
// A node that something unknown reaches is unknown; where that, or nothing at
// all, reaches a call, its targets are those of the sound fallbacks.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_ANALYZER_RESOLVE_VALUEFLOW_H
#define RIPPLE_ANALYZER_RESOLVE_VALUEFLOW_H

#include "analyzer/Facts.h"
#include "analyzer/resolve/Targets.h"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace ripple::analyzer {

/// A virtual or indirect call whose object, or callee, is followed.
struct CallSite {
  EntityIndex caller = none;
  EntityIndex method = none; ///< Of a virtual call; else none.
  TypeIndex type = none;     ///< Of an indirect call.
  PassedIndex passed = none;
  SourceLine at;
  /// What is called is handed to code that is not seen: of an object, that calls the functions
  /// which override a library's.
  bool isHanded = false;
  RecordIndex objectClass = none; ///< Of what is handed, as it is declared.
};

/// True if CALL depends on what else is found (IndirectCall::to).
bool isConditional(const IndirectCall &call);

/// True if CALL hands something to code that is known, as far as there is some: it says nothing.
bool isFollowed(const Facts &facts, const Targets &targets, const IndirectCall &call);

class ValueFlow {
public:
  /// OPEN: functions that code which is not seen may call, by entity; the virtual ones among them
  /// on any object that it gets. NAMED: those that it calls by their names.
  ValueFlow(const Facts &facts, const Targets &targets, std::vector<bool> open,
            const std::map<EntityIndex, std::set<EntityIndex>> &named);

  using Values = std::vector<NodeIndex>; ///< Of kind Callable and Object; sorted.
  const Values &of(NodeIndex node) const { return held[node]; }
  /// Of a library's place: what the program puts there, not what the library does.
  bool isUnknown(NodeIndex node) const {
    return unknown[node] == Anything || (unknown[node] == Elsewhere && !isLibrarys(node));
  }

  /// What a call at SITE runs where its object, or callee, is one of VALUES; sorted, unique.
  /// Nothing where that cannot be told of one of them.
  std::optional<std::vector<EntityIndex>> targetsOf(const CallSite &site,
                                                    const Values &values) const;
  /// The fallback: class hierarchy, type. May have entities of kind Unknown.
  const std::vector<EntityIndex> &fallbackOf(const CallSite &site) const;

  /// Of libraries, from which something comes; each sorted.
  struct Origins {
    std::vector<EntityIndex> places;  ///< Functions that return it, variables, fields.
    std::vector<EntityIndex> callers; ///< Functions, and places, that may call whom it is given to.
  };
  /// From where what NODE holds may come.
  Origins originsOf(NodeIndex node) const;

  /// True if NODE is given null pointers and nothing else.
  bool isNull(NodeIndex node) const;

  /// True if what NODE holds may come out of what the program opens, as far as nobody knows that.
  bool mayBeOpened(NodeIndex node) const;

  /// True if what NODE holds may come from a function that nobody can name, which was given a
  /// function, or an object, to register it by.
  bool mayBeRegistered(NodeIndex node) const;

  /// Functions that code which is not seen finds in the exported VARIABLE, or where that leads.
  std::vector<EntityIndex> foundIn(EntityIndex variable) const;

  /// True where not every caller of FUNCTION is known by its name at a call that is followed.
  bool hasOtherCallers(EntityIndex function) const { return isOpen[function]; }
  /// True where code that is not seen may call FUNCTION.
  bool isGivenAway(EntityIndex function) const { return givenAway[function]; }
  /// True where FUNCTION is followed wherever it is put, and comes to nothing that is not seen.
  bool isOnlyHere(EntityIndex function) const;
  /// True for nodes that take what calls hand over, beside Facts::flows.
  bool isFed(NodeIndex node) const { return fed[node]; }

private:
  /// How much of a node is not known.
  enum Unknown : std::uint8_t { Nothing, Elsewhere, Anything };
  bool isOpenPlace(const Node &node) const;
  bool isLibrarys(NodeIndex node) const {
    return facts.nodes[node].kind == NodeKind::Written && facts.nodes[node].number == thisParameter;
  }
  void openCallees();
  void giveAway(EntityIndex function);
  void openFields(EntityIndex entity);
  bool noteRegistering();
  bool isPlace(NodeIndex result) const;
  void openFunction(EntityIndex function, bool isThisKnown);
  void addSites();
  void solve();
  void findCallers() const;
  std::vector<NodeIndex> leadingTo(NodeIndex node) const;
  void drain();
  void arrive(NodeIndex node, const Values &values);
  void becomeUnknown(NodeIndex node, Unknown how = Anything);
  void openPlace(NodeIndex node);
  void connect(NodeIndex from, NodeIndex to);
  void follow(std::uint32_t site, const Values &values);
  void fallBack(std::uint32_t site);
  void link(EntityIndex target, std::uint32_t site, bool isByName);
  void handAway(const Passed &passed);
  NodeIndex nodeOf(NodeKind kind, EntityIndex entity, std::uint32_t number) const;
  std::vector<EntityIndex> dispatch(RecordIndex record, EntityIndex method) const;
  bool derives(RecordIndex record, RecordIndex base) const;
  void addCallOperators(RecordIndex record, std::vector<EntityIndex> &found) const;
  void findOutsideCalls();
  void findLost();
  void addOutsideCalls(RecordIndex record, std::vector<EntityIndex> &found) const;
  const std::vector<EntityIndex> &outsideCallsBelow(RecordIndex record) const;

  const Facts &facts;
  const Targets &targets;
  const std::map<EntityIndex, std::set<EntityIndex>> &named;
  std::vector<bool> isOpen, givenAway;
  std::vector<bool> isMet,
      isLost; ///< By function: it is some node's; such a one comes to `unknownNode`.
  std::vector<std::vector<NodeIndex>> next;
  mutable std::vector<std::vector<NodeIndex>> previous; ///< Of `next`, once somebody asks.
  /// By function that code which is not seen may call: functions of such code. The same.
  mutable std::map<EntityIndex, std::set<EntityIndex>> callersOf;
  std::vector<Values> held, fresh;
  std::vector<Unknown> unknown;
  std::vector<bool> queued, fed;
  std::vector<NodeIndex> queue;
  std::vector<std::pair<NodeIndex, Unknown>> becoming;
  NodeIndex unknownNode = none, nullNode = none;
  /// By field: functions and variables by which code that is not seen comes to it.
  std::map<NodeIndex, std::set<EntityIndex>> exposedBy;
  std::set<PassedIndex> asked;         ///< What functions that nobody can name are given.
  std::set<RecordIndex> registeringOn; ///< Classes of objects among that.
  std::set<EntityIndex> registering;   ///< Functions that such ones get to by that.
  std::set<NodeIndex> looked;          ///< Take what functions give that nobody can name.
  std::vector<CallSite> sites;
  std::vector<std::vector<std::uint32_t>> sitesAt; ///< By the node that is called, or called on.
  std::vector<bool> fellBack;
  std::set<std::pair<EntityIndex, std::uint32_t>> linked;
  std::map<Node, NodeIndex> index;
  std::unordered_map<EntityIndex, std::vector<NodeIndex>> parametersOf;
  mutable std::map<std::pair<RecordIndex, EntityIndex>, std::vector<EntityIndex>> dispatched;
  std::unordered_map<RecordIndex, std::vector<EntityIndex>> callOperators; ///< By class.
  /// By class: virtual functions of its own that code which is not seen may call.
  std::unordered_map<RecordIndex, std::vector<EntityIndex>> outsideCalls;
  mutable std::map<RecordIndex, std::vector<EntityIndex>> outsideBelow;
};

} // namespace ripple::analyzer

#endif
