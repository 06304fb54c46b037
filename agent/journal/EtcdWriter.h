//===- EtcdWriter.h - Writes that only the leader can do --------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Every write is one transaction with two conditions: PREFIX/leader was made at the
// revision that is this manager's term, and PREFIX/last, which every write changes,
// is as this writer left it. So
//
//   - a manager that does not lead any more writes nothing, whatever it believes;
//   - what was read since the last write still holds when the next one is made;
//   - a write whose answer was lost is asked again, and recognised by `last` where it
//     had been made: it is never made twice.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_JOURNAL_ETCDWRITER_H
#define RIPPLE_AGENT_JOURNAL_ETCDWRITER_H

#include "agent/etcd/EtcdClient.h"
#include "agent/journal/Journal.h"

namespace ripple::agent {

/// A manager's time as leader.
struct Reign {
  std::int64_t term = 0; ///< The revision at which PREFIX/leader was made.
  /// Whether it surely lasts, else why not: asked before each write, to save the way to etcd.
  std::function<tl::expected<void, std::string>()> holds;
};

/// Reads, in pages, and writes the keys below PREFIX.
class EtcdWriter {
public:
  /// REIGN: nothing where it only reads.
  EtcdWriter(std::unique_ptr<EtcdClient> client, std::string prefix, std::optional<Reign> reign);

  /// KEYs are below the prefix, without it: "plans/1".
  JournalResult<std::optional<KeyValue>> get(const std::string &key);
  /// All below FOLDER ("events/1/"), in order of their keys.
  JournalResult<std::vector<KeyValue>> list(const std::string &folder, bool keysOnly = false);
  JournalResult<std::optional<KeyValue>> lastOf(const std::string &folder);

  /// At most 100 OPERATIONS (etcd takes 128) and 1 MB of values (it takes 1.5 MB), no key twice.
  JournalResult<void> write(std::vector<Operation> operations);
  Operation put(const std::string &key, std::string value) const;
  Operation remove(const std::string &key) const;
  Operation removeAll(const std::string &folder) const;

  /// How many parts BYTES have become below FOLDER, none of which was there before.
  JournalResult<std::uint64_t> writeParts(const std::string &folder, std::string_view bytes);
  JournalResult<std::string> readParts(const std::string &folder, std::uint64_t parts);

  /// Whose journal, as messages say it.
  std::string name() const;
  tl::unexpected<std::string> failed(const std::string &why) const;

private:
  JournalResult<void> begin();
  JournalResult<void> checkLayout();
  JournalResult<std::optional<KeyValue>> fetch(const std::string &key);
  JournalResult<void> removeOrphans();
  JournalResult<void> commit(std::vector<Operation> operations);
  JournalResult<void> refused(const TxnAnswer &answer, const std::string &mark);

  std::unique_ptr<EtcdClient> client;
  std::string prefix;
  std::optional<Reign> reign;
  std::string self; ///< Of this writer alone.
  std::uint64_t writes = 0;
  std::optional<std::int64_t> lastRevision; ///< Of `last`; nothing while that is not known.
  bool begun = false;
  std::optional<bool> hasLayout; ///< Nothing while that is not known.
};

} // namespace ripple::agent

#endif
