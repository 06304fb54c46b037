//===- HttpdTest.cpp - The driver and a real Apache httpd -----------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/router/Httpd.h"

#include "agent/router/testing/Peers.h"

#include <gmock/gmock.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <unistd.h>

using namespace ripple;
using namespace ripple::agent;
using namespace ripple::agent::peers;
using model::Sessions;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Key;
using testing::Pair;

namespace {

constexpr const char *Program = "/usr/sbin/apache2";
constexpr const char *Modules = "/usr/lib/apache2/modules";

/// A scratch httpd with two servers in two balancers.
class HttpdTest : public testing::Test {
protected:
  void SetUp() override {
    if (::access(Program, X_OK) != 0)
      GTEST_SKIP() << Program << " is not installed";
    char name[] = "/tmp/ripple-httpd-XXXXXX";
    Folder = ::mkdtemp(name);
    std::filesystem::permissions(Folder, std::filesystem::perms(0755));
    start("");
  }
  void TearDown() override {
    Httpd.end();
    if (!Folder.empty())
      std::filesystem::remove_all(Folder);
  }

  void start(const std::string &more) {
    Httpd.end();
    Port = freePort();
    std::ofstream out(Folder + "/httpd.conf");
    out << "ServerRoot " << Folder << "\nServerName localhost\nPidFile httpd.pid\n"
        << "DefaultRuntimeDir " << Folder << "\nErrorLog error.log\nStartServers 1\n"
        << "Listen 127.0.0.1:" << Port << "\n";
    if (::geteuid() == 0)
      out << "User nobody\nGroup nogroup\n";
    for (const char *module : {"mpm_event", "authz_core", "authz_host", "proxy", "proxy_http",
                               "proxy_balancer", "lbmethod_byrequests", "slotmem_shm"})
      out << "LoadModule " << module << "_module " << Modules << "/mod_" << module << ".so\n";
    out << more << "\n";
    for (const char *balancer : {"shop.1", "shop.2"})
      out << "<Proxy balancer://" << balancer << ">\n"
          << "  BalancerMember http://" << First.address() << " route=app1 retry=0\n"
          << "  BalancerMember http://" << Second.address() << " route=app2 retry=0\n"
          << "  ProxySet stickysession=ROUTE\n</Proxy>\n";
    out << "<Location /balancer-manager>\n  SetHandler balancer-manager\n  Require local\n"
        << "</Location>\nProxyPass /balancer-manager !\n"
        << "ProxyPass /2/ balancer://shop.2/\nProxyPass / balancer://shop.1/\n";
    out.close();
    ASSERT_TRUE(Httpd.start({Program, "-f", Folder + "/httpd.conf", "-DFOREGROUND"}));
    ASSERT_TRUE(comesTrue([&] { return router()->identity().has_value(); }))
        << router()->identity().error().message;
  }

  std::unique_ptr<Router> router(const std::string &path = "/balancer-manager",
                                 const std::string &referer = "") const {
    model::Router entry;
    entry.name = "web";
    entry.kind = model::RouterKind::Httpd;
    entry.url = "http://127.0.0.1:" + std::to_string(Port) + path;
    entry.referer = referer;
    return *makeRouter(entry, {model::Milliseconds(10'000)});
  }

  void set(const RouterTarget &target, RouterState state, Sessions sessions = Sessions::Shared) {
    auto done = router()->setState(target, state, sessions);
    ASSERT_TRUE(done) << done.error().message;
  }

  RouterServer seen(const RouterTarget &target) const { return peers::seenBy(*router(), target); }

  std::string Folder;
  NamedApplication First{"app1"}, Second{"app2"};
  TestProgram Httpd;
  int Port = 0;
};

TEST_F(HttpdTest, ForbidsAndPermitsOneClassAlone) {
  for (int twice = 0; twice < 2; ++twice) {
    set({"shop.1", "app1"}, RouterState::Forbidden);
    EXPECT_EQ(seen({"shop.1", "app1"}).adminWord, "Init Drn Ok");
  }
  EXPECT_EQ(*router()->readBack({"shop.1", "app1"}), RouterState::Forbidden);
  EXPECT_EQ(*router()->readBack({"shop.2", "app1"}), RouterState::Permitted);
  EXPECT_THAT(spread(Port, "/x"), ElementsAre(Pair("app2", 20)));
  EXPECT_THAT(spread(Port, "/2/x"), ElementsAre(Key("app1"), Key("app2")));
  EXPECT_TRUE(router()->capabilities().forbidsByClass);
  for (int twice = 0; twice < 2; ++twice)
    set({"shop.1", "app1"}, RouterState::Permitted);
  EXPECT_THAT(spread(Port, "/x"), ElementsAre(Key("app1"), Key("app2")));
}

TEST_F(HttpdTest, ADrainLetsBoundClientsByAndStickyDoesNot) {
  const std::string bound = "Cookie: ROUTE=x.app1\r\n";
  EXPECT_THAT(spread(Port, "/x", 20, bound), ElementsAre(Pair("app1", 20)));
  set({"shop.1", "app1"}, RouterState::Forbidden, Sessions::Shared);
  EXPECT_THAT(spread(Port, "/x", 20, bound), ElementsAre(Pair("app1", 20))) << "the trap";
  set({"shop.1", "app1"}, RouterState::Forbidden, Sessions::Sticky);
  EXPECT_THAT(spread(Port, "/x", 20, bound), ElementsAre(Pair("app2", 20)));
  set({"shop.1", "app1"}, RouterState::Forbidden, Sessions::Shared);
  EXPECT_THAT(spread(Port, "/x", 20, bound), ElementsAre(Pair("app2", 20))) << "not weakened";
  EXPECT_FALSE(router()->capabilities().bindsClients);
  set({"shop.1", "app1"}, RouterState::Permitted, Sessions::Sticky);
  EXPECT_EQ(seen({"shop.1", "app1"}).adminWord, "Init Ok");
  EXPECT_THAT(spread(Port, "/x", 20, bound), ElementsAre(Pair("app1", 20)));
}

TEST_F(HttpdTest, CountsWhatIsActiveForEachClass) {
  set({"shop.2", "app2"}, RouterState::Forbidden);
  {
    OpenRequest slow(Port, "/2/slow");
    EXPECT_TRUE(comesTrue([&] { return First.held() == 1; }));
    EXPECT_EQ(seen({"shop.2", "app1"}).active, 1U);
    EXPECT_EQ(seen({"shop.1", "app1"}).active, 0U);
    EXPECT_TRUE(router()->capabilities().countsActive);
    set({"shop.2", "app1"}, RouterState::Forbidden);
    EXPECT_EQ(seen({"shop.2", "app1"}).active, 1U) << "what is active goes on";
    First.finish();
    EXPECT_TRUE(comesTrue([&] { return seen({"shop.2", "app1"}).active == 0; }));
  }
}

TEST_F(HttpdTest, AGracefulRestartForgetsAndIsNoticed) {
  set({"shop.1", "app1"}, RouterState::Forbidden);
  auto before = router()->identity();
  ASSERT_TRUE(before);
  Httpd.signal(SIGUSR1);
  ASSERT_TRUE(comesTrue([&] {
    auto now = router()->identity();
    return now && *now != *before;
  }));
  EXPECT_EQ(*router()->readBack({"shop.1", "app1"}), RouterState::Permitted);
  EXPECT_FALSE(router()->capabilities().survivesRestart);
}

TEST_F(HttpdTest, WithPersistenceAGracefulRestartForgetsNothing) {
  start("BalancerPersist On");
  set({"shop.1", "app1"}, RouterState::Forbidden);
  Httpd.signal(SIGUSR1);
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  ASSERT_TRUE(comesTrue([&] { return router()->identity().has_value(); }));
  EXPECT_EQ(*router()->readBack({"shop.1", "app1"}), RouterState::Forbidden);
}

// docs/guide/routers.md says what to do about it.
TEST_F(HttpdTest, WithPersistenceWhatIsActiveAtAGracefulRestartIsCountedForEver) {
  start("BalancerPersist On");
  set({"shop.2", "app2"}, RouterState::Forbidden);
  {
    OpenRequest slow(Port, "/2/slow");
    ASSERT_TRUE(comesTrue([&] { return First.held() == 1; }));
    Httpd.signal(SIGUSR1);
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    First.finish();
  }
  ASSERT_TRUE(comesTrue([&] { return router()->identity().has_value(); }));
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  EXPECT_EQ(seen({"shop.2", "app1"}).active, 1U);
  start("BalancerPersist On");
  EXPECT_EQ(seen({"shop.2", "app1"}).active, 1U) << "also after a restart";
  Httpd.end();
  std::vector<std::filesystem::path> kept;
  for (const auto &entry : std::filesystem::directory_iterator(Folder))
    if (entry.path().filename().string().starts_with("slotmem-shm-"))
      kept.push_back(entry.path());
  for (const auto &file : kept)
    std::filesystem::remove(file);
  start("BalancerPersist On");
  EXPECT_EQ(seen({"shop.2", "app1"}).active, 0U) << "until what it has kept is removed";
}

TEST_F(HttpdTest, AServerThatDoesNotAnswerIsNotUp) {
  EXPECT_TRUE(seen({"shop.1", "app1"}).serves());
  start("ProxyTimeout 5\n<Proxy balancer://shop.3>\n  BalancerMember http://127.0.0.1:" +
        std::to_string(freePort()) +
        " route=app1 retry=60\n</Proxy>\nProxyPass /3/ "
        "balancer://shop.3/");
  EXPECT_EQ(get(Port, "/3/x"), "status 503");
  EXPECT_FALSE(seen({"shop.3", "app1"}).up);
}

TEST_F(HttpdTest, WhatIsNotThereOrNotLikedIsSaid) {
  auto fails = [&](const RouterTarget &target) {
    return router()->setState(target, RouterState::Forbidden, Sessions::Shared).error();
  };
  EXPECT_EQ(fails({"shop.9", "app1"}).kind, RouterError::Kind::Refused);
  EXPECT_THAT(fails({"shop.9", "app1"}).message, HasSubstr("no back end 'shop.9'"));
  EXPECT_THAT(fails({"Shop.1", "app1"}).remedy, HasSubstr("lower case"));
  EXPECT_THAT(fails({"shop.1", "app9"}).message, HasSubstr("no server 'app9'"));
  EXPECT_THAT(router("/elsewhere")->identity().error().message, HasSubstr("no balancer-manager"));
  EXPECT_THAT(router("/balancer-manager", "http://elsewhere/")->identity().error().remedy,
              HasSubstr("referer"));
  Httpd.end();
  EXPECT_EQ(router()->identity().error().kind, RouterError::Kind::Unreachable);
}

TEST(HttpdAnswers, AreRead) {
  auto all = httpd::parseBalancers(
      "<httpd:manager xmlns:httpd='x'><httpd:balancers><httpd:balancer>"
      "<httpd:name>balancer://shop.1</httpd:name><httpd:nonce>n1</httpd:nonce><httpd:workers>"
      "<httpd:worker><httpd:name>http://a/?x&amp;y</httpd:name><httpd:status>Init Err "
      "</httpd:status><httpd:route>app1</httpd:route><httpd:busy>3</httpd:busy></httpd:worker>"
      "</httpd:workers></httpd:balancer></httpd:balancers></httpd:manager>");
  ASSERT_TRUE(all) << all.error();
  const auto &worker = all->at("shop.1").workers.at("app1");
  EXPECT_EQ(all->at("shop.1").nonce, "n1");
  EXPECT_EQ(worker.url, "http://a/?x&y");
  EXPECT_EQ(worker.busy, 3U);
  EXPECT_FALSE(httpd::isUp(worker.status));
  EXPECT_EQ(httpd::adminState("Init Stop"), RouterState::Forbidden);
  EXPECT_EQ(httpd::adminState("Init Drn Ok"), RouterState::Forbidden);
  EXPECT_EQ(httpd::adminState("Init Ok"), RouterState::Permitted);
}

TEST(HttpdAnswers, WhatIsNoneOfThemIsSaid) {
  EXPECT_THAT(httpd::parseBalancers("<html>").error(), HasSubstr("no balancer-manager's XML"));
  EXPECT_THAT(httpd::parseBalancers("<httpd:manager><httpd:balancer>").error(),
              HasSubstr("breaks off"));
  EXPECT_THAT(httpd::parseBalancers("<httpd:manager><httpd:balancer><httpd:name>balancer://b"
                                    "</httpd:name><httpd:worker><httpd:busy>-</httpd:busy>"
                                    "</httpd:worker></httpd:balancer></httpd:manager>")
                  .error(),
              HasSubstr("busy with '-'"));
}

TEST(HttpdUrl, MustBeOneThatCanBeAsked) {
  model::Router entry;
  entry.name = "web";
  entry.kind = model::RouterKind::Httpd;
  constexpr std::size_t bytes = 1'000'000; // It ended the program.
  for (const std::string &url : {std::string(), std::string("https://127.0.0.1/balancer-manager"),
                                 std::string("127.0.0.1:80"), std::string("http://h:1"),
                                 "http://" + std::string(bytes, 'h') + "/balancer-manager"}) {
    entry.url = url;
    auto made = makeRouter(entry);
    ASSERT_FALSE(made) << url.substr(0, 99);
    EXPECT_EQ(made.error().kind, RouterError::Kind::Unsupported);
    EXPECT_THAT(made.error().remedy, HasSubstr("balancer-manager"));
  }
}

} // namespace
