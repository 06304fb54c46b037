//===- Certificates.h - An authority of a test's own -------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_HTTP_TESTING_CERTIFICATES_H
#define RIPPLE_AGENT_HTTP_TESTING_CERTIFICATES_H

#include "model/Network.h"

#include <string>

namespace ripple::agent::testing {

/// Runs the program openssl in a scratch folder, which goes with the object.
class Certificates {
public:
  Certificates(); ///< Makes the authority "ca".
  ~Certificates();
  Certificates(const Certificates &) = delete;
  Certificates &operator=(const Certificates &) = delete;

  /// Another authority, CALLED; its certificate is the file CALLED.pem.
  void makeAuthority(const std::string &called);
  /// A certificate NAME.pem for the common name NAME and its key NAME.key, of AUTHORITY. NAMES:
  /// "DNS:localhost,IP:127.0.0.1", "" for none. DAYS after now it expires; negative: it has.
  model::TlsIdentity make(const std::string &name, const std::string &names = {}, int days = 2,
                          const std::string &authority = "ca");
  /// The files of NAME, which may not be there.
  model::TlsIdentity identity(const std::string &name) const;

  std::string path(const std::string &file) const { return folder + "/" + file; }

private:
  void openssl(const std::string &arguments) const;

  std::string folder;
};

} // namespace ripple::agent::testing

#endif
