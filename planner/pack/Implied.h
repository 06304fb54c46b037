//===- Implied.h - What a packing's rules say together ----------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_PLANNER_PACK_IMPLIED_H
#define RIPPLE_PLANNER_PACK_IMPLIED_H

#include "planner/pack/HeaviestWave.h"

namespace ripple::planner {

/// A resource that a packing has without saying so: each task takes its weight of it, and no wave
/// can take more than MOST in any case. So no packing is lost by it, and what is worked out from
/// resources counts with what all of them, servers, zones and the order say together.
struct Weights {
  std::vector<double> ofTask; ///< Whole numbers; those of like tasks are the same.
  double most = 0;
};

/// The duals of the linear program over all possible waves (Gilmore and Gomory 1961, "A linear
/// programming approach to the cutting-stock problem"): no weights give a better bound. They are
/// rounded to whole numbers, and `most` is then found without rounding, so nothing is proven by
/// what the program says (Farley 1990, "A note on bounding a class of linear programming
/// problems").
class Implied {
public:
  /// For a PACKING of up to 64 tasks, which must outlive it, as ALIKE.
  Implied(const Packing &packing, const Alike &alike)
      : packing(packing), alike(alike), heaviest(packing) {}

  /// For OPEN alone, the others weigh nothing; ends early with weights by which OPEN takes more
  /// than WAVES. Adds to STEPS; nothing if these were not enough.
  std::optional<Weights> of(TaskSet open, unsigned waves, std::uint64_t &steps);

private:
  std::optional<Weights> whole(const std::vector<double> &duals, std::uint64_t &steps);

  const Packing &packing;
  const Alike &alike;
  HeaviestWave heaviest;
};

} // namespace ripple::planner

#endif
