//===- Depfile.cpp - What the result was made from, for Make ----*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/Depfile.h"

namespace ripple::analyzer {
namespace {

/// NAME as Make and Ninja read it in a rule: a blank and `#` stand behind a backslash, and the
/// backslashes before them are doubled; `$` is doubled.
std::string escaped(std::string_view name) {
  std::string out;
  std::size_t backslashes = 0; ///< At the end of what is written.
  for (char c : name) {
    if (c == ' ' || c == '\t' || c == '#')
      out.append(backslashes + 1, '\\');
    else if (c == '$')
      out += '$';
    backslashes = c == '\\' ? backslashes + 1 : 0;
    out += c;
  }
  return out;
}

} // namespace

model::Result<std::string> writeDepfile(const std::string &output,
                                        const std::vector<std::string> &inputs) {
  model::Mistakes mistakes;
  std::string rule = escaped(output) + ":", empties;
  auto check = [&](const std::string &name) {
    if (name.find('\n') != std::string::npos)
      mistakes.push_back({{name, 0, ""},
                          "has a line break in its name, which no depfile can hold",
                          "rename it, or leave --depfile out"});
  };
  check(output);
  for (const std::string &input : inputs) {
    check(input);
    rule += " \\\n  " + escaped(input);
    empties += escaped(input) + ":\n";
  }
  if (!mistakes.empty())
    return tl::unexpected(mistakes);
  return rule + "\n" + empties;
}

} // namespace ripple::analyzer
