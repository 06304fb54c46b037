//===- Tickets.h - Signed tickets for customers who have logged in -*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef SHOP_CORE_TICKETS_H
#define SHOP_CORE_TICKETS_H

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace shop {

class Tickets {
public:
  explicit Tickets(std::string secret);

  /// A ticket for USER, or none where PASSWORD is not theirs.
  std::optional<std::string> issue(const std::string &user, std::string_view password) const;

private:
  std::string secret;
  std::map<std::string, std::string> passwordDigests; ///< user → SHA-256, hexadecimal
};

} // namespace shop

#endif
