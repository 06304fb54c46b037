//===- Analyze.h - All stages, one after the other --------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_ANALYZER_ANALYZE_H
#define RIPPLE_ANALYZER_ANALYZE_H

#include "analyzer/Pipeline.h"

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace ripple::analyzer {

struct AnalyzeOptions {
  Request request;
  std::vector<std::string> catalogs; ///< Files; the shipped ones follow.
  unsigned jobs = 1;                 ///< Units collected at one time.
  std::string cacheFolder;           ///< "": no cache.
  std::string toolVersion;           ///< Facts of another one are not used.
  bool byHierarchy = false;          ///< Values are not followed: to compare with.
  bool handlersOnly = false;         ///< Stop after `link`: Analysis::list stays empty.
  /// Called with (units done, units, the unit), from one thread at a time.
  std::function<void(std::size_t, std::size_t, const std::string &)> progress;
};

/// What was recognised as a registration, for people.
struct HandlerListing {
  std::string application;
  model::RequestKind request; ///< id is "" for what is no request's own.
  bool isStartup = false;     ///< Runs before serving; else what has no id runs with every request.
  std::string rule;           ///< "cpp-httplib: call httplib::Server::Get"
  std::string file;           ///< Of the registration.
  unsigned line = 0;
  std::vector<std::string> doubts; ///< Why it was not understood in full; empty where it was.
};

struct Analysis {
  model::ComponentsList list;
  std::string sourceRoot;               ///< Absolute; what files in `list` are relative to.
  std::vector<HandlerListing> handlers; ///< By application, then match order.
  std::vector<Diagnostic> errors;       ///< Of units that do not compile; at most 20 a unit.
  std::vector<std::string> incompleteUnits;
  std::vector<std::string> notes; ///< What the user should know, one line each.
  /// Every file that the result depends on: sources and what they include, binaries, the libraries
  /// that they load, components, catalogs, the compile database (which CMake writes whenever it
  /// describes the build anew), dpkg's status. Absolute, sorted, unique.
  std::vector<std::string> inputs;
  std::size_t unitsCollected = 0; ///< Parsed now; the others came from the cache.
  std::size_t units = 0;
};

/// Mistakes are those of the inputs; a unit that does not compile is none.
model::Result<Analysis> analyze(const AnalyzeOptions &options);

} // namespace ripple::analyzer

#endif
