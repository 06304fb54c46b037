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

void JsonWriter::begin(char open) {
  beforeValue();
  text_ += open;
  Frame frame;
  frame.open = open;
  frame.bodyStart = text_.size();
  frames_.push_back(std::move(frame));
}

void JsonWriter::endObject() {
  Frame frame = std::move(frames_.back());
  frames_.pop_back();
  if (isCanonical())
    sortMembers(frame);
  if (!frame.empty)
    newline();
  text_ += '}';
}

void JsonWriter::endArray() {
  bool empty = frames_.back().empty;
  frames_.pop_back();
  if (!empty)
    newline();
  text_ += ']';
}

void JsonWriter::key(std::string_view name) {
  Frame &frame = frames_.back();
  if (isCanonical()) {
    frame.members.emplace_back(text_.size(), name);
    appendQuoted(text_, name);
    text_ += ':';
  } else {
    if (!frame.empty)
      text_ += ',';
    newline();
    appendQuoted(text_, name);
    text_ += ": ";
  }
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

/// Rewrites the body of an ended object with its members in order, commas between them.
void JsonWriter::sortMembers(const Frame &frame) {
  struct Piece {
    std::string_view key;
    std::size_t start, end;
  };
  std::vector<Piece> pieces;
  for (std::size_t i = 0; i < frame.members.size(); ++i) {
    bool last = i + 1 == frame.members.size();
    pieces.push_back({frame.members[i].second, frame.members[i].first,
                      last ? text_.size() : frame.members[i + 1].first});
  }
  std::ranges::sort(pieces, comesBeforeUtf16, &Piece::key);
  std::string body;
  body.reserve(text_.size() - frame.bodyStart + pieces.size());
  for (const Piece &piece : pieces) {
    if (!body.empty())
      body += ',';
    body.append(text_, piece.start, piece.end - piece.start);
  }
  text_.replace(frame.bodyStart, std::string::npos, body);
}

void appendQuoted(std::string &out, std::string_view text) {
  out += '"';
  for (char character : text) {
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
      if (static_cast<unsigned char>(character) < 0x20)
        out += fmt::format("\\u{:04x}", static_cast<unsigned>(character));
      else
        out += character;
    }
  }
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
