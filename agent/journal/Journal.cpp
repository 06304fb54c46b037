//===- Journal.cpp - What the manager must not forget ---------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/journal/Journal.h"

#include "agent/journal/SqliteJournal.h"

#include <chrono>
#include <ctime>
#include <fmt/format.h>

namespace ripple::agent {

JournalResult<std::unique_ptr<Journal>> Journal::open(const std::string &directory, Mode mode) {
  return SqliteJournal::open(directory, mode);
}

std::string timeStamp() {
  auto now = std::chrono::system_clock::now();
  std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count();
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", utc.tm_year + 1900,
                     utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec, ms % 1000);
}

} // namespace ripple::agent
