//===- Writer.h - Writes structs as JSON ------------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// The counterpart of Reader.h: one function
//
//   void write(JsonWriter &writer, const T &value);
//
// for each struct. The same function makes the text that people read and, with a
// canonical JsonWriter, what the digest is made of: there, defaults are filled in
// and set-like lists are sorted.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_MODEL_WRITER_H
#define RIPPLE_MODEL_WRITER_H

#include "model/Document.h"
#include "model/JsonWriter.h"
#include "model/Sort.h"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <vector>

namespace ripple::model {

inline void write(JsonWriter &writer, std::string_view text) { writer.string(text); }
inline void write(JsonWriter &writer, const std::string &text) { writer.string(text); }
inline void write(JsonWriter &writer, bool value) { writer.boolean(value); }
inline void write(JsonWriter &writer, int value) { writer.integer(value); }
inline void write(JsonWriter &writer, unsigned value) { writer.integer(value); }
inline void write(JsonWriter &writer, std::int64_t value) { writer.integer(value); }
inline void write(JsonWriter &writer, double value) { writer.number(value); }
inline void write(JsonWriter &writer, Milliseconds value) { writer.string(formatDuration(value)); }

template <typename T>
  requires std::is_enum_v<T>
void write(JsonWriter &writer, T value) {
  writer.string(toString(value));
}

template <typename T> void write(JsonWriter &writer, const std::optional<T> &value) {
  if (value)
    write(writer, *value);
  else
    writer.null();
}

template <typename T> void write(JsonWriter &writer, const std::vector<T> &list) {
  writer.beginArray();
  for (const T &element : list)
    write(writer, element);
  writer.endArray();
}

/// One mapping: begins with the object, ends with it.
class ObjectWriter {
public:
  enum class Keys {
    Any,
    Sorted, ///< They come in their canonical order (JsonWriter::beginSortedObject).
  };
  explicit ObjectWriter(JsonWriter &writer, Keys keys = Keys::Any) : writer_(writer) {
    keys == Keys::Sorted ? writer.beginSortedObject() : writer.beginObject();
  }
  ~ObjectWriter() { writer_.endObject(); }
  ObjectWriter(const ObjectWriter &) = delete;
  ObjectWriter &operator=(const ObjectWriter &) = delete;

  JsonWriter &writer() { return writer_; }
  JsonWriter &key(std::string_view name) {
    writer_.key(name);
    return writer_;
  }

  template <typename T> void field(std::string_view name, const T &value) {
    write(key(name), value);
  }
  /// Left out where VALUE is what a reader takes when the key is absent, but for digests.
  template <typename T>
  void optional(std::string_view name, const T &value, const T &absent = T()) {
    if (writer_.isCanonical() || value != absent)
      field(name, value);
  }
  /// A list whose order means nothing, sorted by KEY.
  template <typename T, typename Key = std::identity>
  void set(std::string_view name, const std::vector<T> &list, Key by = {}) {
    key(name).beginArray();
    for (const T *element : sorted(list, by))
      write(writer_, *element);
    writer_.endArray();
  }
  template <typename T, typename Key = std::identity>
  void optionalSet(std::string_view name, const std::vector<T> &list, Key by = {}) {
    if (writer_.isCanonical() || !list.empty())
      set(name, list, by);
  }
  /// A list in the order in which people read it, which means nothing: sorted for digests only.
  template <typename T, typename Key>
  void shown(std::string_view name, const std::vector<T> &list, Key by) {
    if (writer_.isCanonical())
      set(name, list, by);
    else
      field(name, list);
  }

private:
  JsonWriter &writer_;
};

/// The text of a whole document: FORMAT, VERSION, and what BODY writes.
template <typename Body>
std::string writeDocument(JsonWriter::Form form, std::string_view format, Body body) {
  JsonWriter writer(form);
  {
    ObjectWriter object(writer);
    object.field("format", format);
    object.field("version", std::string_view("1.0"));
    body(object);
  }
  return writer.take();
}

} // namespace ripple::model

#endif
