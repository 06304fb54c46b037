//===- JsonWriter.cpp - Writes JSON, for people or for digests ------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "model/JsonWriter.h"
#include "model/Number.h"

#include <algorithm>
#include <fmt/format.h>

namespace ripple::model {

void JsonWriter::begin(char open, bool sorted) {
  beforeValue();
  text_ += open;
  frames_.push_back({open, true, sorted, text_.size(), members_.size()});
}

void JsonWriter::endObject() {
  if (isToSort())
    sortMembers(frames_.back());
  end('}');
}

void JsonWriter::endArray() { end(']'); }

void JsonWriter::end(char close) {
  const bool empty = frames_.back().empty;
  frames_.pop_back();
  if (!empty)
    newline();
  text_ += close;
  constexpr std::size_t pieceBytes = 1 << 16;
  if (sink_ && members_.empty() && text_.size() >= pieceBytes)
    spill();
}

void JsonWriter::spill() {
  sink_(text_);
  text_.clear();
}

void JsonWriter::key(std::string_view name) {
  Frame &frame = frames_.back();
  if (isToSort()) {
    members_.push_back({text_.size(), keys_.size(), name.size()});
    keys_ += name;
  } else {
    if (!frame.empty)
      text_ += ',';
    newline();
  }
  appendQuoted(text_, name);
  text_ += isCanonical() ? ":" : ": ";
  frame.empty = false;
  afterKey_ = true;
}

void JsonWriter::string(std::string_view text) {
  beforeValue();
  appendQuoted(text_, text);
}

void JsonWriter::number(double value) { scalar(formatNumber(value)); }

void JsonWriter::scalar(std::string_view text) {
  beforeValue();
  text_ += text;
}

std::string JsonWriter::take() {
  if (sink_)
    spill();
  if (!isCanonical())
    text_ += '\n';
  return std::move(text_);
}

void JsonWriter::beforeValue() {
  if (afterKey_ || frames_.empty()) {
    afterKey_ = false;
    return;
  }
  Frame &frame = frames_.back();
  if (!frame.empty)
    text_ += ',';
  frame.empty = false;
  newline();
}

void JsonWriter::newline() {
  if (isCanonical())
    return;
  text_ += '\n';
  text_.append(2 * frames_.size(), ' ');
}

/// Rewrites the body of an object that ends with its members in order, commas between them.
void JsonWriter::sortMembers(const Frame &frame) {
  const auto first = members_.begin() + static_cast<std::ptrdiff_t>(frame.firstMember);
  if (first == members_.end())
    return;
  const std::size_t keysStart = first->keyStart;
  struct Piece {
    std::string_view key;
    std::size_t start, end;
  };
  std::vector<Piece> pieces;
  pieces.reserve(members_.size() - frame.firstMember);
  for (auto member = first; member != members_.end(); ++member) {
    const auto next = member + 1;
    pieces.push_back({std::string_view(keys_).substr(member->keyStart, member->keySize),
                      member->start, next == members_.end() ? text_.size() : next->start});
  }
  std::ranges::sort(pieces, comesBeforeUtf16, &Piece::key);
  body_.clear();
  for (const Piece &piece : pieces) {
    if (!body_.empty())
      body_ += ',';
    body_.append(text_, piece.start, piece.end - piece.start);
  }
  text_.replace(frame.bodyStart, std::string::npos, body_);
  members_.resize(frame.firstMember);
  keys_.resize(keysStart);
}

void appendQuoted(std::string &out, std::string_view text) {
  out += '"';
  std::size_t plain = 0; // What is not yet copied begins there.
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char character = text[i];
    if (static_cast<unsigned char>(character) >= 0x20 && character != '"' && character != '\\')
      continue;
    out.append(text, plain, i - plain);
    plain = i + 1;
    switch (character) {
    case '"':
      out += "\\\"";
      break;
    case '\\':
      out += "\\\\";
      break;
    case '\b':
      out += "\\b";
      break;
    case '\f':
      out += "\\f";
      break;
    case '\n':
      out += "\\n";
      break;
    case '\r':
      out += "\\r";
      break;
    case '\t':
      out += "\\t";
      break;
    default:
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(character));
    }
  }
  out.append(text, plain);
  out += '"';
}

bool comesBeforeUtf16(std::string_view a, std::string_view b) {
  // UTF-8's bytes sort by code point. UTF-16's units do too, but that U+E000 to U+FFFF (lead bytes
  // EE and EF) come after the surrogates of all that is higher (lead bytes from F0).
  auto difference = std::ranges::mismatch(a, b);
  if (difference.in1 == a.end() || difference.in2 == b.end())
    return difference.in1 == a.end() && difference.in2 != b.end();
  auto weight = [](char character) {
    unsigned byte = static_cast<unsigned char>(character);
    return byte == 0xEE || byte == 0xEF ? byte + 0x100 : byte;
  };
  return weight(*difference.in1) < weight(*difference.in2);
}

} // namespace ripple::model
