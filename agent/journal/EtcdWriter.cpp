//===- EtcdWriter.cpp - Writes that only the leader can do ----------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/journal/EtcdWriter.h"

#include "agent/etcd/Leadership.h"
#include "agent/journal/EtcdRows.h"

#include <algorithm>
#include <fmt/format.h>
#include <random>
#include <set>

namespace ripple::agent {

namespace {

constexpr std::string_view layoutVersion = "1";
/// etcd takes 1.5 MiB a request, with keys and all.
constexpr std::size_t partBytes = 1U << 20;
constexpr std::uint64_t partsMax = 1U << 14; // 16 GiB

std::string randomName() {
  std::random_device device;
  return fmt::format("{:08x}{:08x}", device(), device());
}

/// How many keys the next page takes, so that an answer has some MB.
std::int64_t nextPage(const std::vector<KeyValue> &kvs) {
  constexpr std::size_t pageBytes = 4U << 20, keysMax = 2'000;
  std::size_t bytes = 1;
  for (const KeyValue &kv : kvs)
    bytes += kv.key.size() + kv.value.size();
  return static_cast<std::int64_t>(
      std::clamp<std::size_t>(pageBytes * kvs.size() / bytes, 1, keysMax));
}

} // namespace

EtcdWriter::EtcdWriter(std::unique_ptr<EtcdClient> made, std::string below,
                       std::optional<Reign> wanted)
    : client(std::move(made)), prefix(std::move(below)), reign(std::move(wanted)),
      self(randomName()) {
  if (reign && reign->holds)
    client->setGiveUp([this] { return !reign->holds(); });
}

std::string EtcdWriter::name() const {
  return fmt::format("the journal in etcd ({} at {})", prefix, client->name());
}

tl::unexpected<std::string> EtcdWriter::failed(const std::string &why) const {
  return tl::unexpected(fmt::format("{}: {}", name(), why));
}

JournalResult<std::optional<KeyValue>> EtcdWriter::get(const std::string &key) {
  if (auto known = checkLayout(); !known)
    return tl::unexpected(known.error());
  return fetch(key);
}

JournalResult<std::optional<KeyValue>> EtcdWriter::fetch(const std::string &key) {
  auto answer = client->range({prefix + "/" + key});
  if (!answer)
    return failed(answer.error().message);
  return answer->kvs.empty() ? std::nullopt : std::optional(std::move(answer->kvs.front()));
}

JournalResult<std::optional<KeyValue>> EtcdWriter::lastOf(const std::string &folder) {
  if (auto known = checkLayout(); !known)
    return tl::unexpected(known.error());
  std::string first = prefix + "/" + folder;
  auto answer = client->range({first, endOfPrefix(first), 1, true, true});
  if (!answer)
    return failed(answer.error().message);
  return answer->kvs.empty() ? std::nullopt : std::optional(std::move(answer->kvs.front()));
}

JournalResult<std::vector<KeyValue>> EtcdWriter::list(const std::string &folder, bool keysOnly) {
  if (auto known = checkLayout(); !known)
    return tl::unexpected(known.error());
  std::string first = prefix + "/" + folder;
  RangeQuery query{first, endOfPrefix(first), 16, keysOnly};
  std::vector<KeyValue> all;
  for (;;) {
    auto answer = client->range(query);
    if (!answer)
      return failed(answer.error().message);
    bool more = answer->more && !answer->kvs.empty();
    query.limit = nextPage(answer->kvs);
    std::ranges::move(answer->kvs, std::back_inserter(all));
    if (!more)
      return all;
    query.key = all.back().key + '\0'; // The least key after it.
  }
}

Operation EtcdWriter::put(const std::string &key, std::string value) const {
  return {Operation::Kind::Put, prefix + "/" + key, std::move(value), {}, 0};
}

Operation EtcdWriter::remove(const std::string &key) const {
  return {Operation::Kind::Delete, prefix + "/" + key, {}, {}, 0};
}

Operation EtcdWriter::removeAll(const std::string &folder) const {
  std::string first = prefix + "/" + folder;
  return {Operation::Kind::Delete, first, {}, endOfPrefix(first), 0};
}

JournalResult<void> EtcdWriter::write(std::vector<Operation> operations) {
  if (!reign)
    return failed("it was opened to be read only");
  if (!begun) {
    auto ready = begin();
    if (!ready)
      return ready;
    begun = true;
  }
  return commit(std::move(operations));
}

JournalResult<void> EtcdWriter::begin() {
  if (auto known = checkLayout(); !known)
    return known;
  if (!*hasLayout) {
    if (auto put = commit({this->put("layout", std::string(layoutVersion))}); !put)
      return put;
    hasLayout = true;
  }
  return removeOrphans();
}

/// Once. A journal without one is empty, or not there.
JournalResult<void> EtcdWriter::checkLayout() {
  if (hasLayout)
    return {};
  auto layout = fetch("layout");
  if (!layout)
    return tl::unexpected(layout.error());
  if (*layout && (*layout)->value != layoutVersion)
    return failed(fmt::format("its layout is version {}, this Ripple knows {}; use the Ripple that "
                              "wrote it, or another prefix",
                              (*layout)->value, layoutVersion));
  hasLayout = layout->has_value();
  return {};
}

/// Parts of what was never made visible, since its writer was interrupted.
JournalResult<void> EtcdWriter::removeOrphans() {
  auto parts = list("parts/", true);
  if (!parts)
    return tl::unexpected(parts.error());
  std::set<std::string> owners;
  for (const KeyValue &kv : *parts) {
    std::string below = kv.key.substr(prefix.size() + std::string_view("/parts/").size());
    owners.insert(below.substr(0, below.rfind('/')));
  }
  for (const std::string &owner : owners) {
    auto row = get(owner);
    if (!row)
      return tl::unexpected(row.error());
    if (*row)
      continue;
    if (auto removed = commit({removeAll("parts/" + owner + "/")}); !removed)
      return removed;
  }
  return {};
}

JournalResult<void> EtcdWriter::commit(std::vector<Operation> operations) {
  if (reign->holds)
    if (auto holds = reign->holds(); !holds)
      return failed(holds.error());
  if (!lastRevision) {
    auto last = get("last");
    if (!last)
      return tl::unexpected(last.error());
    lastRevision = *last ? (*last)->modRevision : 0;
  }
  std::string mark = fmt::format("{}/{}/{}", reign->term, self, ++writes);
  operations.push_back(put("last", mark));
  const std::string leader = prefix + "/leader", last = prefix + "/last";
  using Target = Compare::Target;
  auto answer = client->txn(
      {{{leader, Target::Create, reign->term}, {last, Target::Mod, *lastRevision}},
       std::move(operations),
       {{Operation::Kind::Get, leader, {}, {}, 0}, {Operation::Kind::Get, last, {}, {}, 0}}});
  lastRevision.reset();
  if (!answer)
    return failed(answer.error().kind == EtcdError::Kind::Unreachable
                      ? answer.error().message + "; whether it was written is not known"
                      : answer.error().message);
  if (!answer->succeeded)
    return refused(*answer, mark);
  lastRevision = answer->revision;
  return {};
}

/// The conditions did not hold: because the write had been made, or why not.
JournalResult<void> EtcdWriter::refused(const TxnAnswer &answer, const std::string &mark) {
  if (answer.got.size() != 2)
    return failed("etcd has refused a write and does not say what is there");
  const std::optional<KeyValue> &leader = answer.got[0], &last = answer.got[1];
  if (!leader)
    return failed(fmt::format("nobody leads now: this manager's term {} is over and nothing was "
                              "written",
                              reign->term));
  if (leader->createRevision != reign->term)
    return failed(
        fmt::format("this manager's term {} is over and nothing was written: {} leads now",
                    reign->term, describe(parseLeader(*leader))));
  if (!last || last->value != mark)
    return failed(fmt::format("something else writes under this manager's term {}: nothing was "
                              "written; only the manager that leads writes below {}",
                              reign->term, prefix));
  lastRevision = last->modRevision;
  return {};
}

JournalResult<std::uint64_t> EtcdWriter::writeParts(const std::string &folder,
                                                    std::string_view bytes) {
  if (auto cleared = write({removeAll(folder)}); !cleared)
    return tl::unexpected(cleared.error());
  std::uint64_t parts = 0;
  for (std::size_t at = 0; at < bytes.size(); at += partBytes) {
    std::string part(bytes.substr(at, partBytes));
    if (auto put = write({this->put(folder + keyNumber(parts++), std::move(part))}); !put)
      return tl::unexpected(put.error());
  }
  return parts;
}

JournalResult<std::string> EtcdWriter::readParts(const std::string &folder, std::uint64_t parts) {
  if (parts > partsMax)
    return failed(fmt::format("{} is said to have {} parts, which cannot be", folder, parts));
  RangeQuery query{{}, {}, 1};
  std::string bytes;
  for (std::uint64_t i = 0; i < parts; ++i) {
    query.key = prefix + "/" + folder + keyNumber(i);
    auto part = client->range(query);
    if (!part)
      return failed(part.error().message);
    if (part->kvs.empty())
      return failed(fmt::format("{} is missing", query.key));
    bytes += part->kvs.front().value;
  }
  return bytes;
}

} // namespace ripple::agent
