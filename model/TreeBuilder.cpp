//===- TreeBuilder.cpp - Makes a Tree from a parser's events --------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "model/TreeBuilder.h"

#include <cstring>
#include <fmt/format.h>
#include <unordered_map>

namespace ripple::model {

std::string_view TreeBuilder::keep(std::string_view text) {
  if (text.empty())
    return "";
  auto *copy = static_cast<char *>(tree_.memory.allocate(text.size(), 1));
  std::memcpy(copy, text.data(), text.size());
  return {copy, text.size()};
}

void TreeBuilder::scalar(Node node) { add(node); }

bool TreeBuilder::begin(Node::Kind kind, std::uint32_t line) {
  if (frames_.size() >= nestingMax) {
    report_.add(Place{report_.file(), static_cast<int>(line), ""},
                fmt::format("lists and mappings are nested more than {} deep", nestingMax));
    return false;
  }
  frames_.push_back({kind, line, children_.size(), "", line});
  return true;
}

void TreeBuilder::key(std::string_view text, std::uint32_t line) {
  auto known = keys_.find(text);
  if (known == keys_.end())
    known = keys_.insert(keep(text)).first;
  frames_.back().key = *known;
  frames_.back().keyLine = line;
}

Node TreeBuilder::end() {
  Frame frame = frames_.back();
  std::span<const Member> children = std::span(children_).subspan(frame.first);
  if (frame.kind == Node::Kind::Object)
    refuseDuplicateKeys(children);
  frames_.pop_back();
  Node node;
  if (frame.kind == Node::Kind::Array) {
    auto *elements =
        static_cast<Node *>(tree_.memory.allocate(children.size() * sizeof(Node), alignof(Node)));
    for (std::size_t i = 0; i < children.size(); ++i)
      new (elements + i) Node(children[i].value);
    node = Node::array({elements, children.size()}, frame.line);
  } else {
    auto *members = static_cast<Member *>(
        tree_.memory.allocate(children.size() * sizeof(Member), alignof(Member)));
    for (std::size_t i = 0; i < children.size(); ++i)
      new (members + i) Member(children[i]);
    node = Node::object({members, children.size()}, frame.line);
  }
  children_.resize(frame.first);
  add(node);
  return node;
}

void TreeBuilder::add(Node node) {
  if (frames_.empty()) {
    tree_.root = node;
    return;
  }
  Frame &frame = frames_.back();
  children_.push_back({frame.key, frame.keyLine, node});
  frame.key = "";
}

std::string TreeBuilder::pointer() const { return pointer(frames_.size()); }

std::string TreeBuilder::pointer(std::size_t depth) const {
  std::string result;
  for (std::size_t i = 0; i < depth; ++i) {
    const Frame &frame = frames_[i];
    if (frame.kind == Node::Kind::Object) {
      appendPointer(result, frame.key);
    } else {
      std::size_t next = i + 1 < frames_.size() ? frames_[i + 1].first : children_.size();
      appendPointer(result, std::to_string(next - frame.first));
    }
  }
  return result;
}

void TreeBuilder::refuseDuplicateKeys(std::span<const Member> members) {
  auto refuse = [&](const Member &again, const Member &first) {
    std::string where = pointer(frames_.size() - 1); // To the mapping itself.
    appendPointer(where, again.key);
    report_.add(Place{report_.file(), static_cast<int>(again.line), where},
                fmt::format("the key '{}' is used twice in one mapping (first on line {})",
                            again.key, first.line),
                "remove one of them");
  };
  constexpr std::size_t fewMax = 16;
  if (members.size() > fewMax) {
    std::unordered_map<std::string_view, const Member *> seen;
    for (const Member &member : members)
      if (auto [first, isNew] = seen.try_emplace(member.key, &member); !isNew)
        refuse(member, *first->second);
    return;
  }
  for (std::size_t i = 1; i < members.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (members[i].key == members[j].key) {
        refuse(members[i], members[j]);
        break;
      }
}

} // namespace ripple::model
