//===- ReadAdvisories.cpp - Files of advisories ---------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/advisory/Statement.h"

#include <algorithm>
#include <filesystem>

namespace ripple::planner::advisory {

namespace fs = std::filesystem;

namespace {

void append(model::Mistakes &all, const model::Mistakes &more) {
  all.insert(all.end(), more.begin(), more.end());
}

/// The files that FILE stands for: itself, or what is below it.
std::vector<std::string> filesOf(const std::string &file, model::Mistakes &mistakes) {
  std::error_code error;
  if (!fs::is_directory(file, error))
    return {file};
  std::vector<std::string> found;
  for (fs::recursive_directory_iterator at(file, error), end; !error && at != end;
       at.increment(error))
    if (at->path().extension() == ".json")
      found.push_back(at->path().string());
  if (error)
    mistakes.push_back({{file, 0, ""}, "cannot be listed: " + error.message(), ""});
  else if (found.empty())
    mistakes.push_back({{file, 0, ""}, "has no *.json in it", "name the advisories"});
  std::sort(found.begin(), found.end());
  return found;
}

void readRoot(const model::Value &root, Statements &out) {
  const model::Node &node = root.node();
  if (node.kind() == model::Node::Kind::Array) {
    std::size_t index = 0;
    for (const model::Node &element : node.elements())
      readOsv(model::Value(element, root, index++), out);
    return;
  }
  if (!node.find("bomFormat") && !node.find("id")) {
    root.mistake("is neither an OSV advisory (`id`) nor a CycloneDX document (`bomFormat`)",
                 "give one of these, or a list of OSV advisories");
    return;
  }
  if (!node.find("bomFormat"))
    return readOsv(root, out);
  model::ObjectReader object(root);
  readCycloneDx(object, out);
  object.takeAll();
}

} // namespace

model::Result<Statements> parseAdvisories(std::string_view text, const std::string &file) {
  model::Report report(file);
  Statements statements;
  if (auto tree = model::parseTree(text, report))
    readRoot(model::Value(tree->root, report), statements);
  if (!report.empty())
    return tl::unexpected(report.take());
  return statements;
}

model::Result<Statements> readAdvisories(const std::vector<std::string> &files) {
  Statements all;
  model::Mistakes mistakes;
  for (const std::string &given : files)
    for (const std::string &file : filesOf(given, mistakes)) {
      auto one = model::readDocument<Statements>(file, parseAdvisories);
      if (!one)
        append(mistakes, one.error());
      else
        std::move(one->begin(), one->end(), std::back_inserter(all));
    }
  if (!mistakes.empty())
    return tl::make_unexpected(std::move(mistakes));
  return all;
}

bool isKnownEcosystem(std::string_view ecosystem) {
  const std::string_view base = ecosystem.substr(0, ecosystem.find(':'));
  return base == "Debian" || base == "Ubuntu";
}

std::string onOneLine(std::string_view text) {
  constexpr unsigned char firstVisible = 0x21, deleted = 0x7F;
  std::string out;
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool blank = byte < firstVisible || byte == deleted;
    if (!blank)
      out += c;
    else if (!out.empty() && out.back() != ' ')
      out += ' ';
  }
  if (out.ends_with(' '))
    out.pop_back();
  return out;
}

} // namespace ripple::planner::advisory
