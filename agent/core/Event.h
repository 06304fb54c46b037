//===- Event.h - What the protocol is told ----------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Every event says when it happened. Observations besides say when they were
// asked for: what was asked before a change says nothing about it.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_CORE_EVENT_H
#define RIPPLE_AGENT_CORE_EVENT_H

#include "agent/core/Script.h"

#include <variant>

namespace ripple::agent::core {

/// A request that keeps a component from being quiescent.
struct Holder {
  std::string request; ///< Request kind.
  std::string application;
  std::string session; ///< "" where it is not known.
  std::int64_t pid = 0;
  Millis ageMs = 0;
};

/// The first event of an execution.
struct Begin {};
/// The manager starts again: all that was recorded has been replayed, nothing was observed yet.
struct Recovered {};
/// A plan that had stopped is tried again, from the tasks that are not done.
struct Rerun {};
/// Time has passed.
struct Tick {};

/// Everything that the plan needs of one router.
struct RouterSeen {
  struct Server {
    std::string backend, server;
    bool forbidden = false;
    bool up = false;
    std::uint64_t active = 0; ///< Requests there, sent or queued for it.
  };
  std::string router;
  std::string identity; ///< Another one: the router was started again and may have forgotten.
  std::vector<Server> servers;
  Millis askedMs = 0;
};
struct RouterLost {
  std::string router, message;
};

/// The agent's answer to WatchDrain.
struct DrainSeen {
  std::string task;
  bool routerQuiet = false;       ///< As WatchDrain said.
  std::uint64_t routerActive = 0; ///< As WatchDrain said.
  std::uint64_t active = 0;       ///< Active requests that use a component of the task.
  std::vector<Holder> holders;    ///< Some of them, oldest first.
  Millis askedMs = 0;             ///< As WatchDrain said.
};
struct DrainLost {
  std::string task, message;
};

/// The agent's answer to InspectServer.
struct ServerSeen {
  struct Process {
    std::string name, application;
    bool running = false;
    std::int64_t pid = 0;
    bool gated = false; ///< It has a gate that the agent can read.
  };
  struct Installed {
    std::string component, version; ///< "" where the agent cannot tell.
  };
  std::string server;
  std::vector<Process> processes;
  std::vector<Installed> installed;
  std::vector<Holder> held;             ///< Requests that wait at a sealed gate.
  std::vector<std::string> sealedTasks; ///< What the agent knows to be sealed.
  Millis askedMs = 0;
};
struct ServerLost {
  std::string server, message;
};

/// How an effect with an id ended.
struct Outcome {
  enum class Result {
    Done,
    Busy,    ///< Seal: a request that uses one of the components was found; the gates are open.
             ///< Act: the same, and nothing was begun; the gates are sealed.
    Failed,  ///< It was tried and did not succeed.
    Unknown, ///< It was tried, and nobody can tell what came of it.
    Lost,    ///< Nobody was reached, or no answer came: it is safe to send it again.
  };
  std::uint64_t effect = 0;
  Result result = Result::Done;
  std::string message;
  std::vector<Holder> holders; ///< Busy.
};

/// Nothing new begins.
struct Pause {};
/// What was paused goes on; barriers that wait for a person's approval are passed.
struct Resume {};
/// The maintenance windows: where `closedUntil` is not empty, nothing new begins before that time,
/// which is for people to read. Said again whenever it has changed; nothing said: open.
struct Windows {
  std::string closedUntil;
};
/// What has not been installed yet is given back at once; what has begun is finished.
struct Abort {};
/// A person has looked: what is held on SERVER is permitted.
struct PermitServer {
  std::string server;
};
/// An agent knows a newer manager: this one has no say any more.
struct Superseded {
  std::string message;
};

struct Event {
  using Kind = std::variant<Begin, Recovered, Rerun, Tick, RouterSeen, RouterLost, DrainSeen,
                            DrainLost, ServerSeen, ServerLost, Outcome, Pause, Resume, Windows,
                            Abort, PermitServer, Superseded>;
  Millis nowMs = 0;
  Kind kind;
};

} // namespace ripple::agent::core

#endif
