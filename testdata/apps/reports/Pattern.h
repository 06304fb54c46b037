//===- Pattern.h - Regular expressions that users give ----------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef REPORTS_PATTERN_H
#define REPORTS_PATTERN_H

#include <memory>
#include <string_view>

struct pcre2_real_code_8;

namespace reports {

/// A compiled expression; copies share it. Safe to use from any thread.
class Pattern {
public:
  /// Throws std::invalid_argument where TEXT is no expression.
  explicit Pattern(std::string_view text);
  bool foundIn(std::string_view line) const;

private:
  std::shared_ptr<pcre2_real_code_8> code;
};

} // namespace reports

#endif
