//===- LibraryClosure.h - What the loader maps with a program ---*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// The DT_NEEDED closure of an ELF file in load order, found as the dynamic
// loader finds it (ld.so(8)). LD_LIBRARY_PATH and LD_PRELOAD of the build
// machine say nothing about the server: its own are asked for.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_ANALYZER_LIBRARYCLOSURE_H
#define RIPPLE_ANALYZER_LIBRARYCLOSURE_H

#include "analyzer/Elf.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace ripple::analyzer {

/// What the server tells its loader.
struct LoaderEnvironment {
  std::vector<std::string> libraryPath; ///< LD_LIBRARY_PATH: absolute folders, or with `$ORIGIN`.
  std::vector<std::string> preload;     ///< LD_PRELOAD and /etc/ld.so.preload: names or paths.
};

/// A DT_NEEDED entry that no folder has, or whose file cannot be read.
struct MissingLibrary {
  std::string name;
  std::string neededBy; ///< Path of the file that needs it.
  std::string why;      ///< Goes on from "NAME, which FILE needs, ": "is not on this machine".
};

struct LibraryClosure {
  /// Breadth first, each file once, without the file that was asked about. Paths are as the
  /// loader finds them; ElfFile::path is that path.
  std::vector<std::shared_ptr<const ElfFile>> libraries;
  std::vector<MissingLibrary> missing;
  /// By each name that a file asks for it by, and its SONAME: path.
  std::map<std::string, std::string> byName;
};

/// The loader's search. Files are read once; not for several threads at one time.
class LibrarySearch {
public:
  explicit LibrarySearch(LoaderEnvironment environment = {});

  /// The closure of FILE, which LOADERS lead to: the nearest first; none for a program, which has
  /// what is preloaded before all others.
  model::Result<LibraryClosure> closureOf(const std::string &file,
                                          const std::vector<const ElfFile *> &loaders = {});

  /// FILE, read once.
  model::Result<std::shared_ptr<const ElfFile>> read(const std::string &file);

  /// Where the loader finds NAME (a DT_NEEDED entry, or what dlopen is given) for a file of
  /// LIKE's class and machine; "" where it does not. It may be one that cannot be read: the loader
  /// does not look further then, but ends. LOADERS: the files that lead to it, the
  /// nearest first; LIKE is the first of them.
  std::string find(const std::string &name, const std::vector<const ElfFile *> &loaders);

  /// The files that the loader takes in the place of the library at PATH on processors that can
  /// run them (glibc-hwcaps).
  std::vector<std::string> variantsOf(const std::string &path, const ElfFile &like) const;

private:
  static bool fits(const std::string &path, const ElfFile &like);
  std::string inFolders(const std::string &name, const std::vector<std::string> &folders,
                        const ElfFile &origin, const ElfFile &like);

  LoaderEnvironment environment;
  std::vector<std::string> systemFolders;
  std::map<std::string, std::shared_ptr<const ElfFile>> files;
};

/// FOLDER with what the loader may replace `$LIB` and `$PLATFORM` by for FILE; itself where it has
/// neither. What `$LIB` is differs from one distribution to the other.
std::vector<std::string> withTokens(const std::string &folder, const ElfFile &file);

/// The folders of ROOT/etc/ld.so.conf, with what it includes, and the loader's own, in the order
/// in which they are searched.
std::vector<std::string> systemLibraryFolders(const std::string &root = {});

} // namespace ripple::analyzer

#endif
