//===- Packages.cpp - Which Debian package owns a file ----------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/Packages.h"
#include "model/ControlFile.h"

#include <algorithm>
#include <filesystem>
#include <set>

namespace ripple::analyzer {
namespace {

namespace fs = std::filesystem;

/// Calls USE with each line of TEXT, without its newline.
template <typename Use> void forEachLine(std::string_view text, Use use) {
  while (!text.empty()) {
    std::size_t end = std::min(text.find('\n'), text.size());
    use(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

constexpr std::string_view mergedFolders[] = {"/lib",    "/lib32", "/lib64",
                                              "/libx32", "/bin",   "/sbin"};

/// The other spelling of PATH since /lib and its like became links into /usr; "" if none.
std::string otherSpelling(std::string_view path) {
  const bool inUsr = path.starts_with("/usr/");
  std::string_view rest = inUsr ? path.substr(4) : path;
  for (std::string_view folder : mergedFolders)
    if (rest.starts_with(folder) && rest.size() > folder.size() && rest[folder.size()] == '/')
      return inUsr ? std::string(rest) : "/usr" + std::string(path);
  return {};
}

bool isLibraryLink(std::string_view path) {
  return path.ends_with(".so") && path.find("/lib") != std::string_view::npos;
}

} // namespace

void Packages::loadStatus() {
  auto text = model::readFile(root + std::string(statusFile));
  if (!text)
    return;
  // What dpkg itself would not read either is left out.
  model::Report ignored(root + std::string(statusFile));
  model::forEachParagraph(
      *text, {"Package", "Status", "Architecture", "Version", "Source", "Depends", "Pre-Depends"},
      ignored, [&](const model::ControlParagraph &one) { add(one); });
}

void Packages::add(const model::ControlParagraph &one) {
  if (one["Package"].empty() || !one["Status"].ends_with(" installed"))
    return;
  Package package;
  package.name = one["Package"];
  package.architecture = one["Architecture"];
  package.version = one["Version"];
  package.source = one["Source"].substr(0, one["Source"].find(' '));
  if (package.source.empty())
    package.source = package.name;
  std::set<std::string> depends;
  for (const char *field : {"Depends", "Pre-Depends"})
    model::forEachPackage(one[field], [&](std::string name) { depends.insert(std::move(name)); });
  package.depends.assign(depends.begin(), depends.end());
  const auto index = static_cast<std::uint32_t>(packages.size());
  byName.emplace(package.name + ":" + package.architecture, index);
  byName.emplace(package.name, index);
  packages.push_back(std::move(package));
}

void Packages::loadList(const std::string &file, std::string_view name) {
  auto at = byName.find(std::string(name));
  if (at == byName.end())
    return;
  if (auto text = model::readFile(file))
    lists[at->second] = std::move(*text);
}

void Packages::load() {
  if (loaded)
    return;
  loaded = true;
  loadStatus();
  lists.resize(packages.size());
  std::error_code error;
  for (const auto &entry : fs::directory_iterator(root + "/var/lib/dpkg/info", error))
    if (entry.path().extension() == ".list")
      loadList(entry.path().string(), entry.path().stem().string());
  for (std::uint32_t index = 0; index < lists.size(); ++index)
    forEachLine(lists[index], [&](std::string_view line) { byPath.emplace(line, index); });
}

const Package *Packages::lookUp(std::string_view path) const {
  if (auto at = byPath.find(path); at != byPath.end())
    return &packages[at->second];
  if (auto at = byPath.find(otherSpelling(path)); at != byPath.end())
    return &packages[at->second];
  return nullptr;
}

std::string Packages::canonical(const std::string &path) const {
  std::error_code error;
  fs::path real = fs::canonical(root + path, error);
  if (error)
    return path;
  if (root.empty())
    return real.string();
  std::string own = fs::canonical(root, error).string(), text = real.string();
  return text.starts_with(own + "/") ? text.substr(own.size()) : path;
}

const Package *Packages::ownerOf(const std::string &path) {
  load();
  if (const Package *owner = lookUp(path))
    return owner;
  std::string real = canonical(path);
  return real == path ? nullptr : lookUp(real);
}

const Package *Packages::package(std::string_view name) {
  load();
  auto at = byName.find(std::string(name));
  return at == byName.end() ? nullptr : &packages[at->second];
}

std::vector<std::string> Packages::librariesBehind(const Package &package) {
  load();
  std::vector<std::string> out;
  forEachLine(lists[static_cast<std::size_t>(&package - packages.data())],
              [&](std::string_view line) {
                std::error_code ignored;
                std::string path(line);
                if (!isLibraryLink(path) || !fs::is_symlink(root + path, ignored))
                  return;
                std::string target = canonical(path);
                if (target != path && std::find(out.begin(), out.end(), target) == out.end())
                  out.push_back(std::move(target));
              });
  return out;
}

std::vector<std::string> Packages::archivesOf(const Package &package) {
  load();
  std::vector<std::string> out;
  forEachLine(lists[static_cast<std::size_t>(&package - packages.data())],
              [&](std::string_view line) {
                if (line.ends_with(".a"))
                  out.push_back(root + std::string(line));
              });
  return out;
}

} // namespace ripple::analyzer
