//===- Keys.h - Ed25519 keys for tests --------------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_MODEL_TESTING_KEYS_H
#define RIPPLE_MODEL_TESTING_KEYS_H

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace ripple::model::testing {

/// Runs the program openssl in a scratch folder, which goes with the object.
class Keys {
public:
  Keys() {
    char name[] = "/tmp/ripple-keys-XXXXXX";
    folder = ::mkdtemp(name);
  }
  ~Keys() { std::filesystem::remove_all(folder); }
  Keys(const Keys &) = delete;
  Keys &operator=(const Keys &) = delete;

  /// NAME.key and NAME.pem, its public half. KIND as `openssl genpkey -algorithm` has it.
  void make(const std::string &name, const std::string &kind = "ed25519") {
    run("genpkey -algorithm " + kind + " -out " + path(name + ".key"));
    run("pkey -in " + path(name + ".key") + " -pubout -out " + path(name + ".pem"));
  }
  std::string path(const std::string &file) const { return folder + "/" + file; }

private:
  static void run(const std::string &arguments) {
    if (std::system(("umask 077; openssl " + arguments + " 2>/dev/null").c_str()) != 0)
      throw std::runtime_error("openssl " + arguments);
  }
  std::string folder;
};

} // namespace ripple::model::testing

#endif
