//===- Reader.h - Reads a Tree into structs, strictly -----------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// How a document is read: parseTree, then one function
//
//   void read(const Value &value, T &out);
//
// for each struct, which says what it takes with an ObjectReader. Nothing stops
// at the first mistake: what cannot be read is reported and keeps its default.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_MODEL_READER_H
#define RIPPLE_MODEL_READER_H

#include "model/Document.h"
#include "model/Node.h"

#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <set>
#include <variant>
#include <vector>

namespace ripple::model {

/// The mistakes of one text.
class Report {
public:
  /// More than this many are counted, not kept.
  static constexpr std::size_t keptMax = 1000;

  explicit Report(std::string file) : file_(std::move(file)) {}

  const std::string &file() const { return file_; }
  bool empty() const { return mistakes_.empty(); }
  void add(Place place, std::string what, std::string remedy = {});
  /// All mistakes, by line; the report is empty then.
  Mistakes take();

private:
  std::string file_;
  Mistakes mistakes_;
  std::size_t dropped_ = 0;
};

/// Appends "/KEY", escaped by RFC 6901, to POINTER.
void appendPointer(std::string &pointer, std::string_view key);

/// A step from a value to one inside of it.
using PathStep = std::variant<std::string_view, std::size_t>;

/// A node and the way to it from the root. Lives on the stack of the reader that descends.
class Value {
public:
  Value(const Node &node, Report &report) : node_(node), report_(report) {}
  Value(const Node &node, const Value &parent, PathStep step)
      : node_(node), report_(parent.report_), parent_(&parent), step_(step) {}

  const Node &node() const { return node_; }
  Report &report() const { return report_; }
  Place place() const;
  /// Of what PATH leads to from here, or of as much of it as there is.
  Place place(std::initializer_list<PathStep> path) const;

  void mistake(std::string what, std::string remedy = {}) const;
  void mistake(std::initializer_list<PathStep> path, std::string what,
               std::string remedy = {}) const;
  /// "must be WANTED, and is …".
  void wrongType(std::string_view wanted) const;
  /// True where the node is of KIND; else reports that it must be WANTED.
  bool is(Node::Kind kind, std::string_view wanted) const;

private:
  std::string pointer() const;

  const Node &node_;
  Report &report_;
  const Value *parent_ = nullptr;
  PathStep step_;
};

/// What a text may be.
enum class Text {
  Any,      ///< Any characters but NUL, or none.
  NonEmpty, ///< One or more of them.
  Line,     ///< One or more, no control characters: ids, versions, paths.
  Name,     ///< A Line of letters, digits and "_.:+-", which goes into other programs' files.
};

/// Of a Text::Name.
bool isNameCharacter(char character);

void read(const Value &value, std::string &out, Text rule = Text::Line);
void read(const Value &value, bool &out);
/// No document has numbers below 0.
void read(const Value &value, unsigned &out, unsigned least = 0);
void read(const Value &value, int &out);
void read(const Value &value, std::int64_t &out);
void read(const Value &value, double &out);
void read(const Value &value, Milliseconds &out);

/// The index in WORDS of the text that VALUE is; else reports what it may be.
std::optional<std::size_t> readWord(const Value &value,
                                    std::initializer_list<std::string_view> words);
/// WORDS in the order of T's values, which start at 0.
template <typename T>
void readEnum(const Value &value, T &out, std::initializer_list<std::string_view> words) {
  if (auto index = readWord(value, words))
    out = static_cast<T>(*index);
}

template <typename T, typename... Rules>
void read(const Value &value, std::optional<T> &out, Rules... rules) {
  T inner{};
  read(value, inner, rules...);
  out = std::move(inner);
}

/// A list. Keeps an element for each of the text, so that indices agree.
template <typename T, typename... Rules>
void read(const Value &value, std::vector<T> &out, Rules... rules) {
  out.clear();
  if (!value.is(Node::Kind::Array, "a list"))
    return;
  out.reserve(value.node().elements().size());
  std::size_t index = 0;
  for (const Node &element : value.node().elements()) {
    out.emplace_back();
    read(Value(element, value, index++), out.back(), rules...);
  }
}

/// A set of names: a list in which none may come twice.
void readSet(const Value &value, std::vector<std::string> &out, Text rule = Text::Line);
void read(const Value &value, std::map<std::string, std::string> &out);

/// The keys of one mapping. Each key that is taken is known; `finish` reports the others.
class ObjectReader {
public:
  explicit ObjectReader(const Value &value);
  /// Reports the keys that nobody has asked for.
  ~ObjectReader() { finish(); }
  ObjectReader(const ObjectReader &) = delete;
  ObjectReader &operator=(const ObjectReader &) = delete;

  bool isObject() const { return isObject_; }
  const Value &value() const { return value_; }
  /// The value of KEY, which is known from now on; null where there is none.
  const Node *take(std::string_view key);
  /// For what cannot be read any further: no key of it is reported.
  void takeAll();

  /// Returns whether the key is there. Null counts as a wrong type.
  template <typename T, typename... Rules>
  bool optional(std::string_view key, T &out, Rules... rules) {
    const Node *node = take(key);
    if (node)
      read(Value(*node, value_, key), out, rules...);
    return node;
  }
  template <typename T, typename... Rules>
  bool required(std::string_view key, T &out, Rules... rules) {
    bool there = optional(key, out, rules...);
    if (!there)
      missing(key);
    return there;
  }
  /// A list that must be there and have an element.
  template <typename T, typename... Rules>
  void nonEmpty(std::string_view key, std::vector<T> &out, Rules... rules) {
    if (required(key, out, rules...))
      refuseEmpty(key);
  }
  /// A list that may be left out, but if there must have an element.
  template <typename T, typename... Rules>
  bool optionalNonEmpty(std::string_view key, std::vector<T> &out, Rules... rules) {
    bool there = optional(key, out, rules...);
    if (there)
      refuseEmpty(key);
    return there;
  }
  bool optionalSet(std::string_view key, std::vector<std::string> &out, Text rule = Text::Line);
  bool requiredSet(std::string_view key, std::vector<std::string> &out, Text rule = Text::Line);

  /// Calls VISIT with each element of the list KEY, in its order. Returns whether the key is there.
  template <typename Visit> bool each(std::string_view key, Visit visit) {
    const Node *node = take(key);
    if (!node)
      return false;
    const Value list(*node, value_, key);
    if (list.is(Node::Kind::Array, "a list"))
      for (std::size_t i = 0; i < node->elements().size(); ++i)
        visit(Value(node->elements()[i], list, i));
    return true;
  }

  void missing(std::string_view key);
  void finish();

private:
  void refuseEmpty(std::string_view key);

  const Value &value_;
  bool isObject_;
  bool finished_ = false;
  std::vector<std::string_view> known_;
};

/// Reports each name that comes twice in ELEMENTS, which were read from LIST. NAME gives that of an
/// element ("" is left out), KEY the key that holds it.
template <typename T, typename Name>
void refuseDuplicates(const Value &list, const std::vector<T> &elements, std::string_view key,
                      Name name, std::string_view remedy) {
  std::set<std::string> seen;
  for (std::size_t i = 0; i < elements.size(); ++i) {
    std::string text = name(elements[i]);
    if (!text.empty() && !seen.insert(text).second)
      list.mistake({i, key}, "'" + text + "' is used twice", std::string(remedy));
  }
}

/// Takes `format` and `version` and says whether the rest can be read: FORMAT is what it must be,
/// MAJOR.MINOR the version that this reader was written for.
bool readHeader(ObjectReader &object, std::string_view format, unsigned major = 1,
                unsigned minor = 0);

/// Reads TEXT, a document of FORMAT, with `void body(ObjectReader &, T &)`.
template <typename T, typename Body>
Result<T> parseDocument(std::string_view text, const std::string &file, std::string_view format,
                        Body body) {
  Report report(file);
  T document;
  if (auto tree = parseTree(text, report)) {
    Value root(tree->root, report);
    ObjectReader object(root);
    if (object.isObject() && readHeader(object, format))
      body(object, document);
    object.finish();
  }
  if (!report.empty())
    return tl::unexpected(report.take());
  return document;
}

/// Reads FILE and parses it.
template <typename T>
Result<T> readDocument(const std::string &file,
                       Result<T> (*parse)(std::string_view, const std::string &)) {
  auto text = readFile(file);
  if (!text)
    return tl::unexpected(std::move(text.error()));
  return parse(*text, file);
}

} // namespace ripple::model

#endif
