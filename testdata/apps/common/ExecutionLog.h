//===- ExecutionLog.h - Which transactions were begun -----------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef APPS_COMMON_EXECUTIONLOG_H
#define APPS_COMMON_EXECUTIONLOG_H

#include <string>

namespace apps {

/// An audit trail: one line "TOKEN KIND" for each transaction that was begun, in a file of this
/// process's own. A line is one write, so that it survives the process being killed.
class ExecutionLog {
public:
  /// Appends to DIRECTORY/APPLICATION.PID.log; "" keeps no trail. Throws std::runtime_error.
  ExecutionLog(const std::string &directory, const std::string &application);
  ~ExecutionLog();
  ExecutionLog(const ExecutionLog &) = delete;
  ExecutionLog &operator=(const ExecutionLog &) = delete;

  /// Notes that the transaction of TOKEN begins. An empty token is not noted.
  void begin(const std::string &token, const char *kind);

private:
  int file = -1;
};

} // namespace apps

#endif
