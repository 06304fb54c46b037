//===- SignCommand.cpp - `ripple sign` ------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Who has read and checked a plan releases it. Who has the key need not be who may
// command the manager, and the manager has no key.
//
//===----------------------------------------------------------------------===//
#include "planner/tool/Command.h"

#include "model/Reader.h"
#include "model/Signature.h"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <iostream>

namespace ripple::planner {

int signCommand(const Options &options) {
  const SignOptions &sign = options.sign;
  auto valid = model::parseDuration(sign.valid);
  if (!valid)
    return usage(fmt::format("--valid: {}", valid.error()));
  // The cluster goes into agents' configurations, which have names there.
  if (sign.cluster.empty() || !std::ranges::all_of(sign.cluster, model::isNameCharacter))
    return usage(fmt::format("--cluster: '{}' is not a name of letters, digits and \"_.:+-\"",
                             sign.cluster));
  auto plan = model::readPlan(options.plans.at(0));
  if (!plan)
    return fail(plan.error());
  auto key = model::Key::readPrivate(sign.key);
  if (!key)
    return fail(key.error());
  if (model::planId(*plan) != plan->id) {
    std::cerr << options.plans.at(0)
              << ": its id does not match: somebody has changed the plan; make it again\n";
    return model::ExitStale;
  }
  const auto now = std::chrono::system_clock::now();
  model::PlanSignature signature;
  signature.cluster = sign.cluster;
  signature.number = sign.number > 0 ? sign.number : std::chrono::system_clock::to_time_t(now);
  signature.expires = model::inUtc(now + *valid);
  model::Statement statement = model::statementOf(*plan, signature);
  if (!key->sign(statement)) {
    std::cerr << sign.key << ": OpenSSL cannot sign with it\n";
    return model::ExitFailed;
  }
  plan->signature = statement.signature;
  if (int failed = write(options, model::writePlan(*plan)))
    return failed;
  std::cerr << fmt::format("signed for cluster {}, number {}, until {}, by key {}\n",
                           signature.cluster, signature.number, signature.expires,
                           statement.signature.key);
  return model::ExitDone;
}

} // namespace ripple::planner
