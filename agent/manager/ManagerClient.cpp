//===- ManagerClient.cpp - Asks a manager ---------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/manager/ManagerClient.h"

#include "model/JsonNumber.h"

#include <algorithm>
#include <chrono>
#include <deque>
#include <fmt/format.h>
#include <set>
#include <thread>

namespace ripple::agent {

namespace {

using nlohmann::json;
using std::chrono::steady_clock;

constexpr int misdirected = 421;
/// Checks of a plan ask every agent what would keep it from its actions; apt alone may take 90 s.
constexpr model::Milliseconds answerTimeout{180'000}, probeTimeout{2'000};
/// How long a manager that leads is looked for: leases end, daemons are started again.
constexpr std::chrono::seconds leaderPatience{30};
/// A manager that was started just now reads its journal before it goes on.
constexpr std::chrono::seconds beginPatience{10};
constexpr std::chrono::milliseconds pause{300};

} // namespace

std::string textOf(const json &object, const char *key) {
  return object.is_object() && object.contains(key) && object[key].is_string()
             ? object[key].get<std::string>()
             : std::string();
}

bool flagOf(const json &object, const char *key) {
  return object.is_object() && object.contains(key) && object[key].is_boolean() &&
         object[key].get<bool>();
}

std::optional<int> numberOf(const json &object, const char *key) {
  if (!object.is_object() || !object.contains(key))
    return std::nullopt;
  try {
    return model::wholeNumber<int>(object[key]);
  } catch (const json::exception &) {
    return std::nullopt;
  }
}

std::vector<std::string> linesOf(const json &object, const char *key) {
  std::vector<std::string> lines;
  if (object.is_object() && object.contains(key) && object[key].is_array())
    for (const json &line : object[key])
      if (line.is_string())
        lines.push_back(line.get<std::string>());
  return lines;
}

bool ManagerClient::isThere() const {
  return std::any_of(urls.begin(), urls.end(), [this](const std::string &url) {
    return askAgent({url, "/v1/manager", nullptr, tls, probeTimeout}).has_value();
  });
}

/// Each URL, and the leader that one of them names, once.
ManagerClient::Round ManagerClient::askOnce(const std::string &path, const json &body) const {
  std::deque<std::string> rest(urls.begin(), urls.end());
  std::set<std::string> asked;
  std::string trouble;
  bool someStandBy = false;
  auto note = [&](const std::string &text) { trouble += (trouble.empty() ? "" : "; ") + text; };
  while (!rest.empty()) {
    std::string url = rest.front();
    rest.pop_front();
    if (!asked.insert(url).second)
      continue;
    auto answer = askAgent({url, path, body, tls, answerTimeout});
    if (answer && answer->status != misdirected)
      return {std::move(answer), false};
    if (!answer) {
      note(answer.error());
      continue;
    }
    note(url + " stands by");
    someStandBy = true;
    if (std::string leader = textOf(answer->body, "leader"); !leader.empty())
      rest.push_front(leader);
  }
  return {tl::unexpected("no manager that leads was found: " + trouble), someStandBy};
}

AgentResult ManagerClient::ask(const std::string &path, const json &body) const {
  auto until = steady_clock::now() + leaderPatience;
  for (;;) {
    Round round = askOnce(path, body);
    // One that never was there is said at once; one that others stand by for is waited for.
    if (!round.someStandBy || steady_clock::now() > until)
      return std::move(round.answer);
    std::this_thread::sleep_for(pause);
  }
}

/// The log of what the manager that leads now does for PLAN; it may be just beginning. "" if it
/// does nothing for it.
std::string ManagerClient::logOf(const std::string &plan, const std::string &notThis) const {
  auto until = steady_clock::now() + beginPatience;
  for (;;) {
    auto now = ask("/v1/manager");
    bool knows = now && now->ok() && now->body.is_object() && now->body.contains("log");
    json log = knows ? now->body["log"] : json();
    if (textOf(log, "plan") == plan && textOf(log, "id") != notThis)
      return textOf(log, "id");
    if (log.is_object() || steady_clock::now() > until)
      return {};
    std::this_thread::sleep_for(pause);
  }
}

int ManagerClient::follow(std::string log, const std::string &plan, const Sink &sink) const {
  std::size_t from = 0;
  auto heard = steady_clock::now();
  bool lost = false;
  for (;;) {
    auto answer = ask(fmt::format("/v1/log?id={}&from={}", log, from));
    if (answer && answer->ok()) {
      if (std::exchange(lost, false))
        sink("the manager answers again");
      heard = steady_clock::now();
      for (const std::string &line : linesOf(answer->body))
        sink(line);
      from = static_cast<std::size_t>(
          std::max(numberOf(answer->body, "next").value_or(0), static_cast<int>(from)));
      if (flagOf(answer->body, "over"))
        return numberOf(answer->body, "exit").value_or(model::ExitFailed);
      continue;
    }
    if (answer && answer->status == 404) {
      // Another life of the manager, or another manager.
      std::string other = logOf(plan, log);
      if (other.empty()) {
        sink("the manager was started again and does nothing for this plan now; `ripple status` "
             "says where it stands");
        return model::ExitFailed;
      }
      sink("another manager goes on");
      log = std::exchange(other, "");
      from = 0;
      continue;
    }
    if (!std::exchange(lost, true))
      sink(fmt::format("the manager does not answer: {}; what it has begun is in its journal, and "
                       "it goes on by itself when it runs",
                       answer ? answer->error() : answer.error()));
    if (steady_clock::now() - heard > leaderPatience) {
      sink("no manager has answered for 30 s; start one, then see `ripple status`");
      return model::ExitFailed;
    }
    std::this_thread::sleep_for(pause);
  }
}

} // namespace ripple::agent
