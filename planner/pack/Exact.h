//===- Exact.h - A packing with so many waves, or that none is --*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_PLANNER_PACK_EXACT_H
#define RIPPLE_PLANNER_PACK_EXACT_H

#include "planner/pack/Alike.h"
#include "planner/pack/Bounds.h"
#include "planner/pack/Implied.h"

#include <optional>
#include <unordered_map>

namespace ripple::planner {

/// Bin completion (Korf 2002, "A new algorithm for optimal bin packing"): decides wave after wave,
/// from the first, what is in it, and looks only at waves to which nothing can be added. What
/// cannot be finished is remembered, servers that are alike are taken in one order, and what the
/// rules imply together bounds it as one more resource does. For a PACKING of up to 64 tasks, which
/// must outlive it.
class ExactSearch {
public:
  ExactSearch(const Packing &packing, std::uint64_t stepsMax);

  enum class Outcome { Found, None, OutOfSteps };

  /// Is there a packing of at most WAVES? The steps of all calls together count.
  Outcome within(unsigned waves);

  /// After `Found`.
  const WaveOfTask &packed() const { return waveOf; }

  std::uint64_t stepsDone() const { return steps; }

private:
  /// The wave that is being filled, with tasks decided one by one.
  struct Wave {
    TaskSet open = 0;  ///< All that is left, this wave's included.
    unsigned left = 0; ///< Waves, this one included.
    TaskSet chosen = 0;
    bool firstIsFixed = false;
    std::vector<unsigned> candidates; ///< Largest first; decided in this order.
    std::vector<TaskSet> beside;      ///< By candidate: what is left on its server.
    std::vector<double> room;         ///< By resource: what is free.
    std::vector<unsigned> tail;       ///< By kind: waves that have to come after it.
    std::vector<unsigned> tails;      ///< Each number that is in `tail`, ascending.
    /// By one of `tails` and resource: what of the candidates with no shorter one may stay out.
    std::vector<std::vector<double>> spare;
    std::vector<double> undecided; ///< By resource: what the rest of the candidates take.
  };

  void findOrder();
  TaskSet available(TaskSet open) const;
  std::optional<unsigned> fixed(TaskSet open, TaskSet now) const;
  bool finish(TaskSet open, unsigned left);
  bool isWorthWeighing(TaskSet open, unsigned left) const;
  bool tighten(TaskSet open, unsigned left);
  void weigh(const Weights &by);
  bool fillWaves(TaskSet open, unsigned left);
  Wave begin(TaskSet open, TaskSet now, unsigned left, unsigned zone) const;
  bool decide(Wave &wave, std::size_t at);
  bool with(Wave &wave, std::size_t at);
  bool without(Wave &wave, std::size_t at);
  bool leaveOut(Wave &wave, unsigned task, double number) const;
  bool fits(const Wave &wave, unsigned task) const;
  bool mayBeFull(const Wave &wave, std::size_t at) const;
  bool likeOneLeftOut(const Wave &wave, std::size_t at) const;
  bool close(const Wave &wave);
  bool larger(unsigned one, unsigned two) const;

  Packing packing; ///< With a resource more, the last: what is implied.
  Bounds bounds;
  Alike alike;
  Implied implied;
  Weights weights; ///< What of the implied resource is taken at the moment.
  const std::uint64_t stepsMax;
  std::uint64_t steps = 0;
  std::vector<TaskSet> earlier, later;          ///< By task: all that come before it, and after it.
  std::vector<TaskSet> onServer;                ///< By task: its server's.
  std::vector<unsigned> chain;                  ///< By task: kinds on the longest chain from it on.
  std::vector<double> size;                     ///< By task: its largest share of a resource.
  std::unordered_map<TaskSet, unsigned> failed; ///< By what is left: so many waves are too few.
  unsigned total = 0;
  WaveOfTask waveOf;
};

} // namespace ripple::planner

#endif
