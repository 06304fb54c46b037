//===- Mappings.cpp - Which files a process has loaded --------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/daemon/Mappings.h"

#include "agent/action/ProcessIdentity.h"
#include "agent/daemon/BuildId.h"

#include <cstdio>
#include <fcntl.h>
#include <fstream>
#include <set>
#include <sys/stat.h>
#include <sys/sysmacros.h>

using namespace ripple::agent;

namespace {

constexpr std::string_view Deleted = " (deleted)";

/// One line of /proc/PID/maps: "START-END PERMISSIONS OFFSET MAJOR:MINOR INODE   PATH".
bool parseLine(const std::string &line, MappedFile &file) {
  char range[64], permissions[8];
  unsigned major = 0, minor = 0;
  unsigned long long inode = 0;
  int path = 0;
  if (std::sscanf(line.c_str(), "%63s %7s %*x %x:%x %llu %n", range, permissions, &major, &minor,
                  &inode, &path) < 5)
    return false;
  if (!inode || permissions[2] != 'x' || path <= 0)
    return false;
  file.path = line.substr(static_cast<std::size_t>(path));
  if (file.path.empty() || file.path[0] != '/')
    return false;
  file.range = range;
  file.device = makedev(major, minor);
  file.inode = inode;
  return true;
}

/// True where PATH is FILE itself: a path may end in " (deleted)" by its own name, and on some
/// file systems the device in maps is another than that of stat, so inodes alone are compared.
bool isStill(const std::string &path, const MappedFile &file) {
  struct stat status{};
  return ::stat(path.c_str(), &status) == 0 && status.st_ino == file.inode;
}

} // namespace

std::vector<MappedFile> ripple::agent::mappedFiles(pid_t pid) {
  std::vector<MappedFile> files;
  std::set<std::pair<std::uint64_t, std::uint64_t>> seen;
  std::ifstream in("/proc/" + std::to_string(pid) + "/maps");
  for (std::string line; std::getline(in, line);) {
    MappedFile file;
    if (!parseLine(line, file) || !seen.insert({file.device, file.inode}).second)
      continue;
    if (!isStill(file.path, file)) {
      file.replaced = true;
      if (file.path.size() > Deleted.size() && file.path.ends_with(Deleted))
        file.path.resize(file.path.size() - Deleted.size());
    }
    files.push_back(std::move(file));
  }
  return files;
}

std::string LoadedBuildIds::of(pid_t pid, const MappedFile &file) {
  auto key = std::pair(file.device, file.inode);
  // An inode's number may be given away once its file is gone: only what is there is kept.
  if (auto found = Known.find(key); found != Known.end() && !file.replaced)
    return found->second;
  if (Known.size() > 10'000)
    Known.clear();
  auto id = buildIdOf("/proc/" + std::to_string(pid) + "/map_files/" + file.range);
  if (id.empty() && !file.replaced)
    id = buildIdOf(file.path);
  if (!file.replaced)
    Known[key] = id;
  return id;
}
