//===- TreeBuilder.h - Makes a Tree from a parser's events ------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Private to model/: both parsers drive this.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_MODEL_TREEBUILDER_H
#define RIPPLE_MODEL_TREEBUILDER_H

#include "model/Node.h"
#include "model/Reader.h"

#include <unordered_set>
#include <vector>

namespace ripple::model {

/// Containers deeper than this are refused: no document of Ripple needs a tenth of it.
inline constexpr std::size_t nestingMax = 100;

class TreeBuilder {
public:
  TreeBuilder(Tree &tree, Report &report) : tree_(tree), report_(report) {}

  /// Copies TEXT into the tree.
  std::string_view keep(std::string_view text);

  void scalar(Node node);
  /// False, with a mistake, where the nesting is too deep.
  bool begin(Node::Kind kind, std::uint32_t line);
  void key(std::string_view text, std::uint32_t line);
  /// Ends the innermost container and returns it.
  Node end();

  std::size_t depth() const { return frames_.size(); }
  /// JSON pointer to where the next value goes.
  std::string pointer() const;
  Report &report() { return report_; }

private:
  struct Frame {
    Node::Kind kind;
    std::uint32_t line;
    std::size_t first; ///< Its first child in children_.
    std::string_view key;
    std::uint32_t keyLine;
  };

  void add(Node node);
  std::string pointer(std::size_t depth) const;
  void refuseDuplicateKeys(std::span<const Member> members);

  Tree &tree_;
  Report &report_;
  std::vector<Frame> frames_;
  std::vector<Member> children_; ///< Of all open containers, innermost last.
  std::unordered_set<std::string_view> keys_;
};

/// Both return false after reporting why TEXT is no document at all.
bool parseJson(std::string_view text, TreeBuilder &builder);
bool parseYaml(std::string_view text, TreeBuilder &builder);

} // namespace ripple::model

#endif
