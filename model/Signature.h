//===- Signature.h - Who has released a plan, and for what ------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//   plan ──statementOf──► Statement ──canonical form──► Ed25519 (RFC 8032)
//
// A plan of ten thousand servers is too large to be sent to each of them. The
// statement is what an agent needs of it to hold a manager to the plan: which
// plan, for which servers, until when, and what is to be done to each component.
// The plan's id is the digest of all the rest.
//
// Keys are PEM files as `openssl genpkey -algorithm ed25519` and
// `openssl pkey -pubout` write them.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_MODEL_SIGNATURE_H
#define RIPPLE_MODEL_SIGNATURE_H

#include "model/Plan.h"

#include <memory>

struct evp_pkey_st;

namespace ripple::model {

/// What a signature is about. All of it is signed but `signature.value`.
struct Statement {
  std::string plan;                 ///< The plan's id.
  std::vector<std::string> servers; ///< Those that the plan has steps for. Sorted.
  std::vector<Upgrade> upgrades;    ///< As in the plan.
  PlanSignature signature;

  const Upgrade *upgrade(std::string_view component) const;
};

Statement statementOf(const Plan &plan, const PlanSignature &signature);

/// The document `ripple.statement`.
std::string writeStatement(const Statement &statement);
Result<Statement> parseStatement(std::string_view text, const std::string &file);

/// An Ed25519 key, private or public.
class Key {
public:
  /// FILE is a private key that others may not read, without a pass phrase.
  static Result<Key> readPrivate(const std::string &file);
  static Result<Key> readPublic(const std::string &file);

  /// "sha256:…" of the 32 bytes of the public key.
  const std::string &fingerprint() const { return fingerprint_; }
  /// Fills in `signature.key` and `value`. Of a private key; false where OpenSSL fails.
  [[nodiscard]] bool sign(Statement &statement) const;
  bool hasSigned(const Statement &statement) const;

private:
  struct Free {
    void operator()(evp_pkey_st *key) const;
  };
  using Handle = std::unique_ptr<evp_pkey_st, Free>;
  static Result<Key> make(Handle handle, const std::string &file, std::string_view kind);

  Handle handle_;
  std::string fingerprint_;
};

} // namespace ripple::model

#endif
