//===- File.cpp - Reads and writes whole files ----------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "model/Document.h"
#include "model/Reader.h"

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace ripple::model {
namespace {

/// A file descriptor that is closed at its end.
class Descriptor {
public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0)
      ::close(number_);
  }
  Descriptor(const Descriptor &) = delete;
  Descriptor &operator=(const Descriptor &) = delete;
  int get() const { return number_; }
  bool isOpen() const { return number_ >= 0; }

private:
  int number_;
};

std::string errorText() { return std::strerror(errno); }

tl::unexpected<Mistakes> cannot(const std::string &file, std::string_view verb,
                                std::string remedy = {}) {
  std::string reason = errorText();
  return mistake(Place{file, 0, ""}, fmt::format("cannot be {}: {}", verb, reason),
                 std::move(remedy));
}

/// False with errno set.
bool writeAll(int descriptor, std::string_view text) {
  while (!text.empty()) {
    ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0)
      return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

/// What a symlink FILE leads to, so that the link stays; FILE itself where it is none.
std::string resolved(const std::string &file) {
  char *path = ::realpath(file.c_str(), nullptr);
  if (!path)
    return file;
  std::string result = path;
  std::free(path);
  return result;
}

std::string folderOf(const std::string &file) {
  std::size_t slash = file.rfind('/');
  if (slash == std::string::npos)
    return ".";
  return slash == 0 ? "/" : file.substr(0, slash);
}

mode_t newFileMode(const std::string &target) {
  struct stat status;
  if (::stat(target.c_str(), &status) == 0)
    return status.st_mode & 07777;
  mode_t mask = ::umask(0);
  ::umask(mask);
  return 0666 & ~mask;
}

Result<void> replaceFile(const std::string &file, const std::string &target,
                         std::string_view text) {
  std::string temporary = target + ".XXXXXX";
  Descriptor descriptor(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!descriptor.isOpen())
    return cannot(file, "written");
  if (!writeAll(descriptor.get(), text) || ::fchmod(descriptor.get(), newFileMode(target)) != 0 ||
      ::fsync(descriptor.get()) != 0 || ::rename(temporary.c_str(), target.c_str()) != 0) {
    auto failed = cannot(file, "written");
    ::unlink(temporary.c_str());
    return failed;
  }
  Descriptor folder(::open(folderOf(target).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.isOpen())
    ::fsync(folder.get());
  return {};
}

} // namespace

Result<std::string> readFile(const std::string &file) {
  Descriptor descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!descriptor.isOpen())
    return cannot(file, "read", errno == ENOENT ? "check the path" : "");
  struct stat status;
  std::string text;
  if (::fstat(descriptor.get(), &status) == 0 && S_ISREG(status.st_mode))
    text.reserve(static_cast<std::size_t>(status.st_size));
  constexpr std::size_t chunkBytes = 1 << 16;
  std::vector<char> chunk(chunkBytes);
  for (;;) {
    ssize_t count = ::read(descriptor.get(), chunk.data(), chunk.size());
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0)
      return cannot(file, "read");
    if (count == 0)
      return text;
    text.append(chunk.data(), static_cast<std::size_t>(count));
  }
}

Result<void> writeFile(const std::string &file, std::string_view text) {
  if (file.empty() || file == "-") {
    if (!writeAll(STDOUT_FILENO, text))
      return cannot("standard output", "written");
    return {};
  }
  std::string target = resolved(file);
  struct stat status;
  if (::stat(target.c_str(), &status) == 0 && !S_ISREG(status.st_mode)) {
    // A device or a pipe has no old content to keep.
    Descriptor descriptor(::open(target.c_str(), O_WRONLY | O_CLOEXEC));
    if (!descriptor.isOpen() || !writeAll(descriptor.get(), text))
      return cannot(file, "written");
    return {};
  }
  return replaceFile(file, target, text);
}

Result<std::string> formatOf(const std::string &file) {
  auto text = readFile(file);
  if (!text)
    return tl::unexpected(std::move(text.error()));
  Report report(file);
  auto tree = parseTree(*text, report);
  if (!tree)
    return tl::unexpected(report.take());
  Report own(file);
  Value root(tree->root, own);
  std::string format;
  ObjectReader object(root);
  object.required("format", format);
  object.takeAll();
  if (!own.empty())
    return tl::unexpected(own.take());
  return format;
}

} // namespace ripple::model
