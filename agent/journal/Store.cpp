//===- Store.cpp - What several managers share ----------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/journal/Store.h"

#include "agent/journal/EtcdJournal.h"

#include <fmt/format.h>

namespace ripple::agent {

namespace {

/// CONFIG has made a client before.
std::unique_ptr<EtcdClient> clientOf(const EtcdConfig &config) {
  return std::move(EtcdClient::make(config).value());
}

} // namespace

std::string refusedPrefix(const std::string &prefix) {
  if (prefix.size() < 2 || !prefix.starts_with('/') || prefix.ends_with('/'))
    return fmt::format("'{}': a prefix of keys begins with '/', has something after it and does "
                       "not end with '/'",
                       prefix);
  return {};
}

tl::expected<Store, std::string> openStore(LeadershipConfig config, Leadership::Changed changed) {
  if (std::string why = refusedPrefix(config.prefix); !why.empty())
    return tl::unexpected(why);
  auto leadership = Leadership::make(config, std::move(changed));
  if (!leadership)
    return tl::unexpected(leadership.error());
  return Store{std::move(config), std::move(*leadership)};
}

std::unique_ptr<Journal> Store::journal(std::int64_t term) const {
  Leadership *asked = leadership.get();
  return std::make_unique<EtcdJournal>(clientOf(config.etcd), config.prefix,
                                       Reign{term, [asked, term] { return asked->leads(term); }});
}

std::unique_ptr<Journal> Store::reader() const {
  return std::make_unique<EtcdJournal>(clientOf(config.etcd), config.prefix, std::nullopt);
}

JournalResult<std::unique_ptr<Journal>> openReader(const EtcdConfig &etcd,
                                                   const std::string &prefix) {
  if (std::string why = refusedPrefix(prefix); !why.empty())
    return tl::unexpected(why);
  auto client = EtcdClient::make(etcd);
  if (!client)
    return tl::unexpected(client.error());
  return std::make_unique<EtcdJournal>(std::move(*client), prefix, std::nullopt);
}

JournalResult<std::optional<LeaderInfo>> findLeader(const EtcdConfig &etcd,
                                                    const std::string &prefix) {
  if (std::string why = refusedPrefix(prefix); !why.empty())
    return tl::unexpected(why);
  auto client = EtcdClient::make(etcd);
  if (!client)
    return tl::unexpected(client.error());
  auto answer = (*client)->range({prefix + "/leader"});
  if (!answer)
    return tl::unexpected(answer.error().message);
  return answer->kvs.empty() ? std::nullopt : std::optional(parseLeader(answer->kvs.front()));
}

} // namespace ripple::agent
