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

  explicit JsonWriter(Form form = Form::Indented) : form_(form) {}

  bool isCanonical() const { return form_ == Form::Canonical; }

  void beginObject() { begin('{'); }
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

  /// The text; indented, it ends with a newline. Every container has been ended.
  std::string take();

private:
  struct Frame {
    char open = '[';
    bool empty = true;
    std::size_t bodyStart = 0; ///< In text_.
    /// Canonical objects: where each member starts, with its key, until they are sorted.
    std::vector<std::pair<std::size_t, std::string>> members;
  };

  void begin(char open);
  void beforeValue();
  void newline();
  void scalar(std::string_view text);
  void sortMembers(const Frame &frame);

  Form form_;
  std::string text_;
  std::vector<Frame> frames_;
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
