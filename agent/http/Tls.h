//===- Tls.h - Certificates, and whom they convince --------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// TLS 1.2 or later, both sides with a certificate. Files that were renewed are
// read again before the next handshake, without a restart:
//
//   TlsFiles (three paths) -> current() -> ssl::context -> one connection
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_HTTP_TLS_H
#define RIPPLE_AGENT_HTTP_TLS_H

#include "model/Network.h"

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/verify_context.hpp>
#include <boost/system/error_code.hpp>

#include <array>
#include <memory>
#include <mutex>
#include <tl/expected.hpp>

namespace ripple::agent {

enum class TlsRole { Server, Client };

/// What a connection is made with. Shared by the connections that were made with it.
using TlsContext = std::shared_ptr<boost::asio::ssl::context>;

/// Reads the files once. Fails with all that is needed to set it right: a file that is not there, a
/// key that others may read, that has a pass phrase or belongs to another certificate.
tl::expected<TlsContext, std::string> loadTls(const model::TlsIdentity &files, TlsRole role);

/// An identity whose files may be renewed while it is used. From any thread.
class TlsFiles {
public:
  TlsFiles(model::TlsIdentity files, TlsRole role) : files(std::move(files)), role(role) {}

  /// What the files hold now. Where they have changed to what cannot be used, what they held
  /// before, and the log says so once; fails where there is nothing before.
  tl::expected<TlsContext, std::string> current();

private:
  struct Stamp {
    std::int64_t device = 0, inode = 0, size = 0, modifiedNs = 0, changedNs = 0;
    bool operator==(const Stamp &) const = default;
  };
  using Stamps = std::array<Stamp, 3>;
  Stamps look() const;

  const model::TlsIdentity files;
  const TlsRole role;
  std::mutex mutex;
  Stamps seen;
  TlsContext context;
};

/// The names of a certificate: the common name, then all alternative ones (DNS, URI, IP). Leaves
/// out names with control characters. None where CERTIFICATE is null.
std::vector<std::string> namesOf(X509 *certificate);

/// "app1, app1.example, …", for messages: not all of very many.
std::string joined(const std::vector<std::string> &names);

/// Gathers why the other side's certificate is not accepted. Set as a stream's verify callback;
/// the copies share their text.
class CertificateProblem {
public:
  bool operator()(bool accepted, boost::asio::ssl::verify_context &at) const;
  /// "certificate has expired (CN=app1)"; "" where nothing was wrong.
  const std::string &text() const { return *problem; }

private:
  std::shared_ptr<std::string> problem = std::make_shared<std::string>();
};

/// What ERROR of a handshake, or of the first read after it, says; in words that name the side at
/// fault. PROBLEM is what the verify callback has gathered.
std::string describeTls(const boost::system::error_code &error, const CertificateProblem &problem);

/// The other side spoke plain HTTP.
bool isPlainHttp(const boost::system::error_code &error);

} // namespace ripple::agent

#endif
