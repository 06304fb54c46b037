//===- InstalledTest.cpp - Which versions are installed and loaded ---------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/daemon/Installed.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

namespace fs = std::filesystem;
using namespace ripple;
using namespace ripple::agent;
using testing::HasSubstr;

namespace {

class Installed : public testing::Test {
protected:
  void SetUp() override {
    char name[] = "/tmp/ripple-installed-XXXXXX";
    Folder = fs::canonical(::mkdtemp(name));
    for (const char *version : {"1.0.0", "1.1.0"}) {
      std::ofstream(Folder + "/pricing-" + version + ".so") << version;
      fs::create_directory(Folder + "/catalog-" + version);
    }
    fs::create_symlink("pricing-1.1.0.so", Folder + "/pricing.so");
    fs::create_symlink("catalog-1.1.0", Folder + "/lib");
    Plugin.symlink = Folder + "/pricing.so";
    Plugin.version = "pricing-(.*)\\.so";
    Library.symlink = Folder + "/lib";
    Library.version = "catalog-(.*)";
  }
  void TearDown() override { fs::remove_all(Folder); }
  MappedFile mapped(const std::string &name, bool replaced = false) const {
    MappedFile file;
    file.path = Folder + "/" + name;
    file.replaced = replaced;
    return file;
  }

  std::string Folder;
  model::ObservedComponent Plugin, Library;
};

TEST_F(Installed, ASymlinkNamesTheVersion) {
  EXPECT_EQ(*installedVersion(Plugin), "1.1.0");
  EXPECT_EQ(*installedVersion(Library), "1.1.0");
  Plugin.version.clear();
  EXPECT_EQ(*installedVersion(Plugin), "pricing-1.1.0.so");
  Plugin.version = "other-(.*)";
  EXPECT_THAT(installedVersion(Plugin).error(), HasSubstr("does not match"));
  Plugin.symlink = Folder + "/none";
  EXPECT_THAT(installedVersion(Plugin).error(), HasSubstr("No such file"));
}

TEST_F(Installed, AProgramOrAPackageNamesTheVersion) {
  model::ObservedComponent component;
  component.run = {"/bin/sh", "-c", "echo 3.2; echo more"};
  EXPECT_EQ(*installedVersion(component), "3.2");
  component.run = {"/bin/sh", "-c", "echo broken; exit 1"};
  EXPECT_THAT(installedVersion(component).error(), HasSubstr("exit code 1: broken"));
  component.run = {"/bin/true"};
  EXPECT_THAT(installedVersion(component).error(), HasSubstr("printed no version"));
  component.run.clear();
  component.package = "libc6";
  EXPECT_THAT(*installedVersion(component), HasSubstr("2."));
  component.package = "no-such-package";
  EXPECT_FALSE(installedVersion(component));
}

TEST_F(Installed, FilesOfEveryVersionBelongToTheComponent) {
  ComponentFiles plugin(Plugin), library(Library);
  EXPECT_TRUE(plugin.contains(Folder + "/pricing-1.1.0.so"));
  EXPECT_TRUE(plugin.contains(Folder + "/pricing-1.0.0.so"));
  EXPECT_FALSE(plugin.contains(Folder + "/catalog-1.0.0/libcatalog.so"));
  EXPECT_FALSE(plugin.contains("/elsewhere/pricing-1.0.0.so"));
  EXPECT_TRUE(library.contains(Folder + "/catalog-1.0.0/libcatalog.so.1"));
  EXPECT_TRUE(library.contains(Folder + "/catalog-1.1.0/libcatalog.so.1"));
  EXPECT_EQ(plugin.installedFor(Folder + "/pricing-1.0.0.so"), Folder + "/pricing-1.1.0.so");
  EXPECT_EQ(library.installedFor(Folder + "/catalog-1.0.0/libcatalog.so.1"),
            Folder + "/catalog-1.1.0/libcatalog.so.1");
  EXPECT_FALSE(plugin.isOutdated(mapped("pricing-1.1.0.so")));
  EXPECT_TRUE(plugin.isOutdated(mapped("pricing-1.1.0.so", true)));
  EXPECT_TRUE(plugin.isOutdated(mapped("pricing-1.0.0.so")));
  EXPECT_FALSE(library.isOutdated(mapped("catalog-1.1.0/libcatalog.so.1")));
  EXPECT_TRUE(library.isOutdated(mapped("catalog-1.0.0/libcatalog.so.1")));
}

TEST_F(Installed, AGlobSaysWhichFilesBelongToAComponent) {
  model::ObservedComponent component;
  component.package = "libsqlite3-0";
  component.file = "/usr/lib/*/libsqlite3.so*";
  ComponentFiles files(component);
  EXPECT_TRUE(files.contains("/usr/lib/x86_64-linux-gnu/libsqlite3.so.0.8.6"));
  EXPECT_FALSE(files.contains("/usr/lib/x86_64-linux-gnu/libz.so.1"));
}

} // namespace
