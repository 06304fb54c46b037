//===- FuzzReader.h - What every reader has to keep -------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_TESTS_FUZZ_FUZZREADER_H
#define RIPPLE_TESTS_FUZZ_FUZZREADER_H

#include "model/Document.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace ripple::fuzz {

inline void require(bool holds, const char *what, const std::string &detail = {}) {
  if (holds)
    return;
  std::fprintf(stderr, "%s\n%s\n", what, detail.c_str());
  std::abort();
}

/// Bytes either make no document, and then there are mistakes that say so; or a document that its
/// writer writes so that it reads back as the same.
template <typename T, typename Parse, typename Write, typename Digest>
void checkReader(std::string_view text, Parse parse, Write write, Digest digest) {
  model::Result<T> document = parse(text, "input");
  if (!document) {
    require(!document.error().empty(), "refused without a mistake");
    std::string described = describe(document.error());
    require(!described.empty() && described.back() == '\n', "mistakes without a text");
    return;
  }
  std::string written = write(*document);
  model::Result<T> again = parse(written, "written");
  require(again.has_value(), "the writer's text is refused",
          again ? std::string() : describe(again.error()) + written);
  require(write(*again) == written, "the written text is not stable", written);
  require(digest(*again) == digest(*document), "the digest changes", written);
}

} // namespace ripple::fuzz

#endif
