//===- Loads.cpp - Where a load comes from --------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/simulate/Loads.h"

#include "planner/PlanView.h"
#include "planner/simulate/Traffic.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace ripple::planner::simulate {

model::Load assumedLoad(const model::Plan &plan) {
  constexpr double perServerAndSecond = 200;
  constexpr model::LogNormal duration{model::Milliseconds(500), model::Milliseconds(20'700)};
  std::map<std::string, double> servers;
  for (const model::Server &server : plan.servers)
    for (const model::HostedApplication &hosted : server.applications)
      ++servers[hosted.name];
  model::Load load;
  for (const auto &[application, ids] : kindsIn(plan))
    for (const std::string &id : ids)
      load.requests.push_back(
          {application, id,
           perServerAndSecond * servers[application] / static_cast<double>(ids.size()), duration});
  return load;
}

namespace {

/// What is known of one request kind's active requests: of the logarithms of their ages.
struct Ages {
  std::size_t count = 0;
  double sum = 0, sumOfSquares = 0;

  void add(std::int64_t startedMsAgo) {
    constexpr double underOneMs = 0.5;
    const double age =
        std::log(std::max(static_cast<double>(startedMsAgo), underOneMs) / 1000); // seconds
    ++count;
    sum += age;
    sumOfSquares += age * age;
  }
  void add(const Ages &other) {
    count += other.count;
    sum += other.sum;
    sumOfSquares += other.sumOfSquares;
  }

  model::RequestDuration fit() const {
    constexpr double quantile99 = 2.3263478740408408, msPerSecond = 1000;
    const auto n = static_cast<double>(count);
    const double mean = sum / n;
    const double variance = std::max(0.0, sumOfSquares / n - mean * mean);
    const double sigma = std::sqrt(std::max(0.0, variance - 1));
    const double mu = mean + 1 - sigma * sigma;
    auto ms = [&](double logOfSeconds) {
      return model::Milliseconds(std::max(1LL, std::llround(std::exp(logOfSeconds) * msPerSecond)));
    };
    const model::Milliseconds median = ms(mu), p99 = ms(mu + quantile99 * sigma);
    if (p99 <= median)
      return model::Fixed{median};
    return model::LogNormal{median, p99};
  }
};

class Recording {
public:
  Recording(const model::Plan &plan, std::vector<std::string> &remarks)
      : plan(plan), remarks(remarks) {
    for (const auto &[application, ids] : kindsIn(plan))
      seen[application];
    for (const model::Server &server : plan.servers)
      for (const model::HostedApplication &hosted : server.applications)
        capacityOf[hosted.name] += hosted.capacity;
  }

  void add(const model::Status &status) {
    for (const model::ServerStatus &server : status.servers) {
      const model::Server *planned = plan.server(server.name);
      if (planned && server.agent == model::AgentState::Up)
        add(server, *planned);
    }
  }

  model::Result<model::Load> load(const std::string &file) {
    model::Mistakes mistakes;
    model::Load made;
    for (const auto &[application, kinds] : seen) {
      Ages all;
      for (const auto &[id, ages] : kinds)
        all.add(ages);
      if (all.count >= SessionsLeast)
        addRequests(application, kinds, all.fit(), made);
      else if (isQuiesced(application) || all.count > 0)
        mistakes.push_back({{file, 0, {}},
                            fmt::format("{} active requests of {} are recorded, and fewer than {} "
                                        "say too little",
                                        all.count, application, SessionsLeast),
                            "record more: `ripple status --format json`, some seconds apart"});
    }
    if (!mistakes.empty())
      return tl::make_unexpected(std::move(mistakes));
    return made;
  }

private:
  using Kinds = std::map<std::string, Ages>;

  void add(const model::ServerStatus &server, const model::Server &planned) {
    for (const model::HostedApplication &hosted : planned.applications) {
      const bool usual = std::all_of(
          server.classes.begin(), server.classes.end(), [&](const model::ClassStatus &one) {
            return one.application != hosted.name || one.state == model::ClassState::Permitted;
          });
      if (!usual)
        continue;
      recorded[hosted.name] += hosted.capacity;
      for (const model::Session &session : server.sessions)
        if (session.application == hosted.name && !session.held)
          seen[hosted.name][session.request].add(session.startedMsAgo);
    }
  }

  void addRequests(const std::string &application, const Kinds &kinds,
                   const model::RequestDuration &ofAll, model::Load &made) {
    std::size_t few = 0;
    for (const auto &[id, ages] : kinds) {
      few += ages.count < SessionsLeast ? 1 : 0;
      const model::RequestDuration duration = ages.count < SessionsLeast ? ofAll : ages.fit();
      const double active =
          static_cast<double>(ages.count) * capacityOf[application] / recorded[application];
      made.requests.push_back(
          {application, id, active / Durations(duration).mean(), duration}); // Little 1961
    }
    if (few > 0)
      remarks.push_back(fmt::format("{}: {} with fewer than {} recorded requests {} the durations "
                                    "of all of them",
                                    application, plural(few, "request kind"), SessionsLeast,
                                    few == 1 ? "has" : "have"));
  }

  bool isQuiesced(const std::string &application) const {
    return std::any_of(plan.quiesce.begin(), plan.quiesce.end(), [&](const model::QuiesceSet &set) {
      return set.application == application;
    });
  }

  const model::Plan &plan;
  std::vector<std::string> &remarks;
  std::map<std::string, Kinds> seen;        ///< By application.
  std::map<std::string, double> recorded;   ///< By application: capacity, once for each list.
  std::map<std::string, double> capacityOf; ///< By application: of all servers.
};

model::Result<KnownLoad> readRecorded(const model::Plan &plan,
                                      const std::vector<std::string> &files) {
  auto lists = model::readEach(files, model::readStatus);
  if (!lists)
    return tl::make_unexpected(lists.error());
  KnownLoad known;
  known.file = files.front();
  known.origin = plural(lists->size(), "recorded Session List");
  auto load = recordedLoad(plan, *lists, known.file, known.remarks);
  if (!load)
    return tl::make_unexpected(load.error());
  known.load = std::move(*load);
  return known;
}

} // namespace

model::Result<model::Load> recordedLoad(const model::Plan &plan,
                                        const std::vector<model::Status> &lists,
                                        const std::string &file,
                                        std::vector<std::string> &remarks) {
  Recording recording(plan, remarks);
  for (const model::Status &status : lists)
    recording.add(status);
  return recording.load(file);
}

model::Result<KnownLoad> readLoadFor(const model::Plan &plan,
                                     const std::vector<std::string> &files) {
  if (files.empty())
    return KnownLoad{assumedLoad(plan),
                     "",
                     "assumed: each server of each application has 200 requests/s, all request "
                     "kinds alike, median 500ms, p99 20.7s; say yours with --load",
                     {}};
  model::Mistakes mistakes;
  std::size_t recorded = 0;
  for (const std::string &file : files) {
    auto format = model::formatOf(file);
    if (!format)
      mistakes.insert(mistakes.end(), format.error().begin(), format.error().end());
    else if (*format == "ripple.status")
      ++recorded;
    else if (files.size() > 1)
      mistakes.push_back({{file, 0, "/format"},
                          fmt::format("is '{}', and several loads can only be recorded Session "
                                      "Lists (ripple.status)",
                                      *format),
                          "give one ripple.load, or Session Lists only"});
  }
  if (!mistakes.empty())
    return tl::make_unexpected(std::move(mistakes));
  if (recorded == files.size())
    return readRecorded(plan, files);
  return model::readLoad(files.front()).map([&](model::Load load) {
    return KnownLoad{std::move(load), files.front(), files.front(), {}};
  });
}

} // namespace ripple::planner::simulate
