//===- Loaders.h - What is opened while a program runs ----------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_ANALYZER_LOADERS_H
#define RIPPLE_ANALYZER_LOADERS_H

#include "analyzer/Elf.h"
#include "analyzer/Facts.h"
#include "model/Catalog.h"

#include <set>
#include <string>
#include <string_view>

namespace ripple::analyzer {

/// FUNCTION is one of those that RULE names.
bool opensFiles(const model::LoaderRule &rule, std::string_view function);

/// LIBRARY is the one that RULE names, or leaves one of its functions open.
bool opensFiles(const model::LoaderRule &rule, const ElfFile &library);

/// The files that RULE says are opened and that are on this machine, for programs of KIND;
/// absolute.
std::set<std::string> filesOf(const model::LoaderRule &rule, ElfKind kind);

/// Where a function of the program opens a file whose name is not constant, and a rule of CATALOG
/// says which that may be, FACTS have each of them; where none of them is here it stays unknown,
/// and says so.
void nameOpened(const model::Catalog &catalog, ElfKind kind, Facts &facts);

} // namespace ripple::analyzer

#endif
