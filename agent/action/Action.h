//===- Action.h - Carrying out one upgrade action ----------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// What a change set's `install`, `rollback` and `check` ask for: run a program,
// switch a symlink, swap a plug-in, install a package. Everything here is safe to
// repeat but for what a program that is run does.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_ACTION_ACTION_H
#define RIPPLE_AGENT_ACTION_ACTION_H

#include "agent/action/RunProgram.h"
#include "model/ChangeSet.h"

#include <map>
#include <optional>

namespace ripple::agent {

enum class ActionKind { Install, Restart, Check, Rollback };
std::string_view toString(ActionKind);

/// One command of the manager's to change or check something (docs/formats/agent-api.md).
struct ActionRequest {
  std::string id, plan, task;
  ActionKind kind = ActionKind::Install;
  std::string component;
  std::string version; ///< Installed once it is done.
  std::string from;    ///< Installed before; "" where that was not said.
  std::optional<model::Action> action;
  std::map<std::string, std::string> digests; ///< See model::Upgrade; of the files of `action`.
  std::string process;                        ///< For Restart: a process of the agent's own.
  model::Milliseconds timeout{60'000};
  bool unsealed = false; ///< Nothing is sealed: the restart domain is `none`, or it is phased in.
  bool phaseIn = false;  ///< A plug-in is loaded beside the version that is in use.
};

enum class ActionState {
  Running,
  Done,
  Failed,
  Unknown,
  Busy, ///< Nothing was begun: a request uses what is to be replaced. To be tried again, with
        ///< another id, once it has ended.
};
/// Busy is "failed": who does not know better takes it for that.
std::string_view toString(ActionState);

struct ActionOutcome {
  ActionState state = ActionState::Failed;
  std::string message;
  std::optional<int> exit;
  bool abandoned = false; ///< The agent ends: the program goes on, and the next run looks again.
};

/// A plug-in to be swapped in every process that holds it.
struct PluginSwapRequest {
  std::string plugin, path;
  bool phaseIn = false; ///< Beside the version that active requests use, whose end is awaited.
  model::Milliseconds timeout{};
  int abandon = -1; ///< Readable once the agent ends: then nothing is awaited any more.
  std::function<void(const std::string &)> waiting; ///< Hears whose end is awaited.
};

/// Carries it out. The text of a success says what was done.
using PluginSwap =
    std::function<tl::expected<std::string, std::string>(const PluginSwapRequest &request)>;

/// What an action may use.
struct ActionContext {
  std::string server;
  std::string root = "/"; ///< What relative paths of symlinks and plug-ins are relative to.
  std::optional<std::vector<std::string>> allow; ///< Programs; none: any absolute path.
  std::string logs;                              ///< Folder of the programs' outputs.
  PluginSwap swapPlugin;
  std::function<std::string(const ProcessIdentity &)> record; ///< See runProgram.
  std::function<void(const std::string &)> waiting; ///< Hears what is waited for; perform's thread.
  int abandon = -1;                                 ///< See runProgram.
};

/// What keeps REQUEST's action from being carried out here; changes nothing. Empty: nothing known.
/// For a package apt is asked, which takes up to some seconds; for others it does not block.
std::vector<std::string> problemsOf(const ActionRequest &request, const ActionContext &context);

/// Carries out `request.action`. Blocks, at most about `request.timeout`. The worker's thread.
ActionOutcome perform(const ActionRequest &request, const ActionContext &context);

/// The outcome in words and state of a program of REQUEST that ended. For one that this process
/// did not start itself, and that so has no known exit code, the state is Unknown.
ActionOutcome outcomeOf(const ActionRequest &request, const ProgramOutcome &program);

/// What every program of REQUEST finds in its environment: RIPPLE_COMPONENT, ….
std::map<std::string, std::string> environmentOf(const ActionRequest &request,
                                                 const ActionContext &context);

/// Where the output of REQUEST's program goes.
std::string logOf(const ActionRequest &request, const ActionContext &context);

} // namespace ripple::agent

#endif
