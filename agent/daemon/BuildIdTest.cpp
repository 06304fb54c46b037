//===- BuildIdTest.cpp - Build-ids, and files that have none ---------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/daemon/BuildId.h"
#include "agent/daemon/Mappings.h"

#include <gmock/gmock.h>

#include <cstdio>
#include <dlfcn.h>
#include <filesystem>
#include <fstream>
#include <unistd.h>

namespace fs = std::filesystem;
using namespace ripple::agent;

namespace {

std::string read(const std::string &path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class BuildIdTest : public testing::Test {
protected:
  void SetUp() override {
    char name[] = "/tmp/ripple-elf-XXXXXX";
    Folder = ::mkdtemp(name);
  }
  void TearDown() override { fs::remove_all(Folder); }
  std::string write(const std::string &bytes) {
    std::ofstream(Folder + "/file", std::ios::binary | std::ios::trunc) << bytes;
    return Folder + "/file";
  }
  std::string Folder;
};

TEST_F(BuildIdTest, IsTheOneThatReadelfShows) {
  std::string command = "readelf -n /bin/sh 2>/dev/null | sed -n 's/.*Build ID: //p'";
  std::unique_ptr<FILE, int (*)(FILE *)> out(::popen(command.c_str(), "r"), &::pclose);
  char line[256] = {};
  ASSERT_TRUE(out && std::fgets(line, sizeof line, out.get()));
  std::string expected = line;
  expected.erase(expected.find('\n'));
  EXPECT_FALSE(expected.empty());
  EXPECT_EQ(buildIdOf("/bin/sh"), expected);
}

TEST_F(BuildIdTest, WhatHasNoneGivesNothing) {
  EXPECT_EQ(buildIdOf("/etc/passwd"), "");
  EXPECT_EQ(buildIdOf("/nonexistent"), "");
  EXPECT_EQ(buildIdOf("/tmp"), "");
  EXPECT_EQ(buildIdOf("/dev/zero"), "");
  EXPECT_EQ(buildIdOf(write("")), "");
  EXPECT_EQ(buildIdOf(write("\x7f"
                            "ELF")),
            "");
}

TEST_F(BuildIdTest, BrokenFilesDoNoHarm) {
  auto whole = read("/bin/sh");
  ASSERT_GT(whole.size(), 4096U);
  // Every cut of the head, and every byte of the head set to the worst.
  for (std::size_t size = 0; size < 1024; size += 7)
    buildIdOf(write(whole.substr(0, size)));
  for (std::size_t at = 16; at < 1024; ++at) {
    auto broken = whole.substr(0, 4096);
    broken[at] = '\xff';
    buildIdOf(write(broken));
  }
}

TEST(Mappings, AReplacedFileIsFoundWithItsOldBuildId) {
  char name[] = "/tmp/ripple-map-XXXXXX";
  std::string folder = ::mkdtemp(name);
  auto file = folder + "/libz.so";
  ASSERT_TRUE(fs::copy_file(fs::canonical("/lib/x86_64-linux-gnu/libz.so.1"), file));
  auto id = buildIdOf(file);
  ASSERT_NE(id, "");
  void *handle = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  ASSERT_TRUE(handle) << ::dlerror();
  auto find = [&]() -> MappedFile {
    for (const auto &mapped : mappedFiles(::getpid()))
      if (mapped.path == file)
        return mapped;
    return {};
  };
  LoadedBuildIds ids;
  EXPECT_EQ(find().path, file);
  EXPECT_FALSE(find().replaced);
  EXPECT_EQ(ids.of(::getpid(), find()), id);
  fs::copy_file("/bin/sh", folder + "/new");
  fs::rename(folder + "/new", file);
  EXPECT_TRUE(find().replaced);
  LoadedBuildIds fresh;
  auto seen = fresh.of(::getpid(), find());
  if (::geteuid() == 0)
    EXPECT_EQ(seen, id);
  else
    EXPECT_TRUE(seen == id || seen.empty());
  fs::remove(file);
  EXPECT_TRUE(find().replaced) << "a removed file is shown without its \" (deleted)\"";
  ::dlclose(handle);
  EXPECT_EQ(find().path, "");
  fs::remove_all(folder);
}

TEST(Mappings, AProcessThatIsNotThereHasNone) { EXPECT_TRUE(mappedFiles(0x3fffffff).empty()); }

} // namespace
