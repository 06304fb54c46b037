//===- Reader.cpp - Reads a Tree into structs, strictly -------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "model/Reader.h"
#include "model/Nearest.h"
#include "model/Sort.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ripple::model {

void Report::add(Place place, std::string what, std::string remedy) {
  if (mistakes_.size() < keptMax)
    mistakes_.push_back({std::move(place), std::move(what), std::move(remedy)});
  else
    ++dropped_;
}

Mistakes Report::take() {
  sortBy(mistakes_, [](const Mistake &mistake) { return mistake.place.line; });
  if (dropped_ > 0)
    mistakes_.push_back({Place{file_, 0, ""}, fmt::format("and {} more mistakes", dropped_), ""});
  return std::move(mistakes_);
}

void appendPointer(std::string &pointer, std::string_view key) {
  pointer += '/';
  for (char character : key) {
    if (character == '~')
      pointer += "~0";
    else if (character == '/')
      pointer += "~1";
    else
      pointer += character;
  }
}

namespace {

void appendStep(std::string &pointer, const PathStep &step) {
  if (auto *key = std::get_if<std::string_view>(&step))
    appendPointer(pointer, *key);
  else
    appendPointer(pointer, std::to_string(std::get<std::size_t>(step)));
}

const Node *follow(const Node &node, const PathStep &step) {
  if (auto *key = std::get_if<std::string_view>(&step))
    return node.find(*key);
  std::size_t index = std::get<std::size_t>(step);
  return index < node.elements().size() ? &node.elements()[index] : nullptr;
}

} // namespace

std::string Value::pointer() const {
  if (!parent_)
    return "";
  std::string result = parent_->pointer();
  appendStep(result, step_);
  return result;
}

Place Value::place() const { return {report_.file(), node_.line(), pointer()}; }

Place Value::place(std::initializer_list<PathStep> path) const {
  Place result = place();
  const Node *node = &node_;
  for (const PathStep &step : path) {
    node = follow(*node, step);
    if (!node)
      break;
    result.line = node->line();
    appendStep(result.pointer, step);
  }
  return result;
}

void Value::mistake(std::string what, std::string remedy) const {
  report_.add(place(), std::move(what), std::move(remedy));
}

void Value::mistake(std::initializer_list<PathStep> path, std::string what,
                    std::string remedy) const {
  report_.add(place(path), std::move(what), std::move(remedy));
}

void Value::wrongType(std::string_view wanted) const {
  mistake(fmt::format("must be {}, and is {}", wanted, describe(node_)));
}

bool Value::is(Node::Kind kind, std::string_view wanted) const {
  if (node_.kind() == kind)
    return true;
  wrongType(wanted);
  return false;
}

bool isNameCharacter(char character) {
  return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
         (character >= '0' && character <= '9') ||
         std::string_view("_.:+-").find(character) != std::string_view::npos;
}

namespace {

bool isControl(char character) {
  auto byte = static_cast<unsigned char>(character);
  return byte < 0x20 || byte == 0x7F;
}

void checkText(const Value &value, std::string_view text, Text rule) {
  if (text.find('\0') != std::string_view::npos)
    value.mistake("has a NUL character in it", "remove it");
  else if (rule != Text::Any && text.empty())
    value.mistake("must not be empty");
  else if (rule == Text::Name && !std::ranges::all_of(text, isNameCharacter))
    value.mistake(
        fmt::format("the name '{}' has other characters than letters, digits and _.:+-", text),
        "choose another name; it is written into routers' configurations");
  else if (rule == Text::Line && std::ranges::any_of(text, isControl))
    value.mistake("has a control character in it", "write it on one line");
}

/// Reports a scalar that would have been a text in quotes: versions, mostly.
void notText(const Value &value) {
  Node::Kind kind = value.node().kind();
  bool scalar =
      kind == Node::Kind::Integer || kind == Node::Kind::Real || kind == Node::Kind::Boolean;
  value.mistake(fmt::format("must be a text, and is {}", describe(value.node())),
                scalar ? "write it in quotes" : "");
}

} // namespace

void read(const Value &value, std::string &out, Text rule) {
  if (value.node().kind() != Node::Kind::String)
    return notText(value);
  out = value.node().asString();
  checkText(value, out, rule);
}

void read(const Value &value, bool &out) {
  if (value.is(Node::Kind::Boolean, "true or false"))
    out = value.node().asBoolean();
}

namespace {

/// The largest whole number that a double, and so every JSON reader, holds exactly.
constexpr std::int64_t wholeMax = (std::int64_t{1} << 53) - 1;

/// The whole number that NODE is, "3" or "3.0".
std::optional<std::int64_t> wholeNumber(const Node &node) {
  if (node.kind() == Node::Kind::Integer)
    return node.asInteger();
  if (node.kind() != Node::Kind::Real || std::abs(node.asReal()) > static_cast<double>(wholeMax) ||
      node.asReal() != std::trunc(node.asReal()))
    return std::nullopt;
  return static_cast<std::int64_t>(node.asReal());
}

/// The number of VALUE where it is one from LEAST to MOST; else reports what it must be.
std::optional<std::int64_t> wholeNumber(const Value &value, std::int64_t least, std::int64_t most) {
  auto number = wholeNumber(value.node());
  if (number && *number >= least && *number <= most)
    return number;
  bool open = most >= INT32_MAX;
  value.wrongType(open ? fmt::format("a whole number from {}", least)
                       : fmt::format("a whole number from {} to {}", least, most));
  return std::nullopt;
}

} // namespace

void read(const Value &value, std::int64_t &out) {
  if (auto number = wholeNumber(value, 0, wholeMax))
    out = *number;
}

void read(const Value &value, unsigned &out, unsigned least) {
  if (auto number = wholeNumber(value, least, UINT32_MAX))
    out = static_cast<unsigned>(*number);
}

void read(const Value &value, int &out) {
  if (auto number = wholeNumber(value, 0, INT32_MAX))
    out = static_cast<int>(*number);
}

void read(const Value &value, double &out) {
  Node::Kind kind = value.node().kind();
  if ((kind != Node::Kind::Integer && kind != Node::Kind::Real) || value.node().asReal() < 0)
    return value.wrongType("a number from 0");
  out = value.node().asReal();
}

void read(const Value &value, Milliseconds &out) {
  if (value.node().kind() != Node::Kind::String) {
    value.mistake(fmt::format("must be a duration, and is {}", describe(value.node())),
                  "write a number and its unit: 1500ms, 30s, 2m or 1h");
    return;
  }
  if (auto duration = parseDuration(value.node().asString()))
    out = *duration;
  else
    value.mistake(duration.error(), "write a number and its unit: 1500ms, 30s, 2m or 1h");
}

std::optional<std::size_t> readWord(const Value &value,
                                    std::initializer_list<std::string_view> words) {
  std::string wanted = words.size() == 1 ? fmt::format("{}", *words.begin())
                                         : fmt::format("one of {}", fmt::join(words, ", "));
  if (value.node().kind() != Node::Kind::String) {
    value.wrongType(wanted);
    return std::nullopt;
  }
  std::string_view text = value.node().asString();
  auto found = std::ranges::find(words, text);
  if (found != words.end())
    return static_cast<std::size_t>(found - words.begin());
  std::string_view near = nearest(text, std::span(words.begin(), words.size()));
  value.mistake(fmt::format("must be {}, and is {}", wanted, describe(value.node())),
                near.empty() ? "" : fmt::format("did you mean '{}'?", near));
  return std::nullopt;
}

void readSet(const Value &value, std::vector<std::string> &out, Text rule) {
  read(value, out, rule);
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < out.size(); ++i)
    if (!out[i].empty() && !seen.insert(out[i]).second)
      value.mistake({i}, fmt::format("'{}' is in the list twice", out[i]), "remove one of them");
}

void read(const Value &value, std::map<std::string, std::string> &out) {
  if (!value.is(Node::Kind::Object, "a mapping"))
    return;
  for (const Member &member : value.node().members())
    read(Value(member.value, value, member.key), out[std::string(member.key)], Text::Line);
}

ObjectReader::ObjectReader(const Value &value)
    : value_(value), isObject_(value.is(Node::Kind::Object, "a mapping")) {}

const Node *ObjectReader::take(std::string_view key) {
  if (std::ranges::find(known_, key) == known_.end())
    known_.push_back(key);
  return value_.node().find(key);
}

void ObjectReader::takeAll() {
  for (const Member &member : value_.node().members())
    take(member.key);
}

bool ObjectReader::optionalSet(std::string_view key, std::vector<std::string> &out, Text rule) {
  const Node *node = take(key);
  if (node)
    readSet(Value(*node, value_, key), out, rule);
  return node;
}

bool ObjectReader::requiredSet(std::string_view key, std::vector<std::string> &out, Text rule) {
  bool there = optionalSet(key, out, rule);
  if (!there)
    missing(key);
  return there;
}

void ObjectReader::missing(std::string_view key) {
  if (isObject_)
    value_.mistake(fmt::format("the key '{}' is missing", key));
}

void ObjectReader::refuseEmpty(std::string_view key) {
  const Node *node = value_.node().find(key);
  if (node->kind() == Node::Kind::Array && node->elements().empty())
    value_.mistake({key}, "must not be empty");
}

void ObjectReader::finish() {
  if (finished_)
    return;
  finished_ = true;
  for (const Member &member : value_.node().members()) {
    if (std::ranges::find(known_, member.key) != known_.end())
      continue;
    Place place = value_.place();
    place.line = static_cast<int>(member.line);
    appendPointer(place.pointer, member.key);
    std::string_view near = nearest(member.key, std::span<const std::string_view>(known_));
    value_.report().add(std::move(place), fmt::format("the key '{}' is not known", member.key),
                        near.empty() ? fmt::format("known are {}", fmt::join(known_, ", "))
                                     : fmt::format("did you mean '{}'?", near));
  }
}

namespace {

/// MAJOR and MINOR of "1.0".
std::optional<std::pair<unsigned, unsigned>> parseVersion(std::string_view text) {
  constexpr std::size_t digitsMax = 6;
  std::size_t point = text.find('.');
  if (point == std::string_view::npos)
    return std::nullopt;
  auto number = [](std::string_view digits) -> std::optional<unsigned> {
    if (digits.empty() || digits.size() > digitsMax ||
        digits.find_first_not_of("0123456789") != std::string_view::npos)
      return std::nullopt;
    return static_cast<unsigned>(std::stoul(std::string(digits)));
  };
  auto major = number(text.substr(0, point));
  auto minor = number(text.substr(point + 1));
  if (!major || !minor)
    return std::nullopt;
  return std::pair(*major, *minor);
}

} // namespace

bool readHeader(ObjectReader &object, std::string_view format, unsigned major, unsigned minor) {
  const Value &root = object.value();
  std::string name, text;
  bool hasFormat = object.required("format", name, Text::Any);
  bool hasVersion = object.required("version", text, Text::Any);
  // What is of another format or version would only give mistakes that say nothing; its other keys
  // are known by that.
  auto refuse = [&] {
    object.takeAll();
    return false;
  };
  if (hasFormat && name != format) {
    if (!name.empty())
      root.mistake({"format"}, fmt::format("the format is '{}', not '{}'", name, format),
                   "give another file here");
    return refuse();
  }
  if (!hasVersion || root.node().find("version")->kind() != Node::Kind::String)
    return true;
  auto version = parseVersion(text);
  if (!version) {
    root.mistake({"version"}, fmt::format("the version '{}' is not MAJOR.MINOR", text),
                 fmt::format("write \"{}.{}\"", major, minor));
    return true;
  }
  if (version->first != major) {
    root.mistake({"version"},
                 fmt::format("{} has version {}, and this Ripple reads {}.x", format, text, major),
                 version->first > major ? "read it with a newer Ripple" : "write it anew");
    return refuse();
  }
  return true;
}

} // namespace ripple::model
