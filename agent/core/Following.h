//===- Following.h - Which task may follow which -----------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// A plan says what each task comes after: mostly one whose capacity it takes. Up
// to `abortBudget` one that failed does not hold up those: it has handed back what
// it took as soon as its requests are permitted again. It does hold up what needs
// what it should have brought: barriers, what is ordered after its component, and
// what else is planned on its server.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_CORE_FOLLOWING_H
#define RIPPLE_AGENT_CORE_FOLLOWING_H

#include "agent/core/State.h"

namespace ripple::agent::core {

/// Whether what comes after STEP may begin, as far as STEP's capacity goes.
bool isOutOfTheWay(const State &state, const std::string &step);

/// A task that failed, and without which the one at INDEX must not begin; "" where there is none.
std::string failedBefore(const State &state, std::size_t index);

} // namespace ripple::agent::core

#endif
