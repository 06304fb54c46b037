//===- Sarif.cpp - What is not known, as SARIF 2.1.0 ------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// With Clang's writer, which takes places from a SourceManager: one is filled
// with the files that results are in, as they are on disk now. A result whose
// file is not there names its place in its message.
//
//===----------------------------------------------------------------------===//
#include "analyzer/Sarif.h"

#include <algorithm>
#include <array>
#include <clang/Basic/Diagnostic.h>
#include <clang/Basic/FileManager.h>
#include <clang/Basic/Sarif.h>
#include <clang/Basic/SourceManager.h>
#include <fmt/format.h>
#include <llvm/Support/JSON.h>
#include <llvm/Support/raw_ostream.h>
#include <map>
#include <optional>
#include <set>
#include <tuple>

namespace ripple::analyzer {
namespace {

/// The lines of files, as the writer wants them.
class Lines {
public:
  explicit Lines(std::string root) : sourceRoot(std::move(root)) {}

  /// The text of LINE of FILE (absolute, or relative to the source root), without what it is
  /// indented by; nothing where there is no such line.
  std::optional<clang::CharSourceRange> find(const std::string &file, unsigned line) {
    auto entry = files.getOptionalFileRef(absoluteIn(sourceRoot, file));
    if (!entry || line == 0)
      return std::nullopt;
    const clang::FileID id = manager.getOrCreateFileID(*entry, clang::SrcMgr::C_User);
    const llvm::StringRef text = manager.getBufferData(id);
    const clang::SourceLocation start = manager.translateLineCol(id, line, 1);
    if (start.isInvalid() || manager.getSpellingLineNumber(start) != line)
      return std::nullopt;
    const unsigned offset = manager.getFileOffset(start);
    const llvm::StringRef whole = text.substr(offset).take_until([](char c) { return c == '\n'; });
    const auto indent = static_cast<int>(whole.size() - whole.ltrim().size());
    const auto end = static_cast<int>(whole.rtrim().size());
    return clang::CharSourceRange::getCharRange(start.getLocWithOffset(std::min(indent, end)),
                                                start.getLocWithOffset(end));
  }

  clang::FileManager files{clang::FileSystemOptions{}};
  clang::DiagnosticsEngine diagnostics{new clang::DiagnosticIDs, new clang::DiagnosticOptions,
                                       new clang::IgnoringDiagConsumer};
  clang::SourceManager manager{diagnostics, files};

private:
  std::string sourceRoot;
};

enum Rule : std::uint8_t { Unresolved, Unclassified, Incomplete, Ignored };

struct RuleText {
  const char *id, *name, *description;
};
constexpr std::array<RuleText, 4> ruleTexts = {{
    {"unresolved", "Unresolved",
     "A call that could not be resolved. Requests that may come to it count as touching every "
     "component that it could reach."},
    {"unclassified", "Unclassified",
     "Code that no package, build target or catalog rule owns. It counts as a component of its "
     "own."},
    {"incomplete", "Incomplete",
     "Code that was not understood: a source that does not compile for the analyzer, or a "
     "registration of a request. What it does counts as not known."},
    {"ignored", "Ignored",
     "A use of a component that a comment in the source takes out of the list: `ripple: "
     "ignore(COMPONENT) REASON`. Where it is used after all, it is replaced under requests that "
     "run."},
}};

class Report {
public:
  Report(const Analysis &everything, const std::string &version)
      : analysis(everything), lines(everything.sourceRoot), writer(lines.manager) {
    writer.createRun("ripple-analyzer", "Ripple's analyzer", version);
    for (const RuleText &rule : ruleTexts)
      rules.push_back(writer.createRule(
          clang::SarifRule::create().setRuleId(rule.id).setName(rule.name).setDescription(
              rule.description)));
  }

  std::string write() {
    addUnresolved();
    addUnclassified();
    addIncomplete();
    addIgnored();
    writer.endRun();
    llvm::json::Object document = writer.createDocument();
    for (llvm::json::Value &run : *document.getArray("runs"))
      correct(*run.getAsObject());
    std::string out;
    llvm::raw_string_ostream(out) << llvm::formatv("{0:2}", llvm::json::Value(std::move(document)));
    return out + "\n";
  }

private:
  /// Clang's writer names Clang's manual, and lists the artefacts in the order of a hash table,
  /// although their indices are what results refer to them by (SARIF 2.1.0, 3.4.5).
  static void correct(llvm::json::Object &run) {
    run.getObject("tool")->getObject("driver")->erase("informationUri");
    llvm::json::Array &artefacts = *run.getArray("artifacts");
    auto indexOf = [](const llvm::json::Value &artefact) {
      return artefact.getAsObject()->getObject("location")->getInteger("index").value_or(0);
    };
    std::sort(artefacts.begin(), artefacts.end(),
              [&](const auto &a, const auto &b) { return indexOf(a) < indexOf(b); });
  }

  void add(Rule rule, const std::string &file, unsigned line, std::string message) {
    auto range = lines.find(file, line);
    if (!range && !file.empty())
      message = line == 0 ? fmt::format("{}: {}", file, message)
                          : fmt::format("{}:{}: {}", file, line, message);
    auto result = clang::SarifResult::create(static_cast<std::uint32_t>(rules[rule]))
                      .setRuleId(ruleTexts[rule].id)
                      .setDiagnosticMessage(llvm::json::fixUTF8(message))
                      .setDiagnosticLevel(rule == Incomplete ? clang::SarifResultLevel::Error
                                          : rule == Ignored  ? clang::SarifResultLevel::Note
                                                             : clang::SarifResultLevel::Warning);
    if (range)
      result = result.setLocations({*range});
    writer.appendResult(result);
  }

  /// One result a place, with the requests that may come to it.
  void addUnresolved() {
    using Key = std::tuple<std::string, unsigned, std::string, std::vector<std::string>>;
    std::map<Key, std::set<std::string>> found;
    auto keyOf = [](const model::Unresolved &entry) {
      return Key(entry.file, entry.line, entry.reason, entry.couldReach);
    };
    for (const model::Unresolved &entry : analysis.list.unresolved)
      found[keyOf(entry)];
    for (const model::Application &application : analysis.list.applications)
      for (const model::RequestKind &request : application.requests)
        for (const model::Unresolved &entry : request.unresolved)
          found[keyOf(entry)].insert(application.name + ": " + request.id);
    for (const auto &[key, requests] : found) {
      const auto &[file, line, reason, couldReach] = key;
      std::string message = fmt::format("{}; could reach {}", reason,
                                        couldReach == std::vector<std::string>{"*"}
                                            ? "any component"
                                            : fmt::format("{}", fmt::join(couldReach, ", ")));
      if (!requests.empty())
        message += fmt::format("; on the way of {}", fmt::join(requests, ", "));
      add(Unresolved, file, line, std::move(message));
    }
  }

  void addUnclassified() {
    constexpr std::string_view unknown = "unknown:";
    for (const model::Component &component : analysis.list.components)
      if (component.origin.starts_with(unknown))
        add(Unclassified, "", 0,
            fmt::format("{}: no package, target or catalog rule owns the headers in {}; add a "
                        "component with `headers` to a catalog",
                        component.id, component.origin.substr(unknown.size())));
  }

  void addIncomplete() {
    for (const Diagnostic &error : analysis.errors)
      add(Incomplete, error.file, error.line,
          "does not compile for the analyzer, so what this source does is not known: " +
              error.message);
    for (const HandlerListing &handler : analysis.handlers)
      for (const std::string &doubt : handler.doubts)
        add(Incomplete, handler.file, handler.line,
            fmt::format("{}: {}: not understood: {}", handler.application,
                        handler.request.id.empty() ? "every request" : handler.request.id, doubt));
  }

  void addIgnored() {
    for (const model::Ignored &entry : analysis.list.ignored)
      add(Ignored, entry.file, entry.line,
          fmt::format("{}: {} is taken out here: {}", entry.application, entry.component,
                      entry.reason));
  }

  const Analysis &analysis;
  Lines lines;
  clang::SarifDocumentWriter writer;
  std::vector<std::size_t> rules; ///< By Rule.
};

} // namespace

std::string sarifReport(const Analysis &analysis, const std::string &toolVersion) {
  return Report(analysis, toolVersion).write();
}

} // namespace ripple::analyzer
