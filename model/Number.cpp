//===- Number.cpp - Numbers as RFC 8785 writes them -----------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "model/Number.h"

#include <charconv>
#include <string_view>

namespace ripple::model {

std::string formatNumber(double value) {
  if (value == 0)
    return "0"; // Also for -0.
  if (value < 0)
    return "-" + formatNumber(-value);

  // "d.ddde±xx": shortest digits by std::to_chars, then laid out by ECMAScript's rules.
  char buffer[32];
  auto [end, error] =
      std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific);
  std::string_view text(buffer, static_cast<std::size_t>(end - buffer));
  std::size_t mark = text.find('e');
  std::string digits(text.substr(0, mark));
  if (digits.size() > 1)
    digits.erase(1, 1); // The point.
  int exponent = std::stoi(std::string(text.substr(mark + 1)));
  int count = static_cast<int>(digits.size()); // k in ECMA-262
  int pointAt = exponent + 1;                  // n in ECMA-262

  auto zeros = [](int number) { return std::string(static_cast<std::size_t>(number), '0'); };
  if (count <= pointAt && pointAt <= 21)
    return digits + zeros(pointAt - count);
  if (0 < pointAt && pointAt <= 21)
    return digits.insert(static_cast<std::size_t>(pointAt), ".");
  if (-6 < pointAt && pointAt <= 0)
    return "0." + zeros(-pointAt) + digits;
  if (count > 1)
    digits.insert(1, ".");
  return digits + (exponent < 0 ? "e" : "e+") + std::to_string(exponent);
}

} // namespace ripple::model
