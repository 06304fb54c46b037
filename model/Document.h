//===- Document.h - What every document of Ripple has in common -*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// The documents are plain structs. Each has one strict reader and one writer:
//
//   text (JSON, or YAML where people write) --read*--> struct --write*--> JSON
//                                              |
//                                              +--digest--> SHA-256 of RFC 8785
//
// A reader reports every mistake that it finds, each with its place, and then
// returns no document at all. A writer gives the same bytes for the same
// document. Nothing here touches anything but the file that it is asked for.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_MODEL_DOCUMENT_H
#define RIPPLE_MODEL_DOCUMENT_H

#include <chrono>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace ripple::model {

/// Exit codes of every program (README.md).
enum ExitCode : int {
  ExitDone = 0,
  ExitFailed = 1,
  ExitFindings = 2,
  ExitInfeasible = 3,
  ExitStale = 4,
  ExitUsage = 64,
};

/// Where in an input something stands.
struct Place {
  std::string file;    ///< As the user named it.
  int line = 0;        ///< From 1; 0 where it is not known.
  std::string pointer; ///< JSON pointer (RFC 6901) to the value, "" for the whole document.
};

/// One mistake in an input: where, what is wrong, what to do.
struct Mistake {
  Place place;
  std::string what;   ///< "servers: the name 'app1' is used twice"
  std::string remedy; ///< "give each server a name of its own"; may be empty.
};

using Mistakes = std::vector<Mistake>;

/// A value, or every mistake that kept it from being made (never an empty list).
template <typename T> using Result = tl::expected<T, Mistakes>;

/// "FILE:LINE: POINTER: WHAT; REMEDY", without what is not known; no newline at its end.
std::string describe(const Mistake &mistake);

/// Every mistake on a line of its own, each line ending with a newline.
std::string describe(const Mistakes &mistakes);

/// One mistake as the whole of a failed result.
tl::unexpected<Mistakes> mistake(Place place, std::string what, std::string remedy = {});

using Milliseconds = std::chrono::milliseconds;

/// Reads "30s", "1500ms", "2m", "1h" (a whole or decimal number and its unit). Nothing else.
tl::expected<Milliseconds, std::string> parseDuration(std::string_view text);

/// The shortest of "30s", "1500ms", "2m", "1h" that gives back the same duration.
std::string formatDuration(Milliseconds duration);

/// "2026-12-01T22:00:00Z": RFC 3339, UTC, whole seconds. Times of that form compare as text.
std::string inUtc(std::chrono::system_clock::time_point time);

/// The whole text of FILE, or a mistake that says why it cannot be read.
Result<std::string> readFile(const std::string &file);

/// Writes TEXT to a temporary file beside FILE, syncs it, and renames it to FILE.
/// FILE is never seen half written. "-" and "" mean standard output.
Result<void> writeFile(const std::string &file, std::string_view text);

/// The `format` of a document in FILE ("ripple.components"), read without reading the rest.
Result<std::string> formatOf(const std::string &file);

/// What READ makes of each of FILES, in their order; or every mistake in any of them.
template <typename T>
Result<std::vector<T>> readEach(const std::vector<std::string> &files,
                                Result<T> (*read)(const std::string &)) {
  std::vector<T> all;
  Mistakes mistakes;
  for (const std::string &file : files)
    if (auto one = read(file))
      all.push_back(std::move(*one));
    else
      mistakes.insert(mistakes.end(), one.error().begin(), one.error().end());
  if (!mistakes.empty())
    return tl::make_unexpected(std::move(mistakes));
  return all;
}

/// SHA-256 in lower-case hexadecimal.
std::string sha256(std::string_view bytes);
/// The same of what FILE holds.
Result<std::string> sha256OfFile(const std::string &file);
/// Whether TEXT is "sha256:" and 64 digits as `sha256` writes them.
bool isDigest(std::string_view text);

/// "sha256:" and the SHA-256 of the RFC 8785 canonical form of JSON text TEXT, as it is:
/// callers fill in defaults and sort set-like arrays first. "" where TEXT is no JSON.
std::string canonicalDigest(std::string_view json);

/// True where NAME matches GLOB: `*` matches any run of characters (in paths: but '/'
/// where PATHS), `**` any run with '/', `?` one character; all others match themselves.
bool matchesGlob(std::string_view glob, std::string_view name, bool paths = false);

} // namespace ripple::model

#endif
