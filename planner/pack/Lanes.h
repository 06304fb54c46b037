//===- Lanes.h - What each task waits for -----------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_PLANNER_PACK_LANES_H
#define RIPPLE_PLANNER_PACK_LANES_H

#include "planner/pack/Packing.h"

namespace ripple::planner {

/// By task: the tasks that are over before it begins, sorted.
using TasksBefore = std::vector<std::vector<unsigned>>;

/// Few of them, so that every rule of PACKING holds by them alone, however long each task takes:
/// tasks of which none comes after another, directly or through others, take of each resource no
/// more than there is, are on different servers and, if asked, of one zone; and kinds are in order.
/// Whatever comes before a task is of an earlier wave of WAVE_OF_TASK, which must be a packing.
///
/// For the resources this is a flow (Artigues, Michelon, Reusser 2003, section 2: project
/// scheduling with limited resources as a flow of them): a task is given what it takes by tasks
/// that are over, each of which hands on what it had itself, or by what is left of the resource.
/// Each unit passes through the tasks of a chain, so tasks of which none comes after another have
/// different units. Where all take the same, these chains are lanes: one server, then the next.
TasksBefore lanesOf(const Packing &packing, const WaveOfTask &waveOfTask);

/// The waves that BEFORE makes: the number of tasks on the longest chain before each.
WaveOfTask waveByChains(const TasksBefore &before);

} // namespace ripple::planner

#endif
