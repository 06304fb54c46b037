//===- FuzzAnswers.cpp - Bytes to what an agent answers -------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/journal/EventJson.h"
#include "agent/manager/AgentMessages.h"
#include "agent/router/RouterJson.h"
#include "tests/fuzz/FuzzReader.h"

using namespace ripple;
using namespace ripple::agent;
using ripple::fuzz::require;

static void readAsRouter(const nlohmann::json &body) {
  (void)readRouterError(body);
  auto view = readRouterView(body);
  require(view || !view.error().empty(), "refused without a reason");
  if (!view)
    return;
  auto again = readRouterView(toJson(*view));
  require(again && toJson(*again) == toJson(*view), "a router is not the same again");
  for (const RouterServer &server : view->servers)
    require(view->server(server.target) != nullptr, "a server is not found");
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *bytes, std::size_t size) {
  auto body = nlohmann::json::parse(bytes, bytes + size, nullptr, false);
  if (body.is_discarded())
    return 0;
  readAsRouter(body);
  auto task = readTaskReport(body, "the agent");
  require(task || !task.error().empty(), "refused without a reason");
  auto server = readServerReport(body, "the agent");
  require(server || !server.error().empty(), "refused without a reason");
  if (!server)
    return 0;
  // It goes into the journal, and must come out again.
  core::Event event{1, toServerSeen(*server, "p", 1)};
  std::string written = writeEvent(event);
  auto again = parseEvent(written);
  require(again && writeEvent(*again) == written, "what was seen is not the same again", written);
  return 0;
}
