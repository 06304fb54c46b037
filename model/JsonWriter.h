//===- JsonWriter.h - Writes JSON, for people or for digests ----*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// One writer serves both: what is written once for a document is its text and,
// in canonical form, what its digest is made of.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_MODEL_JSONWRITER_H
#define RIPPLE_MODEL_JSONWRITER_H

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace ripple::model {

class JsonWriter {
public:
  enum class Form {
    Indented,  ///< By two, keys in the order in which they come.
    Canonical, ///< RFC 8785.
  };

  using Sink = std::function<void(std::string_view)>;

  explicit JsonWriter(Form form = Form::Indented) : form_(form) {}
  /// Canonical. What is certain to stay goes to SINK, piece by piece, instead of being kept.
  explicit JsonWriter(Sink sink) : form_(Form::Canonical), sink_(std::move(sink)) {}

  bool isCanonical() const { return form_ == Form::Canonical; }

  void beginObject() { begin('{'); }
  /// Its keys come in their canonical order: so what is written need not wait for the object's end.
  void beginSortedObject() { begin('{', true); }
  void endObject();
  void beginArray() { begin('['); }
  void endArray();
  /// Before each value of an object. No key comes twice.
  void key(std::string_view name);

  void string(std::string_view text);
  void boolean(bool value) { scalar(value ? "true" : "false"); }
  void integer(std::int64_t value) { scalar(std::to_string(value)); }
  void number(double value);
  void null() { scalar("null"); }

  /// The text that no sink took; indented, it ends with a newline. Every container has been ended.
  std::string take();

private:
  struct Frame {
    char open = '[';
    bool empty = true;
    bool sorted = false;         ///< By who writes; no need to do it at the end.
    std::size_t bodyStart = 0;   ///< In text_.
    std::size_t firstMember = 0; ///< In members_.
  };
  /// One of a canonical object that is to be sorted when it ends.
  struct Member {
    std::size_t start;             ///< In text_.
    std::size_t keyStart, keySize; ///< In keys_.
  };

  void begin(char open, bool sorted = false);
  /// Will the innermost container be put in order when it ends?
  bool isToSort() const {
    return isCanonical() && frames_.back().open == '{' && !frames_.back().sorted;
  }
  void end(char close);
  void beforeValue();
  void newline();
  void scalar(std::string_view text);
  void sortMembers(const Frame &frame);
  void spill();

  Form form_;
  Sink sink_;
  std::string text_;
  std::vector<Frame> frames_;
  std::vector<Member> members_; ///< Of all open objects that are to be sorted, innermost last.
  std::string keys_;            ///< Theirs, without escapes.
  std::string body_;            ///< Room to sort in.
  bool afterKey_ = false;
};

/// The RFC 8785 form of JSON (or YAML) text TEXT; "" where it is none or uses a key twice.
std::string canonicalForm(std::string_view text);

/// Appends TEXT to OUT in quotes, escaped as RFC 8785 (3.2.2.2) says.
void appendQuoted(std::string &out, std::string_view text);

/// True where A comes before B by UTF-16 code units (RFC 8785, 3.2.3). Both are UTF-8.
bool comesBeforeUtf16(std::string_view a, std::string_view b);

} // namespace ripple::model

#endif
