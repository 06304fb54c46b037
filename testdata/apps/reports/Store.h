//===- Store.h - Reports that were imported ---------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef REPORTS_STORE_H
#define REPORTS_STORE_H

#include <cstdint>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <vector>

namespace reports {

struct Row {
  std::string region;
  std::string product;
  std::int64_t cents = 0;
};

struct Report {
  std::string name;
  std::vector<Row> rows;
};

/// The latest reports, in memory. Safe to use from any thread.
class Store {
public:
  static constexpr std::size_t ReportsMax = 200;

  /// With one example, "weekly".
  Store();

  std::optional<Report> find(const std::string &name) const;
  std::vector<std::string> names() const;
  /// Keeps REPORT in place of one of the same name; beyond ReportsMax the oldest goes.
  void keep(Report report);

private:
  mutable std::shared_mutex mutex;
  std::vector<Report> kept; ///< Oldest first.
};

/// REPORT as lines "region,product,cents".
std::string toCsv(const Report &report);

} // namespace reports

#endif
