//===- Depfile.h - What the result was made from, for Make ------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_ANALYZER_DEPFILE_H
#define RIPPLE_ANALYZER_DEPFILE_H

#include "model/Document.h"

#include <string>
#include <vector>

namespace ripple::analyzer {

/// A rule in Make's syntax that says that OUTPUT depends on INPUTS, and an empty rule for each of
/// INPUTS, so that one that is gone makes the output old and is no error. GNU Make, Ninja (from
/// 1.10) and CMake read it. OUTPUT is the name by which the build knows the file. Mistakes: a name
/// with a line break, which Make has no way to write.
model::Result<std::string> writeDepfile(const std::string &output,
                                        const std::vector<std::string> &inputs);

} // namespace ripple::analyzer

#endif
