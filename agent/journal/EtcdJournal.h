//===- EtcdJournal.h - The journal of several managers ----------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// The contract of Journal over an etcd. What belongs together is one value: an
// event's row holds the commands that follow from it, and results are read from the
// events that brought them. So a `record` is one transaction of two operations,
// whatever the number of its commands; where a row is larger than a part may be
// (1 MiB, deflated), its parts are written before it, and it makes them visible.
//
// What one journal of this class writes is bound to one reign of one manager: when
// that ends it writes nothing more, and whoever leads again opens another. In one
// reign, one journal writes at a time.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_JOURNAL_ETCDJOURNAL_H
#define RIPPLE_AGENT_JOURNAL_ETCDJOURNAL_H

#include "agent/journal/EtcdWriter.h"

#include <map>

namespace ripple::agent {

struct EtcdEvent;
struct EtcdPlan;

class EtcdJournal final : public Journal {
public:
  /// Talks to etcd only when it is used; the first write clears away what an interrupted one left.
  EtcdJournal(std::unique_ptr<EtcdClient> client, const std::string &prefix,
              std::optional<Reign> reign);
  ~EtcdJournal() override;

  JournalResult<std::int64_t> nextTerm(std::int64_t seen) override;
  JournalResult<void> addPlan(const PlanRow &row) override;
  JournalResult<void> setPlanState(const std::string &id, const std::string &state, bool over,
                                   const std::string &summary) override;
  JournalResult<void> clear(std::size_t keep) override;
  JournalResult<std::optional<PlanRow>> plan(const std::string &id) const override;
  JournalResult<std::vector<PlanRow>> plans() const override;
  JournalResult<std::optional<PlanRow>> lastPlan() const override;
  JournalResult<void> record(const std::string &plan, const core::Event &event,
                             const std::vector<core::Effect> &effects) override;
  JournalResult<std::vector<core::Event>> events(const std::string &plan) const override;
  JournalResult<std::vector<EffectRow>> effects(const std::string &plan) const override;
  JournalResult<void> setInstalled(const std::string &server, const std::string &component,
                                   const std::string &version, const std::string &plan) override;
  JournalResult<std::string> installed(const std::string &server,
                                       const std::string &component) const override;

private:
  JournalResult<std::vector<EtcdPlan>> planRows() const;
  JournalResult<std::optional<EtcdPlan>> planRow(const std::string &id) const;
  JournalResult<PlanRow> withDocument(EtcdPlan plan) const;
  JournalResult<std::vector<EtcdEvent>> eventRows(const std::string &plan) const;
  JournalResult<std::string> eventText(const std::string &plan, std::uint64_t n,
                                       const std::string &value) const;
  JournalResult<std::uint64_t> nextEvent(const std::string &plan);

  std::unique_ptr<EtcdWriter> store; ///< Reading through it changes nothing but its connection.
  std::int64_t term = 0;
  std::map<std::string, std::uint64_t> recorded; ///< Events of a plan, where that is known.
};

} // namespace ripple::agent

#endif
