//===- PackageTest.cpp - Installing one version of a Debian package -------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// With the real apt and dpkg, a package index of packages made here, and a root of
// the test's own, by APT_CONFIG and DPKG_ROOT. So nothing of the machine changes,
// and what is tested is the very command line that is used on a server; a `dpkg
// --root` without apt would leave out sources, simulation and downgrades.
//
//===----------------------------------------------------------------------===//
#include "agent/action/Package.h"

#include <gmock/gmock.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sys/wait.h>

namespace fs = std::filesystem;
using namespace ripple;
using namespace ripple::agent;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

namespace {

class PackageTest : public testing::Test {
protected:
  void SetUp() override {
    if (!fs::exists("/usr/bin/dpkg-deb") || !fs::exists(AptGet))
      GTEST_SKIP() << "apt-get and dpkg-deb are needed: this is no Debian";
    char name[] = "/tmp/ripple-package-XXXXXX";
    Folder = ::mkdtemp(name);
    makeRoot();
    Context.logs = Folder + "/actions";
    Request.timeout = model::Milliseconds(60'000);
  }
  void TearDown() override {
    for (const auto *variable : {"APT_CONFIG", "DPKG_ROOT", "DPKG_FORCE"})
      ::unsetenv(variable);
    if (!Folder.empty())
      fs::remove_all(Folder);
  }

  void makeRoot() {
    auto root = Folder + "/root";
    for (const auto *folder :
         {"var/lib/dpkg/info", "var/lib/dpkg/updates", "var/lib/dpkg/triggers",
          "var/lib/apt/lists/partial", "var/cache/apt/archives/partial", "var/log/apt",
          "etc/apt/apt.conf.d", "etc/apt/preferences.d", "etc/apt/sources.list.d", "tmp"})
      fs::create_directories(root + "/" + folder);
    fs::create_directories(Folder + "/repository");
    std::ofstream(root + "/var/lib/dpkg/status") << "";
    std::ofstream(root + "/var/lib/dpkg/available") << "";
    std::ofstream(root + "/etc/apt/sources.list")
        << "deb [trusted=yes] file:" << Folder << "/repository ./\n";
    std::ofstream(Folder + "/apt.conf")
        << "Dir \"" << root << "\";\nDir::State::status \"" << root
        << "/var/lib/dpkg/status\";\n"
           "Dir::Bin::dpkg \"/usr/bin/dpkg\";\nDir::Bin::Methods \"/usr/lib/apt/methods\";\n"
           "APT::Sandbox::User \"root\";\nDPkg::Options { \"--root="
        << root << "\"; };\n";
    ::setenv("APT_CONFIG", (Folder + "/apt.conf").c_str(), 1);
    ::setenv("DPKG_ROOT", root.c_str(), 1);
    ::setenv("DPKG_FORCE", "not-root,script-chrootless,downgrade", 1);
  }

  static void shell(const std::string &command) {
    ASSERT_EQ(std::system(("( " + command + " ) > /dev/null 2>&1").c_str()), 0) << command;
  }

  /// Makes NAME at VERSION, whose installation runs SCRIPT, and puts it into the index.
  void publish(const std::string &name, const std::string &version, const std::string &fields = {},
               const std::string &script = {}) {
    auto tree = Folder + "/tree-" + name + "-" + version;
    auto file = name + "_" + version + "_all.deb";
    fs::create_directories(tree + "/DEBIAN");
    std::ofstream(tree + "/DEBIAN/control")
        << "Package: " << name << "\nVersion: " << version
        << "\nArchitecture: all\nMaintainer: nobody <n@example.org>\n"
        << fields << "Description: for a test\n";
    if (!script.empty()) {
      std::ofstream(tree + "/DEBIAN/postinst") << "#!/bin/sh\n" << script << "\n";
      fs::permissions(tree + "/DEBIAN/postinst", fs::perms(0755));
    }
    auto repository = Folder + "/repository";
    shell("dpkg-deb --root-owner-group -b " + tree + " " + repository + "/" + file);
    shell("cd " + repository + " && { dpkg-deb -f " + file + "; echo Filename: ./" + file +
          "; echo Size: $(stat -c %s " + file + "); echo SHA256: $(sha256sum " + file +
          " | cut -d' ' -f1); echo; } >> Packages; touch -d \"+$(grep -c . Packages) seconds\" "
          "Packages; apt-get -q update");
  }

  ActionOutcome install(const std::string &name, const std::string &version) {
    model::PackageAction package{name, version};
    Request.id = "t1/" + name + "/" + version;
    Request.action = package;
    return perform(Request, Context);
  }
  std::vector<std::string> problems(const std::string &name, const std::string &version,
                                    ActionKind kind = ActionKind::Install) {
    Request.kind = kind;
    Request.action = model::PackageAction{name, version};
    return problemsOf(Request, Context);
  }
  static std::string installed(const std::string &name) {
    return installedPackage(name).value_or("cannot be told");
  }

  std::string Folder;
  ActionContext Context;
  ActionRequest Request;
};

TEST_F(PackageTest, GoesUpAndBackAndIsSafeToRepeat) {
  publish("ripple-part", "1.0-1");
  publish("ripple-part", "1.1-1");
  EXPECT_EQ(installed("ripple-part"), "");
  EXPECT_THAT(problems("ripple-part", "1.0-1"), IsEmpty());
  EXPECT_EQ(installed("ripple-part"), "") << "to look changes nothing";
  for (const auto *version : {"1.0-1", "1.1-1", "1.0-1"}) {
    auto outcome = install("ripple-part", version);
    EXPECT_EQ(outcome.state, ActionState::Done) << outcome.message;
    EXPECT_EQ(installed("ripple-part"), version);
    EXPECT_THAT(install("ripple-part", version).message, HasSubstr("was installed already"));
  }
}

TEST_F(PackageTest, AVersionThatFailsToConfigureIsToldAndTheWayBackIsOpen) {
  publish("ripple-part", "1.0-1");
  publish("ripple-part", "1.1-1", "", "echo the disk is full; exit 3");
  ASSERT_EQ(install("ripple-part", "1.0-1").state, ActionState::Done);
  auto outcome = install("ripple-part", "1.1-1");
  EXPECT_EQ(outcome.state, ActionState::Failed);
  EXPECT_EQ(outcome.exit, 100);
  EXPECT_THAT(outcome.message, HasSubstr("the disk is full"));
  EXPECT_EQ(installed("ripple-part"), "") << "half configured is not installed";
  Request.kind = ActionKind::Rollback;
  EXPECT_EQ(install("ripple-part", "1.0-1").state, ActionState::Done);
  EXPECT_EQ(installed("ripple-part"), "1.0-1");
}

TEST_F(PackageTest, ATimeLimitEndsItAndTheWayBackIsOpen) {
  publish("ripple-part", "1.0-1");
  publish("ripple-part", "1.1-1", "", "sleep 1000");
  ASSERT_EQ(install("ripple-part", "1.0-1").state, ActionState::Done);
  Request.timeout = model::Milliseconds(3'000);
  auto outcome = install("ripple-part", "1.1-1");
  EXPECT_EQ(outcome.state, ActionState::Failed);
  EXPECT_THAT(outcome.message, HasSubstr("its processes were ended"));
  EXPECT_NE(installed("ripple-part"), "1.1-1");
  Request.timeout = model::Milliseconds(60'000);
  EXPECT_EQ(install("ripple-part", "1.0-1").state, ActionState::Done);
  EXPECT_EQ(installed("ripple-part"), "1.0-1");
}

TEST_F(PackageTest, ADpkgThatWasKilledIsPutRightFirst) {
  publish("ripple-part", "1.0-1");
  publish("ripple-part", "1.1-1");
  ASSERT_EQ(install("ripple-part", "1.0-1").state, ActionState::Done);
  // As it lies there after a SIGKILL: apt refuses with "dpkg was interrupted".
  auto updates = Folder + "/root/var/lib/dpkg/updates/0000";
  shell("dpkg-query -s ripple-part | sed 's/ok installed/reinstreq half-installed/' > " + updates);
  EXPECT_NE(std::system("apt-get -q -y install ripple-part=1.1-1 > /dev/null 2>&1"), 0);
  // dpkg-query would still say that 1.0-1 is installed; so the way back would be no way at all.
  EXPECT_EQ(installed("ripple-part"), "cannot be told");
  auto outcome = install("ripple-part", "1.0-1");
  EXPECT_EQ(outcome.message, "ripple-part=1.0-1 is installed");
  EXPECT_EQ(installed("ripple-part"), "1.0-1");
  EXPECT_EQ(install("ripple-part", "1.1-1").state, ActionState::Done);
}

TEST_F(PackageTest, AnotherPackageThatWouldChangeIsNamedAndNothingChanges) {
  publish("ripple-part", "1.0-1");
  publish("ripple-other", "1");
  publish("ripple-other", "2");
  publish("ripple-part", "2.0-1", "Depends: ripple-other (= 2)\n");
  publish("ripple-part", "3.0-1", "Conflicts: ripple-other\n");
  ASSERT_EQ(install("ripple-part", "1.0-1").state, ActionState::Done);
  ASSERT_EQ(install("ripple-other", "1").state, ActionState::Done);
  EXPECT_THAT(problems("ripple-part", "2.0-1"),
              ElementsAre(HasSubstr("another package too: ripple-other from 1 to 2")));
  EXPECT_EQ(install("ripple-part", "2.0-1").state, ActionState::Failed);
  EXPECT_EQ(install("ripple-part", "3.0-1").state, ActionState::Failed);
  EXPECT_EQ(installed("ripple-part"), "1.0-1");
  EXPECT_EQ(installed("ripple-other"), "1");
}

TEST_F(PackageTest, AWayBackNeedsItsVersionInASource) {
  publish("ripple-part", "1.0-1");
  ASSERT_EQ(install("ripple-part", "1.0-1").state, ActionState::Done);
  EXPECT_THAT(problems("ripple-part", "1.0-1", ActionKind::Rollback), IsEmpty());
  EXPECT_THAT(problems("ripple-part", "0.9-1"), ElementsAre(HasSubstr("0.9-1")));
  shell("cd " + Folder + "/repository && : > Packages && touch -d '+1 hour' Packages && " +
        "apt-get -q update");
  EXPECT_THAT(problems("ripple-part", "1.0-1", ActionKind::Install), IsEmpty());
  EXPECT_THAT(problems("ripple-part", "1.0-1", ActionKind::Rollback),
              ElementsAre(HasSubstr("no way back")));
}

TEST_F(PackageTest, OnlyNamesAndOnlyWhatIsAllowed) {
  EXPECT_THAT(problems("-o=Dir::Etc=/tmp", "1"), ElementsAre(HasSubstr("no name of a Debian")));
  EXPECT_THAT(problems("part", "1 -y"), ElementsAre(HasSubstr("no version of a Debian")));
  EXPECT_EQ(install("part+", "1;reboot").state, ActionState::Failed);
  Context.allow = {"/usr/bin/install-pricing"};
  EXPECT_THAT(problems("part", "1"), ElementsAre(HasSubstr("not in `allow`")));
  EXPECT_EQ(install("part", "1").state, ActionState::Failed);
}

TEST(PackageAnswers, WhatWouldChangeBesides) {
  EXPECT_THAT(othersChanged("Reading package lists...\n"
                            "Remv libold1 [1.0]\n"
                            "Inst libnew2 (2.0 Debian:12 [amd64])\n"
                            "Inst libssl3 [3.0.11-1] (3.0.15-1 Debian:12 [amd64]) []\n"
                            "Inst openssl [3.0.11-1] (3.0.15-1 Debian:12 [amd64])\n"
                            "Conf libssl3 (3.0.15-1 Debian:12 [amd64])\n",
                            "openssl"),
              ElementsAre("libold1, which is to go", "libssl3 from 3.0.11-1 to 3.0.15-1"));
  EXPECT_THAT(othersChanged("", "x"), IsEmpty());
}

} // namespace
