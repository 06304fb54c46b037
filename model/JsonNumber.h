//===- JsonNumber.h - Whole numbers of JSON values --------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_MODEL_JSONNUMBER_H
#define RIPPLE_MODEL_JSONNUMBER_H

#include <concepts>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>

namespace ripple::model {

/// The whole number that VALUE is, if a T can hold it. Throws as VALUE.get<T>() does, and also
/// where that would make another number of it: of a fraction, one below or above what T holds,
/// true or false.
template <std::integral T, typename Json> T wholeNumber(const Json &value) {
  const bool fits =
      value.is_number_unsigned()
          ? std::in_range<T>(value.template get<std::uint64_t>())
          : value.is_number_integer() && std::in_range<T>(value.template get<std::int64_t>());
  if (value.is_number() && !fits)
    throw Json::out_of_range::create(406, "not a whole number of that range: " + value.dump(),
                                     &value);
  if (!value.is_number())
    throw Json::type_error::create(
        302, "type must be number, but is " + std::string(value.type_name()), &value);
  return value.template get<T>();
}

/// TEXT as JSON in which all numbers are whole. Throws as json::parse does, and for fractions.
inline nlohmann::json parseWhole(std::string_view text) {
  using Json = nlohmann::json;
  return Json::parse(text, [](int, Json::parse_event_t what, const Json &value) {
    if (what == Json::parse_event_t::value && value.is_number_float())
      wholeNumber<std::int64_t>(value);
    return true;
  });
}

} // namespace ripple::model

#endif
