//===- CompileDatabase.cpp - How the build compiles each source -*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/CompileDatabase.h"
#include "analyzer/BuildTargets.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <llvm/Support/CommandLine.h>
#include <llvm/Support/JSON.h>
#include <llvm/Support/StringSaver.h>

namespace ripple::analyzer {
namespace {

namespace json = llvm::json;
using model::mistake;

/// Last the units of C++20 modules.
constexpr std::array<std::string_view, 15> extensions = {".c",    ".cc",   ".cpp", ".cxx",  ".C",
                                                         ".c++",  ".cp",   ".CPP", ".i",    ".ii",
                                                         ".cppm", ".cxxm", ".ixx", ".c++m", ".ccm"};

/// What makes nothing by itself, or is known not to be seen.
constexpr std::array<std::string_view, 14> passedOver = {".h",   ".hh",  ".hpp", ".hxx", ".h++",
                                                         ".H",   ".inc", ".inl", ".ipp", ".tcc",
                                                         ".asm", ".s",   ".S",   ".sx"};

bool isOneOf(const std::string &file, const auto &names) {
  const std::string extension = std::filesystem::path(file).extension().string();
  return std::find(names.begin(), names.end(), extension) != names.end();
}

/// The words of ENTRY's command, those in response files (`@FILE`) too. One that is not there stays
/// what it is, and the front end says so.
std::vector<std::string> argumentsOf(const json::Object &entry, const std::string &directory) {
  llvm::BumpPtrAllocator allocator;
  llvm::StringSaver saver(allocator);
  llvm::SmallVector<const char *> words;
  if (const json::Array *arguments = entry.getArray("arguments"))
    for (const json::Value &argument : *arguments)
      // NOLINTNEXTLINE(bugprone-suspicious-stringview-data-usage): StringSaver ends them with NUL.
      words.push_back(saver.save(argument.getAsString().value_or("")).data());
  else
    llvm::cl::TokenizeGNUCommandLine(entry.getString("command").value_or(""), saver, words);
  llvm::cl::ExpansionContext context(allocator, llvm::cl::TokenizeGNUCommandLine);
  context.setCurrentDir(directory);
  llvm::consumeError(context.expandResponseFiles(words));
  return {words.begin(), words.end()};
}

std::string outputOf(const json::Object &entry, const CompileCommand &command) {
  if (auto output = entry.getString("output"))
    return absoluteIn(command.directory, output->str());
  for (std::size_t at = 0; at + 1 < command.argv.size(); ++at)
    if (command.argv[at] == "-o")
      return absoluteIn(command.directory, command.argv[at + 1]);
  return {};
}

} // namespace

bool isSource(const std::string &file) { return isOneOf(file, extensions); }

model::Result<std::vector<CompileCommand>> readCompileDatabase(const std::string &folder) {
  const std::string file = folder + "/compile_commands.json";
  auto text = model::readFile(file);
  std::error_code ignored;
  if (!text && std::filesystem::exists(std::filesystem::symlink_status(file, ignored)))
    return tl::unexpected(text.error());
  if (!text)
    return mistake({file, 0, ""}, "there is no compile database here",
                   "give the build folder with -p, and configure it with "
                   "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON");
  auto value = json::parse(*text);
  const json::Array *entries = value ? value->getAsArray() : nullptr;
  if (!entries) {
    std::string why = value ? "it is no array" : llvm::toString(value.takeError());
    return mistake({file, 0, ""}, "is no compile database: " + why, "configure the build again");
  }
  std::vector<CompileCommand> out;
  model::Mistakes mistakes;
  for (std::size_t index = 0; index < entries->size(); ++index) {
    const json::Object *entry = (*entries)[index].getAsObject();
    auto directory = entry ? entry->getString("directory") : std::nullopt;
    auto source = entry ? entry->getString("file") : std::nullopt;
    if (!directory || !source) {
      mistakes.push_back({{file, 0, "/" + std::to_string(index)},
                          "has no `directory` or no `file`",
                          "configure the build again"});
      continue;
    }
    CompileCommand command;
    command.directory = absoluteIn(folder, directory->str());
    command.file = absoluteIn(command.directory, source->str());
    command.argv = argumentsOf(*entry, command.directory);
    command.output = outputOf(*entry, command);
    if (isOneOf(command.file, passedOver))
      continue;
    if (command.argv.empty())
      mistakes.push_back({{file, 0, "/" + std::to_string(index)},
                          "says not how " + command.file + " is compiled",
                          "configure the build again, so that it has `command` or `arguments`"});
    out.push_back(std::move(command));
  }
  if (!mistakes.empty())
    return tl::unexpected(mistakes);
  return out;
}

} // namespace ripple::analyzer
