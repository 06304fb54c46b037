//===- ControlFile.cpp - Debian's control files ---------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "model/ControlFile.h"

#include <algorithm>
#include <fmt/format.h>

namespace ripple::model {

namespace {

constexpr std::string_view Blanks = " \t";

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = std::min(text.find_first_not_of(Blanks), text.size());
  text.remove_prefix(begin);
  return text.substr(0, text.find_last_not_of(Blanks) + 1);
}

/// The paragraph that is being read, line by line.
class Paragraphs {
public:
  Paragraphs(std::initializer_list<std::string_view> fields, Report &mistakes,
             const std::function<void(const ControlParagraph &)> &each)
      : wanted(fields), report(mistakes), visit(each) {}

  void read(std::string_view text) {
    ++line;
    if (trimmed(text).empty())
      return end();
    if (paragraph.line == 0)
      paragraph.line = line;
    if (text.front() == '#')
      return;
    if (Blanks.find(text.front()) != std::string_view::npos)
      goOn(text);
    else
      begin(text);
  }

  void end() {
    if (paragraph.line != 0)
      visit(paragraph);
    paragraph = {};
    inField = false;
    current = nullptr;
  }

private:
  void mistake(std::string what) { report.add({report.file(), line, ""}, std::move(what)); }

  void goOn(std::string_view text) {
    if (!inField)
      mistake("goes on with a field, and there is none");
    else if (current)
      *current += " " + std::string(trimmed(text));
  }

  void begin(std::string_view text) {
    const std::size_t colon = text.find(':');
    inField = colon != std::string_view::npos && colon > 0;
    current = nullptr;
    if (!inField) {
      paragraph.isBroken = true;
      return mistake("is no field ('NAME: VALUE')");
    }
    const std::string_view name = text.substr(0, colon);
    if (std::find(wanted.begin(), wanted.end(), name) == wanted.end())
      return;
    auto [field, isNew] =
        paragraph.fields.try_emplace(name, std::string(trimmed(text.substr(colon + 1))), line);
    if (!isNew)
      mistake(fmt::format("the field '{}' is there twice", name));
    current = &field->second.first;
  }

  std::initializer_list<std::string_view> wanted;
  Report &report;
  const std::function<void(const ControlParagraph &)> &visit;
  ControlParagraph paragraph;
  int line = 0;
  bool inField = false;
  std::string *current = nullptr; ///< The value that a line may go on with.
};

} // namespace

void forEachParagraph(std::string_view text, std::initializer_list<std::string_view> wanted,
                      Report &report, const std::function<void(const ControlParagraph &)> &visit) {
  Paragraphs paragraphs(wanted, report, visit);
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    paragraphs.read(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  paragraphs.end();
}

bool isPackageName(std::string_view name) {
  return !name.empty() && name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVW"
                                                 "XYZ0123456789+.-_") == std::string_view::npos;
}

bool forEachPackage(std::string_view list, const std::function<void(std::string)> &visit) {
  bool isGood = true;
  while (!list.empty()) {
    const std::size_t end = std::min(list.find_first_of(",|"), list.size());
    const std::string_view one = trimmed(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
    if (one.empty() && trimmed(list).empty())
      break;
    const std::string_view name = one.substr(0, one.find_first_of(" \t:(["));
    if (isPackageName(name))
      visit(std::string(name));
    else
      isGood = false;
  }
  return isGood;
}

} // namespace ripple::model
