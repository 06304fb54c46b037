//===- GateTable.cpp - Writes a gate's table --------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// GateTable FILE < DESCRIPTION: writes the table that DESCRIPTION says, JSON:
// {"application": …, "buildId": …, "components": [id…],
//  "kinds": [[method, path, [component…]]…]}, kinds in match order.
//
//===----------------------------------------------------------------------===//
#include "agent/session/testing/TestTable.h"

#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

using ripple::agent::test::TestTable;

int main(int argc, char **argv) {
  if (argc != 2)
    return 64;
  auto said = nlohmann::json::parse(std::cin);
  TestTable table;
  table.application = said.at("application");
  table.buildId = said.at("buildId");
  table.components = said.at("components");
  table.kinds.clear();
  for (const auto &kind : said.at("kinds")) {
    std::string method = kind.at(0), path = kind.at(1);
    table.kinds.push_back({method + " " + path, method, path, kind.at(2)});
  }
  std::ofstream out(argv[1], std::ios::binary);
  out << table.bytes();
  return out.flush() ? 0 : 1;
}
