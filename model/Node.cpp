//===- Node.cpp - A parsed text, before anyone knows what it means --------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "model/Node.h"
#include "model/Number.h"
#include "model/TreeBuilder.h"
#include "model/Utf8.h"

#include <algorithm>
#include <fmt/format.h>

namespace ripple::model {

Node Node::boolean(bool value, std::uint32_t line) {
  Node node(Kind::Boolean, line);
  node.boolean_ = value;
  return node;
}

Node Node::integer(std::int64_t value, std::uint32_t line) {
  Node node(Kind::Integer, line);
  node.integer_ = value;
  return node;
}

Node Node::real(double value, std::uint32_t line) {
  Node node(Kind::Real, line);
  node.real_ = value;
  return node;
}

Node Node::string(std::string_view text, std::uint32_t line) {
  Node node(Kind::String, line);
  node.text_ = text.data();
  node.size_ = static_cast<std::uint32_t>(text.size());
  return node;
}

Node Node::array(std::span<const Node> elements, std::uint32_t line) {
  Node node(Kind::Array, line);
  node.elements_ = elements.data();
  node.size_ = static_cast<std::uint32_t>(elements.size());
  return node;
}

Node Node::object(std::span<const Member> members, std::uint32_t line) {
  Node node(Kind::Object, line);
  node.members_ = members.data();
  node.size_ = static_cast<std::uint32_t>(members.size());
  return node;
}

std::span<const Node> Node::elements() const {
  return kind_ == Kind::Array ? std::span(elements_, size_) : std::span<const Node>();
}

std::span<const Member> Node::members() const {
  return kind_ == Kind::Object ? std::span(members_, size_) : std::span<const Member>();
}

const Node *Node::find(std::string_view key) const {
  for (const Member &member : members())
    if (member.key == key)
      return &member.value;
  return nullptr;
}

std::string describe(const Node &node) {
  constexpr std::size_t shownMax = 40;
  switch (node.kind()) {
  case Node::Kind::Null:
    return "null";
  case Node::Kind::Boolean:
    return node.asBoolean() ? "true" : "false";
  case Node::Kind::Integer:
    return fmt::format("the number {}", node.asInteger());
  case Node::Kind::Real:
    return fmt::format("the number {}", formatNumber(node.asReal()));
  case Node::Kind::String: {
    std::string_view text = node.asString();
    if (text.size() <= shownMax)
      return fmt::format("the text '{}'", text);
    std::size_t cut = shownMax;
    while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0) == 0x80)
      --cut;
    return fmt::format("the text '{}…'", text.substr(0, cut));
  }
  case Node::Kind::Array:
    return "a list";
  case Node::Kind::Object:
    return "a mapping";
  }
  return "";
}

std::size_t sequenceLength(std::string_view text) {
  auto byte = [&](std::size_t index) { return static_cast<unsigned char>(text[index]); };
  auto follows = [&](std::size_t index, unsigned low, unsigned high) {
    return index < text.size() && byte(index) >= low && byte(index) <= high;
  };
  unsigned first = byte(0);
  if (first < 0x80)
    return 1;
  if (first >= 0xC2 && first <= 0xDF)
    return follows(1, 0x80, 0xBF) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    unsigned low = first == 0xE0 ? 0xA0 : 0x80;
    unsigned high = first == 0xED ? 0x9F : 0xBF;
    return follows(1, low, high) && follows(2, 0x80, 0xBF) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    unsigned low = first == 0xF0 ? 0x90 : 0x80;
    unsigned high = first == 0xF4 ? 0x8F : 0xBF;
    return follows(1, low, high) && follows(2, 0x80, 0xBF) && follows(3, 0x80, 0xBF) ? 4 : 0;
  }
  return 0;
}

namespace {

/// Refuses what is no UTF-8, naming the line of the first such byte.
bool isUtf8(std::string_view text, Report &report) {
  std::size_t position = 0;
  while (position < text.size()) {
    std::size_t length = sequenceLength(text.substr(position));
    if (length == 0) {
      auto line = 1 + std::count(text.begin(), text.begin() + static_cast<long>(position), '\n');
      report.add(
          Place{report.file(), static_cast<int>(line), ""},
          fmt::format("the byte 0x{:02X} is not UTF-8", static_cast<unsigned char>(text[position])),
          "save the file as UTF-8");
      return false;
    }
    position += length;
  }
  return true;
}

} // namespace

std::unique_ptr<Tree> parseTree(std::string_view text, Report &report) {
  if (text.starts_with("\xEF\xBB\xBF"))
    text.remove_prefix(3);
  if (text.size() > UINT32_MAX / 2) {
    report.add(Place{report.file(), 0, ""}, "the text is larger than 2 GiB");
    return nullptr;
  }
  if (!isUtf8(text, report))
    return nullptr;
  std::size_t start = text.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos) {
    report.add(Place{report.file(), 1, ""}, "the document is empty",
               "it has to begin with 'format' and 'version'");
    return nullptr;
  }
  auto tree = std::make_unique<Tree>();
  TreeBuilder builder(*tree, report);
  bool json = text[start] == '{' || text[start] == '[';
  if (!(json ? parseJson(text, builder) : parseYaml(text, builder)))
    return nullptr;
  return tree;
}

} // namespace ripple::model
