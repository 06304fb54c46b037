//===- FactsCache.cpp - Facts of units that have not changed ----*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/FactsCache.h"

#include <cstdlib>
#include <filesystem>

namespace ripple::analyzer {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t digestSize = 64; ///< Of SHA-256 in hexadecimal.

/// Folders that UNIT's headers are searched in, in order of its arguments.
std::vector<std::string> includeFolders(const Unit &unit) {
  std::vector<std::string> out;
  for (std::size_t at = 1; at < unit.argv.size(); ++at)
    for (std::string_view option : {"-I", "-isystem", "-iquote", "-idirafter"}) {
      std::string_view argument = unit.argv[at];
      if (!argument.starts_with(option))
        continue;
      argument.remove_prefix(option.size());
      if (argument.empty() && at + 1 < unit.argv.size())
        argument = unit.argv[++at];
      if (!argument.empty())
        out.push_back(absoluteIn(unit.directory, argument));
      break;
    }
  return out;
}

/// Files of DEPENDENCY's name in folders that are searched before the one in which it was found:
/// when one appears, the compiler may find that instead.
std::string shadowsOf(const std::string &dependency, const std::vector<std::string> &folders) {
  std::string out;
  for (std::size_t found = 0; found < folders.size(); ++found) {
    if (!dependency.starts_with(folders[found] + "/"))
      continue;
    const std::string name = dependency.substr(folders[found].size());
    for (std::size_t earlier = 0; earlier < found; ++earlier) {
      std::error_code ignored;
      if (fs::exists(folders[earlier] + name, ignored))
        out += folders[earlier] + name + '\0';
    }
  }
  return out;
}

/// Of what FILE holds, and that it holds it: neither a damaged entry nor one that has got another's
/// name counts.
std::string checkOf(const std::string &file, std::string_view body) {
  return model::sha256(fs::path(file).filename().string() + '\0' + std::string(body));
}

} // namespace

std::string defaultCacheFolder() {
  if (const char *folder = std::getenv("XDG_CACHE_HOME"); folder && *folder == '/')
    return std::string(folder) + "/ripple/facts";
  if (const char *home = std::getenv("HOME"); home && *home == '/')
    return std::string(home) + "/.cache/ripple/facts";
  return {};
}

FactsCache::FactsCache(std::string where, std::string rest)
    : folder(std::move(where)), context(std::move(rest)) {
  std::error_code ignored;
  if (!folder.empty())
    fs::create_directories(folder, ignored);
}

std::string FactsCache::entryFile(const Unit &unit) const {
  std::string key = std::to_string(factsCodecVersion) + '\0' + context + '\0' + unit.file + '\0' +
                    unit.directory + '\0' + unit.target;
  for (const std::string &argument : unit.argv)
    key += '\0' + argument;
  if (unit.predefined) {
    key += '\0' + unit.predefined->problem;
    for (const auto &[name, value] : unit.predefined->values)
      key += '\0' + name + '\0' + value;
  }
  return folder + "/" + model::sha256(key) + ".facts";
}

std::string FactsCache::contentsOf(const std::string &file) {
  {
    std::lock_guard lock(mutex);
    if (auto at = contents.find(file); at != contents.end())
      return at->second;
  }
  auto text = model::readFile(file);
  std::string digest = text ? model::sha256(*text) : std::string();
  std::lock_guard lock(mutex);
  return contents.emplace(file, std::move(digest)).first->second;
}

/// One digest of the names and contents of all DEPENDENCIES, and of what may hide them; "" where
/// one of them is gone.
std::string FactsCache::dependencyState(const Unit &unit,
                                        const std::vector<std::string> &dependencies) {
  const std::vector<std::string> folders = includeFolders(unit);
  std::string all = contentsOf(unit.file);
  for (const std::string &dependency : dependencies) {
    const std::string digest = contentsOf(dependency);
    if (digest.empty())
      return {};
    all += dependency + '\0' + digest + shadowsOf(dependency, folders);
  }
  return model::sha256(all);
}

std::optional<PackedFacts> FactsCache::find(const Unit &unit) {
  if (folder.empty())
    return std::nullopt;
  const std::string file = entryFile(unit);
  auto entry = model::readFile(file);
  if (!entry || entry->size() < 2 * digestSize)
    return std::nullopt;
  const std::string_view text(*entry);
  const std::string_view state = text.substr(0, digestSize),
                         check = text.substr(digestSize, digestSize),
                         body = text.substr(2 * digestSize);
  if (checkOf(file, body) != check)
    return std::nullopt;
  auto facts = decodePacked(body);
  if (!facts || dependencyState(unit, facts->dependencies) != state)
    return std::nullopt;
  return facts;
}

void FactsCache::keep(const Unit &unit, const PackedFacts &facts) {
  if (folder.empty() || !facts.complete)
    return;
  const std::string state = dependencyState(unit, facts.dependencies);
  if (state.empty())
    return;
  const std::string body = encodePacked(facts);
  const std::string file = entryFile(unit);
  auto written = model::writeFile(file, state + checkOf(file, body) + body);
  std::lock_guard lock(mutex);
  if (!written && firstProblem.empty())
    firstProblem = model::describe(written.error().front());
}

std::string FactsCache::problem() const {
  std::lock_guard lock(mutex);
  return firstProblem;
}

} // namespace ripple::analyzer
