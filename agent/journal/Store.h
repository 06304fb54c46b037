//===- Store.h - What several managers share --------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// An etcd in place of a state directory. How a manager uses it:
//
//   auto store = openStore(config, changed);   // nobody is asked yet
//   store->leadership->campaign();
//   … CHANGED says Leader, with its term (post it to the manager's own thread) …
//   auto journal = store->journal(term);       // writes under this term and no other
//   … carries out plans with *journal: `Execution` and the rest see a Journal …
//   … a write fails, or CHANGED says Lost: end what is carried out, without another
//     effect; let go of *journal; campaign() again, and take up from a new journal
//     what the last leader had begun …
//   store->leadership->resign();               // a clean end: the next one leads at once
//
// While it does not lead, `leadership->view()` says who does and where, and
// `reader()` reads what that one has written. What goes to agents carries
// `journal->nextTerm(…)`, which is never below the leader's term.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_JOURNAL_STORE_H
#define RIPPLE_AGENT_JOURNAL_STORE_H

#include "agent/etcd/Leadership.h"
#include "agent/journal/Journal.h"

namespace ripple::agent {

struct Store {
  LeadershipConfig config;
  std::unique_ptr<Leadership> leadership; ///< Never null.

  /// To write under TERM, from one thread, for as long as the leadership lasts that has it.
  /// Outlives neither the leadership nor, in writing, another journal of the same term.
  std::unique_ptr<Journal> journal(std::int64_t term) const;
  /// To read, from one thread.
  std::unique_ptr<Journal> reader() const;
};

/// Fails where CONFIG cannot be used. CHANGED as for Leadership.
tl::expected<Store, std::string> openStore(LeadershipConfig config, Leadership::Changed changed);

/// The journal in an etcd to read, for who is no manager: `ripple status` and `ripple history`.
JournalResult<std::unique_ptr<Journal>> openReader(const EtcdConfig &etcd,
                                                   const std::string &prefix);
/// Who leads now, by what etcd says; nothing where nobody does.
JournalResult<std::optional<LeaderInfo>> findLeader(const EtcdConfig &etcd,
                                                    const std::string &prefix);

/// "" where PREFIX can be one, else what is wrong with it.
std::string refusedPrefix(const std::string &prefix);

} // namespace ripple::agent

#endif
