//===- Tickets.cpp - Signed tickets for customers who have logged in ------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "core/Tickets.h"

#include <memory>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdexcept>

namespace shop {
namespace {

std::string hexadecimal(const unsigned char *bytes, unsigned size) {
  constexpr char Digits[] = "0123456789abcdef";
  std::string out;
  for (unsigned i = 0; i < size; ++i) {
    out += Digits[bytes[i] >> 4];
    out += Digits[bytes[i] & 15];
  }
  return out;
}

struct FreeContext {
  void operator()(EVP_MD_CTX *context) const { EVP_MD_CTX_free(context); }
};

std::string digest(std::string_view text) {
  std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (!context || EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) != 1 ||
      EVP_DigestUpdate(context.get(), text.data(), text.size()) != 1 ||
      EVP_DigestFinal_ex(context.get(), out, &size) != 1)
    throw std::runtime_error("OpenSSL cannot digest");
  return hexadecimal(out, size);
}

} // namespace

Tickets::Tickets(std::string key) : secret(std::move(key)) {
  for (const char *user : {"alice", "bob", "carol"})
    passwordDigests.emplace(user, digest(std::string(user) + "'s password"));
}

std::optional<std::string> Tickets::issue(const std::string &user,
                                          std::string_view password) const {
  auto found = passwordDigests.find(user);
  std::string given = digest(password);
  if (found == passwordDigests.end() ||
      CRYPTO_memcmp(found->second.data(), given.data(), given.size()) != 0)
    return std::nullopt;
  unsigned char mac[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (!HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
            reinterpret_cast<const unsigned char *>(user.data()), user.size(), mac, &size))
    throw std::runtime_error("OpenSSL cannot sign");
  return user + "." + hexadecimal(mac, size);
}

} // namespace shop
