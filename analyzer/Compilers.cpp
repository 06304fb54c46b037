//===- Compilers.cpp - What the build's compilers define --------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/Compilers.h"

#include "analyzer/BuildTargets.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fmt/format.h>
#include <llvm/ADT/SmallString.h>
#include <llvm/Config/llvm-config.h>
#include <llvm/Support/FileSystem.h>
#include <llvm/Support/FileUtilities.h>
#include <llvm/Support/MemoryBuffer.h>
#include <llvm/Support/Program.h>

namespace ripple::analyzer {
namespace {

namespace fs = std::filesystem;

bool startsWithAny(std::string_view text, const auto &starts) {
  return std::any_of(std::begin(starts), std::end(starts),
                     [&](std::string_view start) { return text.starts_with(start); });
}

/// OPTION may change what is predefined. Of those that name a file or differ for each, none does.
bool matters(std::string_view option) {
  static constexpr std::array<std::string_view, 6> Do = {"-std=", "--std=", "-ansi",
                                                         "-O",    "-m",     "-f"};
  static constexpr std::array<std::string_view, 6> Not = {
      "-fplugin", "-fdump", "-fprofile", "-frandom-seed", "-fmodule", "-fdebug-prefix-map"};
  return option == "-pthread" || (startsWithAny(option, Do) && !startsWithAny(option, Not) &&
                                  option.find("-prefix-map") == std::string_view::npos);
}

/// The language that ARGV compiles FILE as: what it says, else by the names of both.
std::string languageOf(const std::vector<std::string> &argv, const std::string &file) {
  std::string said;
  for (std::size_t at = 1; at < argv.size(); ++at)
    if (argv[at] == "-x" && at + 1 < argv.size())
      said = argv[at + 1];
    else if (argv[at].starts_with("-x"))
      said = argv[at].substr(2);
  if (!said.empty() && said != "none")
    return said;
  const bool isC = file.ends_with(".c") &&
                   fs::path(argv.front()).filename().string().find("++") == std::string::npos;
  return isC ? "c" : "c++";
}

/// Where the shell would find PROGRAM; "" where it would not.
std::string findProgram(const std::string &program, const std::string &directory) {
  if (program.find('/') != std::string::npos)
    return absoluteIn(directory, program);
  auto found = llvm::sys::findProgramByName(program);
  return found ? *found : std::string();
}

/// NAME and value of "#define NAME value" with one word or none.
void addDefinition(llvm::StringRef line, std::map<std::string, std::string> &values) {
  if (!line.consume_front("#define "))
    return;
  auto [name, value] = line.split(' ');
  if (tellsCompilers(name))
    values.emplace(name.str(), value.trim().str());
}

PredefinedMacros ask(std::vector<std::string> command) {
  PredefinedMacros macros;
  auto wrong = [&](std::string why) {
    macros.problem = std::move(why);
    return macros;
  };
  llvm::SmallString<128> output;
  if (const std::error_code error =
          llvm::sys::fs::createTemporaryFile("ripple-macros", "txt", output))
    return wrong("cannot be asked, for want of a temporary file: " + error.message());
  const llvm::FileRemover remover(output);
  const std::vector<llvm::StringRef> arguments(command.begin(), command.end());
  std::string message;
  const int status = llvm::sys::ExecuteAndWait(
      command.front(), arguments, std::nullopt,
      {llvm::StringRef("/dev/null"), output.str(), llvm::StringRef("/dev/null")}, 0, 0, &message);
  if (status != 0)
    return wrong(message.empty() ? fmt::format("ended with {} when asked", status)
                                 : "cannot be run: " + message);
  auto text = llvm::MemoryBuffer::getFile(output, /*IsText=*/true);
  if (!text)
    return wrong("has given an answer that cannot be read: " + text.getError().message());
  llvm::SmallVector<llvm::StringRef> lines;
  (*text)->getBuffer().split(lines, '\n');
  for (llvm::StringRef line : lines)
    addDefinition(line, macros.values);
  return macros.values.empty() ? wrong("does not answer -dM -E as compilers do") : macros;
}

} // namespace

bool tellsCompilers(std::string_view macro) {
  static constexpr std::array<std::string_view, 17> Starts = {
      "__clang",     "__llvm__",         "__GNUC__", "__GNUC_MINOR__", "__GNUC_PATCHLEVEL__",
      "__GNUG__",    "__VERSION__",      "__GXX_",   "__cpp_",         "__cplusplus",
      "_OPENMP",     "__STDC_VERSION__", "__INTEL",  "__NVCOMPILER",   "__SANITIZE_",
      "__OPTIMIZE_", "__LITTLE_ENDIAN__"};
  return startsWithAny(macro, Starts);
}

std::vector<std::string> withoutLaunchers(std::vector<std::string> argv) {
  static constexpr std::array<std::string_view, 5> Names = {"ccache", "distcc", "env", "icecc",
                                                            "sccache"};
  auto isLauncher = [](const std::string &word) {
    const std::string name = fs::path(word).filename().string();
    // Of `env NAME=VALUE … COMPILER`.
    return std::find(Names.begin(), Names.end(), name) != Names.end() ||
           word.find('=') != std::string::npos;
  };
  while (argv.size() > 1 && isLauncher(argv.front()))
    argv.erase(argv.begin());
  return argv;
}

std::shared_ptr<const PredefinedMacros> Compilers::macrosOf(const std::vector<std::string> &argv,
                                                            const std::string &directory,
                                                            const std::string &file) {
  if (argv.empty())
    return nullptr;
  const std::vector<std::string> words = withoutLaunchers(argv);
  std::vector<std::string> command{findProgram(words.front(), directory)};
  for (std::size_t at = 1; at < words.size(); ++at)
    if (matters(words[at]))
      command.push_back(words[at]);
  for (const char *word : {"-dM", "-E", "-x"})
    command.emplace_back(word);
  command.push_back(languageOf(words, file));
  command.emplace_back("/dev/null");
  std::vector<std::string> key = command;
  key.push_back(words.front());
  auto [at, isNew] = known.emplace(std::move(key), nullptr);
  if (!isNew)
    return at->second;
  PredefinedMacros macros;
  if (command.front().empty())
    macros.problem = "is not found";
  else
    macros = ask(std::move(command));
  if (!macros.problem.empty())
    macros.problem = words.front() + " " + macros.problem;
  const auto version = macros.values.find("__clang_major__");
  if (version == macros.values.end() || version->second != std::to_string(LLVM_VERSION_MAJOR))
    at->second = std::make_shared<const PredefinedMacros>(std::move(macros));
  return at->second;
}

} // namespace ripple::analyzer
