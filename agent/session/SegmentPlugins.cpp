//===- SegmentPlugins.cpp - A segment's plug-ins, and their swap ----------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/session/GateSegment.h"
#include "agent/session/GuardedMemory.h"
#include "agent/session/SegmentText.h"

#include <algorithm>
#include <climits>
#include <cstring>
#include <fmt/format.h>
#include <linux/futex.h>
#include <poll.h>
#include <sys/syscall.h>

using namespace ripple;
using namespace ripple::agent;

namespace {

constexpr unsigned ReadTriesMax = 1000;
constexpr std::chrono::milliseconds LookAgain{50};
/// The first minor layout versions with plug-ins that are phased in, and with who keeps them.
constexpr std::uint32_t PhaseInMinor = 2, EarlierMinor = 3;
constexpr std::chrono::seconds LookWhoKeeps{1}, TellAgain{5};
constexpr std::size_t NamedMax = 5;

struct SlotCopy {
  std::uint32_t state = 0, generation = 0;
  std::uint64_t leaving = 0;
  char name[RIPPLE_NAME_SIZE], path[RIPPLE_PATH_SIZE], buildId[RIPPLE_BUILD_ID_SIZE],
      message[RIPPLE_MESSAGE_SIZE];
};

/// Copies SLOT as it was at one moment; false where its gate never stops writing it.
bool copySlot(const ripple_plugin_slot &slot, SlotCopy &out) {
  for (unsigned tried = 0; tried < ReadTriesMax; ++tried) {
    std::uint32_t version = slot.version.load(std::memory_order_acquire);
    out.state = slot.state.load(std::memory_order_relaxed);
    out.generation = slot.generation;
    std::memcpy(out.name, slot.name, sizeof out.name);
    std::memcpy(out.path, slot.path, sizeof out.path);
    std::memcpy(out.buildId, slot.build_id, sizeof out.buildId);
    std::memcpy(out.message, slot.message, sizeof out.message);
    std::atomic_thread_fence(std::memory_order_acquire);
    if (version % 2 == 0 && version == slot.version.load(std::memory_order_relaxed))
      return true;
  }
  return false;
}

/// "GET /cart (shop-4711-0-3, session alice) since 1.2 s"
std::string describe(const model::Session &session) {
  return fmt::format("{} ({}{}) since {:.1f} s", session.request, session.id,
                     session.session ? ", session " + *session.session : "",
                     static_cast<double>(session.startedMsAgo) / 1000);
}

std::string describeUsers(std::uint64_t count, const std::vector<model::Session> &users) {
  std::string text =
      count == 1 ? std::string("1 request that began before still uses an earlier version")
                 : fmt::format("{} requests that began before still use an earlier version", count);
  for (std::size_t i = 0; i < std::min(users.size(), NamedMax); ++i)
    text += (i == 0 ? ": " : ", ") + describe(users[i]);
  if (users.size() > NamedMax)
    text += fmt::format(" and {} more", users.size() - NamedMax);
  return text;
}

std::string describeAnswer(std::uint32_t result, const std::string &message) {
  if (!message.empty())
    return message;
  return fmt::format("the gate answered {} and no reason", result);
}

} // namespace

bool ripple::agent::isReadable(int fd) {
  pollfd poll = {fd, POLLIN, 0}; // One that is negative is passed over.
  return ::poll(&poll, 1, 0) > 0;
}

std::vector<GatePlugin> GateSegment::plugins() const {
  std::vector<GatePlugin> plugins;
  const auto *segment = reinterpret_cast<const ripple_segment *>(Base);
  for (const ripple_plugin_slot &slot : segment->plugins) {
    SlotCopy copy;
    bool read = false;
    if (!guarded([&] {
          read = copySlot(slot, copy);
          copy.leaving = Minor < PhaseInMinor ? 0 : segment->leaving[plugins.size()].load();
        }) ||
        !read || copy.state == RIPPLE_PLUGIN_NONE)
      break;
    plugins.push_back(
        {printable(copy.name, sizeof copy.name), printable(copy.path, sizeof copy.path),
         printable(copy.buildId, sizeof copy.buildId), copy.generation,
         copy.state == RIPPLE_PLUGIN_SWAPPING, printable(copy.message, sizeof copy.message),
         copy.leaving ? std::optional(copy.leaving - 1) : std::nullopt});
  }
  return plugins;
}

std::optional<std::uint32_t> GateSegment::pluginIndex(const std::string &name) const {
  std::vector<GatePlugin> all = plugins();
  for (std::uint32_t i = 0; i < all.size(); ++i)
    if (all[i].name == name)
      return i;
  return std::nullopt;
}

tl::expected<void, std::string>
GateSegment::awaitActivity(const std::function<bool()> &done,
                           std::chrono::steady_clock::time_point deadline,
                           const std::string &late) {
  for (;;) {
    bool isDone = false;
    std::uint32_t seen = 0;
    if (!guarded([&] {
          seen = Hot->activity.load();
          isDone = done();
        }))
      return tl::unexpected(std::string("its segment was cut short"));
    if (isDone)
      return {};
    if (!isAlive())
      return tl::unexpected(std::string("the process ended"));
    auto left = deadline - std::chrono::steady_clock::now();
    if (left <= std::chrono::nanoseconds::zero())
      return tl::unexpected(late);
    auto wait = std::chrono::duration_cast<std::chrono::nanoseconds>(
        std::min<std::chrono::nanoseconds>(left, LookAgain));
    timespec timeout = {0, wait.count()};
    ::syscall(SYS_futex, &Hot->activity, FUTEX_WAIT, seen, &timeout, nullptr, 0);
  }
}

tl::expected<void, std::string>
GateSegment::awaitAnswer(std::uint64_t request, std::chrono::steady_clock::time_point deadline) {
  return awaitActivity([&] { return Control->answer.load() == request; }, deadline,
                       "its gate did not answer in time; it may still do it: look at what is "
                       "loaded");
}

std::vector<model::Session> GateSegment::usersOfEarlier(std::uint32_t index) const {
  std::uint64_t from = 0, until = 0;
  std::uint32_t component = 0;
  const auto *segment = reinterpret_cast<const ripple_segment *>(Base);
  if (Minor >= EarlierMinor)
    guarded([&] {
      from = segment->earlier[index].from.load();
      until = segment->earlier[index].until.load();
      component = segment->plugins[index].component;
    });
  ComponentBits bits(Table.words);
  component = component < Table.components ? component : 0; // It is the gate's word.
  bits[component / 64] |= std::uint64_t(1) << component % 64;
  std::vector<model::Session> users;
  forEachRequest([&](const ActiveRequest &request) {
    bool earlier = request.overflow || (from <= request.epoch && request.epoch < until);
    if (until != 0 && !request.held && earlier && touches(request, bits))
      users.push_back(session(request));
  });
  std::ranges::stable_sort(users, std::ranges::greater(), &model::Session::startedMsAgo);
  return users;
}

tl::expected<void, std::string>
GateSegment::awaitLeft(std::uint32_t index, std::chrono::steady_clock::time_point deadline,
                       int abandon, const std::function<void(const std::string &)> &waiting) {
  const auto *segment = reinterpret_cast<const ripple_segment *>(Base);
  std::string told;
  std::chrono::steady_clock::time_point tellAgain;
  for (auto until = std::chrono::steady_clock::now();; until += LookWhoKeeps) {
    std::uint64_t leaving = 0;
    auto left = awaitActivity(
        [&] {
          leaving = segment->leaving[index].load();
          return leaving == 0 || isReadable(abandon);
        },
        std::min(until, deadline), "");
    if (leaving == 0 || (!left && !left.error().empty()))
      return left;
    auto users = usersOfEarlier(index);
    auto now = std::chrono::steady_clock::now();
    if (now >= deadline || isReadable(abandon))
      return tl::unexpected(describeUsers(leaving - 1, users));
    std::string who;
    for (const model::Session &user : users)
      who += user.id + " ";
    if (waiting && (who != told || now >= tellAgain))
      waiting(describeUsers(leaving - 1, users));
    tellAgain = who != told || now >= tellAgain ? now + TellAgain : tellAgain;
    told = std::move(who);
  }
}

tl::expected<std::string, std::string>
GateSegment::swap(std::uint32_t index, const std::string &path, PluginSwapMode mode,
                  std::chrono::steady_clock::time_point deadline) {
  if (mode == PluginSwapMode::PhaseIn && Minor < PhaseInMinor)
    return tl::unexpected(
        fmt::format("its gate is of layout 1.{}, which cannot phase in a plug-in; "
                    "build the application with the gate of this version",
                    Minor));
  if (path.size() >= RIPPLE_PATH_SIZE || path.empty() || path[0] != '/')
    return tl::unexpected(
        fmt::format("'{}' is no absolute path of less than {} bytes", path, RIPPLE_PATH_SIZE));
  std::lock_guard lock(SwapMutex);
  std::uint64_t request = 0;
  if (!guarded([&] { request = Control->request.load(); }))
    return tl::unexpected(std::string("its segment was cut short"));
  // What an agent before this one asked for has to end first.
  if (request != 0)
    if (auto ended = awaitAnswer(request, deadline); !ended)
      return tl::unexpected("an earlier swap is not over: " + ended.error());
  request = request + 1 == 0 ? 1 : request + 1;
  guarded([&] {
    Control->plugin = index;
    Control->mode = mode == PluginSwapMode::PhaseIn ? RIPPLE_SWAP_PHASE_IN : RIPPLE_SWAP_CLOSED;
    std::memcpy(Control->path, path.c_str(), path.size() + 1);
    Control->request.store(request);
    Control->word.fetch_add(1);
    ::syscall(SYS_futex, &Control->word, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
  });
  if (auto answered = awaitAnswer(request, deadline); !answered)
    return tl::unexpected(answered.error());
  std::uint32_t result = RIPPLE_SWAP_NONE;
  char message[RIPPLE_MESSAGE_SIZE] = "";
  guarded([&] {
    result = Control->result;
    std::memcpy(message, Control->message, sizeof message);
  });
  std::string text = describeAnswer(result, printable(message, sizeof message));
  if (result == RIPPLE_SWAP_DONE || result == RIPPLE_SWAP_SAME)
    return text;
  return tl::unexpected(text);
}
