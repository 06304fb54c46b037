//===- FuzzCertificate.cpp - Bytes to a certificate -----------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// A stranger's certificate is read for the log before it is known to be good.
//
//===----------------------------------------------------------------------===//
#include "agent/http/Tls.h"
#include "tests/fuzz/FuzzReader.h"

#include <openssl/x509.h>

using ripple::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *bytes, std::size_t size) {
  std::unique_ptr<X509, decltype(&X509_free)> certificate(
      d2i_X509(nullptr, &bytes, static_cast<long>(size)), X509_free);
  for (const std::string &name : ripple::agent::namesOf(certificate.get()))
    require(!name.empty() && name.find_first_of(std::string_view("\0\n\r", 3)) == name.npos,
            "a name that is none");
  return 0;
}
