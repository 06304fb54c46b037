//===- Installed.cpp - Which versions are installed and loaded ------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/daemon/Installed.h"

#include "agent/action/Package.h"

#include <fmt/format.h>

#include <filesystem>
#include <regex>

namespace fs = std::filesystem;
using namespace ripple;
using namespace ripple::agent;
using Version = tl::expected<std::string, std::string>;

namespace {

constexpr std::chrono::milliseconds QueryMax{10'000};

Version versionOfLink(const model::ObservedComponent &component) {
  std::error_code error;
  auto target = fs::read_symlink(component.symlink, error);
  if (error)
    return tl::make_unexpected(fmt::format("{}: {}", component.symlink, error.message()));
  auto name = target.filename().empty() ? target.parent_path().filename() : target.filename();
  if (component.version.empty())
    return name.string();
  std::smatch match;
  auto text = name.string();
  if (!std::regex_match(text, match, std::regex(component.version)))
    return tl::make_unexpected(fmt::format("{} points to {}, which '{}' does not match",
                                           component.symlink, target.string(), component.version));
  return match[1].str();
}

/// The first line that ARGV prints.
Version firstLineOf(const std::vector<std::string> &argv) {
  auto answer = askProgram(argv, {}, QueryMax);
  auto text = answer.text.substr(0, answer.text.find('\n'));
  if (!answer.program.succeeded())
    return tl::make_unexpected(
        fmt::format("{}: {}{}{}", argv[0], answer.program.message, text.empty() ? "" : ": ", text));
  if (text.empty())
    return tl::make_unexpected(argv[0] + " printed no version");
  return text;
}

} // namespace

Version agent::installedVersion(const model::ObservedComponent &component) {
  if (!component.symlink.empty())
    return versionOfLink(component);
  if (!component.package.empty())
    return installedPackage(component.package).and_then([&](const std::string &version) -> Version {
      if (version.empty())
        return tl::make_unexpected(
            fmt::format("the package {} is not installed, or only in part", component.package));
      return version;
    });
  return firstLineOf(component.run);
}

ComponentFiles::ComponentFiles(const model::ObservedComponent &component) : Component(component) {
  std::error_code error;
  if (!component.symlink.empty())
    Current = fs::canonical(component.symlink, error).string();
  if (error)
    Current.clear();
}

bool ComponentFiles::contains(const std::string &path) const {
  if (!Component.file.empty())
    return model::matchesGlob(Component.file, path, true);
  if (Current.empty())
    return false;
  if (path == Current || path.rfind(Current + "/", 0) == 0)
    return true;
  // Another version: what stands beside the target and is named like it.
  auto folder = fs::path(Current).parent_path().string() + "/";
  if (Component.version.empty() || path.rfind(folder, 0) != 0)
    return false;
  auto rest = path.substr(folder.size());
  return std::regex_match(rest.substr(0, rest.find('/')), std::regex(Component.version));
}

std::string ComponentFiles::installedFor(const std::string &path) const {
  auto folder = fs::path(Current).parent_path().string() + "/";
  if (Current.empty() || path.rfind(folder, 0) != 0)
    return path;
  auto inside = path.find('/', folder.size()); // Below the version's own folder.
  return inside == path.npos ? Current : Current + path.substr(inside);
}

bool ComponentFiles::isOutdated(const MappedFile &file) const {
  if (file.replaced)
    return true;
  return !Current.empty() && file.path != Current && file.path.rfind(Current + "/", 0) != 0;
}
