//===- CommandLine.cpp - `ripple analyze` -----------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/CommandLine.h"
#include "analyzer/Analyze.h"
#include "analyzer/Depfile.h"
#include "analyzer/FactsCache.h"
#include "analyzer/GateTable.h"
#include "analyzer/Reports.h"
#include "analyzer/Sarif.h"
#include "analyzer/Workers.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <llvm/Config/llvm-config.h>
#include <thread>
#include <unistd.h>

namespace ripple::analyzer {
namespace {

struct Options {
  AnalyzeOptions analyze;
  std::vector<std::string> binaries, applications; ///< As written: APP=VALUE.
  std::vector<std::string> libraryPath, preload;   ///< As written, ':' between several.
  std::string format = "json", output, depfile, color = "auto";
  bool requireComplete = false, detailedExitCode = false, noCache = false, listHandlers = false;
};

void say(const std::string &text) { fmt::print(stderr, "{}", text); }

void declare(CLI::App &app, Options &options) {
  Request &request = options.analyze.request;
  app.add_option("-p", request.buildFolder, "Build folder, with compile_commands.json")
      ->type_name("BUILD")
      ->required();
  app.add_option("--target", request.targets, "Programs to analyze, by build target")
      ->type_name("NAME")
      ->allow_extra_args(true);
  app.add_option("--binary", options.binaries, "The binary of an application")
      ->type_name("APP=PATH");
  app.add_option("--application", options.applications,
                 "The sources of an application: a glob on paths")
      ->type_name("APP=GLOB");
  app.add_option("--catalog", options.analyze.catalogs,
                 "Rules for your own components and frameworks; they come before the shipped ones")
      ->type_name("FILE");
  app.add_option("--source-root", request.sourceRoot,
                 "Files below it are your own (default: the build's home directory)")
      ->type_name("DIR");
  app.add_option("--library-path", options.libraryPath,
                 "Folders of the server's LD_LIBRARY_PATH, with ':' between them")
      ->type_name("DIR");
  app.add_option(
         "--preload", options.preload,
         "Libraries of the server's LD_PRELOAD or /etc/ld.so.preload, with ':' between them")
      ->type_name("FILE");
  app.add_option("-j", options.analyze.jobs,
                 "Sources parsed at one time (default: one for each processor, if there are 600 MB "
                 "of free memory for each)")
      ->type_name("N")
      ->check(CLI::Range(1, 1024));
  app.add_option("--cache", options.analyze.cacheFolder,
                 "Where facts of unchanged sources are kept (default: " +
                     (defaultCacheFolder().empty() ? "none" : defaultCacheFolder()) + ")")
      ->type_name("DIR");
  app.add_flag("--no-cache", options.noCache, "Parses everything, keeps nothing");
  app.add_flag("--require-complete", options.requireComplete,
               "Exit code 3 where something is not resolved; the list is written all the same");
  app.add_flag("--detailed-exitcode", options.detailedExitCode,
               "Exit code 2 where something is not resolved");
  app.add_flag(
      "--by-class-hierarchy", options.analyze.byHierarchy,
      "Follows no values: calls go to all that class hierarchy and type allow (to compare)");
  app.add_flag("--list-handlers", options.listHandlers,
               "What registers requests, by which rule; no list is made");
  app.add_option("--format", options.format, "json, text, dot, gate, sarif or cyclonedx")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"json", "text", "dot", "gate", "sarif", "cyclonedx"}))
      ->capture_default_str();
  app.add_option("-o", options.output, "Written whole or not at all (default: standard output)")
      ->type_name("FILE");
  app.add_option("--depfile", options.depfile,
                 "Says in Make's syntax which files the output of -o depends on")
      ->type_name("FILE");
  app.add_option("--color", options.color, "auto, always or never")
      ->check(CLI::IsMember({"auto", "always", "never"}));
  app.set_version_flag("--version", std::string("ripple-analyzer ") + RIPPLE_VERSION);
}

/// "shop=build/shop" → ("shop", "build/shop").
bool split(const std::vector<std::string> &words, std::string_view option, std::string_view what,
           std::vector<std::pair<std::string, std::string>> &out) {
  bool good = true;
  for (const std::string &word : words) {
    const std::size_t at = word.find('=');
    if (at == std::string::npos || at == 0 || at + 1 == word.size()) {
      say(fmt::format("ripple analyze: {} {}: is not APP={}; write the application's name, '=' and "
                      "the {}\n",
                      option, word, what, what == "PATH" ? "path of its binary" : "glob"));
      good = false;
    } else {
      out.emplace_back(word.substr(0, at), word.substr(at + 1));
    }
  }
  return good;
}

/// What the server tells its loader, absolute; false where a folder or file is not there.
bool readEnvironment(const Options &options, LoaderEnvironment &out) {
  bool good = true;
  auto read = [&](std::string_view option, const std::vector<std::string> &words,
                  std::vector<std::string> &to, bool isFolder) {
    for (const std::string &word : words)
      for (std::string each : CLI::detail::split(word, ':')) {
        std::error_code error;
        const bool isAsked =
            each.find('$') == each.npos && (isFolder || each.find('/') != each.npos);
        if (each.empty() || (isAsked && !(isFolder ? std::filesystem::is_directory(each, error)
                                                   : std::filesystem::exists(each, error)))) {
          say(fmt::format(
              "ripple analyze: {} {}: there is no {} '{}' here; name one that is as the "
              "server has it\n",
              option, word, isFolder ? "folder" : "file", each));
          good = false;
        } else {
          to.push_back(isAsked ? std::filesystem::absolute(each).lexically_normal().string()
                               : each);
        }
      }
  };
  read("--library-path", options.libraryPath, out.libraryPath, true);
  read("--preload", options.preload, out.preload, false);
  return good;
}

bool wantsColor(const Options &options) {
  if (options.color != "auto")
    return options.color == "always";
  return options.output.empty() && ::isatty(STDOUT_FILENO) && !std::getenv("NO_COLOR");
}

/// Facts made by another build of this tool are not used.
std::string toolVersion() {
  auto own = readElf("/proc/self/exe");
  return fmt::format("{} {} LLVM {}", RIPPLE_VERSION, own ? own->buildId : "", LLVM_VERSION_STRING);
}

void reportProgress(std::size_t done, std::size_t all, const std::string &unit) {
  const std::string name = unit.substr(unit.rfind('/') + 1);
  fmt::print(stderr, "\r\033[K[{}/{}] {}", done, all, name);
  if (done == all)
    fmt::print(stderr, "\r\033[K");
  std::fflush(stderr);
}

/// What was said while compiling, each with what to do about it.
void report(const Analysis &analysis) {
  for (const Diagnostic &error : analysis.errors) {
    const bool missing = error.message.find("file not found") != std::string::npos;
    say(fmt::format("{}{}{}{}\n", error.file.empty() ? "" : error.file + ":",
                    error.line           ? fmt::format("{}: ", error.line)
                    : error.file.empty() ? ""
                                         : " ",
                    error.message,
                    missing ? "; build the target first if the build generates this file" : ""));
  }
  if (!analysis.incompleteUnits.empty())
    say(fmt::format("ripple analyze: {} of {} sources do not compile here: what they do is not "
                    "known, and the list says `complete: false`\n",
                    analysis.incompleteUnits.size(), analysis.units));
  for (const std::string &note : analysis.notes)
    say(fmt::format("ripple analyze: {}\n", note));
}

/// The document in the format that was asked for; an empty result has been explained.
model::Result<std::string> render(const Options &options, const Analysis &analysis) {
  if (options.listHandlers)
    return handlersReport(analysis.handlers);
  if (options.format == "text")
    return textReport(analysis.list, wantsColor(options));
  if (options.format == "dot")
    return dotReport(analysis.list);
  if (options.format == "sarif")
    return sarifReport(analysis, RIPPLE_VERSION);
  if (options.format == "cyclonedx")
    return cycloneDxReport(analysis.list,
                           distributionOf(model::readFile("/etc/os-release").value_or("")),
                           RIPPLE_VERSION);
  if (options.format == "json")
    return model::writeComponentsList(analysis.list);
  if (analysis.list.applications.size() == 1)
    return encode(gateTable(analysis.list, analysis.list.applications.front()));
  return model::mistake({"--format gate", 0, ""},
                        fmt::format("the table is for one application; this build has {}",
                                    analysis.list.applications.size()),
                        "name one with --target");
}

/// Writes the document; the depfile before it, if there is to be one: a document that is newer than
/// what it depends on, and no word of what that is, would never be made again.
int writeOutput(const Options &options, const Analysis &analysis) {
  auto text = render(options, analysis);
  model::Result<std::string> depfile;
  if (!options.depfile.empty())
    depfile = writeDepfile(options.output, analysis.inputs);
  if (!text || !depfile) {
    say(model::describe(!text ? text.error() : depfile.error()));
    return model::ExitUsage;
  }
  model::Result<void> written;
  if (!options.depfile.empty())
    written = model::writeFile(options.depfile, *depfile);
  if (written)
    written = model::writeFile(options.output, *text);
  if (!written)
    say(model::describe(written.error()));
  return written ? model::ExitDone : model::ExitFailed;
}

int run(Options &options) {
  options.analyze.handlersOnly = options.listHandlers;
  options.analyze.toolVersion = toolVersion();
  if (options.noCache)
    options.analyze.cacheFolder.clear();
  else if (options.analyze.cacheFolder.empty())
    options.analyze.cacheFolder = defaultCacheFolder();
  if (::isatty(STDERR_FILENO))
    options.analyze.progress = reportProgress;
  auto analysis = analyze(options.analyze);
  if (!analysis) {
    say(model::describe(analysis.error()));
    return model::ExitUsage;
  }
  report(*analysis);
  if (const int code = writeOutput(options, *analysis); code != model::ExitDone)
    return code;
  const bool complete = isComplete(analysis->list) && analysis->incompleteUnits.empty();
  if (!complete && options.requireComplete) {
    say("ripple analyze: the list is not complete (--require-complete)\n");
    return model::ExitInfeasible;
  }
  const bool findings = !complete || hasFindings(analysis->list);
  return findings && options.detailedExitCode ? model::ExitFindings : model::ExitDone;
}

int parseAndRun(CLI::App &app, Options &options, std::vector<std::string> arguments) {
  std::reverse(arguments.begin(), arguments.end()); // CLI11 takes them from the back.
  try {
    app.parse(std::move(arguments));
  } catch (const CLI::ParseError &error) {
    if (error.get_exit_code() == 0)
      return app.exit(error);
    say(fmt::format("ripple analyze: {}; 'ripple analyze --help' says more\n", error.what()));
    return model::ExitUsage;
  }
  if (!options.depfile.empty() && (options.output.empty() || options.output == "-")) {
    say("ripple analyze: --depfile says what a file depends on: name the file with -o\n");
    return model::ExitUsage;
  }
  const bool good = split(options.binaries, "--binary", "PATH", options.analyze.request.binaries) &
                    static_cast<int>(split(options.applications, "--application", "GLOB",
                                           options.analyze.request.applications)) &
                    static_cast<int>(readEnvironment(options, options.analyze.request.loader));
  return good ? run(options) : model::ExitUsage;
}

} // namespace

int runCommandLine(int argc, char **argv) {
  std::vector<std::string> arguments(argv + 1, argv + argc);
  if (!arguments.empty() && arguments.front() == "analyze")
    arguments.erase(arguments.begin());
  CLI::App app("Source code → which components each request may use", "ripple analyze");
  Options options;
  options.analyze.jobs = workersFor(std::thread::hardware_concurrency(), availableMemory());
  declare(app, options);
  return parseAndRun(app, options, std::move(arguments));
}

} // namespace ripple::analyzer
