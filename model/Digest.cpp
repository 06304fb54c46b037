//===- Digest.cpp - SHA-256 and canonical digests -------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "model/Document.h"
#include "model/JsonWriter.h"
#include "model/Node.h"
#include "model/Reader.h"

#include <array>
#include <openssl/evp.h>

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

std::string sha256(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> hash;
  unsigned size = 0;
  EVP_Digest(bytes.data(), bytes.size(), hash.data(), &size, EVP_sha256(), nullptr);
  std::string hexadecimal;
  for (unsigned i = 0; i < size; ++i) {
    constexpr std::string_view digits = "0123456789abcdef";
    hexadecimal += digits[hash[i] >> 4];
    hexadecimal += digits[hash[i] & 15];
  }
  return hexadecimal;
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
