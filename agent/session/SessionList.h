//===- SessionList.h - The active requests of this server -------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// The application server's program *active requests* (docs/internals/programs.md).
//
// Every gated process of the server keeps a segment DIRECTORY/APPLICATION.PID.gate
// (agent/gate/Layout.h). The Session List finds them, checks all that stands in
// them, and says which requests are active and what each may still use:
//
//   files --refresh--> GateSegment (mapped, checked) --snapshot--> sessions
//
// What a process writes is hostile input: a segment that does not check out is
// reported and otherwise left alone. A process that has ended has no requests.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_SESSION_SESSIONLIST_H
#define RIPPLE_AGENT_SESSION_SESSIONLIST_H

#include "model/Status.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace ripple::agent {

class GateSegment;

/// What a gate's table is to its process. Anything but Ok: every request touches everything.
enum class TableState { Ok, None, OtherBuild, Broken };
std::string_view toString(TableState);

/// A plug-in as its gate has it loaded.
struct GatePlugin {
  std::string name;             ///< Component id.
  std::string path;             ///< Resolved.
  std::string buildId;          ///< "" where the file has none.
  std::uint32_t generation = 0; ///< 1 for the first, one more with each swap.
  bool swapping = false;
  std::string message; ///< What the last swap had to say.
  /// None: no earlier version is loaded. Else the requests that one is still loaded for.
  std::optional<std::uint64_t> leaving;
};

/// One gated process.
struct GateState {
  std::string file; ///< The segment.
  std::string application;
  std::int64_t pid = 0;
  std::uint64_t startTime = 0; ///< Field 22 of /proc/PID/stat.
  std::string buildId;         ///< Of its binary; "" where it has none.
  /// False: another layout version, or a segment that does not check out; `problem` says which.
  /// Then only `file` and what of the identity could be read is set.
  bool readable = true;
  bool otherLayout = false;
  std::string problem;
  TableState table = TableState::Ok;
  std::vector<GatePlugin> plugins;
  /// Components that are closed or marked so, whoever did it; sorted as in the table.
  std::vector<std::string> sealed, draining;
  std::uint32_t recordsMax = 0;
  std::uint64_t active = 0;   ///< Requests under way, those without a record counted.
  std::uint64_t held = 0;     ///< Requests that wait at a sealed component.
  std::uint64_t overflow = 0; ///< Requests without a record; each counts as touching everything.
};

/// Thread-safe. Nothing here blocks but waitActivity.
class SessionList {
public:
  explicit SessionList(std::string directory);
  ~SessionList();
  SessionList(const SessionList &) = delete;
  SessionList &operator=(const SessionList &) = delete;

  /// Looks which segments came and went, and removes the files of processes that have ended.
  /// Returns what is wrong, a line each; a directory that is not there is one of these.
  std::vector<std::string> refresh();

  /// "FILE: process PID has ended …" for each file that refresh has removed since this was
  /// called last; the oldest are left out where nobody asks.
  std::vector<std::string> takeRemoved();

  /// As of the last refresh, with the counts of now. Sorted by application, pid.
  std::vector<GateState> gates() const;

  /// Segments that could not be read at the last refresh.
  std::vector<GateState> unreadable() const;

  /// Every active request of every readable gate; those of a gate that have no record are one
  /// entry. Sorted by application, pid, start.
  std::vector<model::Session> sessions() const;

  /// Waits until a request has ended or is held at some gate, or TIMEOUT. It may miss one that
  /// was over before the first call, so look first, and look again after TIMEOUT. True: something
  /// was. For one thread at a time.
  bool waitActivity(std::chrono::milliseconds timeout);

  /// The gates of APPLICATION, or of all where it is empty.
  std::vector<std::shared_ptr<GateSegment>> segments(std::string_view application = {}) const;

private:
  void remove(const std::string &file, std::int64_t pid, std::vector<std::string> &problems);

  std::string Directory;
  mutable std::mutex Mutex;
  std::vector<std::shared_ptr<GateSegment>> Segments; ///< Sorted by file.
  std::vector<GateState> Unreadable;
  std::vector<std::string> Removed;
};

} // namespace ripple::agent

#endif
