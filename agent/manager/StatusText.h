//===- StatusText.h - ripple.status for people ------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_MANAGER_STATUSTEXT_H
#define RIPPLE_AGENT_MANAGER_STATUSTEXT_H

#include "model/Status.h"

namespace ripple::agent {

std::string statusText(const model::Status &status);

} // namespace ripple::agent

#endif
