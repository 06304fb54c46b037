//===- AttributeTest.cpp ----------------------------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/ComponentTable.h"
#include "analyzer/Pipeline.h"

#include <filesystem>
#include <gmock/gmock.h>

namespace ripple::analyzer {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

/// The program of the ELF fixtures, with entities made by hand. `fixture_first` is a build target;
/// `fixture_second` is none, and no package owns it.
class AttributeTest : public testing::Test {
protected:
  void SetUp() override {
    loaded.sourceRoot = "/project";
    loaded.buildFolder = "/project/build";
    loaded.build.targets = {
        target("app", TargetType::Executable, "/project/app", {"/project/app/main.cpp"}),
        target("core", TargetType::StaticLibrary, "/project/core", {"/project/core/a.cpp"}),
        target("first", TargetType::SharedLibrary, "/project/first", {"/project/first/f.cpp"}),
        target("plugin", TargetType::ModuleLibrary, "/project/plugin", {})};
    loaded.build.targets[2].artefact = RIPPLE_FIXTURE_FIRST;
    loaded.build.targets[3].artefact = RIPPLE_FIXTURE_SECOND;
    for (const char *name : {"app/main.cpp:app", "core/a.cpp:core", "first/f.cpp:first"}) {
      const std::string word(name);
      Unit unit;
      unit.file = "/project/" + word.substr(0, word.find(':'));
      unit.target = word.substr(word.find(':') + 1);
      loaded.units.push_back(unit);
    }
    application.name = "app";
    application.file = RIPPLE_FIXTURE_PROGRAM;
    application.units = {0, 1, 2};
    application.targets = {0, 1};
    LibrarySearch search;
    auto closure = search.closureOf(RIPPLE_FIXTURE_PROGRAM);
    ASSERT_TRUE(closure);
    application.closure = *closure;
    program.sourceRoot = "/project";
  }

  static BuildTarget target(const std::string &name, TargetType type, const std::string &folder,
                            std::vector<std::string> sources) {
    BuildTarget out;
    out.name = name;
    out.type = type;
    out.sourceFolder = folder;
    out.sources = std::move(sources);
    return out;
  }
  FileIndex file(const std::string &path) {
    program.facts.files.push_back(path);
    return static_cast<FileIndex>(program.facts.files.size() - 1);
  }
  std::size_t add(Entity entity) {
    program.facts.entities.push_back(std::move(entity));
    return program.facts.entities.size() - 1;
  }
  /// A function that is only declared, in PATH.
  std::size_t declared(const std::string &name, const std::string &path) {
    Entity entity;
    entity.name = entity.key = name;
    entity.isLinkable = true;
    entity.declared = {file(path), 1};
    return add(entity);
  }
  /// A function whose body is in PATH.
  std::size_t defined(const std::string &name, const std::string &path) {
    const std::size_t index = declared(name, path);
    program.facts.entities[index].hasBody = true;
    program.facts.entities[index].defined = program.facts.entities[index].declared;
    return index;
  }
  void run() {
    auto result = attribute(program, loaded, application, catalog);
    ASSERT_TRUE(result) << model::describe(result.error());
    owners = std::move(*result);
  }
  std::string ownerOf(std::size_t entity) const {
    const std::uint32_t owner = owners.ownerOf.at(entity);
    return owner == none ? "" : owners.components[owner].id;
  }
  const model::Component &component(const std::string &id) const {
    for (const model::Component &found : owners.components)
      if (found.id == id)
        return found;
    ADD_FAILURE() << "no component " << id;
    static const model::Component missing;
    return missing;
  }

  Loaded loaded;
  LoadedApplication application;
  Program program;
  model::Catalog catalog;
  Owners owners;
};

TEST_F(AttributeTest, BelievesTheSymbolBeforeTheHeader) {
  const auto first = declared("fixture_first", "/project/app/own.h");
  const auto second = declared("fixture_second", "/usr/include/stdio.h");
  const auto print = declared("printf", "/project/app/own.h");
  run();
  EXPECT_EQ(ownerOf(first), "first");
  EXPECT_EQ(ownerOf(second), "plugin") << "the target whose file it is";
  EXPECT_EQ(ownerOf(print), "libc6");
}

TEST_F(AttributeTest, BelievesTheHeaderForWhatTheProgramDoesNotImport) {
  // Other libraries export it too, but the program calls a copy of its own.
  const auto own = declared("malloc", "/usr/include/gtest/gtest.h");
  const auto implicit = declared("calloc", "");
  run();
  EXPECT_EQ(ownerOf(own), "libgtest-dev");
  EXPECT_EQ(ownerOf(implicit), "libc6") << "there is no header to believe";
}

TEST_F(AttributeTest, BelievesTheFileForWhatHasABody) {
  // An inline function that a library happens to export is still compiled in.
  const auto inlined = defined("printf", "/usr/include/gtest/gtest.h");
  const auto own = defined("run", "/project/app/main.cpp");
  const auto staticLibrary = defined("core", "/project/core/a.cpp");
  const auto shared = defined("first", "/project/first/f.cpp");
  run();
  EXPECT_EQ(ownerOf(inlined), "libgtest-dev");
  EXPECT_EQ(ownerOf(own), "");
  EXPECT_EQ(ownerOf(staticLibrary), "core");
  EXPECT_EQ(ownerOf(shared), "first");
  EXPECT_EQ(component("libgtest-dev").kind, model::ComponentKind::HeaderOnly);
  EXPECT_EQ(component("core").kind, model::ComponentKind::StaticLibrary);
  EXPECT_EQ(component("first").kind, model::ComponentKind::SharedLibrary);
  EXPECT_EQ(component("first").origin, "target:first");
  EXPECT_EQ(component("first").version, "3.1.4");
  EXPECT_EQ(component("first").soname, "libfixture_first.so.3");
  EXPECT_THAT(component("first").dependsOn, Contains("plugin"));
  EXPECT_EQ(component("app").kind, model::ComponentKind::Application);
  EXPECT_THAT(component("app").dependsOn, Contains("core"));
}

TEST_F(AttributeTest, GivesHeadersOfItsOwnToTheTargetAroundThem) {
  const auto core = defined("inlineCore", "/project/core/include/core/b.h");
  const auto app = defined("inlineApp", "/project/app/x.h");
  const auto vendored = defined("fmt", "/project/app/third_party/fmt/include/fmt.h");
  run();
  EXPECT_EQ(ownerOf(core), "core");
  EXPECT_EQ(ownerOf(app), "");
  EXPECT_EQ(ownerOf(vendored), "fmt");
  EXPECT_EQ(component("fmt").origin, "vendored:app/third_party/fmt");
}

TEST_F(AttributeTest, GivesHeadersOfAProjectAddedFromElsewhereToItsTarget) {
  loaded.build.targets.insert(loaded.build.targets.begin(),
                              target("added", TargetType::StaticLibrary, "/elsewhere/added", {}));
  for (std::size_t &index : application.targets)
    ++index;
  application.targets.push_back(0);
  const std::size_t header = defined("added::call", "/elsewhere/added/include/added.h");
  run();
  EXPECT_EQ(ownerOf(header), "added");
}

TEST_F(AttributeTest, FindsTheRunTimePackageBehindAHeader) {
  const auto inlined = defined("std::min", "/usr/include/stdlib.h");
  const auto builtin = declared("__builtin_trap", "");
  run();
  EXPECT_EQ(ownerOf(inlined), "libc6");
  EXPECT_EQ(ownerOf(builtin), "");
  EXPECT_EQ(component("libc6").origin, "package:glibc");
  EXPECT_EQ(component("libc6").soname, "libc.so.6");
  EXPECT_FALSE(component("libc6").version.empty());
}

TEST_F(AttributeTest, FollowsTheLoaderToTheFirstDefinition) {
  run();
  // It does not need `first`, but gets fixture_shared from it, which both define.
  owners.interposed["plugin"].erase("app"); // With sanitizers the program has their code inside.
  EXPECT_THAT(owners.interposed["plugin"], ElementsAre("first"));
  EXPECT_THAT(component("first").dependsOn, Contains("plugin"));
}

TEST_F(AttributeTest, SaysWhatNobodyOwns) {
  const auto stray = defined("stray", "/opt/nowhere/include/stray.h");
  run();
  EXPECT_EQ(ownerOf(stray), "include");
  EXPECT_EQ(component("include").origin, "unknown:/opt/nowhere/include");
  EXPECT_THAT(owners.warnings, ElementsAre(HasSubstr("/opt/nowhere/include")));
}

TEST_F(AttributeTest, LetsTheCatalogDecide) {
  model::ComponentRule byHeader, bySymbol, byPackage, byTarget;
  byHeader.id = "pricing";
  byHeader.headers = {"**/pricing/*.h"};
  byHeader.target = "plugin";
  byHeader.kind = model::ComponentKind::Plugin;
  byHeader.version = "1.0.0";
  bySymbol.id = "payments";
  bySymbol.symbols = {"pay::*"};
  bySymbol.dependsOn = {"libssl3"};
  byPackage.id = "the-c-library";
  byPackage.package = "libc6";
  byPackage.restart = model::RestartDomain::Server;
  byTarget.id = "heart";
  byTarget.target = "core";
  catalog.components = {byHeader, bySymbol, byPackage, byTarget};
  const auto field = defined("Pricing::price", "/project/app/pricing/pricing.h");
  const auto pay = declared("pay::now", "/project/app/pay.h");
  const auto print = declared("printf", "/usr/include/stdio.h");
  const auto core = defined("core", "/project/core/a.cpp");
  run();
  EXPECT_EQ(ownerOf(field), "pricing");
  EXPECT_EQ(ownerOf(pay), "payments");
  EXPECT_EQ(ownerOf(print), "the-c-library");
  EXPECT_EQ(ownerOf(core), "heart");
  EXPECT_EQ(component("pricing").restart, model::RestartDomain::Plugin);
  EXPECT_EQ(component("pricing").version, "1.0.0");
  EXPECT_EQ(component("pricing").origin, "target:plugin");
  EXPECT_THAT(component("payments").dependsOn, ElementsAre("libssl3"));
  EXPECT_EQ(component("the-c-library").restart, model::RestartDomain::Server);
}

TEST_F(AttributeTest, KnowsWhatDlopenIsGiven) {
  UnresolvedSite site;
  site.library = "libc.so.6";
  program.facts.unresolved.push_back(site);
  site.library = "libnowhere.so.1";
  program.facts.unresolved.push_back(site);
  run();
  ASSERT_EQ(owners.ownerOfLibrary.size(), 1u);
  EXPECT_EQ(owners.components[owners.ownerOfLibrary.at("libc.so.6")].id, "libc6");
}

TEST(Names, FollowDebiansConvention) {
  EXPECT_EQ(debianNameOf("libssl.so.3"), "libssl3");
  EXPECT_EQ(debianNameOf("libsqlite3.so.0"), "libsqlite3-0");
  EXPECT_EQ(debianNameOf("libcpp-httplib.so.0.11"), "libcpp-httplib0.11");
  EXPECT_EQ(versionInName("/opt/libcatalog.so.1.2.0"), "1.2.0");
  EXPECT_EQ(versionInName("/opt/pricing-1.1.0.so"), "1.1.0");
  EXPECT_EQ(versionInName("/opt/libcpp-httplib.so"), "");
}

} // namespace
} // namespace ripple::analyzer
