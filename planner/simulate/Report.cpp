//===- Report.cpp - A simulation for people and programs ------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "model/Writer.h"
#include "planner/PlanView.h"
#include "planner/simulate/Simulate.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <set>

namespace ripple::planner::simulate {

namespace {

/// More tasks are not listed one by one.
constexpr std::size_t TasksShown = 20;

/// The part of the capacity that whole-server drains withdraw which the plan leaves in use.
double savedBy(const Simulation &simulation) {
  const double whole = simulation.servers.withdrawn;
  return whole > 0 ? 1 - simulation.plan.withdrawn / whole : 0;
}

double perSecondOf(const model::Load &load) {
  double sum = 0;
  for (const model::RequestLoad &one : load.requests)
    sum += one.perSecond;
  return sum;
}

class Text {
public:
  Text(const model::Plan &plan, const Simulation &simulation)
      : plan(plan), simulation(simulation) {}

  std::string run() {
    showInputs();
    showWays();
    showSaving();
    showTasks();
    for (const std::string &remark : simulation.remarks)
      line("note: {}", remark);
    return std::move(out);
  }

private:
  template <typename... Values> void line(fmt::format_string<Values...> text, Values &&...values) {
    out += fmt::format(text, std::forward<Values>(values)...) + "\n";
  }

  void showInputs() {
    std::set<std::string> servers;
    for (const TaskResult &task : simulation.plan.tasks)
      servers.insert(task.server);
    const model::ActionTimes &actions = simulation.load.load.actions;
    line("plan {}: {} on {}, {}", model::shortId(plan.id),
         plural(simulation.plan.tasks.size(), "task"), plural(servers.size(), "server"),
         plural(plan.summary.waves, "wave"));
    line("load: {}", simulation.load.origin);
    line("  {:.1f} requests/s in {}", perSecondOf(simulation.load.load),
         plural(simulation.load.load.requests.size(), "request kind"));
    line("steps: install {}, restart {}, check {}", model::formatDuration(actions.install),
         model::formatDuration(actions.restart), model::formatDuration(actions.check));
    line("seed {}, {}", simulation.seed, plural(simulation.runs, "run"));
    line("");
  }

  template <typename Value> void row(const std::string &name, Value value, int digits = 1) {
    line("{:<38}{:>14.{}f}{:>14.{}f}{:>14.{}f}", name, value(simulation.plan), digits,
         value(simulation.programs), digits, value(simulation.servers), digits);
  }

  void showWays() {
    line("{:<38}{:>14}{:>14}{:>14}", "", "this plan", "program drain", "server drain");
    row("capacity withdrawn, server-seconds", [](const WayResult &way) { return way.withdrawn; });
    row("  forecast", [](const WayResult &way) { return way.forecast.withdrawn; });
    row("time to quiescence, seconds: p50", [](const WayResult &way) { return way.simulated.p50; });
    row("                             p99", [](const WayResult &way) { return way.simulated.p99; });
    row("  forecast                   p50",
        [](const WayResult &way) { return way.forecast.all.p50; });
    row("                             p99",
        [](const WayResult &way) { return way.forecast.all.p99; });
    row("requests waited for", [](const WayResult &way) { return way.waitedFor; });
    row(
        "  of them over the task's time limit", [](const WayResult &way) { return way.overdue; },
        2);
    row("tasks over their time limit", [](const WayResult &way) { return way.tasksOverLimit; }, 2);
    row("time to complete, seconds", [](const WayResult &way) { return way.complete; });
    row("  forecast", [](const WayResult &way) { return way.forecast.complete; });
    line("");
  }

  void showSaving() {
    const double saved = 100 * savedBy(simulation);
    line("saved: {:.1f} % of the capacity that drains of whole servers withdraw",
         saved == 0 ? 0 : saved);
    if (saved == 0 && !simulation.plan.tasks.empty())
      line("  each task keeps away all that its server does, as a drain of it would");
    line("");
  }

  void showTasks() {
    std::vector<const TaskResult *> shown;
    for (const TaskResult &task : simulation.plan.tasks)
      shown.push_back(&task);
    if (shown.size() > TasksShown) {
      std::stable_sort(shown.begin(), shown.end(), [](const TaskResult *a, const TaskResult *b) {
        return a->simulated.p99 > b->simulated.p99;
      });
      shown.resize(TasksShown);
      line("the {} slowest of {} tasks (all: --format json)", TasksShown,
           simulation.plan.tasks.size());
    }
    for (const TaskResult *task : shown)
      line(
          "{} {}, wave {}: quiet after {:.1f} s (p99 {:.1f} s); forecast {:.1f} s (p99 {:.1f} s){}",
          task->task, task->server, task->wave, task->simulated.p50, task->simulated.p99,
          task->forecast.p50, task->forecast.p99,
          task->overLimit > 0
              ? fmt::format("; over its time limit in {:.1f} % of the runs", 100 * task->overLimit)
              : "");
  }

  const model::Plan &plan;
  const Simulation &simulation;
  std::string out;
};

/// No machine's last digits.
double rounded(double value) {
  constexpr double digits = 1e6;
  return std::round(value * digits) / digits;
}

void write(model::JsonWriter &writer, const QuietForecast &quiet) {
  model::ObjectWriter object(writer);
  object.field("meanSeconds", rounded(quiet.mean));
  object.field("p50Seconds", rounded(quiet.p50));
  object.field("p99Seconds", rounded(quiet.p99));
}

void write(model::JsonWriter &writer, const TaskResult &task) {
  model::ObjectWriter object(writer);
  object.field("task", task.task);
  object.field("server", task.server);
  object.field("wave", task.wave);
  write(object.key("quiescence"), task.simulated);
  write(object.key("forecast"), task.forecast);
  object.field("overLimit", rounded(task.overLimit));
}

void write(model::JsonWriter &writer, const WayResult &way) {
  model::ObjectWriter object(writer);
  object.field("serverSeconds", rounded(way.withdrawn));
  object.field("completeSeconds", rounded(way.complete));
  write(object.key("quiescence"), way.simulated);
  {
    model::ObjectWriter forecast(object.key("forecast"));
    forecast.field("serverSeconds", rounded(way.forecast.withdrawn));
    forecast.field("completeSeconds", rounded(way.forecast.complete));
    write(forecast.key("quiescence"), way.forecast.all);
  }
  object.field("requestsWaitedFor", rounded(way.waitedFor));
  object.field("requestsOverLimit", rounded(way.overdue));
  object.field("tasksOverLimit", rounded(way.tasksOverLimit));
  object.key("tasks").beginArray();
  for (const TaskResult &task : way.tasks)
    write(object.writer(), task);
  object.writer().endArray();
}

} // namespace

std::string textOf(const model::Plan &plan, const Simulation &simulation) {
  return Text(plan, simulation).run();
}

std::string jsonOf(const model::Plan &plan, const Simulation &simulation) {
  model::JsonWriter writer;
  {
    model::ObjectWriter object(writer);
    object.field("plan", plan.id);
    object.field("load", simulation.load.origin);
    object.field("requestsPerSecond", rounded(perSecondOf(simulation.load.load)));
    object.field("seed", static_cast<std::int64_t>(simulation.seed));
    object.field("runs", static_cast<std::int64_t>(simulation.runs));
    object.field("saved", rounded(savedBy(simulation)));
    write(object.key("thisPlan"), simulation.plan);
    write(object.key("programDrain"), simulation.programs);
    write(object.key("serverDrain"), simulation.servers);
    object.field("remarks", simulation.remarks);
  }
  return writer.take();
}

} // namespace ripple::planner::simulate
