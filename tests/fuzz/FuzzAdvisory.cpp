//===- FuzzAdvisory.cpp - Bytes to advisories, and to what follows --------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Whatever an advisory says, the change set that is made of it is one that its
// reader takes, and upgrades to a later version.
//
//===----------------------------------------------------------------------===//
#include "planner/advisory/DebianVersion.h"
#include "planner/advisory/Judge.h"
#include "tests/fuzz/FuzzReader.h"

using namespace ripple;
using namespace ripple::planner::advisory;

static const model::ComponentsList &fleet() {
  static const model::ComponentsList list = [] {
    model::ComponentsList made;
    for (const char *id : {"libcurl4", "libssl3", "pricing"}) {
      model::Component &component = made.components.emplace_back();
      component.id = id;
      component.version = "3.0";
      component.origin = std::string(id) == "pricing"   ? "target:pricing"
                         : std::string(id) == "libssl3" ? "package:openssl"
                                                        : "package:curl";
    }
    return made;
  }();
  return list;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char *>(bytes), size);
  auto statements = parseAdvisories(text, "input");
  if (!statements) {
    fuzz::require(!describe(statements.error()).empty(), "refused without a mistake");
    return 0;
  }
  auto judgement = judge(fleet(), *statements, "");
  if (!judgement)
    return 0;
  fuzz::require(!reportOf(fleet(), *judgement).empty(), "nothing is said");
  const model::ChangeSet change = changeOf(*judgement);
  for (const model::Upgrade &upgrade : change.upgrades)
    fuzz::require(compareDebian(upgrade.from, upgrade.to) < 0, "no upgrade", upgrade.to);
  if (change.upgrades.empty())
    return 0;
  auto again = model::parseChangeSet(model::writeChangeSet(change), "written");
  fuzz::require(again.has_value(), "the change set is refused",
                again ? std::string() : describe(again.error()));
  return 0;
}
