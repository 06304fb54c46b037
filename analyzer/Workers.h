//===- Workers.h - How many units are collected at one time -----*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// A worker holds the syntax tree of one unit. So what bounds the memory is how
// many workers there are: where the user does not say, no more than there is
// memory for.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_ANALYZER_WORKERS_H
#define RIPPLE_ANALYZER_WORKERS_H

#include <cstdint>
#include <string>

namespace ripple::analyzer {

/// What one worker is counted with: `tests/bench/analyzer.py` shows what they take.
inline constexpr std::uint64_t workerBytes = 600'000'000;

/// One for each of PROCESSORS, but only as many as FREEBYTES hold, and one at least.
unsigned workersFor(unsigned processors, std::uint64_t freeBytes);

/// Memory that this process may still take, in bytes: what Linux says is available (proc(5)), and
/// what is left of the limit of each control group that it is in (cgroups(7), version 2). ROOT is
/// where /proc and /sys are. All that there is to count where none of them can be read.
std::uint64_t availableMemory(const std::string &root = {});

} // namespace ripple::analyzer

#endif
