//===- Main.cpp - `ripple-load MIX -o RECORDS` ----------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "tests/e2e/load/Load.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

using namespace ripple::load;
using Json = nlohmann::ordered_json;

static Json toJson(const Mix &mix, const Record &record) {
  const Template &what = mix.requests[record.request];
  return {{"at", record.atSeconds},  {"ms", record.latencyMs},
          {"name", what.name},       {"tags", what.tags},
          {"status", record.status}, {"outcome", toString(record.outcome)},
          {"error", record.error},   {"token", record.token}};
}

int main(int argc, char **argv) {
  CLI::App app{"Sends a mix of HTTP requests at a fixed rate, open loop, without retries"};
  std::string mixFile, output;
  app.add_option("mix", mixFile, "What to send (YAML)")->required();
  app.add_option("-o,--output", output, "One JSON record a line for each request")->required();
  CLI11_PARSE(app, argc, argv);

  auto mix = readMix(mixFile);
  if (!mix) {
    std::cerr << mix.error() << "\n";
    return 64;
  }
  std::ofstream records(output);
  if (!records) {
    std::cerr << output << ": cannot be written\n";
    return 64;
  }
  std::size_t count[3] = {0, 0, 0};
  run(*mix, [&](const Record &record) {
    ++count[static_cast<int>(record.outcome)];
    records << toJson(*mix, record).dump() << '\n';
  });
  records.flush();
  fmt::print("{}\n", Json{{"sent", count[0] + count[1] + count[2]},
                          {"ok", count[0]},
                          {"failed", count[1]},
                          {"cut", count[2]}}
                         .dump());
  return records ? 0 : 1;
}
