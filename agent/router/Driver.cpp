//===- Driver.cpp ---------------------------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/router/Driver.h"

#include <fmt/format.h>

using namespace ripple::agent;

Driver::Driver(const std::string &router, const std::string &place)
    : Who(fmt::format("router {} ({})", router, place)) {}

std::string Driver::name() const { return Who.substr(std::string_view("router ").size()); }

tl::unexpected<RouterError> Driver::fail(RouterError::Kind kind, const std::string &what,
                                         std::string remedy) const {
  return tl::make_unexpected(
      RouterError{kind, fmt::format("{}: {}", Who, what), std::move(remedy)});
}
