//===- FuzzAgent.cpp - Bytes to an agent's configuration or a command -----===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/daemon/ApiMessages.h"
#include "model/AgentConfig.h"

#include <cstdlib>

using namespace ripple;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *bytes, std::size_t size) {
  std::string_view text(reinterpret_cast<const char *>(bytes), size);
  auto config = model::parseAgentConfig(text, "input");
  if (!config && config.error().empty())
    std::abort(); // A refusal without a reason.
  auto command = agent::parseTaskCommand("input", text, true);
  if (!command && command.error().empty())
    std::abort();
  (void)agent::parseTaskCommand("input", text, false);
  (void)agent::parsePlanCommand("input", text);
  (void)agent::parseShutdown("input", text);
  auto router = agent::parseRouterCommand("input", text);
  if (!router && router.error().empty())
    std::abort();
  if (auto address = model::parseAddress(text))
    if (model::parseAddress(address->text()) != address)
      std::abort();
  // What the journal holds of an action is the same action.
  if (auto action = agent::parseActionCommand("input", text)) {
    auto written = agent::writeActionRequest(action->request);
    auto again = agent::parseActionRequest(written);
    if (!again || agent::writeActionRequest(*again) != written)
      std::abort();
  }
  return 0;
}
