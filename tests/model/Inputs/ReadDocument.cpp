//===- ReadDocument.cpp - Reads documents, for tests ----------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// ripple-read-document FILE…: reads each document by its format. Prints every
// mistake on standard error and ends with 64 if there is one. With --write the
// document as its writer gives it, with --digest its digest, goes to standard
// output.
//
//===----------------------------------------------------------------------===//
#include "model/AgentConfig.h"
#include "model/Catalog.h"
#include "model/ChangeSet.h"
#include "model/ComponentsList.h"
#include "model/Load.h"
#include "model/ManagerConfig.h"
#include "model/Plan.h"
#include "model/ServerList.h"
#include "model/Signature.h"
#include "model/Status.h"

#include <CLI/CLI.hpp>
#include <cstdio>

namespace {

using namespace ripple::model;

struct Answer {
  std::string written, digest;
};

Result<Answer> answer(Result<ComponentsList> list) {
  return list.map(
      [](const auto &value) { return Answer{writeComponentsList(value), digest(value)}; });
}
Result<Answer> answer(Result<ServerList> list) {
  return list.map([](const auto &value) { return Answer{writeServerList(value), digest(value)}; });
}
Result<Answer> answer(Result<ChangeSet> change) {
  return change.map([](const auto &value) { return Answer{writeChangeSet(value), digest(value)}; });
}
Result<Answer> answer(Result<Load> load) {
  return load.map([](const auto &value) { return Answer{writeLoad(value), digest(value)}; });
}
Result<Answer> answer(Result<Plan> plan) {
  return plan.map([](const auto &value) { return Answer{writePlan(value), planId(value)}; });
}
Result<Answer> answer(Result<Statement> statement) {
  return statement.map([](const auto &value) {
    std::string text = writeStatement(value);
    return Answer{text, canonicalDigest(text)};
  });
}
Result<Answer> answer(Result<Status> status) {
  return status.map([](const auto &value) {
    std::string text = writeStatus(value);
    return Answer{text, canonicalDigest(text)};
  });
}
Result<Answer> answer(const Result<Catalog> &catalog) {
  return catalog.map([](const auto &) { return Answer{}; });
}
Result<Answer> answer(const Result<AgentConfig> &config) {
  return config.map([](const auto &) { return Answer{}; });
}

Result<Answer> answer(const Result<ManagerConfig> &config) {
  return config.map([](const auto &) { return Answer{}; });
}

Result<Answer> readAny(const std::string &file) {
  auto text = readFile(file);
  if (!text)
    return tl::unexpected(text.error());
  auto format = formatOf(file);
  if (!format)
    return tl::unexpected(format.error());
  if (*format == "ripple.components")
    return answer(readComponentsList(file));
  if (*format == "ripple.servers")
    return answer(readServerList(file));
  if (*format == "ripple.change")
    return answer(readChangeSet(file));
  if (*format == "ripple.load")
    return answer(readLoad(file));
  if (*format == "ripple.plan")
    return answer(readPlan(file));
  if (*format == "ripple.statement")
    return answer(parseStatement(*text, file));
  if (*format == "ripple.catalog")
    return answer(readCatalog(file));
  if (*format == "ripple.agent")
    return answer(readAgentConfig(file));
  if (*format == "ripple.manager")
    return answer(readManagerConfig(file));
  if (*format == "ripple.status")
    return answer(parseStatus(*text, file));
  return mistake(Place{file, 0, "/format"}, "the format '" + *format + "' is not known");
}

} // namespace

int main(int argc, char **argv) {
  CLI::App app("Reads documents and says what is wrong with them.");
  std::vector<std::string> files;
  bool write = false, digest = false;
  app.add_option("FILE", files)->required();
  app.add_flag("--write", write);
  app.add_flag("--digest", digest);
  CLI11_PARSE(app, argc, argv);

  int code = ExitDone;
  for (const std::string &file : files) {
    auto result = readAny(file);
    if (!result) {
      std::fputs(describe(result.error()).c_str(), stderr);
      code = ExitUsage;
      continue;
    }
    if (write)
      std::fputs(result->written.c_str(), stdout);
    if (digest)
      std::printf("%s\n", result->digest.c_str());
  }
  return code;
}
