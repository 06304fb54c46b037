//===- XmlReport.h - Reports as XML -----------------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef REPORTS_XMLREPORT_H
#define REPORTS_XMLREPORT_H

#include "Store.h"

#include <string_view>

namespace reports {

/// Reads `<report name="weekly"><row region="north" product="lamp" cents="100"/>…</report>`.
/// Throws std::invalid_argument.
Report parseReport(std::string_view xml);

} // namespace reports

#endif
