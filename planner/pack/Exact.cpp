//===- Exact.cpp ----------------------------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/pack/Exact.h"

#include <algorithm>
#include <bit>
#include <tuple>
#include <utility>

namespace ripple::planner {

namespace {

constexpr double Tolerance = PackingTolerance;

/// The numbers of the tasks in SET, ascending.
std::vector<unsigned> tasksOf(TaskSet set) {
  std::vector<unsigned> tasks;
  for (; set; set &= set - 1)
    tasks.push_back(static_cast<unsigned>(std::countr_zero(set)));
  return tasks;
}

} // namespace

ExactSearch::ExactSearch(const Packing &given, std::uint64_t stepsMax)
    : packing(given), bounds(packing), alike(given), implied(given, alike), stepsMax(stepsMax) {
  for (PackingTask &task : packing.tasks)
    task.takes.emplace_back(packing.capacity.size(), 0);
  packing.capacity.push_back(1);
  weights = {std::vector<double>(packing.tasks.size(), 0), 1};
  findOrder();
  for (const PackingTask &task : packing.tasks) {
    double largest = 0;
    for (auto [resource, amount] : task.takes)
      largest = std::max(largest, amount / packing.capacity[resource]);
    size.push_back(largest);
    TaskSet beside = 0;
    for (unsigned other = 0; other < packing.tasks.size(); ++other)
      if (packing.tasks[other].server == task.server)
        beside |= only(other);
    onServer.push_back(beside);
  }
}

void ExactSearch::findOrder() {
  const KindOrder order(packing);
  std::vector<TaskSet> ofKind(packing.kinds, 0), before(packing.kinds, 0), after(packing.kinds, 0);
  std::vector<unsigned> kindsFrom(packing.kinds, 1);
  for (unsigned i = 0; i < packing.tasks.size(); ++i)
    ofKind[packing.tasks[i].kind] |= only(i);
  for (unsigned kind : order.sequence)
    for (unsigned next : order.after[kind])
      before[next] |= before[kind] | ofKind[kind];
  for (auto kind = order.sequence.rbegin(); kind != order.sequence.rend(); ++kind)
    for (unsigned next : order.after[*kind]) {
      after[*kind] |= after[next] | ofKind[next];
      kindsFrom[*kind] = std::max(kindsFrom[*kind], kindsFrom[next] + 1);
    }
  for (const PackingTask &task : packing.tasks) {
    earlier.push_back(before[task.kind]);
    later.push_back(after[task.kind]);
    chain.push_back(kindsFrom[task.kind]);
  }
}

ExactSearch::Outcome ExactSearch::within(unsigned waves) {
  total = waves;
  waveOf.assign(packing.tasks.size(), 0);
  TaskSet all = 0;
  for (unsigned i = 0; i < packing.tasks.size(); ++i)
    all |= only(i);
  if (finish(all, waves))
    return Outcome::Found;
  return steps > stepsMax ? Outcome::OutOfSteps : Outcome::None;
}

/// Can OPEN be done in LEFT waves? Then `waveOf` says how.
bool ExactSearch::finish(TaskSet open, unsigned left) {
  if (open == 0)
    return true;
  constexpr std::uint64_t stepsForBounds = 20; // They take as long as so many decisions.
  steps += stepsForBounds;
  if (left == 0 || steps > stepsMax)
    return false;
  const TaskSet key = alike.canonical(open);
  if (auto found = failed.find(key); found != failed.end() && found->second >= left)
    return false;
  const bool done = bounds.of(tasksOf(open)).waves <= left && tighten(open, left);
  constexpr std::size_t rememberedMost = 5'000'000; // Some 300 MB.
  if (!done && steps <= stepsMax && failed.size() < rememberedMost)
    failed[key] = left;
  return done;
}

/// At the root; where the search turns out to be long, for what follows the first waves too. Where
/// there is an order, the bounds of parts say more, and sooner.
bool ExactSearch::isWorthWeighing(TaskSet open, unsigned left) const {
  constexpr std::uint64_t longSteps = 4'000'000;
  constexpr int tasksLeast = 12;
  return left == total ||
         (steps > longSteps && packing.before.empty() && std::popcount(open) >= tasksLeast);
}

/// `fillWaves` with what the rules imply of OPEN.
bool ExactSearch::tighten(TaskSet open, unsigned left) {
  const std::optional<Weights> better =
      isWorthWeighing(open, left) ? implied.of(open, left, steps) : std::nullopt;
  if (!better)
    return fillWaves(open, left);
  const Weights outer = std::exchange(weights, *better);
  weigh(weights);
  const bool done = bounds.of(tasksOf(open)).waves <= left && fillWaves(open, left);
  weights = outer;
  weigh(weights);
  return done;
}

void ExactSearch::weigh(const Weights &by) {
  packing.capacity.back() = by.most;
  for (std::size_t task = 0; task < packing.tasks.size(); ++task)
    packing.tasks[task].takes.back().second = by.ofTask[task];
}

/// Tries every wave to which nothing can be added as the next one.
bool ExactSearch::fillWaves(TaskSet open, unsigned left) {
  const TaskSet now = available(open);
  if (const std::optional<unsigned> first = fixed(open, now)) {
    Wave wave = begin(open, now, left, packing.tasks[*first].zone);
    auto at = std::find(wave.candidates.begin(), wave.candidates.end(), *first);
    std::rotate(wave.candidates.begin(), at, at + 1);
    wave.firstIsFixed = true;
    return decide(wave, 0);
  }
  const unsigned zones = packing.zonesOneAtATime ? packing.zones : 1;
  for (unsigned zone = 0; zone < zones; ++zone) {
    Wave wave = begin(open, now, left, zone);
    if (!wave.candidates.empty() && decide(wave, 0))
      return true;
  }
  return false;
}

/// What of OPEN waits for nothing else in it.
TaskSet ExactSearch::available(TaskSet open) const {
  TaskSet result = 0;
  for (unsigned task : tasksOf(open))
    if (!(earlier[task] & open))
      result |= only(task);
  return result;
}

/// The largest task that the next wave may be taken to have, as far as there is one: if all of OPEN
/// that need not come after it is available NOW, waves up to its own are of such tasks alone, and
/// may change places.
std::optional<unsigned> ExactSearch::fixed(TaskSet open, TaskSet now) const {
  std::optional<unsigned> best;
  for (unsigned task : tasksOf(now))
    if (!(open & ~later[task] & ~now) && (!best || larger(task, *best)))
      best = task;
  return best;
}

bool ExactSearch::larger(unsigned one, unsigned two) const {
  return std::tuple(chain[one], size[one]) > std::tuple(chain[two], size[two]);
}

ExactSearch::Wave ExactSearch::begin(TaskSet open, TaskSet now, unsigned left,
                                     unsigned zone) const {
  Wave wave;
  wave.open = open;
  wave.left = left;
  wave.room = packing.capacity;
  wave.undecided.assign(packing.capacity.size(), 0);
  const std::vector<unsigned> tasks = tasksOf(open);
  wave.tail = bounds.tails(tasks);
  wave.tails = wave.tail;
  std::sort(wave.tails.begin(), wave.tails.end());
  wave.tails.erase(std::unique(wave.tails.begin(), wave.tails.end()), wave.tails.end());
  // The other waves have room for what this one leaves out, so much of each resource.
  for (unsigned tail : wave.tails) {
    std::vector<double> &spare = wave.spare.emplace_back();
    for (double capacity : packing.capacity)
      spare.push_back((double(left) - 1 - tail) * capacity);
  }
  for (unsigned task : tasks) {
    const bool candidate =
        (now & only(task)) && (!packing.zonesOneAtATime || packing.tasks[task].zone == zone);
    if (candidate)
      wave.candidates.push_back(task);
    for (auto [resource, amount] : packing.tasks[task].takes)
      if (candidate)
        wave.undecided[resource] += amount;
    if (!candidate)
      leaveOut(wave, task, 1);
  }
  std::stable_sort(wave.candidates.begin(), wave.candidates.end(), [&](unsigned a, unsigned b) {
    return larger(a, b) || (!larger(b, a) && alike.placeOf(a) < alike.placeOf(b));
  });
  wave.beside.resize(packing.tasks.size());
  for (unsigned task : wave.candidates)
    wave.beside[task] = alike.leftBeside(task, open);
  return wave;
}

/// Decides the candidates of WAVE from AT on: with it, or without it.
bool ExactSearch::decide(Wave &wave, std::size_t at) {
  if (++steps > stepsMax)
    return false;
  if (at == wave.candidates.size())
    return close(wave);
  const Takes &takes = packing.tasks[wave.candidates[at]].takes;
  for (auto [resource, amount] : takes)
    wave.undecided[resource] -= amount;
  const bool done = with(wave, at) || without(wave, at);
  for (auto [resource, amount] : takes)
    wave.undecided[resource] += amount;
  return done;
}

bool ExactSearch::with(Wave &wave, std::size_t at) {
  const unsigned task = wave.candidates[at];
  if (!fits(wave, task) || likeOneLeftOut(wave, at))
    return false;
  const Takes &takes = packing.tasks[task].takes;
  for (auto [resource, amount] : takes)
    wave.room[resource] -= amount;
  wave.chosen |= only(task);
  const bool done = decide(wave, at + 1);
  wave.chosen &= ~only(task);
  for (auto [resource, amount] : takes)
    wave.room[resource] += amount;
  return done;
}

bool ExactSearch::without(Wave &wave, std::size_t at) {
  if (at == 0 && wave.firstIsFixed)
    return false;
  const unsigned task = wave.candidates[at];
  const bool isInTime = wave.tail[packing.tasks[task].kind] + 1 < wave.left;
  if (!isInTime || !mayBeFull(wave, at))
    return false;
  const bool isPossible = leaveOut(wave, task, 1);
  const bool done = isPossible && decide(wave, at + 1);
  leaveOut(wave, task, -1);
  return done;
}

/// Leaves so many of TASK to later waves; false if these have no room for it.
bool ExactSearch::leaveOut(Wave &wave, unsigned task, double number) const {
  const unsigned tail = wave.tail[packing.tasks[task].kind];
  bool isPossible = true;
  for (std::size_t i = 0; i < wave.tails.size() && wave.tails[i] <= tail; ++i)
    for (auto [resource, amount] : packing.tasks[task].takes) {
      double &spare = wave.spare[i][resource];
      spare -= number * amount;
      isPossible = isPossible && spare >= -Tolerance;
    }
  return isPossible;
}

bool ExactSearch::fits(const Wave &wave, unsigned task) const {
  const Takes &takes = packing.tasks[task].takes;
  return !(wave.chosen & onServer[task]) &&
         std::all_of(takes.begin(), takes.end(), [&](const auto &take) {
           return take.second <= wave.room[take.first] + Tolerance;
         });
}

/// Without the candidate AT, can the later ones still take what it would need?
bool ExactSearch::mayBeFull(const Wave &wave, std::size_t at) const {
  const unsigned task = wave.candidates[at];
  if (!fits(wave, task))
    return true;
  const std::size_t resources = packing.capacity.size() - 1;
  for (auto [resource, amount] : packing.tasks[task].takes)
    if (resource < resources && amount > wave.room[resource] - wave.undecided[resource] + Tolerance)
      return true;
  return std::any_of(wave.candidates.begin() + static_cast<long>(at) + 1, wave.candidates.end(),
                     [&](unsigned other) { return onServer[task] & only(other); });
}

/// One that is like the candidate AT, on a server with the same left to do, was decided before and
/// is not in this wave, and its server is not either: to exchange the two servers gives a wave that
/// has been tried.
bool ExactSearch::likeOneLeftOut(const Wave &wave, std::size_t at) const {
  const unsigned task = wave.candidates[at];
  for (std::size_t before = 0; before < at; ++before) {
    const unsigned other = wave.candidates[before];
    if (alike.placeOf(other) == alike.placeOf(task) && wave.beside[other] == wave.beside[task] &&
        !(wave.chosen & onServer[other]))
      return true;
  }
  return false;
}

/// Goes on behind WAVE, if nothing can be added to it: with that, what follows is no harder.
bool ExactSearch::close(const Wave &wave) {
  for (unsigned task : wave.candidates)
    if (!(wave.chosen & only(task)) && fits(wave, task))
      return false;
  if (!finish(wave.open & ~wave.chosen, wave.left - 1))
    return false;
  for (unsigned task : tasksOf(wave.chosen))
    waveOf[task] = total - wave.left;
  return true;
}

} // namespace ripple::planner
