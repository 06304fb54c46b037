//===- GateSegment.h - One gate's segment, checked ---------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// The application server's program *uses of requests* (docs/internals/programs.md).
//
// The identity, the counts and the table are copied out and checked once, when
// the segment is opened, and never read again. Of what changes, each word is
// read once and checked before it is used.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_SESSION_GATESEGMENT_H
#define RIPPLE_AGENT_SESSION_GATESEGMENT_H

#include "agent/action/ProcessIdentity.h"
#include "agent/gate/Layout.h"
#include "agent/gate/Table.h"
#include "agent/session/SessionList.h"

#include <functional>
#include <optional>
#include <tl/expected.hpp>
#include <variant>

namespace ripple::agent {

/// One bit a component, in a table's order.
using ComponentBits = std::vector<std::uint64_t>;

/// A segment of a process that has ended; its file can go.
struct DeadGate {
  std::int64_t pid = 0;
};

/// How a plug-in takes the place of the one before.
enum class PluginSwapMode {
  Closed,  ///< While its component is sealed and no request uses it.
  PhaseIn, ///< Beside it, for the requests that come; the old one ends with its last request.
};

/// One record as it was when it was read, or all claims that have none.
struct ActiveRequest {
  bool held = false;
  std::uint64_t overflow = 0; ///< So many claims without a record: nothing else is known of them.
  std::uint32_t index = 0, generation = 0, kind = 0;
  bool async = false, late = false;
  std::uint64_t startNs = 0; ///< CLOCK_MONOTONIC; 0 where it has just begun.
  std::uint64_t epoch = 0;   ///< Of its gate: which versions of plug-ins it has.
  std::optional<std::string> session;
  ComponentBits used;
  ComponentBits released; ///< Of its kind's, no longer used; empty where it has released none.

  std::uint64_t count() const { return overflow ? overflow : 1; }
};

/// There is something to read in FD, now; -1: never.
bool isReadable(int fd);

class GateSegment {
public:
  using Opened = std::variant<std::shared_ptr<GateSegment>, DeadGate, GateState>;
  /// Maps and checks FILE. A GateState says why it cannot be read.
  static Opened open(const std::string &file);
  ~GateSegment();
  GateSegment(const GateSegment &) = delete;
  GateSegment &operator=(const GateSegment &) = delete;

  const std::string &file() const { return File; }
  const std::string &application() const { return Application; }
  std::int64_t pid() const { return Process.pid; }
  const ProcessIdentity &process() const { return Process; }
  bool tableOk() const { return Table_ == TableState::Ok; }

  /// False once its process has ended, or runs another program.
  bool isAlive() const;
  /// True where FILE is still the file that is mapped.
  bool isStill(const std::string &file) const;

  GateState state() const;
  /// Calls VISIT for every active or held request, those without a record included. False where
  /// the segment was cut short, so that nobody knows what else there is.
  bool forEachRequest(const std::function<void(const ActiveRequest &)> &visit) const;
  model::Session session(const ActiveRequest &request) const;

  /// The bits of COMPONENTS. One that this gate does not know gives bit 0, which every request
  /// has, and is added to UNKNOWN (unless it names the application).
  ComponentBits bitsOf(const std::vector<std::string> &components,
                       std::vector<std::string> &unknown) const;
  /// Whether REQUEST uses or may still use one of BITS.
  bool touches(const ActiveRequest &request, const ComponentBits &bits) const;

  void markDraining(const ComponentBits &bits); ///< And opens them where they were sealed.
  void settle(); ///< Forgets what the gate closed by itself as it opened.
  void setSealed(const ComponentBits &bits); ///< A look at the records must follow.
  void open(const ComponentBits &bits);      ///< Held requests go on.

  std::vector<GatePlugin> plugins() const;
  /// The slot of plug-in NAME, or none.
  std::optional<std::uint32_t> pluginIndex(const std::string &name) const;
  /// Has the gate load PATH in slot INDEX, and waits for its answer until DEADLINE.
  tl::expected<std::string, std::string> swap(std::uint32_t index, const std::string &path,
                                              PluginSwapMode mode,
                                              std::chrono::steady_clock::time_point deadline);
  /// Waits until slot INDEX has no earlier version loaded that a request uses, until DEADLINE or
  /// until ABANDON (-1: none) is readable. WAITING hears for whom: at first, when others keep it
  /// and every some seconds. A failure names them, the oldest first.
  tl::expected<void, std::string>
  awaitLeft(std::uint32_t index, std::chrono::steady_clock::time_point deadline, int abandon,
            const std::function<void(const std::string &)> &waiting);
  /// Requests that have other code of slot INDEX than new ones get, the oldest first; those that
  /// have no record are one of them. May name one too many where more than two versions are loaded.
  std::vector<model::Session> usersOfEarlier(std::uint32_t index) const;

  /// The futex word of its activity; arm it, look, then wait for another value.
  ripple_atomic_u32 *activityWord() const { return &Hot->activity; }
  std::optional<std::uint32_t> armActivity() const; ///< None where the segment is cut short.
  std::uint32_t seenActivity = 0;                   ///< Belongs to SessionList::waitActivity.
  bool armed = false;                               ///< The same.

private:
  GateSegment() = default;
  GateState identityState() const;
  std::optional<std::string> map(int fd, std::uint64_t size);
  std::optional<std::string> copyTable(const ripple_counts &counts);
  std::string requestId(std::uint32_t kind) const;
  void readSeals(GateState &state) const;
  const std::uint64_t *setOf(std::uint32_t kind) const;
  std::optional<bool> readRecord(std::uint32_t from, ripple_record &out,
                                 std::uint32_t &index) const;
  ActiveRequest parse(std::uint32_t index, const ripple_record &record) const;
  void change(const ComponentBits &bits, std::function<void(ripple_seal_word &, std::uint64_t)>);
  void wakeHeld();
  tl::expected<void, std::string> awaitAnswer(std::uint64_t request,
                                              std::chrono::steady_clock::time_point deadline);

  /// Waits until DONE, which is called with the segment guarded, says so.
  tl::expected<void, std::string> awaitActivity(const std::function<bool()> &done,
                                                std::chrono::steady_clock::time_point deadline,
                                                const std::string &late);

  std::string File;
  OwnedFd Fd;
  std::uint64_t Inode = 0, Device = 0;
  std::string Application, BuildId;
  ProcessIdentity Process;
  TableState Table_ = TableState::Broken;
  ripple_offsets At = {};
  std::uint32_t Minor = 0; ///< Of its layout.
  std::uint32_t RecordsMax = 0;
  char *Base = nullptr;
  std::vector<std::uint64_t> TableBytes; ///< Our own copy, which `Table` points into.
  ripple_table Table = {};
  ripple_hot *Hot = nullptr;
  ripple_control *Control = nullptr;
  ripple_seal_word *Seals = nullptr;
  ripple_record *Records = nullptr;
  ripple_atomic_u64 *Used = nullptr;
  std::mutex SwapMutex;
};

} // namespace ripple::agent

#endif
