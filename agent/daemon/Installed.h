//===- Installed.h - Which versions are installed and loaded ------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_DAEMON_INSTALLED_H
#define RIPPLE_AGENT_DAEMON_INSTALLED_H

#include "agent/daemon/Mappings.h"
#include "model/AgentConfig.h"

#include <tl/expected.hpp>

namespace ripple::agent {

/// The installed version of COMPONENT, or why it cannot be told. Reading a symlink takes
/// microseconds; a program or a package query is run, which may take up to ten seconds.
tl::expected<std::string, std::string> installedVersion(const model::ObservedComponent &component);

/// True where finding it needs no program.
inline bool isQuick(const model::ObservedComponent &component) {
  return !component.symlink.empty();
}

/// Which of a process's mapped files belong to COMPONENT.
class ComponentFiles {
public:
  explicit ComponentFiles(const model::ObservedComponent &component);
  bool contains(const std::string &path) const;
  /// The file that is installed now, where COMPONENT says it by a symlink to a file; else "".
  const std::string &current() const { return Current; }
  /// The file that is installed now in the place of PATH, which belongs to the component.
  std::string installedFor(const std::string &path) const;
  /// True where PATH is not of what is installed now, as far as that can be told.
  bool isOutdated(const MappedFile &file) const;

private:
  const model::ObservedComponent &Component;
  std::string Current; ///< The symlink's target, a file or a folder, with all links resolved.
};

} // namespace ripple::agent

#endif
