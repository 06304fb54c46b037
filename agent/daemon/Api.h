//===- Api.h - What manager and agent say to each other -----------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// docs/formats/agent-api.md, request by request. On the loop's thread; nothing
// here waits for a program or for a request to end.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_DAEMON_API_H
#define RIPPLE_AGENT_DAEMON_API_H

#include "agent/daemon/ActionQueue.h"
#include "agent/daemon/ApiMessages.h"
#include "agent/daemon/OwnRouters.h"
#include "agent/daemon/PlanDoor.h"
#include "agent/daemon/ServerView.h"
#include "agent/http/HttpServer.h"

namespace ripple::agent {

/// What the requests act on.
struct ApiParts {
  const model::AgentConfig &config;
  AgentJournal &journal;
  SessionList &sessions;
  Tasks &tasks;
  ActionQueue &actions;
  ServerView &report;
  PlanDoor &door;
  OwnRouters &routers;
  std::function<void(bool processes)> shutdown;
};

class Api {
public:
  explicit Api(ApiParts parts) : Parts(std::move(parts)) {}

  JournalResult<void> begin(); ///< Reads the highest term.
  /// Answers at once, but for dry runs and routers.
  void handle(const HttpRequest &request, const HttpServer::Reply &reply);

private:
  HttpResponse answer(const HttpRequest &request);
  HttpResponse getServer();
  HttpResponse postPlan(const HttpRequest &request);
  HttpResponse postTask(const HttpRequest &request);
  void postAction(const HttpRequest &request, const HttpServer::Reply &reply);
  HttpResponse submit(const ActionCommand &command);
  HttpResponse getAction(const std::string &id);
  void answerRouter(const HttpRequest &request, const HttpServer::Reply &reply);
  void observeRouter(const std::string &name, RouterWorker &router,
                     const HttpServer::Reply &reply) const;
  void setRouter(const HttpRequest &request, RouterWorker &router, const HttpServer::Reply &reply);
  HttpResponse postShutdown(const HttpRequest &request);
  std::optional<HttpResponse> acceptTerm(std::uint64_t term);
  HttpResponse known(const ActionRow &row, const ActionRequest &request);
  std::string taskState(const TaskState &state) const;

  ApiParts Parts;
  std::uint64_t Term = 0;
};

} // namespace ripple::agent

#endif
