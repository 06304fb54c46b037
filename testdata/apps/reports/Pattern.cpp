//===- Pattern.cpp - Regular expressions that users give ------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#define PCRE2_CODE_UNIT_WIDTH 8
#include "Pattern.h"

#include <pcre2.h>
#include <stdexcept>
#include <string>

namespace reports {
namespace {

std::string messageOf(int error) {
  PCRE2_UCHAR text[256];
  pcre2_get_error_message(error, text, sizeof text);
  return reinterpret_cast<const char *>(text);
}

} // namespace

Pattern::Pattern(std::string_view text) {
  int error = 0;
  PCRE2_SIZE offset = 0;
  auto *compiled = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(),
                                 PCRE2_CASELESS, &error, &offset, nullptr);
  if (!compiled)
    throw std::invalid_argument("the expression is wrong at " + std::to_string(offset) + ": " +
                                messageOf(error));
  code.reset(compiled, pcre2_code_free);
}

bool Pattern::foundIn(std::string_view line) const {
  std::unique_ptr<pcre2_match_data, decltype(&pcre2_match_data_free)> match(
      pcre2_match_data_create_from_pattern(code.get(), nullptr), pcre2_match_data_free);
  return pcre2_match(code.get(), reinterpret_cast<PCRE2_SPTR>(line.data()), line.size(), 0, 0,
                     match.get(), nullptr) >= 0;
}

} // namespace reports
