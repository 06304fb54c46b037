//===- BuildTargets.cpp - What the build makes, and from what ---*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/BuildTargets.h"

#include "analyzer/LinkLine.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <llvm/ADT/SmallVector.h>
#include <llvm/Support/CommandLine.h>
#include <llvm/Support/JSON.h>
#include <llvm/Support/StringSaver.h>
#include <map>
#include <set>

namespace ripple::analyzer {
namespace {

namespace fs = std::filesystem;
namespace json = llvm::json;
using model::mistake;

constexpr const char *apiFolder = "/.cmake/api/v1";
const char *const answerAgain = "run cmake again in the build folder";

model::Result<json::Object> readObject(const std::string &file) {
  auto text = model::readFile(file);
  if (!text)
    return tl::unexpected(text.error());
  auto value = json::parse(*text);
  if (!value)
    return mistake({file, 0, ""}, "is no JSON: " + llvm::toString(value.takeError()), answerAgain);
  if (json::Object *object = value->getAsObject())
    return std::move(*object);
  return mistake({file, 0, ""}, "has another shape than CMake's File API", answerAgain);
}

std::string textOf(const json::Object &object, llvm::StringRef key) {
  return object.getString(key).value_or("").str();
}

/// KEY's objects; none where it is absent.
std::vector<const json::Object *> objectsOf(const json::Object &object, llvm::StringRef key) {
  std::vector<const json::Object *> out;
  if (const json::Array *array = object.getArray(key))
    for (const json::Value &value : *array)
      if (const json::Object *element = value.getAsObject())
        out.push_back(element);
  return out;
}

/// The newest answer: the last index by name (cmake-file-api(7)); "" if there is none.
std::string newestIndex(const std::string &folder) {
  std::string newest;
  std::error_code error;
  for (const auto &entry : fs::directory_iterator(folder, error)) {
    std::string name = entry.path().filename().string();
    if (name.starts_with("index-") && name.ends_with(".json"))
      newest = std::max(newest, name);
  }
  return newest.empty() ? newest : folder + "/" + newest;
}

/// File of the codemodel, version 2, that INDEX names; "" if none.
std::string codemodelFile(const json::Object &index) {
  for (const json::Object *object : objectsOf(index, "objects")) {
    const json::Object *version = object->getObject("version");
    if (textOf(*object, "kind") == "codemodel" && version &&
        version->getInteger("major") == std::optional<std::int64_t>(2))
      return textOf(*object, "jsonFile");
  }
  return {};
}

TargetType typeOf(llvm::StringRef name) {
  static const std::map<llvm::StringRef, TargetType> types = {
      {"EXECUTABLE", TargetType::Executable},
      {"SHARED_LIBRARY", TargetType::SharedLibrary},
      {"MODULE_LIBRARY", TargetType::ModuleLibrary},
      {"STATIC_LIBRARY", TargetType::StaticLibrary},
      {"OBJECT_LIBRARY", TargetType::ObjectLibrary}};
  auto at = types.find(name);
  return at == types.end() ? TargetType::Other : at->second;
}

/// Reads one build; the folders are those of the codemodel.
class CodemodelReader {
public:
  CodemodelReader(std::string reply, std::string source, std::string build)
      : replyFolder(std::move(reply)), sourceRoot(std::move(source)), buildRoot(std::move(build)) {}

  model::Result<BuildTargets> read(const json::Object &configuration) {
    model::Mistakes mistakes;
    for (const json::Object *entry : objectsOf(configuration, "targets")) {
      auto object = readObject(replyFolder + "/" + textOf(*entry, "jsonFile"));
      if (!object)
        mistakes.insert(mistakes.end(), object.error().begin(), object.error().end());
      else
        addTarget(std::move(*object));
    }
    if (!mistakes.empty())
      return tl::unexpected(mistakes);
    return finish();
  }

private:
  /// A target with what is still to be connected to others.
  struct Raw {
    BuildTarget target;
    std::string id;
    std::vector<std::string> dependencyIds, linkedFiles;
  };

  void addTarget(json::Object object) {
    Raw raw;
    BuildTarget &target = raw.target;
    target.name = textOf(object, "name");
    target.type = typeOf(textOf(object, "type"));
    raw.id = textOf(object, "id");
    std::string ownBuild;
    if (const json::Object *paths = object.getObject("paths")) {
      target.sourceFolder = absoluteIn(sourceRoot, textOf(*paths, "source"));
      ownBuild = absoluteIn(buildRoot, textOf(*paths, "build"));
    }
    target.objectFolder = ownBuild + "/CMakeFiles/" + target.name + ".dir/";
    for (const json::Object *artefact : objectsOf(object, "artifacts"))
      if (target.artefact.empty())
        target.artefact = absoluteIn(buildRoot, textOf(*artefact, "path"));
    addSources(object, target);
    for (const json::Object *dependency : objectsOf(object, "dependencies"))
      raw.dependencyIds.push_back(textOf(*dependency, "id"));
    if (const json::Object *link = object.getObject("link")) {
      const std::vector<std::string> words = wordsOf(*link);
      raw.linkedFiles = filesOnLinkLine(words, ownBuild);
      LinkLine line = readLinkLine(words, {buildRoot, ownBuild});
      target.code.insert(target.code.end(), line.code.begin(), line.code.end());
      target.absent.insert(target.absent.end(), line.absent.begin(), line.absent.end());
      target.aliases = std::move(line.aliases);
    }
    raws.push_back(std::move(raw));
  }

  void addSources(const json::Object &object, BuildTarget &target) const {
    const auto groups = objectsOf(object, "compileGroups");
    for (const json::Object *source : objectsOf(object, "sources")) {
      target.sources.push_back(absoluteIn(sourceRoot, textOf(*source, "path")));
      const auto group = source->getInteger("compileGroupIndex");
      if (!group || *group < 0 || static_cast<std::size_t>(*group) >= groups.size()) {
        if (target.sources.back().ends_with(".o"))
          target.code.push_back(target.sources.back());
        continue;
      }
      const std::string language = textOf(*groups[static_cast<std::size_t>(*group)], "language");
      if (language == "C" || language == "CXX")
        target.compiled.push_back(target.sources.back());
      else
        addObjectsOf(target.sources.back(), target);
    }
    std::sort(target.sources.begin(), target.sources.end());
    std::sort(target.compiled.begin(), target.compiled.end());
  }

  /// The objects that CMake has made of SOURCE, which is in a language that is not analyzed.
  static void addObjectsOf(const std::string &source, BuildTarget &target) {
    const std::string name = fs::path(source).filename().string() + ".o";
    std::error_code error;
    bool isFound = false;
    for (auto at = fs::recursive_directory_iterator(target.objectFolder, error);
         !error && at != fs::recursive_directory_iterator(); at.increment(error))
      if (at->path().filename() == name) {
        target.code.push_back(at->path().string());
        isFound = true;
      }
    if (!isFound)
      target.absent.push_back(source);
  }

  /// The words of a link line, those given to the linker by -Wl, among them.
  static std::vector<std::string> wordsOf(const json::Object &link) {
    std::vector<std::string> out;
    llvm::BumpPtrAllocator allocator;
    llvm::StringSaver saver(allocator);
    for (const json::Object *fragment : objectsOf(link, "commandFragments")) {
      llvm::SmallVector<const char *> words;
      llvm::cl::TokenizeGNUCommandLine(textOf(*fragment, "fragment"), saver, words);
      for (llvm::StringRef word : words) {
        llvm::SmallVector<llvm::StringRef> parts{word};
        if (word.consume_front("-Wl,")) {
          parts.clear();
          word.split(parts, ',');
        }
        for (llvm::StringRef part : parts)
          if (part != "-Xlinker")
            out.push_back(part.str());
      }
    }
    return out;
  }

  /// Files named on a link line: relative to the top of the build (Ninja) or to the target's own
  /// folder in it (Makefiles), so both are given.
  std::vector<std::string> filesOnLinkLine(const std::vector<std::string> &words,
                                           const std::string &ownBuild) const {
    std::vector<std::string> out;
    auto add = [&](const std::string &file) {
      out.push_back(absoluteIn(buildRoot, file));
      out.push_back(absoluteIn(ownBuild, file));
    };
    for (const std::string &word : words)
      if (word.starts_with("-l"))
        for (const std::string &folder : words) {
          if (folder.starts_with("-L"))
            add(folder.substr(2) + "/" +
                (word.starts_with("-l:") ? word.substr(3) : "lib" + word.substr(2) + ".a"));
        }
      else if (!word.starts_with("-"))
        add(word);
    return out;
  }

  BuildTargets finish() {
    std::sort(raws.begin(), raws.end(),
              [](const Raw &a, const Raw &b) { return a.target.name < b.target.name; });
    std::map<std::string, std::size_t> byId, byArtefact;
    for (std::size_t index = 0; index < raws.size(); ++index) {
      byId[raws[index].id] = index;
      if (!raws[index].target.artefact.empty())
        byArtefact[raws[index].target.artefact] = index;
    }
    BuildTargets out;
    out.sourceRoot = sourceRoot;
    for (Raw &raw : raws) {
      connect(raw.dependencyIds, byId, raw.target.dependsOn);
      connect(raw.linkedFiles, byArtefact, raw.target.links);
      std::erase_if(raw.target.code,
                    [&](const std::string &file) { return byArtefact.contains(file); });
      for (auto *files : {&raw.target.code, &raw.target.absent})
        std::sort(files->begin(), files->end());
      out.targets.push_back(std::move(raw.target));
    }
    return out;
  }

  static void connect(const std::vector<std::string> &names,
                      const std::map<std::string, std::size_t> &known,
                      std::vector<std::size_t> &out) {
    std::set<std::size_t> found;
    for (const std::string &name : names)
      if (auto at = known.find(name); at != known.end())
        found.insert(at->second);
    out.assign(found.begin(), found.end());
  }

  std::string replyFolder, sourceRoot, buildRoot;
  std::vector<Raw> raws;
};

} // namespace

std::string absoluteIn(const std::string &folder, std::string_view path) {
  fs::path out = fs::path(folder) / path;
  std::string text = out.lexically_normal().string();
  if (text.size() > 1 && text.back() == '/')
    text.pop_back();
  return text;
}

std::size_t BuildTargets::find(std::string_view name) const {
  auto at = std::lower_bound(
      targets.begin(), targets.end(), name,
      [](const BuildTarget &target, std::string_view wanted) { return target.name < wanted; });
  return at != targets.end() && at->name == name ? static_cast<std::size_t>(at - targets.begin())
                                                 : nothing;
}

std::vector<std::size_t> BuildTargets::inside(std::size_t index) const {
  std::set<std::size_t> found{index};
  std::vector<std::size_t> todo{index};
  auto add = [&](std::size_t next) {
    if (found.insert(next).second)
      todo.push_back(next);
  };
  while (!todo.empty()) {
    const BuildTarget &target = targets[todo.back()];
    todo.pop_back();
    for (std::size_t linked : target.links)
      if (targets[linked].type == TargetType::StaticLibrary)
        add(linked);
    for (std::size_t dependency : target.dependsOn)
      if (targets[dependency].type == TargetType::ObjectLibrary)
        add(dependency);
  }
  return {found.begin(), found.end()};
}

model::Result<std::optional<BuildTargets>> readCodemodel(const std::string &buildFolder) {
  const std::string folder = buildFolder + apiFolder + "/reply";
  const std::string indexFile = newestIndex(folder);
  if (indexFile.empty())
    return std::nullopt;
  auto index = readObject(indexFile);
  if (!index)
    return tl::unexpected(index.error());
  const std::string modelName = codemodelFile(*index);
  if (modelName.empty())
    return std::nullopt;
  auto codemodel = readObject(folder + "/" + modelName);
  if (!codemodel)
    return tl::unexpected(codemodel.error());
  const json::Object *paths = codemodel->getObject("paths");
  auto configurations = objectsOf(*codemodel, "configurations");
  if (!paths || configurations.empty())
    return mistake({folder + "/" + modelName, 0, ""}, "has no paths or no configurations",
                   answerAgain);
  CodemodelReader reader(folder, textOf(*paths, "source"), textOf(*paths, "build"));
  auto targets = reader.read(*configurations.front());
  if (!targets)
    return tl::unexpected(targets.error());
  return std::optional<BuildTargets>(std::move(*targets));
}

bool askForCodemodel(const std::string &buildFolder) {
  std::error_code error;
  const std::string folder = buildFolder + apiFolder + "/query";
  fs::create_directories(folder, error);
  return !error && std::ofstream(folder + "/codemodel-v2").good();
}

} // namespace ripple::analyzer
