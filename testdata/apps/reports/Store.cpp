//===- Store.cpp - Reports that were imported -----------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "Store.h"

#include <algorithm>

namespace reports {

Store::Store() {
  Report weekly{"weekly", {}};
  for (const char *region : {"north", "south", "east", "west"})
    for (int product = 1; product <= 25; ++product)
      weekly.rows.push_back({region, "product" + std::to_string(product), product * 1311});
  keep(std::move(weekly));
}

std::optional<Report> Store::find(const std::string &name) const {
  std::shared_lock lock(mutex);
  auto found = std::find_if(kept.begin(), kept.end(),
                            [&name](const Report &report) { return report.name == name; });
  return found == kept.end() ? std::nullopt : std::optional(*found);
}

std::vector<std::string> Store::names() const {
  std::shared_lock lock(mutex);
  std::vector<std::string> out;
  for (const Report &report : kept)
    out.push_back(report.name);
  return out;
}

void Store::keep(Report report) {
  std::unique_lock lock(mutex);
  std::erase_if(kept, [&report](const Report &old) { return old.name == report.name; });
  if (kept.size() == ReportsMax)
    kept.erase(kept.begin());
  kept.push_back(std::move(report));
}

std::string toCsv(const Report &report) {
  std::string out = "region,product,cents\n";
  for (const Row &row : report.rows)
    out += row.region + "," + row.product + "," + std::to_string(row.cents) + "\n";
  return out;
}

} // namespace reports
