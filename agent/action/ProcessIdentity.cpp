//===- ProcessIdentity.cpp - Which process, for ever ----------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/action/ProcessIdentity.h"

#include <charconv>
#include <csignal>
#include <dirent.h>
#include <fcntl.h>
#include <fstream>
#include <memory>
#include <sstream>
#include <sys/syscall.h>

using namespace ripple::agent;

const std::string &ripple::agent::bootId() {
  static const std::string Id = [] {
    std::string id;
    std::ifstream("/proc/sys/kernel/random/boot_id") >> id;
    return id;
  }();
  return Id;
}

std::optional<ProcessStat> ripple::agent::processStat(pid_t pid) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/stat");
  std::string line;
  if (!std::getline(in, line))
    return std::nullopt;
  // The name, in parentheses, may hold anything: the fields begin after the last one.
  auto close = line.rfind(')');
  if (close == std::string::npos)
    return std::nullopt;
  std::istringstream fields(line.substr(close + 1));
  ProcessStat stat;
  fields >> stat.state >> stat.parent >> stat.group >> stat.session;
  std::string skipped;
  for (int field = 7; field <= 21; ++field)
    fields >> skipped;
  fields >> stat.startTime;
  if (!fields)
    return std::nullopt;
  return stat;
}

std::optional<ProcessIdentity> ripple::agent::identify(pid_t pid) {
  auto stat = processStat(pid);
  if (!stat)
    return std::nullopt;
  return ProcessIdentity{pid, stat->startTime, bootId()};
}

bool ripple::agent::isAlive(const ProcessIdentity &process) {
  if (process.pid <= 0 || process.bootId != bootId())
    return false;
  auto stat = processStat(process.pid);
  return stat && stat->startTime == process.startTime && stat->state != 'Z' && stat->state != 'X';
}

OwnedFd ripple::agent::watch(const ProcessIdentity &process) {
  if (process.pid <= 0)
    return {};
  OwnedFd fd(static_cast<int>(::syscall(SYS_pidfd_open, process.pid, 0)));
  // Looked at after opening: the descriptor names whoever had the pid at that moment.
  if (!fd || !isAlive(process))
    return {};
  return fd;
}

std::map<pid_t, ProcessStat> ripple::agent::runningProcesses() {
  std::map<pid_t, ProcessStat> found;
  std::unique_ptr<DIR, int (*)(DIR *)> folder(::opendir("/proc"), &::closedir);
  while (folder) {
    dirent *entry = ::readdir(folder.get());
    if (!entry)
      break;
    std::string_view name = entry->d_name;
    pid_t pid = 0;
    auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (error != std::errc() || end != name.data() + name.size())
      continue;
    if (auto stat = processStat(pid); stat && stat->state != 'Z' && stat->state != 'X')
      found.emplace(pid, *stat);
  }
  return found;
}

std::vector<pid_t> ripple::agent::membersOfGroup(pid_t group) {
  std::vector<pid_t> members;
  for (const auto &[pid, stat] : runningProcesses())
    if (stat.group == group)
      members.push_back(pid);
  return members;
}

bool ripple::agent::signalGroup(const ProcessIdentity &leader, int signal) {
  if (leader.pid <= 1 || leader.bootId != bootId())
    return false;
  // A pid is not given away while its group has members, but may be once it is empty.
  auto stat = processStat(leader.pid);
  if (stat && stat->startTime != leader.startTime)
    return false;
  if (membersOfGroup(leader.pid).empty())
    return false;
  return ::kill(-leader.pid, signal) == 0;
}
