//===- Sarif.h - What is not known, as SARIF 2.1.0 --------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_ANALYZER_SARIF_H
#define RIPPLE_ANALYZER_SARIF_H

#include "analyzer/Analyze.h"

#include <string>

namespace ripple::analyzer {

/// `--format sarif`: what is unresolved, unclassified and incomplete, each where it is in the
/// source. Reads the files that results are in. The same analysis gives the same bytes.
std::string sarifReport(const Analysis &analysis, const std::string &toolVersion);

} // namespace ripple::analyzer

#endif
