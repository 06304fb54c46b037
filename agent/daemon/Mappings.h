//===- Mappings.h - Which files a process has loaded --------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_DAEMON_MAPPINGS_H
#define RIPPLE_AGENT_DAEMON_MAPPINGS_H

#include <cstdint>
#include <map>
#include <string>
#include <sys/types.h>
#include <vector>

namespace ripple::agent {

/// A file that a process has mapped with permission to execute.
struct MappedFile {
  std::string path;      ///< As mapped, without " (deleted)".
  bool replaced = false; ///< The path is gone or is another file by now.
  std::string range;     ///< "START-END" as /proc/PID/map_files names it.
  std::uint64_t device = 0, inode = 0;
};

/// Executable mappings of files of process PID, each file once. Empty where it cannot be looked
/// at.
std::vector<MappedFile> mappedFiles(pid_t pid);

/// Build-ids of mapped files, each file read once. A file that was deleted since is read through
/// /proc/PID/map_files (which needs CAP_CHECKPOINT_RESTORE or root); "" where that is not allowed.
class LoadedBuildIds {
public:
  std::string of(pid_t pid, const MappedFile &file);

private:
  std::map<std::pair<std::uint64_t, std::uint64_t>, std::string> Known;
};

} // namespace ripple::agent

#endif
