//===- ExecutionLog.cpp - Which transactions were begun -------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "common/ExecutionLog.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <stdexcept>
#include <unistd.h>

namespace apps {

ExecutionLog::ExecutionLog(const std::string &directory, const std::string &application) {
  if (directory.empty())
    return;
  std::string path = directory + "/" + application + "." + std::to_string(getpid()) + ".log";
  file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (file < 0)
    throw std::runtime_error(path + ": cannot be opened: " + std::strerror(errno));
}

ExecutionLog::~ExecutionLog() {
  if (file >= 0)
    ::close(file);
}

void ExecutionLog::begin(const std::string &token, const char *kind) {
  if (file < 0 || token.empty() || token.find('\n') != std::string::npos)
    return;
  std::string line = token + " " + kind + "\n";
  if (::write(file, line.data(), line.size()) != static_cast<ssize_t>(line.size()))
    throw std::runtime_error(std::string("the audit trail cannot be written: ") +
                             std::strerror(errno));
}

} // namespace apps
