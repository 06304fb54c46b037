//===- Service.h - What our HTTP programs have in common --------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef APPS_COMMON_SERVICE_H
#define APPS_COMMON_SERVICE_H

#include "common/Downstream.h"
#include "common/ExecutionLog.h"
#include "common/SlotPool.h"

#include <agent/gate/RippleGate.hpp>
#include <httplib.h>
#include <memory>
#include <string>
#include <vector>

namespace apps {

struct ServiceOptions {
  std::string name;
  std::string host = "127.0.0.1";
  int port = 0; ///< 0: any that is free.
  unsigned threads = 512;
  std::string slotsFile; ///< "": the number of workers is not limited.
  unsigned slots = 16;
  double serviceMs = 60; ///< Mean time of a downstream call; 0: none.
  std::uint64_t seed = 1;
  std::string executions; ///< Folder of the audit trail; "": none.
};

/// The options that takeServiceOptions() knows, for people.
extern const char *const ServiceUsage;

/// Takes `--port 8081` and the like out of ARGUMENTS and leaves the others, which are the
/// application's own. `--config FILE` names a YAML file with more of both; what ARGUMENTS say
/// themselves wins. Throws std::invalid_argument for a value that is none.
ServiceOptions takeServiceOptions(std::vector<std::string> &arguments, std::string name);

/// Takes `--NAME VALUE` or `--NAME=VALUE` out of ARGUMENTS; FALLBACK where it is not there.
std::string takeOption(std::vector<std::string> &arguments, const std::string &name,
                       const std::string &fallback);

/// Runs one HTTP server until SIGTERM or SIGINT, then finishes what it has begun.
class Service {
public:
  explicit Service(ServiceOptions options);
  ~Service();

  httplib::Server &http() { return server; }
  Downstream &downstream() { return slow; }
  /// Open where $RIPPLE_GATE_DIR is set; else there is no gate, and requests are not recorded.
  const ripple::gate::Gate &gate() const { return opened; }

  /// Notes that the transaction that REQUEST asks for begins.
  void beginTransaction(const httplib::Request &request, const char *kind);
  /// Keeps the request that this thread handles active until it is let go: for work that goes on
  /// when the handler has returned.
  static std::shared_ptr<void> claim();

  /// Serves; returns the program's exit code.
  int run();

private:
  bool bind();

  ServiceOptions options;
  ripple::gate::Gate opened; ///< Closed last: whatever is below may hold a claim.
  std::unique_ptr<SlotPool> pool;
  Downstream slow;
  ExecutionLog trail;
  httplib::Server server;
};

} // namespace apps

#endif
