//===- EtcdMessages.h - What is asked of etcd, and answered -----*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// The JSON that etcd's gateway (version 3.4, /v3/…) takes and gives: keys and
// values are base64, 64-bit numbers are strings, and what is zero, false or empty
// is left out. Text in, values out; nothing here talks to anybody.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_ETCD_ETCDMESSAGES_H
#define RIPPLE_AGENT_ETCD_ETCDMESSAGES_H

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace ripple::agent {

struct KeyValue {
  std::string key, value;
  std::int64_t createRevision = 0; ///< Of the cluster, when the key came to be.
  std::int64_t modRevision = 0;
  std::int64_t lease = 0; ///< 0: bound to none.

  bool operator==(const KeyValue &) const = default;
};

/// The key itself, or with END all keys from it to below END.
struct RangeQuery {
  std::string key, end;
  std::int64_t limit = 0;              ///< 0: no limit.
  bool keysOnly = false, last = false; ///< LAST: from the end of the range.
};
struct RangeAnswer {
  std::vector<KeyValue> kvs;
  bool more = false;
};

/// That KEY was made, or last changed, at REVISION; 0: that it is not there.
struct Compare {
  enum class Target { Create, Mod };
  std::string key;
  Target target = Target::Create;
  std::int64_t revision = 0;
};

struct Operation {
  enum class Kind { Put, Get, Delete };
  Kind kind = Kind::Put;
  std::string key, value;
  std::string end;        ///< For Delete, as in RangeQuery.
  std::int64_t lease = 0; ///< For Put.
};

/// All of SUCCESS where all of COMPARES hold, else all of FAILURE.
struct TxnQuery {
  std::vector<Compare> compares;
  std::vector<Operation> success, failure;
};
struct TxnAnswer {
  bool succeeded = false;
  std::int64_t revision = 0;                ///< Of the cluster, after it.
  std::vector<std::optional<KeyValue>> got; ///< What each Get found, in their order.
};

struct LeaseAnswer {
  std::int64_t id = 0;
  std::int64_t ttlSeconds = 0; ///< 0: there is no such lease (any more).
};

/// Why there is no answer.
struct EtcdError {
  enum class Kind {
    Unreachable, ///< Nobody, or nobody who could, answered; what was asked may have been done.
    NotFound,
    Refused, ///< etcd has refused it; nothing was done.
    NoToken, ///< The token is not known, or too old.
    Garbled, ///< That was no answer of etcd's.
  };
  Kind kind = Kind::Unreachable;
  std::string message;
};
template <typename T> using EtcdResult = tl::expected<T, EtcdError>;

/// The first key after all that begin with PREFIX, which is not empty and ends below byte 255.
std::string endOfPrefix(std::string prefix);

std::string writeRange(const RangeQuery &query);
std::string writeTxn(const TxnQuery &query);

EtcdResult<RangeAnswer> parseRange(std::string_view text);
EtcdResult<TxnAnswer> parseTxn(std::string_view text);
/// Of a grant, or (inside "result") of a keep-alive.
EtcdResult<LeaseAnswer> parseLease(std::string_view text);
/// Of authenticate.
EtcdResult<std::string> parseToken(std::string_view text);
/// Of any call whose HTTP status is not 200.
EtcdError parseError(int status, std::string_view text);

std::string toBase64(std::string_view bytes);
std::optional<std::string> fromBase64(std::string_view text);

} // namespace ripple::agent

#endif
