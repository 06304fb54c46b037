//===- LinkLine.cpp - What the linker is given ------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/LinkLine.h"

#include "analyzer/BuildTargets.h"
#include "analyzer/LibraryClosure.h"
#include "analyzer/LinkedCode.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <glob.h>
#include <iterator>
#include <set>

namespace ripple::analyzer {
namespace {

namespace fs = std::filesystem;

/// Scripts name libraries and scripts; more is a loop.
constexpr int scriptDepthMax = 8;
/// What is larger is no script that a person has written.
constexpr std::uintmax_t scriptBytesMax = 1U << 20;

/// Where compilers look for libraries, beside the loader's folders: their own.
std::vector<std::string> compilerFolders() {
  std::vector<std::string> out = systemLibraryFolders();
  ::glob_t found{};
  if (::glob("/usr/lib/gcc/*/*", 0, nullptr, &found) == 0)
    out.insert(out.end(), found.gl_pathv, found.gl_pathv + found.gl_pathc);
  ::globfree(&found);
  return out;
}

bool isRegular(const std::string &file) {
  std::error_code ignored;
  return fs::is_regular_file(file, ignored);
}

/// Options of the linker's whose value is the next word, and no file that it takes code from.
bool takesWord(std::string_view option) {
  static constexpr std::array<std::string_view, 22> options = {"-o",
                                                               "-u",
                                                               "-e",
                                                               "-h",
                                                               "-m",
                                                               "-z",
                                                               "-R",
                                                               "-I",
                                                               "-Map",
                                                               "-rpath",
                                                               "-soname",
                                                               "-init",
                                                               "-fini",
                                                               "-rpath-link",
                                                               "-dynamic-linker",
                                                               "--version-script",
                                                               "--dynamic-list",
                                                               "--undefined",
                                                               "--wrap",
                                                               "--entry",
                                                               "--exclude-libs",
                                                               "-plugin"};
  return std::find(options.begin(), options.end(), option) != options.end() ||
         (option.starts_with("--") && takesWord(option.substr(1)));
}

bool isName(std::string_view word) {
  return !word.empty() &&
         word.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789_$.@") == std::string_view::npos &&
         word.front() != '.' && (word.front() < '0' || word.front() > '9');
}

class LineReader {
public:
  LineReader(const std::vector<std::string> &words, std::vector<std::string> where)
      : folders(std::move(where)) {
    for (std::size_t i = 0; i < words.size(); ++i) {
      const std::string &word = words[i];
      if (word.starts_with("-L"))
        addFolder(word == "-L" && i + 1 < words.size() ? words[i + 1] : word.substr(2));
      isStatic |= word == "-static" || word == "-Bstatic" || word == "-dn" ||
                  word == "-non_shared" || word == "-static-pie";
    }
    std::vector<std::string> own = compilerFolders();
    libraryFolders.insert(libraryFolders.end(), own.begin(), own.end());
  }

  LinkLine run(const std::vector<std::string> &words) {
    for (std::size_t i = 0; i < words.size(); ++i) {
      const std::string next = i + 1 < words.size() ? words[i + 1] : std::string();
      i += add(words[i], next) ? 1 : 0;
    }
    for (auto *list : {&out.code, &out.absent}) {
      std::sort(list->begin(), list->end());
      list->erase(std::unique(list->begin(), list->end()), list->end());
    }
    return std::move(out);
  }

private:
  void addFolder(const std::string &folder) {
    for (const std::string &each : folders)
      libraryFolders.push_back(absoluteIn(each, folder));
  }

  /// Gives whether NEXT belongs to WORD.
  bool add(const std::string &word, const std::string &next) {
    if (word == "--defsym" || word == "-defsym") {
      addAlias(next);
      return true;
    }
    if (word.starts_with("--defsym=") || word.starts_with("-defsym=")) {
      addAlias(word.substr(word.find('=') + 1));
      return false;
    }
    if (word == "-l" || word == "-T" || word == "--script") {
      word == "-l" ? addLibrary(next) : addFile(next);
      return true;
    }
    if (word.starts_with("-l"))
      addLibrary(word.substr(2));
    else if (word.starts_with("--script="))
      addFile(word.substr(9));
    else if (word.starts_with("@"))
      out.absent.push_back(word); // More words, which CMake's answer does not have.
    else if (!word.starts_with("-"))
      addFile(word);
    else if (word.starts_with("-T") && !word.starts_with("-Ttext") && !word.starts_with("-Tdata") &&
             !word.starts_with("-Tbss"))
      addFile(word.substr(2));
    return takesWord(word) || word == "-L";
  }

  void addAlias(const std::string &text) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos)
      return;
    const std::string name = text.substr(0, equals), value = text.substr(equals + 1);
    if (isName(name) && isName(value))
      out.aliases.emplace_back(name, value);
  }

  void addLibrary(const std::string &name) {
    const bool isWhole = name.starts_with(":");
    bool isFound = false;
    for (const std::string &folder : libraryFolders) {
      for (const char *ending : {".so", ".a"}) {
        const std::string file = folder + "/" + (isWhole ? name.substr(1) : "lib" + name + ending);
        if (!isRegular(file))
          continue;
        take(file);
        isFound = true;
        if (isWhole || !isStatic)
          return;
      }
      if (isFound)
        return;
    }
    out.absent.push_back("-l" + name);
  }

  void addFile(const std::string &name) {
    for (const std::string &folder : folders)
      if (const std::string file = absoluteIn(folder, name); isRegular(file))
        return take(file);
    if (name.ends_with(".a") || name.ends_with(".o") || name.ends_with(".lo"))
      out.absent.push_back(name);
  }

  void take(const std::string &file) {
    switch (linkFileKindOf(file)) {
    case LinkFileKind::Code:
      out.code.push_back(file);
      break;
    case LinkFileKind::Text:
      readScript(file);
      break;
    case LinkFileKind::Shared:
    case LinkFileKind::Other:
      break;
    }
  }

  /// The words of a linker script, without comments: "GROUP", "libfoo.a", "foo", "=", "bar".
  static std::vector<std::string> wordsOfScript(const std::string &file) {
    std::error_code ignored;
    if (fs::file_size(file, ignored) > scriptBytesMax)
      return {};
    std::ifstream in(file, std::ios::binary);
    std::string text((std::istreambuf_iterator<char>(in)), {});
    for (std::size_t at; (at = text.find("/*")) != std::string::npos;) {
      const std::size_t end = text.find("*/", at + 2);
      text.replace(at, end == std::string::npos ? end : end + 2 - at, " ");
    }
    std::vector<std::string> out(1);
    for (char c : text) {
      const bool isSpace = std::isspace(static_cast<unsigned char>(c)) != 0;
      const bool isAlone = c == '=' || c == '{' || c == '}' || c == ';';
      if (isSpace || isAlone || c == '(' || c == ')' || c == ',' || c == '"')
        out.emplace_back();
      else
        out.back() += c;
      if (isAlone) {
        out.back() = c;
        out.emplace_back();
      }
    }
    std::erase(out, "");
    return out;
  }

  void readScript(const std::string &file) {
    if (depth >= scriptDepthMax || !scripts.insert(file).second)
      return;
    ++depth;
    const std::vector<std::string> words = wordsOfScript(file);
    const bool hasSections = std::find(words.begin(), words.end(), "SECTIONS") != words.end();
    for (std::size_t i = 0; i < words.size(); ++i) {
      const std::string &word = words[i];
      if (i + 2 < words.size() && words[i + 1] == "=")
        addAlias(word + "=" + words[i + 2]);
      else if (!hasSections && word.starts_with("-l"))
        addLibrary(word.substr(2));
      else if (!hasSections && (word.ends_with(".a") || word.ends_with(".o")))
        addScripted(file, word);
    }
    --depth;
  }

  /// A file that the script at SCRIPT names: beside it, or where libraries are.
  void addScripted(const std::string &script, const std::string &name) {
    std::vector<std::string> where{fs::path(script).parent_path().string()};
    where.insert(where.end(), folders.begin(), folders.end());
    where.insert(where.end(), libraryFolders.begin(), libraryFolders.end());
    for (const std::string &folder : where)
      if (const std::string path = absoluteIn(folder, name); isRegular(path))
        return take(path);
    out.absent.push_back(name);
  }

  std::vector<std::string> folders, libraryFolders;
  bool isStatic = false; ///< Somewhere on the line: then archives count beside libraries.
  int depth = 0;
  std::set<std::string> scripts;
  LinkLine out;
};

} // namespace

LinkLine readLinkLine(const std::vector<std::string> &words,
                      const std::vector<std::string> &folders) {
  return LineReader(words, folders).run(words);
}

} // namespace ripple::analyzer
