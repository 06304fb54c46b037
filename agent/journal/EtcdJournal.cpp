//===- EtcdJournal.cpp - The journal of several managers ------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/journal/EtcdJournal.h"

#include "agent/journal/EtcdRows.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace ripple::agent {

namespace {

constexpr std::size_t documentBytesMax = 1U << 30, eventBytesMax = 256U << 20;
constexpr std::size_t eventValueBytesMax = 1U << 20;

std::string keyOfPlan(const std::string &id) { return "plans/" + keySegment(id); }
std::string partsOf(const std::string &key) { return "parts/" + key + "/"; }
std::string folderOfEvents(const std::string &plan) { return "events/" + keySegment(plan) + "/"; }
std::string keyOfInstalled(const std::string &server, const std::string &component) {
  return "installed/" + keySegment(server) + "/" + keySegment(component);
}

} // namespace

EtcdJournal::EtcdJournal(std::unique_ptr<EtcdClient> client, const std::string &prefix,
                         std::optional<Reign> reign)
    : term(reign ? reign->term : 0) {
  store = std::make_unique<EtcdWriter>(std::move(client), prefix, std::move(reign));
}

EtcdJournal::~EtcdJournal() = default;

/// The leader's own term is higher than that of any leader before; its commands' may have to be
/// higher still, where agents have seen one of another journal.
JournalResult<std::int64_t> EtcdJournal::nextTerm(std::int64_t seen) {
  auto stored = store->get("term");
  if (!stored)
    return tl::unexpected(stored.error());
  std::int64_t last = 0;
  if (*stored) {
    const std::string &text = (*stored)->value;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), last);
    if (error != std::errc() || end != text.data() + text.size())
      return store->failed("the term that it holds is no number");
  }
  std::int64_t next = std::max({last, seen, term - 1}) + 1;
  auto written = store->write({store->put("term", std::to_string(next))});
  if (!written)
    return tl::unexpected(written.error());
  return next;
}

JournalResult<void> EtcdJournal::addPlan(const PlanRow &row) {
  auto rows = planRows();
  if (!rows)
    return tl::unexpected(rows.error());
  EtcdPlan plan{row, 1, 0, row.document.size()};
  for (const EtcdPlan &other : *rows) {
    if (other.row.id == row.id)
      return store->failed(fmt::format("it has a plan {} already", row.id));
    plan.n = std::max(plan.n, other.n + 1);
  }
  std::string key = keyOfPlan(row.id);
  auto parts = store->writeParts(partsOf(key), pack(row.document));
  if (!parts)
    return tl::unexpected(parts.error());
  plan.parts = *parts;
  return store->write({store->put(key, writePlanRow(plan))});
}

JournalResult<void> EtcdJournal::setPlanState(const std::string &id, const std::string &state,
                                              bool over, const std::string &summary) {
  auto plan = planRow(id);
  if (!plan)
    return tl::unexpected(plan.error());
  if (!*plan)
    return {};
  if (state == "running") {
    auto rows = planRows();
    if (!rows)
      return tl::unexpected(rows.error());
    if (!rows->empty() && rows->front().row.id != id)
      (*plan)->n = rows->front().n + 1;
  }
  PlanRow &row = (*plan)->row;
  row.state = state;
  row.ended = over ? timeStamp() : std::string();
  row.summary = summary;
  return store->write({store->put(keyOfPlan(id), writePlanRow(**plan))});
}

JournalResult<void> EtcdJournal::clear(std::size_t keep) {
  auto rows = planRows();
  if (!rows)
    return tl::unexpected(rows.error());
  for (std::size_t i = std::max<std::size_t>(keep, 1); i < rows->size(); ++i) {
    EtcdPlan &plan = (*rows)[i];
    if (plan.row.state == "running" || plan.documentBytes == 0)
      continue;
    plan.parts = plan.documentBytes = 0;
    const std::string key = keyOfPlan(plan.row.id), events = folderOfEvents(plan.row.id);
    recorded.erase(plan.row.id);
    auto cleared =
        store->write({store->put(key, writePlanRow(plan)), store->removeAll(partsOf(key)),
                      store->removeAll(events), store->removeAll("parts/" + events)});
    if (!cleared)
      return cleared;
  }
  return {};
}

JournalResult<std::optional<EtcdPlan>> EtcdJournal::planRow(const std::string &id) const {
  auto kv = store->get(keyOfPlan(id));
  if (!kv)
    return tl::unexpected(kv.error());
  if (!*kv)
    return std::nullopt;
  auto plan = parsePlanRow((*kv)->value);
  if (!plan)
    return store->failed(fmt::format("the row {} cannot be read", (*kv)->key));
  return plan;
}

/// The newest first.
JournalResult<std::vector<EtcdPlan>> EtcdJournal::planRows() const {
  auto kvs = store->list("plans/");
  if (!kvs)
    return tl::unexpected(kvs.error());
  std::vector<EtcdPlan> rows;
  for (const KeyValue &kv : *kvs) {
    auto plan = parsePlanRow(kv.value);
    if (!plan)
      return store->failed(fmt::format("the row {} cannot be read", kv.key));
    rows.push_back(std::move(*plan));
  }
  std::ranges::sort(rows, std::ranges::greater(), &EtcdPlan::n);
  return rows;
}

JournalResult<PlanRow> EtcdJournal::withDocument(EtcdPlan plan) const {
  if (plan.parts == 0 && plan.documentBytes == 0) // See clear.
    return std::move(plan.row);
  auto packed = store->readParts(partsOf(keyOfPlan(plan.row.id)), plan.parts);
  if (!packed)
    return tl::unexpected(packed.error());
  auto document = unpack(*packed, documentBytesMax);
  if (!document || document->size() != plan.documentBytes)
    return store->failed(fmt::format("the document of plan {} is damaged", plan.row.id));
  plan.row.document = std::move(*document);
  return std::move(plan.row);
}

JournalResult<std::optional<PlanRow>> EtcdJournal::plan(const std::string &id) const {
  auto row = planRow(id);
  if (!row)
    return tl::unexpected(row.error());
  if (!*row)
    return std::nullopt;
  return withDocument(std::move(**row));
}

JournalResult<std::vector<PlanRow>> EtcdJournal::plans() const {
  auto rows = planRows();
  if (!rows)
    return tl::unexpected(rows.error());
  std::vector<PlanRow> plans;
  for (EtcdPlan &row : *rows)
    plans.push_back(std::move(row.row));
  return plans;
}

JournalResult<std::optional<PlanRow>> EtcdJournal::lastPlan() const {
  auto rows = planRows();
  if (!rows)
    return tl::unexpected(rows.error());
  if (rows->empty())
    return std::nullopt;
  return withDocument(std::move(rows->front()));
}

/// The number of PLAN's next event.
JournalResult<std::uint64_t> EtcdJournal::nextEvent(const std::string &plan) {
  if (auto known = recorded.find(plan); known != recorded.end())
    return known->second + 1;
  auto last = store->lastOf(folderOfEvents(plan));
  if (!last)
    return tl::unexpected(last.error());
  if (!*last)
    return 1;
  auto number = numberOfKey((*last)->key);
  if (!number)
    return store->failed(fmt::format("{} is no event's key", (*last)->key));
  return *number + 1;
}

JournalResult<void> EtcdJournal::record(const std::string &plan, const core::Event &event,
                                        const std::vector<core::Effect> &effects) {
  auto n = nextEvent(plan);
  if (!n)
    return tl::unexpected(n.error());
  recorded.erase(plan); // Until it is known to be written.
  std::string key = folderOfEvents(plan) + keyNumber(*n);
  std::string value = pack(writeEventRow(timeStamp(), event, effects));
  if (value.size() > eventValueBytesMax) {
    auto parts = store->writeParts(partsOf(key), value);
    if (!parts)
      return tl::unexpected(parts.error());
    value = writeParts(*parts);
  }
  auto written = store->write({store->put(key, std::move(value))});
  if (written)
    recorded[plan] = *n;
  return written;
}

JournalResult<std::string> EtcdJournal::eventText(const std::string &plan, std::uint64_t n,
                                                  const std::string &value) const {
  auto packed = JournalResult<std::string>(value);
  if (std::uint64_t parts = parseParts(value))
    packed = store->readParts(partsOf(folderOfEvents(plan) + keyNumber(n)), parts);
  if (!packed)
    return packed;
  auto text = unpack(*packed, eventBytesMax);
  if (!text)
    return store->failed(fmt::format("event {} of plan {} is damaged", n, plan));
  return std::move(*text);
}

JournalResult<std::vector<EtcdEvent>> EtcdJournal::eventRows(const std::string &plan) const {
  auto kvs = store->list(folderOfEvents(plan));
  if (!kvs)
    return tl::unexpected(kvs.error());
  std::vector<EtcdEvent> rows;
  for (const KeyValue &kv : *kvs) {
    std::uint64_t n = rows.size() + 1;
    if (numberOfKey(kv.key) != n)
      return store->failed(fmt::format("event {} of plan {} is missing", n, plan));
    auto text = eventText(plan, n, kv.value);
    if (!text)
      return tl::unexpected(text.error());
    auto row = parseEventRow(*text);
    if (!row)
      return store->failed(fmt::format("event {} of plan {} cannot be read", n, plan));
    rows.push_back(std::move(*row));
  }
  return rows;
}

JournalResult<std::vector<core::Event>> EtcdJournal::events(const std::string &plan) const {
  auto rows = eventRows(plan);
  if (!rows)
    return tl::unexpected(rows.error());
  std::vector<core::Event> events;
  for (EtcdEvent &row : *rows)
    events.push_back(std::move(row.event));
  return events;
}

JournalResult<std::vector<EffectRow>> EtcdJournal::effects(const std::string &plan) const {
  auto rows = eventRows(plan);
  if (!rows)
    return tl::unexpected(rows.error());
  return effectsOf(*rows);
}

JournalResult<void> EtcdJournal::setInstalled(const std::string &server,
                                              const std::string &component,
                                              const std::string &version, const std::string &plan) {
  std::string key = keyOfInstalled(server, component);
  return store->write(
      {version.empty() ? store->remove(key) : store->put(key, writeInstalled({version, plan}))});
}

JournalResult<std::string> EtcdJournal::installed(const std::string &server,
                                                  const std::string &component) const {
  auto kv = store->get(keyOfInstalled(server, component));
  if (!kv)
    return tl::unexpected(kv.error());
  if (!*kv)
    return std::string();
  auto installed = parseInstalled((*kv)->value);
  if (!installed)
    return store->failed(fmt::format("{} cannot be read", (*kv)->key));
  return installed->version;
}

} // namespace ripple::agent
