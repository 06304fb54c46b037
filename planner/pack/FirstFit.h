//===- FirstFit.h - Each task into the first wave that takes it -*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_PLANNER_PACK_FIRSTFIT_H
#define RIPPLE_PLANNER_PACK_FIRSTFIT_H

#include "planner/pack/KindOrder.h"
#include "planner/pack/RoomTree.h"

#include <cstdint>
#include <optional>
#include <unordered_set>

namespace ripple::planner {

/// First fit in a given order: the serial scheme of list scheduling (Kolisch 1996, "Serial and
/// parallel resource-constrained project scheduling methods revisited"). One object schedules one
/// PACKING, which must outlive it, as often as asked, forwards or backwards.
class FirstFit {
public:
  explicit FirstFit(const Packing &packing);

  /// Takes tasks in the order of their RANK, smallest first, those of a kind when all before it
  /// have their waves; equal ones by number.
  WaveOfTask forwards(const std::vector<double> &rank) {
    return run(rank, order.before, order.after);
  }

  /// The same against every rule of the order, so that wave 0 is the last.
  WaveOfTask backwards(const std::vector<double> &rank) {
    return run(rank, order.after, order.before);
  }

private:
  using Lists = std::vector<std::vector<unsigned>>;

  struct Wave {
    std::vector<std::pair<unsigned, double>> taken; ///< Sorted by resource.
    std::optional<unsigned> zone;
  };

  WaveOfTask run(const std::vector<double> &rank, const Lists &before, const Lists &after);
  void findScarcest();
  void clear();
  unsigned firstWithRoom(unsigned task, unsigned from) const;
  unsigned place(unsigned task, unsigned notBefore);
  bool hasRoom(const PackingTask &task, const Wave &wave) const;
  void put(const PackingTask &task, unsigned wave);
  bool busy(const PackingTask &task, unsigned wave) const;

  const Packing &packing;
  KindOrder order;
  Lists ofKind;
  std::vector<unsigned> alike; ///< By task: the same number for the same kind, zone and takes.
  std::vector<const std::pair<unsigned, double> *> scarcest; ///< By task: of its takes; or null.
  std::vector<std::optional<RoomTree>> treeOf; ///< By resource, where it is some task's scarcest.
  std::vector<Wave> waves;
  std::vector<unsigned> firstOpen; ///< By `alike`: no wave before it takes another such task.
  std::unordered_set<std::uint64_t> busyAt; ///< (server, wave)
};

} // namespace ripple::planner

#endif
