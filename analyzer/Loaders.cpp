//===- Loaders.cpp - What is opened while a program runs --------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/Loaders.h"

#include "analyzer/LibraryClosure.h"

#include <algorithm>
#include <filesystem>
#include <glob.h>

namespace ripple::analyzer {

bool opensFiles(const model::LoaderRule &rule, std::string_view function) {
  return std::any_of(rule.calls.begin(), rule.calls.end(),
                     [&](const std::string &glob) { return model::matchesGlob(glob, function); });
}

bool opensFiles(const model::LoaderRule &rule, const ElfFile &library) {
  return (!rule.library.empty() && model::matchesGlob(rule.library, library.soname)) ||
         std::any_of(library.undefined.begin(), library.undefined.end(),
                     [&](const DynamicSymbol &symbol) { return opensFiles(rule, symbol.name); });
}

std::set<std::string> filesOf(const model::LoaderRule &rule, ElfKind kind) {
  std::set<std::string> out;
  auto add = [&](const std::string &pattern) {
    ::glob_t found{};
    if (::glob(pattern.c_str(), 0, nullptr, &found) == 0)
      for (std::size_t i = 0; i < found.gl_pathc; ++i)
        if (elfKindOf(found.gl_pathv[i]) == kind)
          out.insert(std::filesystem::weakly_canonical(found.gl_pathv[i]).string());
    ::globfree(&found);
  };
  for (const std::string &pattern : rule.opens)
    if (pattern.starts_with("/"))
      add(pattern);
    else
      for (const std::string &folder : systemLibraryFolders())
        add(folder + "/" + pattern);
  return out;
}

void nameOpened(const model::Catalog &catalog, ElfKind kind, Facts &facts) {
  std::vector<UnresolvedSite> sites;
  for (UnresolvedSite site : facts.unresolved) {
    std::set<std::string> files;
    if (site.isOpening && site.library.empty())
      for (const model::LoaderRule &rule : catalog.loaders)
        if (opensFiles(rule, facts.entities[site.in].name)) {
          files.merge(filesOf(rule, kind));
          if (files.empty() && !rule.opens.empty())
            site.reason += "; no file is here that the catalog names for it (" + rule.name + ")";
        }
    if (files.empty())
      sites.push_back(site);
    for (const std::string &file : files) {
      sites.push_back(site);
      sites.back().library = file;
      sites.back().reason = "dlopen(\"" + file + "\")";
    }
  }
  facts.unresolved = std::move(sites);
}

} // namespace ripple::analyzer
