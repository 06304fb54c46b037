//===- Node.h - A parsed text, before anyone knows what it means -*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// JSON and YAML become the same tree of nodes, each with its line, and all
// readers work on that tree only. Nodes are small and live in one arena: the
// documents that programs write may have millions of them.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_MODEL_NODE_H
#define RIPPLE_MODEL_NODE_H

#include <cstdint>
#include <memory>
#include <memory_resource>
#include <span>
#include <string>
#include <string_view>

namespace ripple::model {

class Report;
struct Member;

/// One value of a document. A view into its Tree; cheap to copy.
class Node {
public:
  enum class Kind : std::uint8_t { Null, Boolean, Integer, Real, String, Array, Object };

  Node() = default;
  static Node null(std::uint32_t line) { return Node(Kind::Null, line); }
  static Node boolean(bool value, std::uint32_t line);
  static Node integer(std::int64_t value, std::uint32_t line);
  static Node real(double value, std::uint32_t line);
  /// TEXT must live as long as the node.
  static Node string(std::string_view text, std::uint32_t line);
  static Node array(std::span<const Node> elements, std::uint32_t line);
  static Node object(std::span<const Member> members, std::uint32_t line);

  Kind kind() const { return kind_; }
  int line() const { return static_cast<int>(line_); }
  bool asBoolean() const { return boolean_; }
  std::int64_t asInteger() const { return integer_; }
  /// Of an Integer or a Real.
  double asReal() const { return kind_ == Kind::Integer ? static_cast<double>(integer_) : real_; }
  std::string_view asString() const { return {text_, size_}; }
  std::span<const Node> elements() const;
  std::span<const Member> members() const;
  /// The value of KEY in an object, or null.
  const Node *find(std::string_view key) const;

private:
  Node(Kind kind, std::uint32_t line) : kind_(kind), line_(line) {}

  Kind kind_ = Kind::Null;
  std::uint32_t line_ = 0;
  std::uint32_t size_ = 0;
  union {
    bool boolean_;
    std::int64_t integer_ = 0;
    double real_;
    const char *text_;
    const Node *elements_;
    const Member *members_;
  };
};

/// One key of an object and its value, in the order of the text.
struct Member {
  std::string_view key;
  std::uint32_t line = 0;
  Node value;
};

/// "a mapping", "the number 3", "the text 'abc'": what NODE is, for messages.
std::string describe(const Node &node);

/// Owns the nodes of one text.
struct Tree {
  std::pmr::monotonic_buffer_resource memory;
  Node root;
};

/// Parses TEXT, which is JSON where its first character that is no white space is '{' or '[', else
/// YAML. What keeps it from being a tree at all (broken syntax, bytes that are no UTF-8, nesting
/// too deep) goes to REPORT, and null comes back. What is wrong with a tree that can still be read
/// (a key that is used twice) goes to REPORT too, so that a reader can add its own mistakes.
std::unique_ptr<Tree> parseTree(std::string_view text, Report &report);

} // namespace ripple::model

#endif
