//===- SealFiles.h - What a gate finds sealed when it opens -----*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// A process may start by itself while one of its components is sealed: a child of
// httpd, a program that its unit starts again. Its gate reads
// DIRECTORY/APPLICATION.sealed when it opens, and opens sealed. The argument that
// no gate slips through is in docs/internals/gate.md.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_SESSION_SEALFILES_H
#define RIPPLE_AGENT_SESSION_SEALFILES_H

#include <map>
#include <set>
#include <string>
#include <tl/expected.hpp>

namespace ripple::agent {

/// Component names by application.
using SealedComponents = std::map<std::string, std::set<std::string>>;

/// The files of one directory of segments, which only one agent writes. Not thread-safe.
class SealFiles {
public:
  explicit SealFiles(std::string directory) : Directory(std::move(directory)) {}

  /// Gates that open from now on find SEALED, and nothing else, sealed: writes the files that
  /// differ and removes the others, at the first call also those that an agent left that ran
  /// before. To be called before gates are sealed, and before they are opened. An error says what
  /// was wrong with which file; what could be done is done.
  tl::expected<void, std::string> set(const SealedComponents &sealed);

private:
  tl::expected<void, std::string> write(const std::string &application, const std::string &text);
  tl::expected<void, std::string> remove(const std::string &application);
  void findOld();

  std::string Directory;
  std::map<std::string, std::string> Written; ///< Text by application; "" where it is not known.
  bool Looked = false;
};

} // namespace ripple::agent

#endif
