//===- Packages.cpp - Which Debian package owns a file ----------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/Packages.h"
#include "model/Document.h"

#include <algorithm>
#include <filesystem>

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

/// "libc6 (>= 2.36), libssl3 | libssl1.1" → the names.
void addDependencies(std::string_view field, std::vector<std::string> &out) {
  while (!field.empty()) {
    std::size_t end = std::min(field.find_first_of(",|"), field.size());
    std::string_view name = field.substr(0, end);
    field.remove_prefix(std::min(end + 1, field.size()));
    name.remove_prefix(std::min(name.find_first_not_of(' '), name.size()));
    name = name.substr(0, name.find_first_of(" (:"));
    if (!name.empty())
      out.emplace_back(name);
  }
}

struct Stanza {
  Package package;
  bool installed = false;
};

void readField(std::string_view line, Stanza &stanza) {
  std::size_t colon = line.find(": ");
  if (colon == std::string_view::npos || line.front() == ' ')
    return;
  std::string_view key = line.substr(0, colon), value = line.substr(colon + 2);
  if (key == "Package")
    stanza.package.name = value;
  else if (key == "Status")
    stanza.installed = value.ends_with(" installed");
  else if (key == "Architecture")
    stanza.package.architecture = value;
  else if (key == "Version")
    stanza.package.version = value;
  else if (key == "Source")
    stanza.package.source = value.substr(0, value.find(' '));
  else if (key == "Depends" || key == "Pre-Depends")
    addDependencies(value, stanza.package.depends);
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
  Stanza stanza;
  auto finish = [&] {
    Package &package = stanza.package;
    if (stanza.installed && !package.name.empty()) {
      if (package.source.empty())
        package.source = package.name;
      std::sort(package.depends.begin(), package.depends.end());
      package.depends.erase(std::unique(package.depends.begin(), package.depends.end()),
                            package.depends.end());
      const auto index = static_cast<std::uint32_t>(packages.size());
      byName.emplace(package.name + ":" + package.architecture, index);
      byName.emplace(package.name, index);
      packages.push_back(std::move(package));
    }
    stanza = Stanza();
  };
  forEachLine(*text, [&](std::string_view line) {
    if (line.empty())
      finish();
    else
      readField(line, stanza);
  });
  finish();
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

} // namespace ripple::analyzer
