//===- JsonScanner.h - Reads JSON whose shape is known ----------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Private to model/. For documents with millions of values: no tree, no lines.
// Whatever is not exactly as expected makes the scanner give up, and then the
// strict reader (Reader.h) says what is wrong, or that nothing is. So there are
// no messages here, and it may refuse what JSON allows, but never the reverse.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_MODEL_JSONSCANNER_H
#define RIPPLE_MODEL_JSONSCANNER_H

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace ripple::model {

/// Goes through a text once. After it has given up, every call returns at once with a default.
class JsonScanner {
public:
  explicit JsonScanner(std::string_view text) : at_(text.data()), end_(at_ + text.size()) {}

  bool hasGivenUp() const { return hasGivenUp_; }
  void giveUp() {
    hasGivenUp_ = true;
    at_ = end_;
  }

  /// Calls VISIT with the index in NAMES of each key, to read its value. Gives up at a key that is
  /// there twice or not in NAMES. Returns a bit for each key that is there, the first name's
  /// lowest.
  template <std::size_t N, typename Visit>
  std::uint32_t object(const std::array<std::string_view, N> &names, Visit visit);
  /// Calls VISIT for each element, to read it.
  template <typename Visit> void array(Visit visit);

  struct Text {
    std::string_view text; ///< Valid until the next call.
    bool hasControl = false;
  };
  /// Gives up at NUL and at surrogates that are written as escapes.
  Text string();
  bool boolean();
  /// Plain digits, up to UINT32_MAX.
  std::uint32_t number();
  /// Gives up unless only white space is left.
  void end();

private:
  void skipSpace() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\t' || *at_ == '\r'))
      ++at_;
  }
  /// Takes CHARACTER, the next that is no white space; false where another one is next.
  bool takeIf(char character) {
    skipSpace();
    if (at_ == end_ || *at_ != character)
      return false;
    ++at_;
    return true;
  }
  bool take(char character) {
    if (takeIf(character))
      return true;
    giveUp();
    return false;
  }
  bool takeIf(std::string_view word);

  const char *plainEnd() const;
  Text withEscapes(const char *start);
  bool takeEscape(bool &hasControl);
  bool takeUnicodeEscape(bool &hasControl);

  const char *at_, *end_;
  bool hasGivenUp_ = false;
  std::string unescaped_;
};

template <std::size_t N, typename Visit>
std::uint32_t JsonScanner::object(const std::array<std::string_view, N> &names, Visit visit) {
  static_assert(N <= 32);
  if (!take('{') || takeIf('}'))
    return 0;
  std::uint32_t there = 0;
  std::size_t index = 0; // Programs write keys in one order: the next is tried first.
  do {
    const std::string_view key = string().text;
    for (std::size_t tried = 0; names[index] != key; index = index + 1 < N ? index + 1 : 0)
      if (++tried > N) {
        giveUp();
        return 0;
      }
    if (there >> index & 1)
      giveUp();
    there |= std::uint32_t{1} << index;
    if (take(':'))
      visit(index);
    index = index + 1 < N ? index + 1 : 0;
  } while (takeIf(','));
  take('}');
  return there;
}

template <typename Visit> void JsonScanner::array(Visit visit) {
  if (!take('[') || takeIf(']'))
    return;
  do
    visit();
  while (takeIf(','));
  take(']');
}

} // namespace ripple::model

#endif
