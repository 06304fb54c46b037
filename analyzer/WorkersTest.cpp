//===- WorkersTest.cpp - How many units are collected at one time ---------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/Workers.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <unistd.h>

namespace ripple::analyzer {
namespace {

namespace fs = std::filesystem;

TEST(Workers, AreAsManyAsProcessorsOrAsMemoryHolds) {
  EXPECT_EQ(workersFor(8, 100 * workerBytes), 8u);
  EXPECT_EQ(workersFor(64, 5 * workerBytes + 1), 5u);
  EXPECT_EQ(workersFor(64, workerBytes - 1), 1u);
  EXPECT_EQ(workersFor(0, 0), 1u);
}

class AvailableMemory : public testing::Test {
protected:
  void SetUp() override { fs::remove_all(root); }
  void TearDown() override { fs::remove_all(root); }
  void write(const std::string &path, const std::string &text) {
    fs::create_directories((root / path).parent_path());
    std::ofstream(root / path) << text;
  }
  std::uint64_t bytes() { return availableMemory(root.string()); }
  const fs::path root =
      fs::path(testing::TempDir()) / ("available-memory-" + std::to_string(::getpid()));
};

TEST_F(AvailableMemory, IsWhatTheSystemSays) {
  write("proc/meminfo", "MemTotal:       100 kB\nMemFree:  3 kB\nMemAvailable:   50 kB\n");
  EXPECT_EQ(bytes(), 50u * 1024);
}

TEST_F(AvailableMemory, IsWhatControlGroupsLeave) {
  write("proc/meminfo", "MemTotal:       100 kB\nMemAvailable:   50 kB\n");
  write("proc/self/cgroup", "1:cpu:/elsewhere\n0::/outer/inner\n");
  write("sys/fs/cgroup/outer/inner/memory.max", "max\n");
  write("sys/fs/cgroup/outer/inner/memory.current", "20000\n");
  write("sys/fs/cgroup/outer/memory.max", "30000\n");
  write("sys/fs/cgroup/outer/memory.current", "25000\n");
  EXPECT_EQ(bytes(), 5000u);
  write("sys/fs/cgroup/outer/memory.stat", "anon 9\ninactive_file 4000\nactive_file 7\n");
  EXPECT_EQ(bytes(), 9000u);
  write("sys/fs/cgroup/outer/memory.current", "90000\n");
  EXPECT_EQ(bytes(), 0u);
  write("sys/fs/cgroup/memory.max", "8000\n");
  write("sys/fs/cgroup/memory.current", "0\n");
  write("sys/fs/cgroup/outer/memory.current", "0\n");
  EXPECT_EQ(bytes(), 8000u) << "also of the group at the top";
}

TEST_F(AvailableMemory, IsNotBoundedByWhatCannotBeRead) {
  EXPECT_EQ(workersFor(3, bytes()), 3u);
  EXPECT_GT(availableMemory(), 0u) << "on this machine";
}

} // namespace
} // namespace ripple::analyzer
