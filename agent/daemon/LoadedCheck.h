//===- LoadedCheck.h - Is what runs what is installed? ------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// After an upgrade nothing is believed: each process is looked at, with all that
// it has started, and the build-id of each file of the component that it has
// loaded is compared with that of the file that is installed.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_DAEMON_LOADEDCHECK_H
#define RIPPLE_AGENT_DAEMON_LOADEDCHECK_H

#include "agent/action/Action.h"
#include "agent/daemon/OwnProcess.h"

namespace ripple::agent {

/// What the processes of a server have loaded of one component.
struct LoadedComponent {
  std::vector<std::string>
      outdated; ///< "shop (pid 12): PATH, build 9f3c; installed is build 17aa".
  std::vector<std::string> elsewhere;      ///< The same of processes that are none of the agent's.
  std::vector<pid_t> unseen;               ///< The agent's own that may not be looked at.
  std::map<std::string, unsigned> current; ///< Processes that have what is installed, by build-id.
};

/// Looks at PROCESSES with all that they have started, and at all others that may be looked at.
LoadedComponent loadedFilesOf(const model::ObservedComponent &component,
                              const std::vector<ProcessReport> &processes);

/// The agent's own check: REQUEST's version of COMPONENT (may be null) is installed, and none of
/// PROCESSES or what they started has another build of it loaded. "" or what is not so. What cannot
/// be told is no failure; NOTE says it, and what was found to be loaded.
std::string ownCheck(const model::ObservedComponent *component, const ActionRequest &request,
                     const std::vector<ProcessReport> &processes, std::string &note);

} // namespace ripple::agent

#endif
