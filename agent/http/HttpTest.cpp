//===- HttpTest.cpp - Server and client over a unix socket ----------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/http/testing/Server.h"

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <sys/stat.h>

using namespace ripple;
using namespace ripple::agent;
using namespace ripple::agent::testing;
using ::testing::HasSubstr;
using ::testing::StartsWith;
namespace asio = boost::asio;
using asio::local::stream_protocol;
using std::chrono::milliseconds;

namespace {

class HttpTest : public ::testing::Test {
protected:
  void SetUp() override {
    std::string name = "/tmp/ripple-http-XXXXXX";
    folder = ::mkdtemp(name.data());
    path = folder + "/socket";
    url = "unix:" + path;
  }
  void TearDown() override { std::filesystem::remove_all(folder); }

  HttpResult ask(const std::string &method, const std::string &target, const std::string &body = {},
                 milliseconds timeout = milliseconds(20'000)) const {
    HttpQuestion question;
    question.url = url;
    question.method = method;
    question.target = target;
    question.body = body;
    question.contentType = "text/plain";
    question.timeout = timeout;
    return askHttp(question);
  }

  /// What the server sends to one who writes TEXT and then waits.
  std::string raw(const std::string &text) const {
    asio::io_context loop;
    stream_protocol::socket socket(loop);
    socket.connect(stream_protocol::endpoint(path));
    asio::write(socket, asio::buffer(text));
    std::string out;
    boost::system::error_code end;
    asio::read(socket, asio::dynamic_buffer(out), end);
    return out;
  }

  LogReader log;
  std::string folder, path, url;
};

TEST_F(HttpTest, CarriesMethodTargetBodyAndType) {
  TestServer server;
  server.listen(url);
  struct stat status{};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  auto answer = ask("PUT", "/a?b=c", "text");
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->body, "PUT /a?b=c local text\n");
  EXPECT_EQ(answer->contentType, "text/plain");
  EXPECT_EQ(get(url), "GET / local \n");
  EXPECT_EQ(get(url, {}, "/later"), "GET /later local \n");
}

TEST_F(HttpTest, AnAnswerThatDoesNotComeIsATimeout) {
  TestServer server;
  server.listen(url);
  auto answer = ask("GET", "/never", {}, milliseconds(200));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, HttpFailure::Kind::Timeout);
  EXPECT_EQ(answer.error().message, path + " gave no answer: no answer within 200ms");
  EXPECT_EQ(get(url), "GET / local \n");
}

TEST_F(HttpTest, NobodyThereIsUnreachable) {
  auto answer = ask("GET", "/");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, HttpFailure::Kind::Unreachable);
  EXPECT_EQ(answer.error().message, path + " cannot be reached: No such file or directory");
  url = "unix:" + std::string(120, 'a');
  EXPECT_THAT(ask("GET", "/").error().message,
              HasSubstr("the path of a socket has 1 to 107 bytes"));
  url = "app1:7443";
  EXPECT_THAT(ask("GET", "/").error().message, HasSubstr("'app1:7443' is no address"));
}

TEST_F(HttpTest, TooMuchIsSaidToBe) {
  HttpLimits limits;
  limits.bodyMax = 4096;
  TestServer server(limits);
  server.listen(url);
  EXPECT_EQ(ask("POST", "/", std::string(4096, 'x'))->status, 200U);
  auto answer = ask("POST", "/", std::string(4097, 'x'));
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->status, 413U);
  EXPECT_THAT(raw("GET / HTTP/1.1\r\nLong: " + std::string(20'000, 'x')),
              StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(raw("What is this?\r\n\r\n"), StartsWith("HTTP/1.1 400"));
}

TEST_F(HttpTest, SlowClientsAreNotWaitedFor) {
  HttpLimits limits;
  limits.time = milliseconds(200);
  TestServer server(limits);
  server.listen(url);
  EXPECT_EQ(raw("GET / HTTP/1.1\r\nHost"), "");
  EXPECT_EQ(get(url), "GET / local \n");
}

TEST_F(HttpTest, ConnectionsHaveALimit) {
  HttpLimits limits;
  limits.connectionsMax = 2;
  TestServer server(limits);
  server.listen(url);
  asio::io_context loop;
  std::vector<stream_protocol::socket> open;
  for (int i = 0; i < 2; ++i)
    open.emplace_back(loop).connect(stream_protocol::endpoint(path));
  EXPECT_FALSE(ask("GET", "/"));
  EXPECT_TRUE(log.has("2 connections are open: no more is taken"));
  open.clear();
  for (int i = 0; i < 500 && !ask("GET", "/"); ++i)
    std::this_thread::sleep_for(milliseconds(10));
  EXPECT_EQ(get(url), "GET / local \n");
}

TEST_F(HttpTest, WhatIsLeftThereIsReplacedAndWhatAnswersIsNot) {
  {
    asio::io_context loop;
    stream_protocol::acceptor dead(loop, stream_protocol::endpoint(path));
  }
  TestServer server;
  server.listen(url);
  EXPECT_EQ(get(url), "GET / local \n");
  asio::io_context loop;
  HttpServer second(loop, "second", [](const HttpRequest &, const HttpServer::Reply &) {});
  EXPECT_THAT(second.listen(*model::parseAddress(url)).error(),
              HasSubstr("another program answers there"));
  std::ofstream(folder + "/file") << "precious";
  EXPECT_THAT(second.listen(*model::parseAddress("unix:" + folder + "/file")).error(),
              HasSubstr("which is no socket"));
}

TEST_F(HttpTest, OneServerHasSeveralAddresses) {
  TestServer server;
  server.listen(url);
  server.listen(url + "2");
  EXPECT_EQ(get(url), "GET / local \n");
  EXPECT_EQ(get(url + "2"), "GET / local \n");
}

TEST_F(HttpTest, AddressesAreReadStrictly) {
  for (const char *good : {"unix:a", "unix:/run/x y", "https://app1:1", "https://10.0.0.1:65535",
                           "https://[::1]:7443", "https://app-1.example_x:443"}) {
    auto address = model::parseAddress(good);
    ASSERT_TRUE(address) << good;
    EXPECT_EQ(address->text(), good);
  }
  for (const char *bad :
       {"", "unix:", "unix:a\n", "https://", "https://app1", "https://:1", "https://app1:0",
        "https://app1:01", "https://app1:65536", "https://app1:1/", "https://a b:1", "http://a:1",
        "https://::1:1", "https://[g]:1", "https://[]:1", "https://[::1:1", "https://a:1x"})
    EXPECT_FALSE(model::parseAddress(bad)) << bad;
}

} // namespace
