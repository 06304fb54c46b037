//===- Signature.cpp - Who has released a plan, and for what --------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "model/Signature.h"

#include "model/Records.h"
#include "model/Sha256.h"

#include <array>
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <set>
#include <sys/stat.h>

namespace ripple::model {
namespace {

constexpr std::string_view format = "ripple.statement";
constexpr std::size_t keySize = 32, signatureSize = 64;

void writeBody(ObjectWriter &object, const Statement &statement) {
  object.field("plan", statement.plan);
  object.set("servers", statement.servers);
  object.set("upgrades", statement.upgrades, &Upgrade::component);
}

/// The bytes that are signed: RFC 8785.
std::string messageOf(const Statement &statement) {
  PlanSignature unsignedYet = statement.signature;
  unsignedYet.value.clear();
  return writeDocument(JsonWriter::Form::Canonical, format, [&](ObjectWriter &object) {
    writeBody(object, statement);
    object.field("signature", unsignedYet);
  });
}

void readBody(ObjectReader &object, Statement &out) {
  object.required("plan", out.plan);
  object.requiredSet("servers", out.servers);
  object.required("upgrades", out.upgrades);
  object.required("signature", out.signature);
}

struct FreeBio {
  void operator()(BIO *bio) const { BIO_free(bio); }
};
struct FreeContext {
  void operator()(EVP_MD_CTX *context) const { EVP_MD_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;

/// A program without a terminal cannot ask for it.
int noPassPhrase(char *, int, int, void *) { return -1; }

using ReadKey = EVP_PKEY *(*)(BIO *, EVP_PKEY **, pem_password_cb *, void *);

EVP_PKEY *keyIn(const std::string &text, ReadKey read) {
  std::unique_ptr<BIO, FreeBio> bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  EVP_PKEY *key = bio ? read(bio.get(), nullptr, noPassPhrase, nullptr) : nullptr;
  ERR_clear_error();
  return key;
}

const unsigned char *bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char *>(text.data());
}

/// Nothing where TEXT is not the base64 of as many bytes as a signature has.
std::optional<std::array<unsigned char, signatureSize>> decoded(std::string_view text) {
  constexpr std::size_t length = (signatureSize + 2) / 3 * 4, padded = length / 4 * 3;
  std::array<unsigned char, padded> out{};
  if (text.size() != length || !text.ends_with("==") || text[length - 3] == '=' ||
      EVP_DecodeBlock(out.data(), bytes(text), static_cast<int>(length)) !=
          static_cast<int>(padded))
    return std::nullopt;
  std::array<unsigned char, signatureSize> signature{};
  std::copy_n(out.begin(), signatureSize, signature.begin());
  return signature;
}

} // namespace

const Upgrade *Statement::upgrade(std::string_view component) const {
  auto at = std::ranges::find(upgrades, component, &Upgrade::component);
  return at == upgrades.end() ? nullptr : &*at;
}

Statement statementOf(const Plan &plan, const PlanSignature &signature) {
  std::set<std::string> servers;
  for (const Step &step : plan.steps)
    if (!step.server.empty())
      servers.insert(step.server);
  return {plan.id, {servers.begin(), servers.end()}, plan.upgrades, signature};
}

std::string writeStatement(const Statement &statement) {
  return writeDocument(JsonWriter::Form::Indented, format, [&](ObjectWriter &object) {
    writeBody(object, statement);
    object.field("signature", statement.signature);
  });
}

Result<Statement> parseStatement(std::string_view text, const std::string &file) {
  return parseDocument<Statement>(text, file, format, readBody);
}

void read(const Value &value, PlanSignature &out) {
  constexpr std::int64_t numberMax = std::int64_t{1} << 53; // What RFC 8785 can write.
  ObjectReader object(value);
  object.required("cluster", out.cluster, Text::Name);
  if (object.required("number", out.number) && (out.number < 1 || out.number >= numberMax))
    value.mistake({"number"}, "must be from 1 to 9007199254740991");
  takeTime(object, "expires", out.expires);
  object.required("key", out.key);
  object.required("value", out.value);
}

void write(JsonWriter &writer, const PlanSignature &signature) {
  ObjectWriter object(writer);
  object.field("cluster", signature.cluster);
  object.field("number", signature.number);
  object.field("expires", signature.expires);
  object.field("key", signature.key);
  object.field("value", signature.value);
}

void Key::Free::operator()(evp_pkey_st *key) const { EVP_PKEY_free(key); }

Result<Key> Key::make(Handle handle, const std::string &file, std::string_view kind) {
  if (!handle)
    return mistake({file, 0, ""}, fmt::format("is no {} in PEM", kind),
                   "make one with `openssl genpkey -algorithm ed25519`, and its public half with "
                   "`openssl pkey -pubout`");
  std::array<unsigned char, keySize> raw{};
  std::size_t size = raw.size();
  if (EVP_PKEY_get_id(handle.get()) != EVP_PKEY_ED25519 ||
      EVP_PKEY_get_raw_public_key(handle.get(), raw.data(), &size) != 1)
    return mistake({file, 0, ""}, "is a key of another kind than Ed25519",
                   "make one with `openssl genpkey -algorithm ed25519`");
  Key key;
  key.handle_ = std::move(handle);
  key.fingerprint_ = "sha256:" + sha256({reinterpret_cast<const char *>(raw.data()), raw.size()});
  return key;
}

Result<Key> Key::readPrivate(const std::string &file) {
  auto text = readFile(file);
  if (!text)
    return tl::unexpected(std::move(text.error()));
  struct stat status{};
  if (::stat(file.c_str(), &status) == 0 && (status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return mistake(
        {file, 0, ""},
        fmt::format("others than its owner may use the key (mode {:04o})", status.st_mode & 07777U),
        "chmod 600 it");
  return make(Handle(keyIn(*text, PEM_read_bio_PrivateKey)), file,
              "private key without a pass phrase");
}

Result<Key> Key::readPublic(const std::string &file) {
  auto text = readFile(file);
  if (!text)
    return tl::unexpected(std::move(text.error()));
  return make(Handle(keyIn(*text, PEM_read_bio_PUBKEY)), file, "public key");
}

bool Key::sign(Statement &statement) const {
  statement.signature.key = fingerprint_;
  statement.signature.value.clear();
  const std::string message = messageOf(statement);
  std::array<unsigned char, signatureSize> signature{};
  std::size_t size = signature.size();
  Context context(EVP_MD_CTX_new());
  if (!context ||
      EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, handle_.get()) != 1 ||
      EVP_DigestSign(context.get(), signature.data(), &size, bytes(message), message.size()) != 1)
    return false;
  std::array<unsigned char, (signatureSize + 2) / 3 * 4 + 1> text{};
  int length = EVP_EncodeBlock(text.data(), signature.data(), static_cast<int>(size));
  statement.signature.value.assign(reinterpret_cast<const char *>(text.data()),
                                   static_cast<std::size_t>(length));
  return true;
}

bool Key::hasSigned(const Statement &statement) const {
  auto signature = decoded(statement.signature.value);
  if (!signature)
    return false;
  const std::string message = messageOf(statement);
  Context context(EVP_MD_CTX_new());
  bool good = context &&
              EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, handle_.get()) == 1 &&
              EVP_DigestVerify(context.get(), signature->data(), signature->size(), bytes(message),
                               message.size()) == 1;
  ERR_clear_error();
  return good;
}

} // namespace ripple::model
