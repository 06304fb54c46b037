//===- JsonParse.cpp - JSON text to a Tree --------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// nlohmann's SAX parser gives no positions, so its input is an iterator that
// counts lines as it is read. The parser reads one character ahead only after
// a number, whose line is therefore that of its last digit.
//
//===----------------------------------------------------------------------===//
#include "model/TreeBuilder.h"

#include <fmt/format.h>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>

namespace ripple::model {
namespace {

using Json = nlohmann::json;

struct Position {
  std::uint32_t line = 1;
  bool afterNewline = false; ///< The last character read was a line's end.
};

/// Reads characters and keeps a Position of what was read last.
class CountingIterator {
public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char *;
  using reference = const char &;

  CountingIterator(const char *at, Position *position) : at_(at), position_(position) {}
  reference operator*() const { return *at_; }
  CountingIterator &operator++() {
    position_->afterNewline = *at_++ == '\n';
    position_->line += position_->afterNewline;
    return *this;
  }
  CountingIterator operator++(int) {
    CountingIterator old = *this;
    ++*this;
    return old;
  }
  bool operator==(const CountingIterator &other) const { return at_ == other.at_; }
  bool operator!=(const CountingIterator &other) const { return at_ != other.at_; }

private:
  const char *at_;
  Position *position_;
};

/// "unexpected end of input; expected '}'" out of nlohmann's long message, which quotes all of what
/// it read last.
std::string shortened(std::string_view message) {
  constexpr std::size_t shownMax = 300;
  if (auto start = message.find("syntax error"); start != std::string_view::npos)
    message.remove_prefix(start);
  else if (auto end = message.find("] "); end != std::string_view::npos)
    message.remove_prefix(end + 2);
  if (message.size() <= shownMax)
    return std::string(message);
  std::size_t cut = shownMax;
  while ((static_cast<unsigned char>(message[cut]) & 0xC0) == 0x80)
    --cut;
  return std::string(message.substr(0, cut)) + "…";
}

class JsonHandler {
public:
  using number_integer_t = Json::number_integer_t;
  using number_unsigned_t = Json::number_unsigned_t;
  using number_float_t = Json::number_float_t;
  using string_t = Json::string_t;
  using binary_t = Json::binary_t;

  JsonHandler(TreeBuilder &builder, const Position &position)
      : builder_(builder), position_(position) {}

  bool null() { return scalar(Node::null(position_.line)); }
  bool boolean(bool value) { return scalar(Node::boolean(value, position_.line)); }
  bool number_integer(std::int64_t value) { return scalar(Node::integer(value, numberLine())); }
  bool number_unsigned(std::uint64_t value) {
    if (value > static_cast<std::uint64_t>(INT64_MAX))
      return scalar(Node::real(static_cast<double>(value), numberLine()));
    return scalar(Node::integer(static_cast<std::int64_t>(value), numberLine()));
  }
  bool number_float(double value, const std::string &) {
    return scalar(Node::real(value, numberLine()));
  }
  bool string(const std::string &value) {
    return scalar(Node::string(builder_.keep(value), position_.line));
  }
  bool binary(const Json::binary_t &) { return false; } // Never comes from JSON text.
  bool start_object(std::size_t) { return builder_.begin(Node::Kind::Object, position_.line); }
  bool start_array(std::size_t) { return builder_.begin(Node::Kind::Array, position_.line); }
  bool key(const std::string &text) {
    builder_.key(text, position_.line);
    return true;
  }
  bool end_object() { return end(); }
  bool end_array() { return end(); }

  bool parse_error(std::size_t, const std::string &, const Json::exception &error) {
    builder_.report().add(
        Place{builder_.report().file(), static_cast<int>(numberLine()), builder_.pointer()},
        fmt::format("this is not JSON: {}", shortened(error.what())));
    return false;
  }

private:
  bool scalar(Node node) {
    builder_.scalar(node);
    return true;
  }
  bool end() {
    builder_.end();
    return true;
  }
  /// Where the parser has read one character ahead.
  std::uint32_t numberLine() const { return position_.line - position_.afterNewline; }

  TreeBuilder &builder_;
  const Position &position_;
};

} // namespace

bool parseJson(std::string_view text, TreeBuilder &builder) {
  Position position;
  JsonHandler handler(builder, position);
  CountingIterator begin(std::to_address(text.begin()), &position);
  CountingIterator end(std::to_address(text.end()), &position);
  return Json::sax_parse(begin, end, &handler);
}

} // namespace ripple::model
