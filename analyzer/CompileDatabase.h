//===- CompileDatabase.h - How the build compiles each source ---*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_ANALYZER_COMPILEDATABASE_H
#define RIPPLE_ANALYZER_COMPILEDATABASE_H

#include "model/Document.h"

#include <string>
#include <vector>

namespace ripple::analyzer {

/// One entry of `compile_commands.json`.
struct CompileCommand {
  std::string file;      ///< Absolute.
  std::string directory; ///< Where the compiler runs, absolute.
  std::string output;    ///< The object file, absolute; "" where nothing says it.
  std::vector<std::string> argv;
};

/// FILE has a name that compilers take for C or C++.
bool isSource(const std::string &file);

/// The entries of FOLDER/compile_commands.json, in its order, but for headers and assembler's
/// sources. All that is wrong with it is said at once.
model::Result<std::vector<CompileCommand>> readCompileDatabase(const std::string &folder);

} // namespace ripple::analyzer

#endif
