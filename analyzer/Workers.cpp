//===- Workers.cpp - How many units are collected at one time -------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/Workers.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <limits>
#include <optional>

namespace ripple::analyzer {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t unlimited = std::numeric_limits<std::uint64_t>::max();

/// The number behind KEY in FILE's lines "KEY NUMBER …"; nothing where there is none.
std::optional<std::uint64_t> numberIn(const fs::path &file, const std::string &key) {
  std::ifstream in(file);
  std::uint64_t number = 0;
  for (std::string word; in >> word; in.ignore(unlimited >> 1, '\n'))
    if (word == key)
      return in >> number ? std::optional(number) : std::nullopt;
  return std::nullopt;
}

/// The only number in FILE; nothing where it says "max" or is not there.
std::optional<std::uint64_t> onlyNumberIn(const fs::path &file) {
  std::ifstream in(file);
  std::uint64_t number = 0;
  return in >> number ? std::optional(number) : std::nullopt;
}

/// What is left of the limit of the control group in FOLDER. Its cached files are given back when
/// memory is short.
std::uint64_t leftOf(const fs::path &folder) {
  const auto limit = onlyNumberIn(folder / "memory.max");
  const auto current = onlyNumberIn(folder / "memory.current");
  if (!limit || !current)
    return unlimited;
  const std::uint64_t cached = numberIn(folder / "memory.stat", "inactive_file").value_or(0);
  const std::uint64_t used = *current - std::min(*current, cached);
  return *limit - std::min(*limit, used);
}

/// The path of this process's control group (version 2), "/" where that is not known.
fs::path ownGroup(const std::string &root) {
  std::ifstream in(root + "/proc/self/cgroup");
  for (std::string line; std::getline(in, line);)
    if (line.starts_with("0::/"))
      return line.substr(3);
  return "/";
}

} // namespace

unsigned workersFor(unsigned processors, std::uint64_t freeBytes) {
  const std::uint64_t room = std::min<std::uint64_t>(freeBytes / workerBytes, processors);
  return std::max(1U, static_cast<unsigned>(room));
}

std::uint64_t availableMemory(const std::string &root) {
  std::uint64_t bytes = unlimited;
  if (const auto kibibytes = numberIn(root + "/proc/meminfo", "MemAvailable:"))
    bytes = *kibibytes * 1024;
  for (fs::path group = ownGroup(root);; group = group.parent_path()) {
    bytes = std::min(bytes, leftOf(root + "/sys/fs/cgroup" + group.string()));
    if (!group.has_relative_path())
      return bytes;
  }
}

} // namespace ripple::analyzer
