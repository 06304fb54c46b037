//===- Tarball.h - Reports as archives --------------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef REPORTS_TARBALL_H
#define REPORTS_TARBALL_H

#include <string>
#include <string_view>
#include <vector>

namespace reports {

struct ArchivedFile {
  std::string name;
  std::string text;
};

/// FILES as a .tar.gz. Throws std::runtime_error.
std::string pack(const std::vector<ArchivedFile> &files);

/// What is in ARCHIVE, of any kind that libarchive knows. Throws std::invalid_argument.
std::vector<ArchivedFile> unpack(std::string_view archive);

} // namespace reports

#endif
