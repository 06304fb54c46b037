//===- Network.h - Where a daemon is reached, and by whom --------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// What the configurations of agent and manager and the Server List share.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_MODEL_NETWORK_H
#define RIPPLE_MODEL_NETWORK_H

#include "model/Document.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ripple::model {

class Value;
class ObjectReader;

/// The longest path that the address of a unix socket holds.
inline constexpr std::size_t socketPathMax = 107;

/// Where a daemon listens or is asked: a unix socket, or HTTPS.
struct Address {
  std::string path; ///< Of the unix socket; "" where it is HTTPS.
  std::string host; ///< A name or an IP address, the latter without brackets.
  std::uint16_t port = 0;

  bool isUnix() const { return host.empty(); }
  std::string text() const; ///< "unix:PATH", "https://HOST:PORT"
  auto operator<=>(const Address &) const = default;
};

/// Reads "unix:PATH" or "https://HOST:PORT" (an IPv6 address in brackets, no path after it), or
/// says what is wrong with TEXT: "'x' is no address". How long the path is, is not looked at.
tl::expected<Address, std::string> parseAddress(std::string_view text);

/// Who one side of a TLS connection is, and whom it believes. Paths of PEM files.
struct TlsIdentity {
  std::string certificate; ///< Its own, then those between it and the authority.
  std::string key;         ///< Without a pass phrase, readable by its owner alone.
  std::string authority;   ///< The other side's certificate must be of one of these.

  bool empty() const { return certificate.empty() && key.empty() && authority.empty(); }
  auto operator<=>(const TlsIdentity &) const = default;
};

/// The `tls` of a daemon that listens.
struct TlsServer : TlsIdentity {
  /// Names (subject alternative or common) of the certificates that may command; none: every
  /// certificate of the authority.
  std::optional<std::vector<std::string>> clients;

  bool operator==(const TlsServer &) const = default;
};

void read(const Value &value, TlsIdentity &out);
void read(const Value &value, TlsServer &out);

/// Makes relative paths of IDENTITY relative to FOLDER.
void resolvePaths(const std::string &folder, TlsIdentity &identity);

/// Takes `listen`, one address or a list of them.
void readListen(ObjectReader &object, std::vector<Address> &out);
/// Makes the sockets' paths in LISTEN, which was read of OBJECT, absolute by FOLDER.
void resolveListen(ObjectReader &object, const std::string &folder, std::vector<Address> &listen);

} // namespace ripple::model

#endif
