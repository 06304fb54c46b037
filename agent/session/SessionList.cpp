//===- SessionList.cpp - The active requests of this server ---------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/session/SessionList.h"

#include "agent/session/GateSegment.h"

#include <algorithm>
#include <cstring>
#include <ctime>
#include <dirent.h>
#include <fmt/format.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <thread>
#include <utility>

using namespace ripple;
using namespace ripple::agent;

namespace {

constexpr std::size_t FutexesMax = 128; // of futex_waitv
constexpr std::chrono::milliseconds PollStep{2};
constexpr std::size_t RemovedMax = 100;

/// The segments' files in DIRECTORY, sorted; or what is wrong.
tl::expected<std::vector<std::string>, std::string> segmentFiles(const std::string &directory) {
  std::unique_ptr<DIR, int (*)(DIR *)> folder(::opendir(directory.c_str()), &::closedir);
  if (!folder)
    return tl::unexpected(fmt::format("{}: cannot be read: {}; no gate can be seen", directory,
                                      std::strerror(errno)));
  std::vector<std::string> files;
  while (dirent *entry = ::readdir(folder.get())) {
    std::string_view name = entry->d_name;
    if (name[0] != '.' && name.ends_with(RIPPLE_SEGMENT_SUFFIX))
      files.push_back(directory + "/" + entry->d_name);
  }
  std::sort(files.begin(), files.end());
  return files;
}

/// futex_waitv(2): waits until one of WORDS has another value than SEEN. False where the kernel
/// has no such call.
bool waitForAny(const std::vector<std::shared_ptr<GateSegment>> &segments,
                std::chrono::steady_clock::time_point deadline) {
  std::vector<futex_waitv> words;
  for (const auto &segment : segments) {
    if (words.size() == FutexesMax)
      break;
    futex_waitv word = {};
    word.val = segment->seenActivity;
    word.uaddr = reinterpret_cast<std::uintptr_t>(segment->activityWord());
    word.flags = FUTEX_32;
    words.push_back(word);
  }
  auto ns = deadline.time_since_epoch().count(); // steady_clock is CLOCK_MONOTONIC
  timespec until = {ns / 1'000'000'000, ns % 1'000'000'000};
  long result = ::syscall(SYS_futex_waitv, words.data(), static_cast<unsigned>(words.size()), 0,
                          &until, CLOCK_MONOTONIC);
  return result >= 0 || errno != ENOSYS;
}

/// Arms every segment; true where one has been active since it was armed before.
bool armAll(const std::vector<std::shared_ptr<GateSegment>> &segments) {
  bool changed = false;
  for (const auto &segment : segments) {
    auto value = segment->armActivity();
    if (!value)
      continue;
    changed |= !segment->armed || *value != segment->seenActivity;
    segment->armed = true;
    segment->seenActivity = *value;
  }
  return changed;
}

} // namespace

SessionList::SessionList(std::string directory) : Directory(std::move(directory)) {}
SessionList::~SessionList() = default;

/// Removes FILE, which process PID has left; adds to PROBLEMS where that cannot be.
void SessionList::remove(const std::string &file, std::int64_t pid,
                         std::vector<std::string> &problems) {
  std::string whose = fmt::format("{}: process {} has ended, or runs another program", file, pid);
  if (::unlink(file.c_str()) == 0) {
    if (Removed.size() == RemovedMax)
      Removed.erase(Removed.begin());
    Removed.push_back(whose + "; no request is active there, and its segment was removed");
  } else if (errno != ENOENT) { // else the gate was closed just now, and took its file away
    problems.push_back(
        fmt::format("{}, and its segment cannot be removed: {}", whose, std::strerror(errno)));
  }
}

std::vector<std::string> SessionList::takeRemoved() {
  std::lock_guard lock(Mutex);
  return std::exchange(Removed, {});
}

std::vector<std::string> SessionList::refresh() {
  std::lock_guard lock(Mutex);
  std::vector<std::string> problems;
  std::vector<std::shared_ptr<GateSegment>> known = std::move(Segments);
  Segments.clear();
  Unreadable.clear();
  auto files = segmentFiles(Directory);
  if (!files) {
    // The gates do not go away with their files: what was mapped is still watched.
    std::erase_if(known, [](const auto &segment) { return !segment->isAlive(); });
    Segments = std::move(known);
    return {files.error()};
  }
  for (const auto &segment : known)
    if (segment->isAlive())
      Segments.push_back(segment);
    else if (segment->isStill(segment->file()))
      remove(segment->file(), segment->pid(), problems);
  for (const std::string &file : *files) {
    if (std::any_of(Segments.begin(), Segments.end(),
                    [&](const auto &segment) { return segment->isStill(file); }))
      continue;
    GateSegment::Opened opened = GateSegment::open(file);
    if (auto *segment = std::get_if<std::shared_ptr<GateSegment>>(&opened)) {
      Segments.push_back(*segment);
    } else if (auto *dead = std::get_if<DeadGate>(&opened)) {
      remove(file, dead->pid, problems);
    } else {
      const GateState &state = std::get<GateState>(opened);
      if (::access(file.c_str(), F_OK) != 0)
        continue; // It went while we looked.
      problems.push_back(fmt::format("{}: {}", file, state.problem));
      Unreadable.push_back(state);
    }
  }
  std::sort(Segments.begin(), Segments.end(), [](const auto &a, const auto &b) {
    return std::tuple(a->application(), a->pid()) < std::tuple(b->application(), b->pid());
  });
  return problems;
}

std::vector<std::shared_ptr<GateSegment>>
SessionList::segments(std::string_view application) const {
  std::lock_guard lock(Mutex);
  std::vector<std::shared_ptr<GateSegment>> found;
  for (const auto &segment : Segments)
    if (application.empty() || segment->application() == application)
      found.push_back(segment);
  return found;
}

std::vector<GateState> SessionList::unreadable() const {
  std::lock_guard lock(Mutex);
  return Unreadable;
}

std::vector<GateState> SessionList::gates() const {
  std::vector<GateState> gates;
  for (const auto &segment : segments())
    gates.push_back(segment->state());
  std::lock_guard lock(Mutex);
  gates.insert(gates.end(), Unreadable.begin(), Unreadable.end());
  std::sort(gates.begin(), gates.end(), [](const GateState &a, const GateState &b) {
    return std::tie(a.application, a.pid, a.file) < std::tie(b.application, b.pid, b.file);
  });
  return gates;
}

std::vector<model::Session> SessionList::sessions() const {
  std::vector<model::Session> sessions;
  for (const auto &segment : segments())
    segment->forEachRequest(
        [&](const ActiveRequest &request) { sessions.push_back(segment->session(request)); });
  std::sort(sessions.begin(), sessions.end(), [](const model::Session &a, const model::Session &b) {
    return std::tuple(a.application, a.pid, -a.startedMsAgo, a.id) <
           std::tuple(b.application, b.pid, -b.startedMsAgo, b.id);
  });
  return sessions;
}

bool SessionList::waitActivity(std::chrono::milliseconds timeout) {
  auto deadline = std::chrono::steady_clock::now() + timeout;
  auto all = segments();
  if (all.empty()) {
    std::this_thread::sleep_until(deadline);
    return false;
  }
  for (;;) {
    if (armAll(all))
      return true;
    if (std::chrono::steady_clock::now() >= deadline)
      return false;
    if (!waitForAny(all, deadline))
      std::this_thread::sleep_for(PollStep);
    else if (std::chrono::steady_clock::now() >= deadline)
      return armAll(all);
  }
}
