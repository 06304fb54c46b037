//===- SwitchSymlink.cpp - Switching a versioned symlink ------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/action/SwitchSymlink.h"

#include "agent/action/ProcessIdentity.h"
#include "agent/failpoint/Failpoint.h"

#include <fmt/format.h>

#include <cerrno>
#include <climits>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>

using namespace ripple::agent;

namespace {

struct Split {
  std::string folder, name;
};
Split split(const std::string &path) {
  auto slash = path.rfind('/');
  return {slash == 0 ? "/" : path.substr(0, slash), path.substr(slash + 1)};
}

OwnedFd openFolder(const std::string &folder) {
  return OwnedFd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

tl::unexpected<std::string> failed(const std::string &what) {
  return tl::make_unexpected(fmt::format("{}: {}", what, std::strerror(errno)));
}

/// What the link NAME in FOLDER points to; "" where it is no link.
std::string targetOf(int folder, const std::string &name) {
  char buffer[PATH_MAX];
  auto size = ::readlinkat(folder, name.c_str(), buffer, sizeof buffer);
  return size < 0 ? std::string() : std::string(buffer, static_cast<std::size_t>(size));
}

} // namespace

std::vector<std::string> ripple::agent::symlinkProblems(const std::string &link,
                                                        const std::string &target) {
  std::vector<std::string> problems;
  auto add = [&](std::string what) { problems.push_back(std::move(what)); };
  bool linkIsPath = link.size() > 1 && link.front() == '/' && link.back() != '/';
  if (!linkIsPath)
    add(fmt::format("the symlink '{}' is not an absolute path of a file", link));
  if (target.empty())
    add("the target is empty");
  if (!linkIsPath || target.empty())
    return problems;
  auto [folder, name] = split(link);
  auto fd = openFolder(folder);
  if (!fd) {
    add(fmt::format("{}: {}", folder, std::strerror(errno)));
    return problems;
  }
  if (::faccessat(fd.get(), ".", W_OK, AT_EACCESS) != 0)
    add(fmt::format("{}: no permission to make files there", folder));
  struct stat old{}, found{};
  bool exists = ::fstatat(fd.get(), name.c_str(), &old, AT_SYMLINK_NOFOLLOW) == 0;
  if (exists && !S_ISLNK(old.st_mode))
    add(fmt::format("{} is not a symlink: give each version a file of its own and make {} a "
                    "symlink to the one that is in use",
                    link, link));
  if (target == name || target == link)
    add(fmt::format("{} would point to itself", link));
  else if (::fstatat(fd.get(), target.c_str(), &found, 0) != 0)
    add(fmt::format("the target {} cannot be used: {}", target, std::strerror(errno)));
  return problems;
}

tl::expected<bool, std::string> ripple::agent::switchSymlink(const std::string &link,
                                                             const std::string &target) {
  if (auto problems = symlinkProblems(link, target); !problems.empty()) {
    std::string all;
    for (const auto &problem : problems)
      all += (all.empty() ? "" : "; ") + problem;
    return tl::make_unexpected(all);
  }
  auto [folder, name] = split(link);
  auto fd = openFolder(folder);
  if (!fd)
    return failed(folder);
  bool change = targetOf(fd.get(), name) != target;
  if (change) {
    // A crash may have left the temporary link; it is nobody else's.
    auto temporary = "." + name + ".ripple-new";
    if (::unlinkat(fd.get(), temporary.c_str(), 0) != 0 && errno != ENOENT)
      return failed(folder + "/" + temporary);
    if (::symlinkat(target.c_str(), fd.get(), temporary.c_str()) != 0)
      return failed(folder + "/" + temporary);
    failpoint("agent-before-symlink");
    if (::renameat(fd.get(), temporary.c_str(), fd.get(), name.c_str()) != 0) {
      auto error = failed("cannot rename over " + link);
      ::unlinkat(fd.get(), temporary.c_str(), 0);
      return error;
    }
    failpoint("agent-after-symlink");
  }
  // Also when nothing was changed now: a crash may have come between rename and sync.
  if (::fsync(fd.get()) != 0)
    return failed("cannot sync " + folder);
  return change;
}
