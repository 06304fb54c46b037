//===- Merge.cpp - Many units' facts as one -------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/link/Merge.h"

#include "analyzer/Sorted.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <unordered_map>

namespace ripple::analyzer {
namespace {

/// Where the rows of one unit's tables stand in the merged ones.
struct Places {
  std::vector<std::uint32_t> files, types, entities, records, nodes, passed;

  static std::uint32_t at(const std::vector<std::uint32_t> &table, std::uint32_t index) {
    return index == none ? none : table[index];
  }
  SourceLine line(SourceLine line) const { return {at(files, line.file), line.line}; }
  EntityIndex entity(EntityIndex index) const { return at(entities, index); }
  TypeIndex type(TypeIndex index) const { return at(types, index); }
  NodeIndex node(NodeIndex index) const { return at(nodes, index); }
  std::vector<NodeIndex> nodesOf(std::vector<NodeIndex> list) const {
    for (NodeIndex &index : list)
      index = node(index);
    return list;
  }
  std::vector<EntityIndex> all(const std::vector<EntityIndex> &list) const {
    std::vector<EntityIndex> moved;
    for (EntityIndex index : list)
      moved.push_back(entity(index));
    std::sort(moved.begin(), moved.end());
    return moved;
  }
  Value value(Value value) const {
    value.entity = entity(value.entity);
    for (Value &argument : value.arguments)
      argument = this->value(std::move(argument));
    return value;
  }
};

class Merger {
public:
  explicit Merger(const std::vector<const UnitFacts *> &units) : units(units) {}

  Facts run() {
    places.resize(units.size());
    mergeTexts(&Facts::files, &Places::files);
    mergeTexts(&Facts::types, &Places::types);
    for (const UnitFacts *unit : units)
      mainFiles.insert(unit->unit);
    mergeRecords();
    mergeEntities();
    mergeFields();
    mergeNodes();
    mergePassed();
    for (std::size_t i = 0; i < units.size(); ++i) {
      moveCalls(units[i]->facts, places[i]);
      moveValues(units[i]->facts, places[i]);
    }
    finish();
    return std::move(all);
  }

private:
  void mergeTexts(std::vector<std::string> Facts::*table, std::vector<std::uint32_t> Places::*map) {
    std::vector<std::string> &rows = all.*table;
    for (const UnitFacts *unit : units)
      rows.insert(rows.end(), (unit->facts.*table).begin(), (unit->facts.*table).end());
    sortUnique(rows);
    for (std::size_t i = 0; i < units.size(); ++i)
      for (const std::string &row : units[i]->facts.*table)
        (places[i].*map).push_back(std::lower_bound(rows.begin(), rows.end(), row) - rows.begin());
  }

  /// By key, in its order.
  using Indexes = std::unordered_map<std::string_view, std::uint32_t>;

  template <typename Row> Indexes indexesOf(std::vector<Row> Facts::*table) const {
    std::vector<std::string_view> keys;
    for (const UnitFacts *unit : units)
      for (const Row &row : unit->facts.*table)
        keys.push_back(row.key);
    sortUnique(keys);
    Indexes indexes;
    indexes.reserve(keys.size());
    for (std::string_view key : keys)
      indexes.emplace(key, indexes.size());
    return indexes;
  }

  void mergeEntities() {
    const Indexes byKey = indexesOf(&Facts::entities);
    all.entities.resize(byKey.size());
    for (std::size_t i = 0; i < units.size(); ++i)
      for (const Entity &entity : units[i]->facts.entities) {
        EntityIndex index = byKey.at(entity.key);
        places[i].entities.push_back(index);
        mergeEntity(all.entities[index], moved(entity, places[i]));
      }
    // Only now is it known where each one stands.
    for (std::size_t i = 0; i < units.size(); ++i)
      for (std::size_t j = 0; j < units[i]->facts.entities.size(); ++j)
        if (EntityIndex enclosing = units[i]->facts.entities[j].enclosing; enclosing != none)
          all.entities[places[i].entities[j]].enclosing = places[i].entity(enclosing);
  }

  static Entity moved(Entity entity, const Places &to) {
    entity.declared = to.line(entity.declared);
    entity.defined = to.line(entity.defined);
    entity.record = Places::at(to.records, entity.record);
    entity.enclosing = none;
    return entity;
  }

  /// A header says better than a unit's own declaration where something belongs.
  bool isBetterHome(SourceLine candidate, SourceLine present) const {
    if (candidate.file == none || present.file == none)
      return present.file == none && candidate.file != none;
    bool candidateIsUnit = mainFiles.count(all.files[candidate.file]) > 0;
    bool presentIsUnit = mainFiles.count(all.files[present.file]) > 0;
    return candidateIsUnit != presentIsUnit ? presentIsUnit : candidate < present;
  }

  void mergeEntity(Entity &into, Entity from) const {
    if (into.key.empty()) {
      into = std::move(from);
      return;
    }
    if (isBetterHome(from.declared, into.declared)) {
      into.declared = from.declared;
      into.isSystem = from.isSystem;
    }
    if (into.signature.empty() || (!from.signature.empty() && from.signature < into.signature))
      into.signature = from.signature;
    into.defined = std::min(into.defined, from.defined);
    into.hasBody |= from.hasBody;
    into.isVirtual |= from.isVirtual;
    into.isPure |= from.isPure;
    into.isThrown |= from.isThrown;
  }

  void mergeRecords() {
    const Indexes byKey = indexesOf(&Facts::records);
    all.records.resize(byKey.size());
    for (std::size_t i = 0; i < units.size(); ++i)
      for (const Record &record : units[i]->facts.records)
        places[i].records.push_back(byKey.at(record.key));
    for (std::size_t i = 0; i < units.size(); ++i)
      for (Record record : units[i]->facts.records) {
        record.declared = places[i].line(record.declared);
        for (RecordIndex &base : record.bases)
          base = places[i].records[base];
        // Of several, the one that knows its bases.
        Record &into = all.records[byKey.at(record.key)];
        if (into.key.empty() ||
            std::tie(into.bases, record.declared) < std::tie(record.bases, into.declared))
          into = std::move(record);
      }
  }

  /// Fields of classes that each unit has from a file of its own: C programs without a header, and
  /// headers of which there are copies.
  void mergeFields() {
    using Class = std::pair<std::string_view, std::string_view>; // the field's name, its layout
    std::map<Class, EntityIndex> first;
    sameField.resize(all.entities.size());
    auto take = [&](EntityIndex i) {
      const Entity &entity = all.entities[i];
      sameField[i] = entity.layout.empty()
                         ? i
                         : first.emplace(Class(entity.name, entity.layout), i).first->second;
    };
    // One of a library stands for all: it may hold what is not seen.
    for (bool isSystem : {true, false})
      for (EntityIndex i = 0; i < all.entities.size(); ++i)
        if (all.entities[i].kind == EntityKind::Field && all.entities[i].isSystem == isSystem)
          take(i);
  }

  Node moved(Node node, const Places &to) const {
    node.entity = to.entity(node.entity);
    if (node.kind == NodeKind::Field)
      node.entity = sameField[node.entity];
    if (node.kind == NodeKind::Object)
      node.number = to.records[node.number];
    return node;
  }

  void mergeNodes() {
    for (std::size_t i = 0; i < units.size(); ++i)
      for (const Node &node : units[i]->facts.nodes)
        all.nodes.push_back(moved(node, places[i]));
    sortUnique(all.nodes);
    for (std::size_t i = 0; i < units.size(); ++i)
      for (const Node &node : units[i]->facts.nodes)
        places[i].nodes.push_back(
            std::lower_bound(all.nodes.begin(), all.nodes.end(), moved(node, places[i])) -
            all.nodes.begin());
  }

  static Passed moved(const Passed &row, const Places &to) {
    return {to.node(row.object), to.nodesOf(row.arguments), to.nodesOf(row.written),
            to.node(row.result), row.resultIsPlace,         to.nodesOf(row.fields),
            row.isMember,        to.node(row.receiver)};
  }

  void mergePassed() {
    for (std::size_t i = 0; i < units.size(); ++i)
      for (const Passed &row : units[i]->facts.passed)
        all.passed.push_back(moved(row, places[i]));
    sortUnique(all.passed);
    for (std::size_t i = 0; i < units.size(); ++i)
      for (const Passed &row : units[i]->facts.passed)
        places[i].passed.push_back(
            std::lower_bound(all.passed.begin(), all.passed.end(), moved(row, places[i])) -
            all.passed.begin());
  }

  void moveCalls(const Facts &from, const Places &to) {
    for (const Call &row : from.calls)
      all.calls.push_back({to.entity(row.caller), to.entity(row.callee), row.kind, to.line(row.at),
                           Places::at(to.passed, row.passed)});
    for (const IndirectCall &row : from.indirectCalls)
      all.indirectCalls.push_back({to.entity(row.caller), to.type(row.type), to.all(row.through),
                                   to.entity(row.slotOf), row.slotParameter, to.line(row.at),
                                   Places::at(to.passed, row.passed), row.isKept, to.entity(row.to),
                                   Places::at(to.records, row.objectClass)});
    for (const Taken &row : from.taken)
      all.taken.push_back({to.entity(row.in), to.entity(row.callable), to.type(row.type),
                           to.entity(row.to), to.line(row.at)});
    for (const TypeFlow &row : from.typeFlows)
      all.typeFlows.push_back({to.type(row.from), to.type(row.to)});
    for (const Flow &row : from.flows)
      all.flows.push_back({to.node(row.from), to.node(row.to)});
    for (const Exposed &row : from.exposed)
      all.exposed.push_back({to.entity(row.entity), Places::at(to.passed, row.passed)});
    for (const Override &row : from.overrides)
      all.overrides.push_back({to.entity(row.method), to.entity(row.overridden)});
    for (EntityIndex index : from.initialisers)
      all.initialisers.push_back(to.entity(index));
  }

  void moveValues(const Facts &from, const Places &to) {
    for (const Arguments &row : from.arguments) {
      Arguments moved{to.entity(row.caller), to.entity(row.callee), to.line(row.at), {}};
      for (const Value &value : row.values)
        moved.values.push_back(to.value(value));
      all.arguments.push_back(std::move(moved));
    }
    for (const Returned &row : from.returned)
      all.returned.push_back({to.entity(row.function), to.value(row.value)});
    for (const Constant &row : from.constants)
      all.constants.push_back({to.entity(row.variable), to.value(row.value)});
    for (Registration row : from.registrations) {
      row.in = to.entity(row.in);
      row.callee = to.entity(row.callee);
      row.at = to.line(row.at);
      row.path = to.value(std::move(row.path));
      row.handler = to.value(std::move(row.handler));
      row.held = to.entity(row.held);
      all.registrations.push_back(std::move(row));
    }
    for (Ignore row : from.ignores) {
      row.at = to.line(row.at);
      all.ignores.push_back(std::move(row));
    }
    for (const Loop &row : from.loops)
      all.loops.push_back({to.entity(row.in), to.line(row.from), to.line(row.to)});
    for (const Spread &row : from.spreads)
      all.spreads.push_back({to.entity(row.in), to.line(row.from), to.line(row.to),
                             to.entity(row.last), to.line(row.at)});
    for (const End &row : from.threadEnds)
      all.threadEnds.push_back({to.entity(row.in), to.entity(row.runs), to.line(row.at)});
    for (const End &row : from.programEnds)
      all.programEnds.push_back({to.entity(row.in), to.entity(row.runs), to.line(row.at)});
    for (UnresolvedSite row : from.unresolved) {
      row.in = to.entity(row.in);
      row.at = to.line(row.at);
      row.unlessOwned = to.all(row.unlessOwned);
      all.unresolved.push_back(std::move(row));
    }
  }

  /// Units that share a header repeat its rows.
  template <typename T, typename Key> static void sortUniqueBy(std::vector<T> &rows, Key key) {
    std::stable_sort(rows.begin(), rows.end(),
                     [&](const T &a, const T &b) { return key(a) < key(b); });
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  }

  void finish() {
    sortUnique(all.calls);
    sortUnique(all.indirectCalls);
    sortUnique(all.taken);
    sortUnique(all.typeFlows);
    sortUnique(all.overrides);
    sortUnique(all.flows);
    sortUnique(all.exposed);
    sortUnique(all.initialisers);
    sortUnique(all.ignores);
    sortUnique(all.loops);
    sortUnique(all.spreads);
    sortUnique(all.threadEnds);
    sortUnique(all.programEnds);
    sortUniqueBy(all.arguments,
                 [](const Arguments &row) { return std::tie(row.callee, row.caller, row.at); });
    sortUniqueBy(all.returned, [](const Returned &row) { return row.function; });
    sortUniqueBy(all.registrations, [](const Registration &row) {
      return std::tie(row.at, row.column, row.rule, row.in, row.callee);
    });
    sortUniqueBy(all.unresolved,
                 [](const UnresolvedSite &row) { return std::tie(row.in, row.at, row.reason); });
  }

  const std::vector<const UnitFacts *> &units;
  std::vector<Places> places;
  std::set<std::string> mainFiles;
  std::vector<EntityIndex> sameField; ///< By entity: that of the node of a field.
  Facts all;
};

} // namespace

Facts merge(const std::vector<const UnitFacts *> &units) {
  // In an order that does not depend on the caller's: rows of equal key keep it.
  std::vector<const UnitFacts *> sorted = units;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const UnitFacts *a, const UnitFacts *b) { return a->unit < b->unit; });
  return Merger(sorted).run();
}

} // namespace ripple::analyzer
