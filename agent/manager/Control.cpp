//===- Control.cpp - Commands to the manager that runs --------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/manager/Control.h"

#include "agent/core/Describe.h"
#include "agent/journal/StateDirectory.h"

#include <algorithm>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>
#include <istream>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace ripple::agent {

namespace {

namespace asio = boost::asio;
using asio::local::stream_protocol;
using nlohmann::json;

constexpr std::size_t lineBytesMax = 64 << 10;

json status(const core::State &state) {
  model::PlanStatus plan = planStatus(state, Execution::nowMs());
  return {{"pid", ::getpid()},
          {"state", std::string(model::toString(plan.state))},
          {"step", plan.step},
          {"waitingFor", plan.waitingFor}};
}

json permit(Execution &execution, const std::string &server) {
  const core::State &state = execution.state();
  for (std::size_t i = 0; i < state.script->tasks.size(); ++i) {
    const core::TaskRecord &task = state.record.tasks[i];
    bool changing = task.phase == core::Phase::Working || task.phase == core::Phase::Returning ||
                    task.phase == core::Phase::Confirming || task.rollingBack;
    if (state.script->tasks[i].server == server && core::isActive(task) && changing)
      return {{"error", fmt::format("{} is in the midst of `{}`; wait until that has ended", server,
                                    core::activity(state, i))}};
  }
  execution.feed(core::PermitServer{server});
  return {{"done", fmt::format("{}: what this plan keeps away is given back", server)}};
}

json carryOut(Execution &execution, const std::string &line) {
  json command = json::parse(line, nullptr, false);
  if (!command.is_object() || !command.contains("command") || !command["command"].is_string())
    return {{"error", "no command"}};
  std::string name = command["command"].get<std::string>();
  if (name == "status")
    return status(execution.state());
  if (name == "pause") {
    execution.feed(core::Pause{});
    return {{"done", "paused: what has begun is finished, nothing new begins"}};
  }
  if (name == "resume") {
    execution.feed(core::Resume{});
    return {{"done", "goes on"}};
  }
  if (name == "abort") {
    execution.feed(core::Abort{});
    return {{"done", "aborted: what has begun to install is finished, the rest is given back"}};
  }
  if (name == "permit" && command.contains("server") && command["server"].is_string())
    return permit(execution, command["server"].get<std::string>());
  return {{"error", "no such command: " + name}};
}

/// One connection: a line in, a line out.
class Conversation : public std::enable_shared_from_this<Conversation> {
public:
  Conversation(stream_protocol::socket accepted, Execution &of)
      : socket(std::move(accepted)), execution(of), input(lineBytesMax) {}

  void start() {
    asio::async_read_until(
        socket, input, '\n',
        [self = shared_from_this()](boost::system::error_code error, std::size_t) {
          if (!error)
            self->answer();
        });
  }

private:
  void answer() {
    std::istream stream(&input);
    std::string line;
    std::getline(stream, line);
    output = carryOut(execution, line).dump() + "\n";
    asio::async_write(socket, asio::buffer(output),
                      [self = shared_from_this()](boost::system::error_code, std::size_t) {});
  }

  stream_protocol::socket socket;
  Execution &execution;
  asio::streambuf input;
  std::string output;
};

model::PlanState planState(const core::State &state) {
  switch (state.record.phase) {
  case core::PlanPhase::Done:
    return model::PlanState::Done;
  case core::PlanPhase::RolledBack:
    return model::PlanState::RolledBack;
  case core::PlanPhase::Failed:
    return model::PlanState::Failed;
  case core::PlanPhase::Aborted:
    return model::PlanState::Aborted;
  default:
    return state.record.paused ? model::PlanState::Paused : model::PlanState::Running;
  }
}

/// The step that a task is at, as the plan calls it.
std::string stepOf(const core::State &state, std::size_t index) {
  const core::Task &task = state.script->tasks[index];
  const core::TaskRecord &record = state.record.tasks[index];
  switch (record.phase) {
  case core::Phase::Forbidding:
    return task.forbidStep;
  case core::Phase::Draining:
  case core::Phase::Sealing:
  case core::Phase::Ready:
    return task.awaitStep;
  case core::Phase::Unsealing:
  case core::Phase::Permitting:
    return task.permitStep;
  default:
    break;
  }
  if (!record.rollingBack && record.item < task.items.size())
    return task.items[record.item].step;
  return task.items.empty() ? task.awaitStep : task.items.back().step;
}

} // namespace

model::PlanStatus planStatus(const core::State &state, core::Millis nowMs) {
  model::PlanStatus status;
  status.id = state.script->plan;
  status.state = planState(state);
  for (std::size_t i = 0; i < state.script->tasks.size(); ++i) {
    const core::Task &task = state.script->tasks[i];
    const core::TaskRecord &record = state.record.tasks[i];
    if (status.step.empty() && core::isActive(record))
      status.step = stepOf(state, i);
    if (!core::isOver(state.record.phase))
      if (std::string what = core::waitingFor(state, i, nowMs); !what.empty())
        status.waitingFor.push_back(
            fmt::format("{} ({}): {}", task.server, core::activity(state, i), what));
    if (record.verdict == core::Verdict::Held)
      status.waitingFor.push_back(
          fmt::format("{} HELD: {}; {}", task.server, record.reason, record.remedy));
  }
  return status;
}

ControlServer::ControlServer(Execution &of, std::string where)
    : execution(of), path(std::move(where)), acceptor(of.loop()) {}

tl::expected<std::unique_ptr<ControlServer>, std::string>
ControlServer::listen(Execution &execution, const std::string &directory) {
  std::string path = controlSocket(directory);
  ::unlink(path.c_str()); // Of a manager that died: this one holds the lock.
  std::unique_ptr<ControlServer> server(new ControlServer(execution, path));
  try {
    stream_protocol::endpoint endpoint(path);
    server->acceptor.open();
    server->acceptor.bind(endpoint);
    ::chmod(path.c_str(), 0600);
    server->acceptor.listen();
  } catch (const std::exception &error) {
    return tl::unexpected(fmt::format("{}: {}; a shorter --state may help", path, error.what()));
  }
  server->accept();
  return server;
}

ControlServer::~ControlServer() { ::unlink(path.c_str()); }

void ControlServer::accept() {
  acceptor.async_accept([this](boost::system::error_code error, stream_protocol::socket socket) {
    if (error)
      return;
    std::make_shared<Conversation>(std::move(socket), execution)->start();
    accept();
  });
}

std::optional<json> askManager(const std::string &directory, const json &command) {
  asio::io_context loop;
  stream_protocol::socket socket(loop);
  boost::system::error_code error;
  std::string path = controlSocket(directory);
  constexpr std::size_t pathMax = 107;
  if (path.size() > pathMax)
    return std::nullopt;
  socket.connect(stream_protocol::endpoint(path), error);
  if (error)
    return std::nullopt;
  timeval limit{5, 0};
  ::setsockopt(socket.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ::setsockopt(socket.native_handle(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  std::string line = command.dump() + "\n";
  asio::write(socket, asio::buffer(line), error);
  asio::streambuf input;
  if (!error)
    asio::read_until(socket, input, '\n', error);
  if (error)
    return std::nullopt;
  std::istream stream(&input);
  std::getline(stream, line);
  json answer = json::parse(line, nullptr, false);
  return answer.is_object() ? std::optional(std::move(answer)) : std::nullopt;
}

} // namespace ripple::agent
