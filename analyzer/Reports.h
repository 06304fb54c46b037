//===- Reports.h - A Components List for people -----------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_ANALYZER_REPORTS_H
#define RIPPLE_ANALYZER_REPORTS_H

#include "analyzer/Analyze.h"

#include <string>

namespace ripple::analyzer {

/// `--format text`: each application with what every request touches and then each request; what
/// is not resolved stands out. COLOR: with terminal escapes.
std::string textReport(const model::ComponentsList &list, bool color);

/// `--format dot`: request kinds and components as a graph for Graphviz.
std::string dotReport(const model::ComponentsList &list);

/// `--format cyclonedx`: a bill of materials, CycloneDX 1.6. Each application is a service and its
/// request kinds are services inside it; a component's evidence says where it is called from.
/// DISTRIBUTION: whose packages they are, for package URLs ("debian"); "": none are written.
std::string cycloneDxReport(const model::ComponentsList &list, const std::string &distribution,
                            std::string_view toolVersion);

/// The ID in the text of os-release(5); "" where there is none.
std::string distributionOf(std::string_view osRelease);

/// `--list-handlers`: what was recognised, by which rule, where.
std::string handlersReport(const std::vector<HandlerListing> &handlers);

/// True where all code of every application and request of LIST is known (--require-complete).
bool isComplete(const model::ComponentsList &list);

/// True where LIST has anything that is not resolved or not complete (--detailed-exitcode).
bool hasFindings(const model::ComponentsList &list);

} // namespace ripple::analyzer

#endif
