//===- LibraryClosure.cpp - What the loader maps with a program -*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/LibraryClosure.h"

#include <algorithm>
#include <deque>
#include <filesystem>
#include <fstream>
#include <glob.h>
#include <set>

namespace ripple::analyzer {
namespace {

namespace fs = std::filesystem;

/// Real ld.so.conf files include each other one deep; more is a loop.
constexpr int includeDepthMax = 8;

std::vector<std::string> expandGlob(const std::string &pattern) {
  std::vector<std::string> out;
  ::glob_t found{};
  if (::glob(pattern.c_str(), 0, nullptr, &found) == 0)
    out.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  ::globfree(&found);
  return out;
}

void readLoaderConfiguration(const std::string &root, const std::string &file, int depth,
                             std::vector<std::string> &folders) {
  std::ifstream in(file);
  std::string line;
  while (depth < includeDepthMax && std::getline(in, line)) {
    line.erase(std::min(line.find('#'), line.size()));
    line.erase(0, std::min(line.find_first_not_of(" \t"), line.size()));
    line.erase(line.find_last_not_of(" \t\r") + 1);
    if (line.rfind("include", 0) == 0 && line.size() > 8) {
      std::string pattern = line.substr(line.find_first_not_of(" \t", 7));
      pattern = pattern.front() == '/' ? root + pattern
                                       : (fs::path(file).parent_path() / pattern).string();
      for (const std::string &included : expandGlob(pattern))
        readLoaderConfiguration(root, included, depth + 1, folders);
    } else if (!line.empty() && line.front() == '/') {
      folders.push_back(root + line);
    }
  }
}

std::string replaceAll(std::string text, const std::string &what, const std::string &with) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size())
    text.replace(at, what.size(), with);
  return text;
}

/// `$ORIGIN` in FOLDER, for a file in ORIGIN's folder.
std::string withOrigin(const std::string &folder, const ElfFile &origin) {
  std::error_code ignored;
  const std::string own = fs::weakly_canonical(origin.path, ignored).parent_path().string();
  return replaceAll(replaceAll(folder, "${ORIGIN}", own), "$ORIGIN", own);
}

std::string canonical(const std::string &path) {
  std::error_code error;
  fs::path out = fs::canonical(path, error);
  return error ? path : out.string();
}

/// Why no library was found for what FILE needs.
std::string whyMissing(const ElfFile &file) {
  static const std::optional<ElfKind> own = elfKindOf("/proc/self/exe");
  if (!own || kindOf(file) == *own)
    return "is not on this machine";
  return "is not on this machine, which is " + machineName(own->machine) + ": that file is for " +
         machineName(file.machine) + (file.is64 ? "" : ", 32 bits");
}

} // namespace

std::vector<std::string> systemLibraryFolders(const std::string &root) {
  std::vector<std::string> folders;
  readLoaderConfiguration(root, root + "/etc/ld.so.conf", 0, folders);
  for (const char *folder : {"/lib64", "/usr/lib64", "/lib", "/usr/lib"})
    folders.push_back(root + folder);
  std::vector<std::string> out;
  for (const std::string &folder : folders)
    if (std::find(out.begin(), out.end(), folder) == out.end())
      out.push_back(folder);
  return out;
}

LibrarySearch::LibrarySearch(std::string rootFolder)
    : root(std::move(rootFolder)), systemFolders(systemLibraryFolders(root)) {}

model::Result<std::shared_ptr<const ElfFile>> LibrarySearch::read(const std::string &file) {
  if (auto at = files.find(file); at != files.end())
    return at->second;
  auto elf = readElf(file);
  if (!elf)
    return tl::unexpected(elf.error());
  return files.emplace(file, std::make_shared<const ElfFile>(std::move(*elf))).first->second;
}

bool LibrarySearch::fits(const std::string &path, const ElfFile &like) {
  std::error_code ignored;
  if (!fs::is_regular_file(path, ignored))
    return false;
  const std::optional<ElfKind> kind = elfKindOf(path);
  return kind && (*kind == kindOf(like) || kind->machine == 0);
}

std::string LibrarySearch::inFolders(const std::string &name,
                                     const std::vector<std::string> &folders, const ElfFile &origin,
                                     const ElfFile &like) {
  for (const std::string &folder : folders) {
    std::string path = withOrigin(folder, origin) + "/" + name;
    if (fits(path, like))
      return path;
  }
  return {};
}

std::string LibrarySearch::find(const std::string &name,
                                const std::vector<const ElfFile *> &loaders) {
  const ElfFile &like = *loaders.front();
  if (name.find('/') != std::string::npos) {
    std::string path = withOrigin(name, like);
    return fits(path, like) ? path : std::string();
  }
  std::string path;
  // DT_RPATH of the file and of those that led to it counts only where the file itself has no
  // DT_RUNPATH; DT_RUNPATH counts for the file's own needs alone (ld.so(8)).
  if (like.runpath.empty())
    for (auto loader = loaders.begin(); path.empty() && loader != loaders.end(); ++loader)
      if ((*loader)->runpath.empty())
        path = inFolders(name, (*loader)->rpath, **loader, like);
  if (path.empty())
    path = inFolders(name, like.runpath, like, like);
  if (path.empty())
    path = inFolders(name, systemFolders, like, like);
  return path;
}

model::Result<LibraryClosure> LibrarySearch::closureOf(const std::string &file) {
  auto start = read(file);
  if (!start)
    return tl::unexpected(start.error());
  LibraryClosure out;
  struct Waiting {
    std::shared_ptr<const ElfFile> elf;
    std::vector<const ElfFile *> chain; ///< It and those that led to it, the nearest first.
  };
  std::deque<Waiting> queue{{*start, {start->get()}}};
  // The loader knows a file again by the name that asked for it, its SONAME, and its inode.
  std::set<std::string> names, paths{canonical(file)};
  while (!queue.empty()) {
    Waiting next = std::move(queue.front());
    queue.pop_front();
    for (const std::string &name : next.elf->needed) {
      if (!names.insert(name).second)
        continue;
      std::string path = find(name, next.chain);
      if (path.empty()) {
        out.missing.push_back({name, next.elf->path, whyMissing(*next.elf)});
        continue;
      }
      auto elf = read(path);
      if (!elf) {
        out.missing.push_back({name, next.elf->path, elf.error().front().what + " (" + path + ")"});
        continue;
      }
      if (!paths.insert(canonical(path)).second)
        continue;
      if (!(*elf)->soname.empty())
        names.insert((*elf)->soname);
      out.libraries.push_back(*elf);
      std::vector<const ElfFile *> chain{elf->get()};
      chain.insert(chain.end(), next.chain.begin(), next.chain.end());
      queue.push_back({*elf, std::move(chain)});
    }
  }
  return out;
}

} // namespace ripple::analyzer
