//===- YamlParse.cpp - YAML text to a Tree --------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Scalars are read by the core schema of YAML 1.2 (section 10.3.2): 'yes' and
// 'no' are texts. An alias stands for a copy of what its anchor names; how much
// all aliases together may add is bounded.
//
//===----------------------------------------------------------------------===//
#include "model/TreeBuilder.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <optional>
#include <sstream>
#include <unordered_map>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

namespace ripple::model {
namespace {

/// Values that all aliases of a text may add together.
constexpr std::size_t aliasedMax = 100'000;

/// Ends yaml-cpp's parse; what is wrong has been reported.
struct Stop {};

bool isDigits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::optional<std::int64_t> parseInteger(std::string_view text, int base) {
  std::int64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size())
    return std::nullopt;
  return value;
}

/// The number that TEXT is: [-+]?[0-9]+ , 0o…, 0x…, or a decimal fraction.
std::optional<Node> parseNumber(std::string_view text, std::uint32_t line) {
  if (text.starts_with("0o") || text.starts_with("0x")) {
    bool signFree = text.size() > 2 && text[2] != '-';
    auto value = signFree ? parseInteger(text.substr(2), text[1] == 'o' ? 8 : 16) : std::nullopt;
    return value ? std::optional(Node::integer(*value, line)) : std::nullopt;
  }
  std::string_view number = text.starts_with('+') ? text.substr(1) : text;
  std::string_view digits = number.starts_with('-') ? number.substr(1) : number;
  if (digits.empty() || (number != text && number.starts_with('-')))
    return std::nullopt;
  if (isDigits(digits))
    if (auto value = parseInteger(number, 10))
      return Node::integer(*value, line);
  // from_chars would take "inf" and "nan" too, which are texts here.
  if (digits[0] != '.' && !isDigits(digits.substr(0, 1)))
    return std::nullopt;
  double value = 0;
  auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  if (error != std::errc() || end != number.data() + number.size())
    return std::nullopt;
  return Node::real(value, line);
}

bool isOneOf(std::string_view text, std::initializer_list<std::string_view> words) {
  for (std::string_view word : words)
    if (text == word)
      return true;
  return false;
}

class YamlHandler : public YAML::EventHandler {
public:
  explicit YamlHandler(TreeBuilder &builder) : builder_(builder) {}

  void OnDocumentStart(const YAML::Mark &) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark &mark, YAML::anchor_t anchor) override {
    if (takeKey("", mark))
      return;
    scalar(Node::null(lineOf(mark)), anchor);
  }

  void OnScalar(const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor,
                const std::string &value) override {
    // yaml-cpp's tag of a plain scalar is "?".
    lastQuoted_ = tag == "?" ? std::string_view::npos : static_cast<std::size_t>(mark.pos);
    if (takeKey(value, mark))
      return;
    scalar(resolve(tag, value, mark), anchor);
  }

  /// Where the last scalar of the text starts, if it may be a quoted one.
  std::size_t lastQuoted() const { return lastQuoted_; }

  void OnAlias(const YAML::Mark &mark, YAML::anchor_t anchor) override {
    if (awaitsKey())
      refuse(mark, "an alias cannot be a key");
    auto known = anchors_.find(anchor);
    if (known == anchors_.end())
      refuse(mark, "this alias stands inside of what it names", "write the value out");
    aliased_ += known->second.values;
    if (aliased_ > aliasedMax)
      refuse(mark, fmt::format("aliases add more than {} values", aliasedMax),
             "write the values out");
    builder_.scalar(known->second.node);
    valueDone(known->second.values);
  }

  void OnSequenceStart(const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    begin(Node::Kind::Array, mark, tag, anchor, "tag:yaml.org,2002:seq");
  }
  void OnMapStart(const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    begin(Node::Kind::Object, mark, tag, anchor, "tag:yaml.org,2002:map");
  }
  void OnSequenceEnd() override { end(); }
  void OnMapEnd() override { end(); }

private:
  struct Open {
    bool isObject;
    bool keyRead = false;
    YAML::anchor_t anchor;
    std::size_t values = 1; ///< In it, itself counted.
  };
  struct Anchored {
    Node node;
    std::size_t values;
  };

  static std::uint32_t lineOf(const YAML::Mark &mark) {
    return static_cast<std::uint32_t>(mark.line + 1);
  }

  bool awaitsKey() const {
    return !open_.empty() && open_.back().isObject && !open_.back().keyRead;
  }

  bool takeKey(std::string_view text, const YAML::Mark &mark) {
    if (!awaitsKey())
      return false;
    builder_.key(text, lineOf(mark));
    open_.back().keyRead = true;
    return true;
  }

  void scalar(Node node, YAML::anchor_t anchor) {
    builder_.scalar(node);
    if (anchor != YAML::NullAnchor)
      anchors_[anchor] = {node, 1};
    valueDone(1);
  }

  void begin(Node::Kind kind, const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor,
             std::string_view ownTag) {
    if (awaitsKey())
      refuse(mark, "a list or mapping cannot be a key", "write a text as the key");
    if (!isOneOf(tag, {"", "?", "!", ownTag}))
      refuse(mark, fmt::format("the tag '{}' is not known", tag), "remove it");
    if (!builder_.begin(kind, lineOf(mark)))
      throw Stop();
    open_.push_back({kind == Node::Kind::Object, false, anchor});
  }

  void end() {
    Open ended = open_.back();
    open_.pop_back();
    Node node = builder_.end();
    if (ended.anchor != YAML::NullAnchor)
      anchors_[ended.anchor] = {node, ended.values};
    valueDone(ended.values);
  }

  void valueDone(std::size_t values) {
    if (open_.empty())
      return;
    open_.back().keyRead = false;
    open_.back().values += values;
  }

  Node resolve(const std::string &tag, std::string_view text, const YAML::Mark &mark) {
    std::uint32_t line = lineOf(mark);
    if (isOneOf(tag, {"!", "tag:yaml.org,2002:str"}))
      return Node::string(builder_.keep(text), line);
    if (!isOneOf(tag, {"", "?"}))
      refuse(mark, fmt::format("the tag '{}' is not known", tag), "remove it");
    if (isOneOf(text, {"", "~", "null", "Null", "NULL"}))
      return Node::null(line);
    if (isOneOf(text, {"true", "True", "TRUE"}))
      return Node::boolean(true, line);
    if (isOneOf(text, {"false", "False", "FALSE"}))
      return Node::boolean(false, line);
    if (auto number = parseNumber(text, line))
      return *number;
    return Node::string(builder_.keep(text), line);
  }

  [[noreturn]] void refuse(const YAML::Mark &mark, std::string what, std::string remedy = {}) {
    builder_.report().add(Place{builder_.report().file(), mark.line + 1, builder_.pointer()},
                          std::move(what), std::move(remedy));
    throw Stop();
  }

  TreeBuilder &builder_;
  std::vector<Open> open_;
  std::unordered_map<YAML::anchor_t, Anchored> anchors_;
  std::size_t aliased_ = 0;
  std::size_t lastQuoted_ = std::string_view::npos;
};

/// True where the scalar at the start of TEXT opens a quote that nothing closes. yaml-cpp takes all
/// the rest of the text as its value then.
bool isUnclosed(std::string_view text) {
  std::size_t start = text.find_first_of("\"'|>\n");
  if (start == std::string_view::npos || (text[start] != '"' && text[start] != '\''))
    return false;
  char quote = text[start];
  for (std::size_t i = start + 1; i < text.size(); ++i) {
    if (quote == '"' && text[i] == '\\')
      ++i;
    else if (quote == '\'' && text.substr(i).starts_with("''"))
      ++i;
    else if (text[i] == quote)
      return false;
  }
  return true;
}

/// Throws what yaml-cpp throws, and Stop.
bool parseDocuments(std::string_view text, TreeBuilder &builder) {
  std::istringstream stream{std::string(text)};
  YAML::Parser parser(stream);
  YamlHandler handler(builder);
  Report &report = builder.report();
  if (!parser.HandleNextDocument(handler)) {
    report.add(Place{report.file(), 1, ""}, "the document is empty",
               "it has to begin with 'format' and 'version'");
    return false;
  }
  std::size_t last = handler.lastQuoted();
  if (last < text.size() && isUnclosed(text.substr(last))) {
    auto line = 1 + std::ranges::count(text.substr(0, last), '\n');
    report.add(Place{report.file(), static_cast<int>(line), ""},
               "a quote is opened and never closed", "close it");
    return false;
  }
  if (parser) {
    report.add(Place{report.file(), 0, ""}, "the file holds more than one YAML document",
               "write each into a file of its own");
    return false;
  }
  return true;
}

} // namespace

bool parseYaml(std::string_view text, TreeBuilder &builder) {
  Report &report = builder.report();
  try {
    return parseDocuments(text, builder);
  } catch (const Stop &) {
    return false;
  } catch (const YAML::Exception &error) {
    int line = error.mark.is_null() ? 0 : error.mark.line + 1;
    report.add(Place{report.file(), line, ""}, fmt::format("this is not YAML: {}", error.msg));
    return false;
  } catch (const std::exception &error) {
    report.add(Place{report.file(), 0, ""}, fmt::format("this is not YAML: {}", error.what()));
    return false;
  }
}

} // namespace ripple::model
