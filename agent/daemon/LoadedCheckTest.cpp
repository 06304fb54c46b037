//===- LoadedCheckTest.cpp - Is what runs what is installed? --------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/daemon/LoadedCheck.h"
#include "agent/daemon/BuildId.h"

#include <gmock/gmock.h>

#include <csignal>
#include <dlfcn.h>
#include <filesystem>
#include <sys/wait.h>

namespace fs = std::filesystem;
using namespace ripple;
using namespace ripple::agent;
using testing::AllOf;
using testing::HasSubstr;

namespace {

constexpr const char *Zlib = "/lib/x86_64-linux-gnu/libz.so.1";
constexpr const char *Expat = "/lib/x86_64-linux-gnu/libexpat.so.1";

/// A process whose child has a file loaded; both end with the object.
class Family {
public:
  explicit Family(const std::string &file) {
    int ready[2];
    EXPECT_EQ(::pipe(ready), 0);
    Parent = ::fork();
    if (Parent == 0) {
      ::setsid();
      pid_t child = ::fork();
      if (child == 0 && !::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL))
        ::_exit(1);
      if (child == 0 && ::write(ready[1], "r", 1) != 1)
        ::_exit(1);
      for (;;)
        ::pause();
    }
    char byte = 0;
    EXPECT_EQ(::read(ready[0], &byte, 1), 1);
    ::close(ready[0]);
    ::close(ready[1]);
  }
  ~Family() {
    ::kill(-Parent, SIGKILL);
    ::waitpid(Parent, nullptr, 0);
  }
  Family(const Family &) = delete;
  Family &operator=(const Family &) = delete;

  ProcessReport report() const {
    return {"shop", "shop", ProcessState::Running, *identify(Parent), 0, ""};
  }

private:
  pid_t Parent = 0;
};

class LoadedCheck : public testing::Test {
protected:
  void SetUp() override {
    for (const auto *library : {Zlib, Expat})
      if (!fs::exists(library))
        GTEST_SKIP() << library << " is needed";
    char name[] = "/tmp/ripple-loaded-XXXXXX";
    Folder = ::mkdtemp(name);
    fs::copy_file(fs::canonical(Zlib), Folder + "/part-1.so");
    fs::copy_file(fs::canonical(Expat), Folder + "/part-2.so");
    Component.id = "part";
    Component.symlink = Folder + "/part.so";
    Component.version = "part-(.*)\\.so";
    Request.component = "part";
    install("1");
  }
  void TearDown() override {
    if (!Folder.empty())
      fs::remove_all(Folder);
  }
  void install(const std::string &version) {
    fs::remove(Component.symlink);
    fs::create_symlink("part-" + version + ".so", Component.symlink);
    Request.version = version;
  }
  std::string check(const std::vector<ProcessReport> &processes) {
    Note.clear();
    return ownCheck(&Component, Request, processes, Note);
  }

  std::string Folder, Note;
  model::ObservedComponent Component;
  ActionRequest Request;
};

TEST_F(LoadedCheck, AChildOfAProcessThatKeepsTheOldOneIsFound) {
  Family family(Folder + "/part-1.so");
  EXPECT_EQ(check({family.report()}), "");
  EXPECT_THAT(Note, HasSubstr("loaded by 1 process as build " + buildIdOf(std::string(Zlib))));
  install("2");
  EXPECT_THAT(check({family.report()}),
              AllOf(HasSubstr("another part is loaded: shop (pid "),
                    HasSubstr("part-1.so, build " + buildIdOf(std::string(Zlib))),
                    HasSubstr("installed is build " + buildIdOf(std::string(Expat)))));
}

TEST_F(LoadedCheck, AProcessOfOthersIsNoFailureAndIsSaid) {
  Family family(Folder + "/part-1.so");
  install("2");
  EXPECT_EQ(check({}), "");
  EXPECT_THAT(Note,
              AllOf(HasSubstr("not the agent's have another part loaded"), HasSubstr("part-1.so")));
}

TEST_F(LoadedCheck, AFileReplacedUnderItsNameIsToldByItsBuild) {
  Component.file = Folder + "/part-1.so";
  Family family(Folder + "/part-1.so");
  auto replace = [&](const char *by) {
    fs::copy_file(fs::canonical(by), Folder + "/new");
    fs::rename(Folder + "/new", Folder + "/part-1.so");
  };
  replace(Expat);
  EXPECT_THAT(check({family.report()}), HasSubstr("another part is loaded"));
  if (::geteuid() != 0)
    return; // Else it cannot be told that it is the same again.
  replace(Zlib);
  EXPECT_EQ(check({family.report()}), "") << "the same build, installed again";
}

TEST_F(LoadedCheck, WhatNobodyHasLoadedIsNoFailure) {
  EXPECT_EQ(check({}), "");
  EXPECT_EQ(Note, "");
  Request.version = "2";
  EXPECT_EQ(check({}), "part is installed as 1, not as 2");
}

} // namespace
