//===- Certificates.cpp - An authority of a test's own --------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/http/testing/Certificates.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>

namespace ripple::agent::testing {

Certificates::Certificates() {
  std::string name = std::filesystem::temp_directory_path() / "ripple-tls-XXXXXX";
  folder = ::mkdtemp(name.data());
  makeAuthority("ca");
}

Certificates::~Certificates() { std::filesystem::remove_all(folder); }

void Certificates::openssl(const std::string &arguments) const {
  std::string command =
      fmt::format("cd '{}' && umask 077 && openssl {} 2>openssl.log", folder, arguments);
  if (std::system(command.c_str()) == 0)
    return;
  std::ifstream log(path("openssl.log"));
  ADD_FAILURE() << command << ":\n" << log.rdbuf();
}

void Certificates::makeAuthority(const std::string &called) {
  openssl(fmt::format("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 "
                      "-subj '/CN={0}' -keyout {0}.key -out {0}.pem",
                      called));
}

model::TlsIdentity Certificates::make(const std::string &name, const std::string &names, int days,
                                      const std::string &authority) {
  openssl(fmt::format("req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj '/CN={0}' "
                      "-keyout {0}.new.key -out {0}.csr",
                      name));
  std::ofstream(path(name + ".ext"))
      << (names.empty() ? "" : fmt::format("subjectAltName={}\n", names));
  // Made under other names and then renamed: who reads the files meanwhile reads whole ones.
  openssl(fmt::format("x509 -req -in {0}.csr -CA {1}.pem -CAkey {1}.key -set_serial {2} -days {3} "
                      "-extfile {0}.ext -out {0}.new.pem",
                      name, authority, std::rand(), days));
  for (const char *kind : {"key", "pem"})
    std::filesystem::rename(path(fmt::format("{}.new.{}", name, kind)),
                            path(fmt::format("{}.{}", name, kind)));
  return {path(name + ".pem"), path(name + ".key"), path(authority + ".pem")};
}

model::TlsIdentity Certificates::identity(const std::string &name) const {
  return {path(name + ".pem"), path(name + ".key"), path("ca.pem")};
}

} // namespace ripple::agent::testing
