//===- SealFiles.cpp - What a gate finds sealed when it opens -------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/session/SealFiles.h"

#include "agent/gate/Layout.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace ripple;
using namespace ripple::agent;

namespace {

/// As the gate has it: any other name is no gate's, so no gate would read the file.
bool isGateName(const std::string &application) {
  return !application.empty() && application.size() < RIPPLE_NAME_SIZE && application[0] != '.' &&
         application.find_first_of(std::string("/\0", 2)) == std::string::npos;
}

/// One component a line after the first one. A name with a line feed in it becomes two that no
/// gate knows, which means every request: the same as for the name itself.
std::string textOf(const std::set<std::string> &components) {
  std::string text = RIPPLE_SEALED_FIRST_LINE;
  for (const auto &component : components)
    text += component + "\n";
  return text;
}

bool writeAll(int fd, const std::string &text) {
  for (std::size_t done = 0; done < text.size();) {
    ssize_t n = ::write(fd, text.data() + done, text.size() - done);
    if (n < 0 && errno != EINTR)
      return false;
    done += n > 0 ? static_cast<std::size_t>(n) : 0;
  }
  return true;
}

/// Makes FILE with TEXT, readable by every application's user; 0 or an errno value.
int makeFile(const std::string &file, const std::string &text) {
  ::unlink(file.c_str());
  int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
  if (fd < 0)
    return errno;
  bool good = ::fchmod(fd, 0644) == 0 && writeAll(fd, text) && ::fsync(fd) == 0;
  int error = good ? 0 : errno;
  ::close(fd);
  return error;
}

} // namespace

/// Notes the files that are there, as of unknown contents.
void SealFiles::findOld() {
  std::error_code ignored; // No directory: nothing is there.
  for (const auto &entry : std::filesystem::directory_iterator(Directory, ignored)) {
    std::string name = entry.path().filename();
    if (name[0] != '.' && name.ends_with(RIPPLE_SEALED_SUFFIX))
      Written.emplace(name.substr(0, name.size() - std::strlen(RIPPLE_SEALED_SUFFIX)), "");
  }
  Looked = true;
}

tl::expected<void, std::string> SealFiles::write(const std::string &application,
                                                 const std::string &text) {
  std::string file = fmt::format("{}/{}{}", Directory, application, RIPPLE_SEALED_SUFFIX);
  std::string temporary = fmt::format("{}/.{}{}.new", Directory, application, RIPPLE_SEALED_SUFFIX);
  int error = makeFile(temporary, text);
  if (error == 0 && ::rename(temporary.c_str(), file.c_str()) != 0)
    error = errno;
  if (error == 0) {
    Written[application] = text;
    return {};
  }
  ::unlink(temporary.c_str());
  return tl::unexpected(fmt::format("{}: cannot be written: {}; a process of {} that starts now "
                                    "would not be sealed",
                                    file, std::strerror(error), application));
}

tl::expected<void, std::string> SealFiles::remove(const std::string &application) {
  std::string file = fmt::format("{}/{}{}", Directory, application, RIPPLE_SEALED_SUFFIX);
  if (::unlink(file.c_str()) == 0 || errno == ENOENT) {
    Written.erase(application);
    return {};
  }
  return tl::unexpected(fmt::format("{}: cannot be removed: {}; a process of {} that starts now "
                                    "would be sealed",
                                    file, std::strerror(errno), application));
}

tl::expected<void, std::string> SealFiles::set(const SealedComponents &sealed) {
  if (!Looked)
    findOld();
  std::string problems;
  auto note = [&](const tl::expected<void, std::string> &done) {
    if (!done)
      problems += (problems.empty() ? "" : "\n") + done.error();
  };
  for (const auto &[application, components] : sealed) {
    auto known = Written.find(application);
    std::string text = textOf(components);
    if (isGateName(application) && (known == Written.end() || known->second != text))
      note(write(application, text));
  }
  auto before = Written;
  for (const auto &[application, text] : before)
    if (!sealed.contains(application))
      note(remove(application));
  if (problems.empty())
    return {};
  return tl::unexpected(problems);
}
