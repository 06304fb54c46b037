//===- FactsCache.h - Facts of units that have not changed ------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// A folder with one file for each unit and way to compile it. An entry counts
// only where every file that the unit read has the contents that it had then,
// and where no file has appeared in a folder that is searched before the one
// in which a header was found.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_ANALYZER_FACTSCACHE_H
#define RIPPLE_ANALYZER_FACTSCACHE_H

#include "analyzer/FactsCodec.h"
#include "analyzer/Pipeline.h"

#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace ripple::analyzer {

/// Safe to use from several threads, and from several processes on one folder.
class FactsCache {
public:
  /// FOLDER "": nothing is kept. CONTEXT: whatever else facts depend on (the tool, the catalog,
  /// the source root).
  FactsCache(std::string folder, std::string context);

  /// The facts of UNIT, if they are there and still hold.
  std::optional<PackedFacts> find(const Unit &unit);

  /// Keeps FACTS of UNIT. Those of a unit that did not compile are not kept: what it lacked may
  /// appear. That they cannot be written is no error: it only saves no time.
  void keep(const Unit &unit, const PackedFacts &facts);

  /// Why facts could not be kept, the first time that this happened; "" where it did not.
  std::string problem() const;

private:
  std::string entryFile(const Unit &unit) const;
  /// SHA-256 of FILE's contents now, read once; "" where it cannot be read.
  std::string contentsOf(const std::string &file);
  std::string dependencyState(const Unit &unit, const std::vector<std::string> &dependencies);

  std::string folder, context;
  mutable std::mutex mutex;
  std::map<std::string, std::string> contents; ///< Guarded by `mutex`.
  std::string firstProblem;                    ///< Guarded by `mutex`.
};

/// `$XDG_CACHE_HOME/ripple/facts`, or below `$HOME/.cache`; "" where neither is set.
std::string defaultCacheFolder();

} // namespace ripple::analyzer

#endif
