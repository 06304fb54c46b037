//===- Bom.h - The components of a CycloneDX document -----------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_PLANNER_ADVISORY_BOM_H
#define RIPPLE_PLANNER_ADVISORY_BOM_H

#include "model/Reader.h"

namespace ripple::planner::advisory {

struct BomComponent {
  std::string name, version, purl; ///< `version` and `purl` may be "".
  std::string type;                ///< "library", "application", …
};

using BomNames = std::map<std::string, BomComponent, std::less<>>; ///< By bom-ref.

/// Refuses what is no CycloneDX document, or one older than LEAST ("1.4"); WHAT begins the message.
void checkBom(model::ObjectReader &object, std::string_view least, std::string_view what);

/// All that OBJECT, the root of a document, names: its components, those inside of them, and what
/// it is about.
BomNames readBomNames(model::ObjectReader &object);

} // namespace ripple::planner::advisory

#endif
