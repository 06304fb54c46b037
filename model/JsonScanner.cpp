//===- JsonScanner.cpp - Reads JSON whose shape is known ------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "model/JsonScanner.h"
#include "model/Utf8.h"

#include <bit>
#include <charconv>
#include <cstring>

namespace ripple::model {

namespace {

constexpr std::uint64_t everyByte(std::uint8_t byte) { return 0x0101010101010101ULL * byte; }

/// The highest bit of each byte of WORD that is 0; above the first such byte also of some others.
constexpr std::uint64_t zeroBytes(std::uint64_t word) {
  return (word - everyByte(1)) & ~word & everyByte(0x80);
}

/// Likewise for what a string may not hold as it is, or only after a closer look.
constexpr std::uint64_t specialBytes(std::uint64_t word) {
  return (word & everyByte(0x80)) | ((word - everyByte(0x20)) & ~word & everyByte(0x80)) |
         zeroBytes(word ^ everyByte('"')) | zeroBytes(word ^ everyByte('\\')) |
         zeroBytes(word ^ everyByte(0x7F));
}

bool isSpecial(char character) {
  return static_cast<unsigned char>(character) >= 0x7F || character < 0x20 || character == '"' ||
         character == '\\';
}

} // namespace

/// The first character from here that is special; eight at once where the machine's order allows
/// (Mycroft 1987: which byte of a word is zero).
const char *JsonScanner::plainEnd() const {
  const char *at = at_;
  if constexpr (std::endian::native == std::endian::little)
    for (std::uint64_t word; end_ - at >= 8; at += sizeof word) {
      std::memcpy(&word, at, sizeof word);
      if (std::uint64_t special = specialBytes(word))
        return at + std::countr_zero(special) / 8;
    }
  while (at != end_ && !isSpecial(*at))
    ++at;
  return at;
}

JsonScanner::Text JsonScanner::string() {
  if (!take('"'))
    return {};
  const char *start = at_;
  at_ = plainEnd();
  if (at_ == end_ || *at_ != '"')
    return withEscapes(start);
  return {{start, static_cast<std::size_t>(at_++ - start)}};
}

JsonScanner::Text JsonScanner::withEscapes(const char *start) {
  bool hasControl = false;
  unescaped_.assign(start, at_);
  while (at_ != end_ && *at_ != '"') {
    const std::string_view rest(at_, static_cast<std::size_t>(end_ - at_));
    const std::size_t length = sequenceLength(rest);
    if (*at_ == '\\') {
      if (!takeEscape(hasControl))
        break;
    } else if (length == 0 || static_cast<unsigned char>(*at_) < 0x20) {
      break;
    } else {
      hasControl |= *at_ == 0x7F;
      unescaped_.append(rest, 0, length);
      at_ += length;
    }
  }
  if (at_ == end_ || *at_ != '"') {
    giveUp();
    return {};
  }
  ++at_;
  return {unescaped_, hasControl};
}

/// At a backslash. False, going nowhere, where what follows is none of JSON's escapes.
bool JsonScanner::takeEscape(bool &hasControl) {
  constexpr std::string_view names = "\"\\/bfnrt", meanings = "\"\\/\b\f\n\r\t";
  if (end_ - at_ < 2)
    return false;
  if (at_[1] == 'u')
    return takeUnicodeEscape(hasControl);
  const std::size_t found = names.find(at_[1]);
  if (found == std::string_view::npos)
    return false;
  unescaped_ += meanings[found];
  hasControl |= meanings[found] < 0x20;
  at_ += 2;
  return true;
}

bool JsonScanner::takeUnicodeEscape(bool &hasControl) {
  constexpr std::ptrdiff_t length = 6;
  if (end_ - at_ < length)
    return false;
  std::uint32_t code = 0;
  const auto parsed = std::from_chars(at_ + 2, at_ + length, code, 16);
  const bool isSurrogate = code >= 0xD800 && code <= 0xDFFF;
  if (parsed.ec != std::errc() || parsed.ptr != at_ + length || code == 0 || isSurrogate)
    return false;
  auto put = [&](std::uint32_t byte) { unescaped_ += static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | code >> 6);
    put(0x80 | (code & 0x3F));
  } else {
    put(0xE0 | code >> 12);
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  }
  hasControl |= code < 0x20 || code == 0x7F;
  at_ += length;
  return true;
}

bool JsonScanner::takeIf(std::string_view word) {
  if (!std::string_view(at_, static_cast<std::size_t>(end_ - at_)).starts_with(word))
    return false;
  at_ += word.size();
  return true;
}

bool JsonScanner::boolean() {
  skipSpace();
  if (takeIf(std::string_view("true")))
    return true;
  if (!takeIf(std::string_view("false")))
    giveUp();
  return false;
}

std::uint32_t JsonScanner::number() {
  skipSpace();
  std::uint32_t value = 0;
  const auto parsed = std::from_chars(at_, end_, value);
  const bool isPadded = at_ != end_ && *at_ == '0' && parsed.ptr - at_ > 1;
  if (parsed.ec != std::errc() || isPadded) {
    giveUp();
    return 0;
  }
  at_ = parsed.ptr; // What follows as in 1.0 or 1e3 is none of what may come next.
  return value;
}

void JsonScanner::end() {
  skipSpace();
  if (at_ != end_)
    giveUp();
}

} // namespace ripple::model
