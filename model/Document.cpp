//===- Document.cpp - What every document of Ripple has in common ---------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "model/Document.h"

#include <charconv>
#include <cmath>
#include <fmt/chrono.h>
#include <fmt/format.h>

namespace ripple::model {

namespace {

/// TEXT with its control characters written out: inputs are quoted in messages, which are one line
/// each and go to terminals.
std::string printable(std::string_view text) {
  std::string result;
  for (char character : text) {
    auto byte = static_cast<unsigned char>(character);
    if (character == '\n')
      result += "\\n";
    else if (byte < 0x20 || byte == 0x7F)
      result += fmt::format("\\x{:02x}", byte);
    else
      result += character;
  }
  return result;
}

} // namespace

std::string describe(const Mistake &mistake) {
  std::string result = mistake.place.file;
  if (mistake.place.line > 0)
    result += fmt::format("{}{}", result.empty() ? "line " : ":", mistake.place.line);
  if (!mistake.place.pointer.empty())
    result += fmt::format("{}{}", result.empty() ? "" : ": ", mistake.place.pointer);
  if (!result.empty())
    result += ": ";
  result += mistake.what;
  if (!mistake.remedy.empty())
    result += "; " + mistake.remedy;
  return printable(result);
}

std::string describe(const Mistakes &mistakes) {
  std::string result;
  for (const Mistake &mistake : mistakes)
    result += describe(mistake) + "\n";
  return result;
}

tl::unexpected<Mistakes> mistake(Place place, std::string what, std::string remedy) {
  return tl::unexpected(Mistakes{{std::move(place), std::move(what), std::move(remedy)}});
}

namespace {

struct Unit {
  std::string_view name;
  std::int64_t milliseconds;
};
// Longest name first where one ends with the other.
constexpr Unit units[] = {{"ms", 1}, {"s", 1'000}, {"m", 60'000}, {"h", 3'600'000}};
constexpr std::int64_t durationMaxMs = 366LL * 24 * 3'600'000;

bool isDecimal(std::string_view text) {
  std::size_t point = text.find('.');
  auto digits = [](std::string_view part) {
    return !part.empty() && part.find_first_not_of("0123456789") == std::string_view::npos;
  };
  if (point == std::string_view::npos)
    return digits(text);
  return digits(text.substr(0, point)) && digits(text.substr(point + 1));
}

} // namespace

tl::expected<Milliseconds, std::string> parseDuration(std::string_view text) {
  for (const Unit &unit : units) {
    if (!text.ends_with(unit.name))
      continue;
    std::string_view number = text.substr(0, text.size() - unit.name.size());
    if (!isDecimal(number))
      continue;
    double value = 0;
    auto parsed = std::from_chars(number.data(), number.data() + number.size(), value);
    double milliseconds = value * static_cast<double>(unit.milliseconds);
    if (parsed.ec != std::errc() || milliseconds > static_cast<double>(durationMaxMs))
      return tl::unexpected(fmt::format("the duration '{}' is longer than a year", text));
    double whole = std::round(milliseconds);
    if (std::abs(milliseconds - whole) > 1e-6)
      return tl::unexpected(fmt::format("the duration '{}' is finer than 1 ms", text));
    return Milliseconds(static_cast<std::int64_t>(whole));
  }
  return tl::unexpected(fmt::format("'{}' is not a duration", text));
}

std::string inUtc(std::chrono::system_clock::time_point time) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

std::string formatDuration(Milliseconds duration) {
  std::int64_t count = duration.count();
  if (count == 0)
    return "0s";
  const Unit *best = &units[0];
  for (const Unit &unit : units)
    if (count % unit.milliseconds == 0)
      best = &unit;
  return fmt::format("{}{}", count / best->milliseconds, best->name);
}

} // namespace ripple::model
