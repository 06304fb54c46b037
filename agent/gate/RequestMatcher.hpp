//===- RequestMatcher.hpp - Which request kind a request is ------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// The gate's request kinds as rules, in the order in which the framework tries
// its handlers. Header only; C++17.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_GATE_REQUESTMATCHER_HPP
#define RIPPLE_GATE_REQUESTMATCHER_HPP

#include "agent/gate/ripple_gate.h"

#include <map>
#include <regex>
#include <string>
#include <vector>

namespace ripple::gate {

/// Built once; `match` is const and may be called from any thread.
class RequestMatcher {
public:
  explicit RequestMatcher(const ripple_gate *gate) {
    for (std::uint32_t kind = 1; kind < ripple_gate_kind_count(gate); ++kind) {
      ripple_gate_kind row{};
      if (ripple_gate_kind_at(gate, kind, &row) == 0)
        add(makeRule(kind, row.path), row.method);
    }
  }

  /// The kind of a request by its method and decoded path, without the query. 0, *other*, where
  /// none matches, and where a rule that comes first cannot be evaluated.
  std::uint32_t match(const std::string &method, const std::string &path) const {
    auto own = ByMethod.find(method);
    for (const Rule &rule : own == ByMethod.end() ? AnyMethod : own->second)
      switch (test(rule, path)) {
      case Answer::No:
        break;
      case Answer::Yes:
        return rule.kind;
      case Answer::Unclear:
        return 0;
      }
    return 0;
  }

private:
  enum class Form { Literal, Pattern, Prefix, Unclear };
  enum class Answer { No, Yes, Unclear };
  struct Rule {
    std::uint32_t kind = 0;
    Form form = Form::Unclear;
    std::string text;
    std::regex pattern;
  };

  static bool endsWith(const std::string &text, const std::string &end) {
    return text.size() >= end.size() &&
           text.compare(text.size() - end.size(), end.size(), end) == 0;
  }

  /// {name} is one segment; all other characters match themselves.
  static std::string patternOfBraces(const std::string &path) {
    std::string pattern;
    for (std::size_t i = 0; i < path.size(); ++i) {
      std::size_t close = path[i] == '{' ? path.find('}', i) : std::string::npos;
      if (close != std::string::npos) {
        pattern += "[^/]+";
        i = close;
      } else {
        if (std::string("^$\\.*+?()[]{}|").find(path[i]) != std::string::npos)
          pattern += '\\';
        pattern += path[i];
      }
    }
    return pattern;
  }

  static Rule makeRule(std::uint32_t kind, const std::string &path) {
    Rule rule;
    rule.kind = kind;
    rule.text = path;
    if (path.find("<dynamic:") != std::string::npos)
      return rule;
    if (path.rfind("~ ", 0) == 0 || path.find('{') != std::string::npos)
      try {
        rule.pattern.assign(path[0] == '~' ? path.substr(2) : patternOfBraces(path));
        rule.form = Form::Pattern;
      } catch (const std::regex_error &) {
        rule.form = Form::Unclear;
      }
    else if (endsWith(path, "/**")) {
      rule.text = path.substr(0, path.size() - 2);
      rule.form = Form::Prefix;
    } else {
      rule.form = Form::Literal;
    }
    return rule;
  }

  /// A rule for any method stands in every list, at its place in the order.
  void add(Rule rule, const std::string &method) {
    if (method == "*") {
      for (auto &[name, rules] : ByMethod)
        rules.push_back(rule);
      AnyMethod.push_back(std::move(rule));
      return;
    }
    auto found = ByMethod.find(method);
    if (found == ByMethod.end())
      found = ByMethod.emplace(method, AnyMethod).first;
    found->second.push_back(std::move(rule));
  }

  static Answer test(const Rule &rule, const std::string &path) {
    bool matches = false;
    switch (rule.form) {
    case Form::Literal:
      matches = path == rule.text;
      break;
    case Form::Prefix: // "/static/**" is "/static/" and what follows, and "/static" itself
      matches = path.compare(0, rule.text.size(), rule.text) == 0 || path + "/" == rule.text;
      break;
    case Form::Pattern:
      try {
        matches = std::regex_match(path, rule.pattern);
      } catch (const std::regex_error &) {
        return Answer::Unclear;
      }
      break;
    case Form::Unclear:
      return Answer::Unclear;
    }
    return matches ? Answer::Yes : Answer::No;
  }

  std::map<std::string, std::vector<Rule>> ByMethod;
  std::vector<Rule> AnyMethod; ///< For methods that no rule names.
};

} // namespace ripple::gate

#endif
