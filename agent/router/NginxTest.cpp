//===- NginxTest.cpp - The driver and a real nginx ------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/router/Nginx.h"

#include "agent/router/testing/Peers.h"

#include <gmock/gmock.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <unistd.h>

namespace fs = std::filesystem;
using namespace ripple;
using namespace ripple::agent;
using namespace ripple::agent::peers;
using model::Sessions;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Key;
using testing::Pair;

namespace {

constexpr const char *Program = "/usr/sbin/nginx";

/// A scratch nginx with two servers in two upstreams.
class NginxTest : public testing::Test {
protected:
  void SetUp() override {
    if (::access(Program, X_OK) != 0)
      GTEST_SKIP() << Program << " is not installed";
    char name[] = "/tmp/ripple-nginx-XXXXXX";
    Folder = ::mkdtemp(name);
    fs::permissions(Folder, fs::perms(0755));
    writeUpstreams();
    start();
  }
  void TearDown() override {
    First.finish();
    Nginx.end();
    if (!Folder.empty())
      fs::remove_all(Folder);
  }

  std::string file() const { return Folder + "/upstreams.conf"; }

  void writeUpstreams(const std::string &more = {}) const {
    std::ofstream out(file());
    for (const char *upstream : {"shop.1", "shop.2"})
      out << "upstream " << upstream << " {\n  server " << First.address()
          << " max_fails=0; # app1\n  server " << Second.address() << " max_fails=0; # app2\n}\n";
    out << more;
  }

  void start() {
    Port = freePort();
    std::ofstream out(Folder + "/nginx.conf");
    if (::geteuid() == 0)
      out << "user nobody nogroup;\n";
    out << "daemon off;\nworker_processes 2;\npid " << Folder << "/nginx.pid;\nerror_log " << Folder
        << "/error.log;\nevents {}\nhttp {\n  access_log off;\n";
    for (const char *kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"})
      out << "  " << kind << "_temp_path " << Folder << "/" << kind << ";\n";
    out << "  include " << file() << ";\n  server {\n    listen 127.0.0.1:" << Port << ";\n"
        << "    location /2/ { proxy_pass http://shop.2; }\n"
        << "    location / { proxy_pass http://shop.1; }\n  }\n}\n";
    out.close();
    ASSERT_TRUE(Nginx.start(
        {Program, "-p", Folder, "-c", Folder + "/nginx.conf", "-e", Folder + "/error.log"}));
    ASSERT_TRUE(comesTrue([&] { return get(Port, "/x").rfind("app", 0) == 0; }));
  }

  model::Router entry() const {
    model::Router made;
    made.name = "ngx";
    made.kind = model::RouterKind::Nginx;
    made.upstreams = file();
    made.pidFile = Folder + "/nginx.pid";
    made.test = {Program, "-t", "-q", "-p", Folder, "-c", Folder + "/nginx.conf"};
    return made;
  }
  std::unique_ptr<Router> router() const { return *makeRouter(entry()); }

  void set(const RouterTarget &target, RouterState state) {
    auto done = router()->setState(target, state, Sessions::Shared);
    ASSERT_TRUE(done) << done.error().message;
  }

  RouterServer seen(const RouterTarget &target) const { return peers::seenBy(*router(), target); }

  std::string text() const {
    std::ifstream in(file());
    return {std::istreambuf_iterator<char>(in), {}};
  }

  std::string Folder;
  NamedApplication First{"app1"}, Second{"app2"};
  TestProgram Nginx;
  int Port = 0;
};

TEST_F(NginxTest, ForbidsAndPermitsOneClassAlone) {
  auto before = text();
  auto ngx = router();
  for (int twice = 0; twice < 2; ++twice) {
    auto done = ngx->setState({"shop.1", "app1"}, RouterState::Forbidden, Sessions::Shared);
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_EQ(seen({"shop.1", "app1"}).adminWord, "down");
    // From the moment on at which it returned.
    EXPECT_THAT(spread(Port, "/x"), ElementsAre(Pair("app2", 20)));
  }
  EXPECT_EQ(*router()->readBack({"shop.2", "app1"}), RouterState::Permitted);
  EXPECT_THAT(spread(Port, "/2/x"), ElementsAre(Key("app1"), Key("app2")));
  EXPECT_TRUE(ngx->capabilities().forbidsByClass);
  set({"shop.1", "app1"}, RouterState::Permitted);
  EXPECT_THAT(spread(Port, "/x"), ElementsAre(Key("app1"), Key("app2")));
  EXPECT_EQ(text(), before) << "nothing else in the file was changed";
}

TEST_F(NginxTest, ARepetitionDoesNotReload) {
  auto ngx = router();
  ASSERT_TRUE(ngx->setState({"shop.1", "app1"}, RouterState::Forbidden, Sessions::Shared));
  auto identity = ngx->identity();
  OpenRequest slow(Port, "/2/slow");
  ASSERT_TRUE(comesTrue([&] { return First.held() + Second.held() == 1; }));
  ASSERT_TRUE(ngx->setState({"shop.1", "app1"}, RouterState::Forbidden, Sessions::Shared));
  EXPECT_EQ(seen({"shop.1", "app1"}).uncounted, 0U);
  // Another manager has not seen that it was loaded, and makes sure.
  set({"shop.1", "app1"}, RouterState::Forbidden);
  EXPECT_EQ(seen({"shop.1", "app1"}).uncounted, 1U);
  EXPECT_EQ(*ngx->identity(), *identity) << "a reload is no restart";
  First.finish();
  Second.finish();
}

TEST_F(NginxTest, WorkersOfBeforeAreUncountedUntilTheyHaveEnded) {
  set({"shop.2", "app2"}, RouterState::Forbidden);
  OpenRequest slow(Port, "/2/slow");
  ASSERT_TRUE(comesTrue([&] { return First.held() == 1; }));
  // Workers of before that have nothing to do end soon, not at once.
  ASSERT_TRUE(comesTrue([&] { return seen({"shop.2", "app1"}).uncounted == 0; }));
  set({"shop.2", "app1"}, RouterState::Forbidden);
  // The one that has the request is never overlooked, not for a moment.
  for (int i = 0; i < 50; ++i)
    ASSERT_GE(seen({"shop.2", "app1"}).uncounted, 1U);
  EXPECT_TRUE(comesTrue([&] { return seen({"shop.2", "app1"}).uncounted == 1; }));
  EXPECT_EQ(seen({"shop.2", "app1"}).active, 0U) << "it has no count";
  EXPECT_FALSE(router()->capabilities().countsActive);
  First.finish();
  EXPECT_TRUE(comesTrue([&] { return seen({"shop.2", "app1"}).uncounted == 0; }));
}

TEST_F(NginxTest, ARestartForgetsNothing) {
  set({"shop.1", "app1"}, RouterState::Forbidden);
  auto before = router()->identity();
  Nginx.end();
  EXPECT_EQ(router()->observe().error().kind, RouterError::Kind::Unreachable);
  start();
  auto after = router()->observe();
  ASSERT_TRUE(after);
  EXPECT_NE(*before, after->identity);
  EXPECT_EQ(after->server({"shop.1", "app1"})->admin, RouterState::Forbidden);
  EXPECT_TRUE(router()->capabilities().survivesRestart);
}

TEST_F(NginxTest, WhatIsWrittenAndNotLoadedKeepsNobodyAway) {
  // As after a crash between the two.
  auto lines = *nginx::parseUpstreams(text());
  auto changed = nginx::withState(text(), lines[0], RouterState::Forbidden);
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  std::ofstream(file()) << changed;
  EXPECT_EQ(seen({"shop.1", "app1"}).adminWord, "down, not loaded");
  EXPECT_EQ(*router()->readBack({"shop.1", "app1"}), RouterState::Permitted);
  EXPECT_THAT(spread(Port, "/x"), ElementsAre(Key("app1"), Key("app2")));
  set({"shop.1", "app1"}, RouterState::Forbidden);
  EXPECT_EQ(seen({"shop.1", "app1"}).adminWord, "down");
  EXPECT_THAT(spread(Port, "/x"), ElementsAre(Pair("app2", 20)));
}

TEST_F(NginxTest, WhatItsTestRefusesIsTakenBack) {
  writeUpstreams("nonsense;\n");
  auto before = text();
  auto refused = router()->setState({"shop.1", "app1"}, RouterState::Forbidden, Sessions::Shared);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, RouterError::Kind::Refused);
  EXPECT_THAT(refused.error().message, HasSubstr("nonsense"));
  EXPECT_EQ(text(), before);
  EXPECT_THAT(spread(Port, "/x"), ElementsAre(Key("app1"), Key("app2")));
}

TEST_F(NginxTest, WhatItRefusesAfterItsTestIsNoticed) {
  writeUpstreams("nonsense;\n");
  auto blind = entry();
  blind.test = {"/bin/true"};
  auto refused = (*makeRouter(blind, {model::Milliseconds(1)}))
                     ->setState({"shop.1", "app1"}, RouterState::Forbidden, Sessions::Shared);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, RouterError::Kind::NotHeld);
  EXPECT_EQ(seen({"shop.1", "app1"}).adminWord, "down, not loaded");
}

TEST_F(NginxTest, WhatIsNotThereIsNamed) {
  EXPECT_THAT(router()
                  ->setState({"shop.9", "app1"}, RouterState::Forbidden, Sessions::Shared)
                  .error()
                  .message,
              HasSubstr("no server 'app1' in upstream 'shop.9'"));
  auto other = entry();
  other.pidFile = Folder + "/none.pid";
  EXPECT_EQ((*makeRouter(other))->identity().error().kind, RouterError::Kind::Unreachable);
  std::ofstream(other.pidFile) << ::getpid();
  EXPECT_THAT((*makeRouter(other))->identity().error().message, HasSubstr("no master of nginx"));
  other = entry();
  other.upstreams = Folder + "/none.conf";
  EXPECT_THAT((*makeRouter(other))->observe().error().message, HasSubstr("cannot be read"));
}

TEST(NginxFile, IsReadAndChangedInPlace) {
  constexpr std::string_view Text = "# by hand\nupstream shop.1 {\n  ip_hash;\n"
                                    "  server 10.0.0.1:80 down max_fails=0;   # app1\n"
                                    "\tserver 10.0.0.2:80;# app2\n  server 10.0.0.3:80;\n}\n"
                                    "server x; # outside\n";
  auto lines = nginx::parseUpstreams(Text);
  ASSERT_TRUE(lines);
  ASSERT_EQ(lines->size(), 2U);
  EXPECT_EQ(lines->at(0).target, (RouterTarget{"shop.1", "app1"}));
  EXPECT_TRUE(lines->at(0).down);
  EXPECT_FALSE(lines->at(1).down);
  EXPECT_THAT(nginx::withState(Text, lines->at(0), RouterState::Permitted),
              HasSubstr("\n  server 10.0.0.1:80 max_fails=0;   # app1\n"));
  EXPECT_THAT(nginx::withState(Text, lines->at(1), RouterState::Forbidden),
              HasSubstr("\n\tserver 10.0.0.2:80 down;# app2\n"));
  EXPECT_EQ(nginx::withState(Text, lines->at(0), RouterState::Forbidden), Text);
}

TEST(NginxFile, AServerMayNotBeThereTwice) {
  EXPECT_THAT(nginx::parseUpstreams("upstream a {\n server x; # s\n server y; # s\n}\n").error(),
              HasSubstr("several lines for server s"));
}

} // namespace
