//===- ControlFile.h - Debian's control files -------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Paragraphs of fields, deb822(5); which fields packages have: deb-control(5).
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_MODEL_CONTROLFILE_H
#define RIPPLE_MODEL_CONTROLFILE_H

#include "model/Reader.h"

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace ripple::model {

/// The fields of a paragraph that were asked for, each with its line. Names point into the text.
struct ControlParagraph {
  std::map<std::string_view, std::pair<std::string, int>> fields;
  int line = 0;          ///< Where it begins, from 1.
  bool isBroken = false; ///< A line could not be read: what is missing may be in it.

  /// The value of the field NAME, its lines joined; "" where it is not there.
  std::string_view operator[](std::string_view name) const {
    auto found = fields.find(name);
    return found != fields.end() ? std::string_view(found->second.first) : std::string_view();
  }
};

/// Calls VISIT with each paragraph of TEXT, in its order, with those fields that are in WANTED.
/// What is no paragraph goes into REPORT.
void forEachParagraph(std::string_view text, std::initializer_list<std::string_view> wanted,
                      Report &report, const std::function<void(const ControlParagraph &)> &visit);

bool isPackageName(std::string_view name);

/// Calls VISIT with the name in each alternative of LIST, "a (>= 1) | b:any, c [amd64]". False
/// where one has none.
bool forEachPackage(std::string_view list, const std::function<void(std::string)> &visit);

} // namespace ripple::model

#endif
