//===- Digest.cpp - SHA-256 and canonical digests -------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "model/Document.h"
#include "model/JsonWriter.h"
#include "model/Node.h"
#include "model/Reader.h"
#include "model/Sha256.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <openssl/evp.h>
#include <unistd.h>
#include <vector>

namespace ripple::model {
namespace {

void write(JsonWriter &writer, const Node &node) {
  switch (node.kind()) {
  case Node::Kind::Null:
    return writer.null();
  case Node::Kind::Boolean:
    return writer.boolean(node.asBoolean());
  case Node::Kind::Integer: // RFC 8785 knows doubles only.
  case Node::Kind::Real:
    return writer.number(node.asReal());
  case Node::Kind::String:
    return writer.string(node.asString());
  case Node::Kind::Array:
    writer.beginArray();
    for (const Node &element : node.elements())
      write(writer, element);
    return writer.endArray();
  case Node::Kind::Object:
    writer.beginObject();
    for (const Member &member : node.members()) {
      writer.key(member.key);
      write(writer, member.value);
    }
    return writer.endObject();
  }
}

} // namespace

void Sha256::Free::operator()(evp_md_ctx_st *context) const { EVP_MD_CTX_free(context); }

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr);
}

void Sha256::add(std::string_view bytes) {
  EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size());
}

std::string Sha256::hexadecimal() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> hash;
  unsigned size = 0;
  EVP_DigestFinal_ex(context_.get(), hash.data(), &size);
  std::string text;
  for (unsigned i = 0; i < size; ++i) {
    constexpr std::string_view digits = "0123456789abcdef";
    text += digits[hash[i] >> 4];
    text += digits[hash[i] & 15];
  }
  return text;
}

std::string sha256(std::string_view bytes) {
  Sha256 hash;
  hash.add(bytes);
  return hash.hexadecimal();
}

Result<std::string> sha256OfFile(const std::string &file) {
  constexpr std::size_t piece = std::size_t{1} << 16;
  auto refuse = [&](int error) {
    return mistake({file, 0, ""}, std::string("cannot be read: ") + std::strerror(error),
                   "check the path");
  };
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0)
    return refuse(errno);
  Sha256 hash;
  std::vector<char> buffer(piece);
  ssize_t size = 0;
  while ((size = ::read(descriptor, buffer.data(), buffer.size())) > 0)
    hash.add({buffer.data(), static_cast<std::size_t>(size)});
  const int error = errno;
  ::close(descriptor);
  if (size < 0)
    return refuse(error);
  return hash.hexadecimal();
}

bool isDigest(std::string_view text) {
  constexpr std::string_view prefix = "sha256:", digits = "0123456789abcdef";
  constexpr std::size_t length = 64;
  if (!text.starts_with(prefix) || text.size() != prefix.size() + length)
    return false;
  text.remove_prefix(prefix.size());
  return text.find_first_not_of(digits) == std::string_view::npos;
}

std::string canonicalForm(std::string_view text) {
  Report report("");
  auto tree = parseTree(text, report);
  if (!tree || !report.empty())
    return "";
  JsonWriter writer(JsonWriter::Form::Canonical);
  write(writer, tree->root);
  return writer.take();
}

std::string canonicalDigest(std::string_view json) {
  std::string form = canonicalForm(json);
  return form.empty() ? "" : "sha256:" + sha256(form);
}

} // namespace ripple::model
