//===- PackagesTest.cpp -----------------------------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/Packages.h"

#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>

namespace ripple::analyzer {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;

/// A small Debian root: zlib as 1:1.2 with its development package, merged /usr.
class PackagesTest : public testing::Test {
protected:
  void SetUp() override {
    root =
        fs::path(testing::TempDir()) /
        ("packages-" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::remove_all(root);
    fs::create_directories(root / "var/lib/dpkg/info");
    fs::create_directories(root / "usr/lib/x86_64-linux-gnu");
    fs::create_directories(root / "usr/include");
    fs::create_directory_symlink("usr/lib", root / "lib");
    write("var/lib/dpkg/status",
          "Package: zlib1g\nStatus: install ok installed\nArchitecture: amd64\n"
          "Source: zlib (1:1.2)\nVersion: 1:1.2\nDepends: libc6 (>= 2.14), debconf (>= 0.5) | "
          "debconf-2.0\nPre-Depends: dpkg (>= 1.15)\nDescription: a library\n Depends: no field\n\n"
          "Package: zlib1g-dev\nStatus: install ok installed\nArchitecture: amd64\n"
          "Version: 1:1.2\n\n"
          "Package: gone\nStatus: deinstall ok config-files\nArchitecture: amd64\nVersion: 3\n");
    write("var/lib/dpkg/info/zlib1g:amd64.list",
          "/.\n/lib\n/lib/x86_64-linux-gnu\n/lib/x86_64-linux-gnu/libz.so.1.2\n"
          "/lib/x86_64-linux-gnu/libz.so.1\n");
    write("var/lib/dpkg/info/zlib1g-dev:amd64.list",
          "/usr/include/zlib.h\n/usr/lib/x86_64-linux-gnu/libz.a\n"
          "/usr/lib/x86_64-linux-gnu/libz.so\n");
    write("var/lib/dpkg/info/gone.list", "/etc/gone.conf\n");
    write("usr/lib/x86_64-linux-gnu/libz.so.1.2", "");
    fs::create_symlink("libz.so.1.2", root / "usr/lib/x86_64-linux-gnu/libz.so.1");
    fs::create_symlink("libz.so.1.2", root / "usr/lib/x86_64-linux-gnu/libz.so");
    write("usr/include/zlib.h", "");
    fs::create_symlink("zlib.h", root / "usr/include/alias.h");
  }
  void TearDown() override { fs::remove_all(root); }

  void write(const std::string &path, const std::string &text) {
    std::ofstream(root / path) << text;
  }
  std::string owner(Packages &packages, const std::string &path) {
    const Package *package = packages.ownerOf(path);
    return package ? package->name : "";
  }

  fs::path root;
};

TEST_F(PackagesTest, OwnsAFileUnderEitherSpelling) {
  Packages packages(root.string());
  EXPECT_EQ(owner(packages, "/lib/x86_64-linux-gnu/libz.so.1"), "zlib1g");
  EXPECT_EQ(owner(packages, "/usr/lib/x86_64-linux-gnu/libz.so.1"), "zlib1g");
  EXPECT_EQ(owner(packages, "/usr/lib/x86_64-linux-gnu/libz.so.1.2"), "zlib1g");
  EXPECT_EQ(owner(packages, "/usr/include/zlib.h"), "zlib1g-dev");
}

TEST_F(PackagesTest, FollowsLinksToTheOwnedFile) {
  Packages packages(root.string());
  EXPECT_EQ(owner(packages, "/usr/include/alias.h"), "zlib1g-dev");
}

TEST_F(PackagesTest, OwnsNothingElse) {
  Packages packages(root.string());
  EXPECT_EQ(owner(packages, "/usr/include/none.h"), "");
  EXPECT_EQ(owner(packages, "/etc/gone.conf"), "") << "removed packages own nothing";
  EXPECT_EQ(owner(packages, "/library/zlib.h"), "");
  Packages empty((root / "nowhere").string());
  EXPECT_EQ(owner(empty, "/usr/include/zlib.h"), "");
}

TEST_F(PackagesTest, ReadsTheStatusFile) {
  Packages packages(root.string());
  const Package *package = packages.package("zlib1g");
  ASSERT_NE(package, nullptr);
  EXPECT_EQ(package->version, "1:1.2");
  EXPECT_EQ(package->source, "zlib");
  EXPECT_THAT(package->depends, ElementsAre("debconf", "debconf-2.0", "dpkg", "libc6"));
  EXPECT_EQ(packages.package("gone"), nullptr);
}

TEST_F(PackagesTest, FindsTheLibraryBehindADevelopmentPackage) {
  Packages packages(root.string());
  const Package *package = packages.package("zlib1g-dev");
  ASSERT_NE(package, nullptr);
  EXPECT_THAT(packages.librariesBehind(*package),
              ElementsAre("/usr/lib/x86_64-linux-gnu/libz.so.1.2"));
  EXPECT_THAT(packages.librariesBehind(*packages.package("zlib1g")), ElementsAre());
}

} // namespace
} // namespace ripple::analyzer
