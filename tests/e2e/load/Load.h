//===- Load.h - Open-loop HTTP load -----------------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Requests are sent when they are due, whether or not earlier ones have been
// answered; latency counts from when a request was due, so that a slow server
// cannot hide behind a slow client (coordinated omission). No retries; a
// connection of its own for each request.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_TESTS_E2E_LOAD_LOAD_H
#define RIPPLE_TESTS_E2E_LOAD_LOAD_H

#include "tests/e2e/load/Mix.h"

#include <functional>

namespace ripple::load {

enum class Outcome {
  Ok,
  Failed, ///< No connection, no answer, an unexpected status, or out of time.
  Cut,    ///< The answer began and ended early.
};
const char *toString(Outcome outcome);

struct Record {
  std::size_t request = 0; ///< Index into Mix::requests.
  double atSeconds = 0;    ///< When it was due, from the start of the run.
  double latencyMs = 0;    ///< From when it was due to the end of the answer.
  int status = 0;          ///< 0: none came.
  Outcome outcome = Outcome::Failed;
  std::string error;
  std::string token; ///< "" if the request has none.
};

/// Sends MIX and calls DONE for each request as it ends, on the calling thread. Returns when the
/// last has ended.
void run(const Mix &mix, const std::function<void(const Record &)> &done);

} // namespace ripple::load

#endif
