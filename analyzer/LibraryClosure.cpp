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

bool hasToken(const std::string &text, const std::string &name) {
  return text.find("$" + name) != std::string::npos ||
         text.find("${" + name + "}") != std::string::npos;
}

std::string canonical(const std::string &path) {
  std::error_code error;
  fs::path out = fs::canonical(path, error);
  return error ? path : out.string();
}

using Files = std::vector<std::shared_ptr<const ElfFile>>;

/// The one at PATH comes before FILE, at the latest; before all where FILE is the program.
void moveBefore(Files &files, const std::string &path, const std::shared_ptr<const ElfFile> &file) {
  auto at = std::find(files.begin(), files.end(), file);
  if (at == files.end())
    at = files.begin();
  auto found = std::find_if(at, files.end(), [&](const auto &each) { return each->path == path; });
  if (found != files.end())
    std::rotate(at, found, found + 1);
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

std::vector<std::string> withTokens(const std::string &folder, const ElfFile &file) {
  std::vector<std::string> out{folder};
  // As the kernel names it (AT_PLATFORM), and Debian its folders.
  const std::string platform = file.is64 ? machineName(file.machine) : "i686";
  const std::string triplet = platform == "AArch64" ? "aarch64" : file.is64 ? platform : "i386";
  auto replace = [&](const std::string &name, const std::vector<std::string> &values) {
    if (!hasToken(folder, name))
      return;
    std::vector<std::string> replaced;
    for (const std::string &each : out)
      for (const std::string &value : values)
        replaced.push_back(
            replaceAll(replaceAll(each, "${" + name + "}", value), "$" + name, value));
    out = std::move(replaced);
  };
  replace("LIB", {"lib/" + triplet + "-linux-gnu", file.is64 ? "lib64" : "lib", "lib"});
  replace("PLATFORM", {triplet == "i386" ? platform : triplet});
  return out;
}

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

LibrarySearch::LibrarySearch(LoaderEnvironment ofServer)
    : environment(std::move(ofServer)), systemFolders(systemLibraryFolders()) {}

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
  for (const std::string &folder : folders)
    for (const std::string &each : withTokens(folder, like)) {
      std::string path = withOrigin(each, origin) + "/" + name;
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
    path = inFolders(name, environment.libraryPath, *loaders.back(), like);
  if (path.empty())
    path = inFolders(name, like.runpath, like, like);
  if (path.empty())
    path = inFolders(name, systemFolders, like, like);
  return path;
}

std::vector<std::string> LibrarySearch::variantsOf(const std::string &path,
                                                   const ElfFile &like) const {
  const fs::path file(path);
  std::vector<std::string> out;
  for (const std::string &each :
       expandGlob((file.parent_path() / "glibc-hwcaps/*" / file.filename()).string()))
    if (fits(each, like))
      out.push_back(each);
  return out;
}

model::Result<LibraryClosure>
LibrarySearch::closureOf(const std::string &file, const std::vector<const ElfFile *> &loaders) {
  auto start = read(file);
  if (!start)
    return tl::unexpected(start.error());
  LibraryClosure out;
  struct Waiting {
    std::shared_ptr<const ElfFile> elf;
    std::vector<const ElfFile *> chain; ///< It and those that led to it, the nearest first.
  };
  std::deque<Waiting> queue{{*start, {start->get()}}};
  queue.front().chain.insert(queue.front().chain.end(), loaders.begin(), loaders.end());
  // The loader knows a file again by the name that asked for it, its SONAME, and its inode.
  std::map<std::string, std::string> paths{{canonical(file), file}};
  auto add = [&](const std::string &path, const Waiting &by) -> model::Result<void> {
    auto elf = read(path);
    if (!elf)
      return tl::unexpected(elf.error());
    if (!paths.emplace(canonical(path), path).second)
      return {};
    if (!(*elf)->soname.empty())
      out.byName.emplace((*elf)->soname, path);
    out.libraries.push_back(*elf);
    std::vector<const ElfFile *> chain{elf->get()};
    chain.insert(chain.end(), by.chain.begin(), by.chain.end());
    queue.push_back({*elf, std::move(chain)});
    return {};
  };
  while (!queue.empty()) {
    const Waiting next = std::move(queue.front());
    queue.pop_front();
    auto lookFor = [&](const std::string &name) {
      if (out.byName.contains(name))
        return;
      const std::string path = find(name, next.chain);
      if (path.empty()) {
        out.missing.push_back({name, next.elf->path, whyMissing(*next.elf)});
        out.byName.emplace(name, "");
        return;
      }
      std::vector<std::string> variants = variantsOf(path, *next.elf);
      variants.insert(variants.begin(), path);
      for (const std::string &each : variants)
        if (auto added = add(each, next); !added)
          out.missing.push_back(
              {name, next.elf->path, added.error().front().what + " (" + each + ")"});
      auto known = paths.find(canonical(path));
      out.byName.emplace(name, known == paths.end() ? std::string() : known->second);
    };
    if (next.elf == *start && loaders.empty())
      for (const std::string &name : environment.preload)
        lookFor(name);
    for (const std::string &name : next.elf->filters) {
      lookFor(name);
      moveBefore(out.libraries, out.byName.at(name), next.elf);
    }
    for (const std::string &name : next.elf->needed)
      lookFor(name);
  }
  return out;
}

} // namespace ripple::analyzer
