//===- EtcdClientTest.cpp -------------------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// With real etcds.
//
//===----------------------------------------------------------------------===//
#include "agent/etcd/EtcdClient.h"

#include "agent/etcd/testing/EtcdServer.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

using namespace ripple::agent;
using namespace ripple::agent::test;
using namespace std::chrono_literals;

namespace {

std::unique_ptr<EtcdClient> clientOf(const EtcdConfig &config) {
  auto client = EtcdClient::make(config);
  EXPECT_TRUE(client) << client.error();
  return std::move(*client);
}

testing::AssertionResult put(EtcdClient &client, const std::string &key, const std::string &value) {
  auto answer = client.txn({{}, {{Operation::Kind::Put, key, value, {}, 0}}, {}});
  if (!answer)
    return testing::AssertionFailure() << answer.error().message;
  return answer->succeeded ? testing::AssertionSuccess() : testing::AssertionFailure();
}

std::string get(EtcdClient &client, const std::string &key) {
  auto answer = client.range({key});
  if (!answer)
    return "error: " + answer.error().message;
  return answer->kvs.empty() ? "nothing" : answer->kvs.front().value;
}

TEST(EtcdClient, RefusesEndpointsThatAreNone) {
  for (const char *wrong :
       {"", "127.0.0.1:2379", "ftp://a:1", "http://a", "http://a:", "http://:1", "http://a:0",
        "http://a:65536", "http://a:1x", "http://a:1/v3", "http://u@a:1", "http://::1:2379"})
    EXPECT_NE(refusedEndpoint(wrong), "") << wrong;
  for (const char *right : {"http://127.0.0.1:2379", "https://db1.example:2379/", "http://[::1]:1"})
    EXPECT_EQ(refusedEndpoint(right), "") << right;
  EtcdConfig config;
  EXPECT_FALSE(EtcdClient::make(config)) << "no endpoint";
  config.endpoints = {"https://a:1"};
  config.caFile = "/nonexistent/ca.pem";
  auto client = EtcdClient::make(config);
  ASSERT_FALSE(client);
  EXPECT_NE(client.error().find("/nonexistent/ca.pem"), std::string::npos);
}

TEST(EtcdClient, PutsAndReadsAndLeases) {
  EtcdServer server;
  ASSERT_TRUE(server.awaitReady()) << server.log();
  auto client = clientOf(server.config());
  std::string bytes("\0\xff\n\"", 4);
  EXPECT_TRUE(put(*client, "/a/1", bytes));
  EXPECT_TRUE(put(*client, "/a/2", ""));
  EXPECT_TRUE(put(*client, "/b", "other"));
  EXPECT_EQ(get(*client, "/a/1"), bytes);
  EXPECT_EQ(get(*client, "/a/3"), "nothing");

  auto page = client->range({"/a/", endOfPrefix("/a/"), 1});
  ASSERT_TRUE(page);
  ASSERT_EQ(page->kvs.size(), 1U);
  EXPECT_TRUE(page->more);
  auto last = client->range({"/a/", endOfPrefix("/a/"), 1, true, true});
  ASSERT_EQ(last->kvs.size(), 1U);
  EXPECT_EQ(last->kvs[0].key, "/a/2");

  auto lease = client->grantLease(60);
  ASSERT_TRUE(lease) << lease.error().message;
  ASSERT_TRUE(client->txn({{}, {{Operation::Kind::Put, "/l", "x", {}, lease->id}}, {}}));
  EXPECT_EQ(client->keepAlive(lease->id)->ttlSeconds, 60);
  EXPECT_EQ(client->range({"/l"})->kvs[0].lease, lease->id);
  ASSERT_TRUE(client->revokeLease(lease->id));
  EXPECT_EQ(get(*client, "/l"), "nothing");
  EXPECT_EQ(client->keepAlive(lease->id)->ttlSeconds, 0);
  EXPECT_TRUE(client->revokeLease(lease->id)) << "it is gone, which was wanted";

  // A transaction with conditions, both ways.
  TxnQuery query{{{"/n", Compare::Target::Create, 0}},
                 {{Operation::Kind::Put, "/n", "1", {}, 0}},
                 {{Operation::Kind::Get, "/n", {}, {}, 0}}};
  EXPECT_TRUE(client->txn(query)->succeeded);
  auto again = client->txn(query);
  EXPECT_FALSE(again->succeeded);
  EXPECT_EQ(again->got.at(0)->value, "1");

  auto refused = client->txn({{}, {{Operation::Kind::Put, "", "x", {}, 0}}, {}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, EtcdError::Kind::Refused);
  EXPECT_NE(refused.error().message.find("key is not provided"), std::string::npos);
}

TEST(EtcdClient, TriesTheNextEndpointAndTakesUpARestartedOne) {
  EtcdServer server;
  ASSERT_TRUE(server.awaitReady()) << server.log();
  EtcdConfig config = server.config();
  config.endpoints.insert(config.endpoints.begin(), fmt::format("http://127.0.0.1:{}", freePort()));
  auto client = clientOf(config);
  EXPECT_TRUE(put(*client, "/a", "1"));
  server.kill();
  server.start();
  ASSERT_TRUE(server.awaitReady());
  EXPECT_EQ(get(*client, "/a"), "1") << "over a new connection, from what was on its disk";
}

TEST(EtcdClient, SaysWhereNobodyAnswers) {
  EtcdServer server;
  ASSERT_TRUE(server.awaitReady()) << server.log();
  EtcdConfig config = server.config();
  config.tryTimeout = 200ms;
  config.timeout = 600ms;
  auto client = clientOf(config);
  EXPECT_TRUE(put(*client, "/a", "1"));

  server.stop();
  auto begun = std::chrono::steady_clock::now();
  std::string text = get(*client, "/a");
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 30s) << "not as long as it hangs";
  EXPECT_NE(text.find(server.url() + ": no answer within"), std::string::npos) << text;
  server.send(SIGCONT);
  EXPECT_TRUE(server.awaitReady());
  EXPECT_EQ(get(*client, "/a"), "1");

  server.kill();
  text = get(*client, "/a");
  EXPECT_NE(text.find("no etcd answers: " + server.url() + ": Connection refused"),
            std::string::npos)
      << text;
}

TEST(EtcdClient, SaysThatItIsNoEtcd) {
  EtcdServer server;
  ASSERT_TRUE(server.awaitReady()) << server.log();
  EtcdConfig config = server.config();
  config.caFile.clear();
  config.endpoints = {"https" + server.url().substr(4)};
  config.timeout = 300ms;
  std::string text = get(*clientOf(config), "/a");
  EXPECT_NE(text.find("no etcd answers"), std::string::npos) << text;
}

TEST(EtcdClient, SpeaksTlsAndShowsItsCertificate) {
  TemporaryDirectory folder;
  EtcdOptions options;
  options.tls = makeTlsFiles(folder.path());
  EtcdServer server(options);
  ASSERT_TRUE(server.awaitReady()) << server.log();
  auto client = clientOf(server.config());
  EXPECT_TRUE(put(*client, "/a", "1"));
  EXPECT_EQ(get(*client, "/a"), "1");

  EtcdConfig stranger = server.config();
  stranger.timeout = 300ms;
  stranger.certificateFile.clear();
  stranger.keyFile.clear();
  EXPECT_NE(get(*clientOf(stranger), "/a").find("error: "), std::string::npos)
      << "etcd lets nobody in without a certificate";
  EtcdConfig distrustful = server.config();
  distrustful.timeout = 1s;
  distrustful.caFile.clear();
  std::string text = get(*clientOf(distrustful), "/a");
  EXPECT_NE(text.find("certificate verify failed"), std::string::npos) << text;
  EtcdConfig elsewhere = server.config();
  elsewhere.timeout = 1s;
  elsewhere.endpoints = {fmt::format("https://localhost:{}", server.port())};
  text = get(*clientOf(elsewhere), "/a");
  EXPECT_NE(text.find("certificate verify failed"), std::string::npos)
      << "the certificate is for 127.0.0.1: " << text;
  EtcdConfig half = server.config();
  half.keyFile.clear();
  EXPECT_FALSE(EtcdClient::make(half));
}

TEST(EtcdClient, LogsInAndAgainWhereTheTokenIsNotKnownAnyMore) {
  EtcdServer server;
  ASSERT_TRUE(server.awaitReady()) << server.log();
  auto post = [&](const std::string &path, const std::string &body) {
    return std::system(
        fmt::format("curl -sf -m 20 -o /dev/null {}/v3/{} -d '{}'", server.url(), path, body)
            .c_str());
  };
  ASSERT_EQ(post("auth/user/add", R"({"name":"root","password":"secret"})"), 0);
  ASSERT_EQ(post("auth/role/add", R"({"name":"root"})"), 0);
  ASSERT_EQ(post("auth/user/grant", R"({"user":"root","role":"root"})"), 0);
  ASSERT_EQ(post("auth/enable", "{}"), 0);

  EtcdConfig config = server.config();
  EXPECT_NE(get(*clientOf(config), "/a").find("user name is empty"), std::string::npos);
  config.user = "root";
  config.password = "wrong";
  EXPECT_NE(get(*clientOf(config), "/a").find("invalid user ID or password"), std::string::npos);
  config.password = "secret";
  auto client = clientOf(config);
  EXPECT_TRUE(put(*client, "/a", "1"));
  server.kill(); // Its tokens are in memory.
  server.start();
  ASSERT_TRUE(server.awaitReady());
  EXPECT_EQ(get(*client, "/a"), "1");
}

TEST(EtcdClient, GoesOnWhereAMemberOfThreeDies) {
  auto servers = EtcdServer::cluster(3);
  EtcdConfig config;
  for (auto &server : servers)
    config.endpoints.push_back(server->url());
  config.timeout = 20s;
  for (auto &server : servers)
    ASSERT_TRUE(server->awaitReady()) << server->log();
  auto client = clientOf(config);
  for (std::size_t i = 0; i < servers.size(); ++i) {
    EXPECT_TRUE(put(*client, fmt::format("/a/{}", i), "1"));
    servers[i]->kill();
    EXPECT_TRUE(put(*client, fmt::format("/b/{}", i), "1")) << "two of three are enough";
    servers[i]->start();
    ASSERT_TRUE(servers[i]->awaitReady());
  }
  auto all = client->range({"/", endOfPrefix("/")});
  ASSERT_TRUE(all) << all.error().message;
  EXPECT_EQ(all->kvs.size(), 6U);
}

} // namespace
