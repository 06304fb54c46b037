//===- FuzzPackages.cpp - Bytes to a graph of packages --------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/packages/PackageGraph.h"
#include "tests/fuzz/FuzzReader.h"

using namespace ripple;
using namespace ripple::planner::packages;

/// Whatever a graph says, the list that is made of it is one that its reader takes.
static void widenList(const PackageGraph &graph) {
  model::ComponentsList list;
  list.components.emplace_back().id = "a";
  std::vector<std::string> remarks;
  widen(list, graph, remarks);
  auto again = model::parseComponentsList(model::writeComponentsList(list), "written");
  fuzz::require(again.has_value(), "the list is refused",
                again ? std::string() : describe(again.error()));
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char *>(bytes), size);
  for (auto parse : {parsePackages, parseSbom})
    if (auto graph = parse(text, "input"))
      widenList(*graph);
    else
      fuzz::require(!describe(graph.error()).empty(), "refused without a mistake");
  return 0;
}
