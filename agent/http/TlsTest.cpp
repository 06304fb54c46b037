//===- TlsTest.cpp - Who is believed, and what is said to the others ------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// With certificates that openssl makes. Each refusal is said on both sides.
//
//===----------------------------------------------------------------------===//
#include "agent/http/Tls.h"
#include "agent/http/testing/Certificates.h"
#include "agent/http/testing/Server.h"

#include <boost/asio/read.hpp>
#include <boost/asio/ssl.hpp>
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
using asio::ip::tcp;
using std::chrono::milliseconds;

namespace {

constexpr const char *here = "DNS:localhost,IP:127.0.0.1";

class TlsTest : public ::testing::Test {
protected:
  model::TlsServer serverTls(std::optional<std::vector<std::string>> clients = {}) {
    model::TlsServer tls;
    static_cast<model::TlsIdentity &>(tls) = certificates.make("app1", here);
    tls.clients = std::move(clients);
    return tls;
  }

  /// A connection to the port, before any byte.
  tcp::socket connected() {
    tcp::socket socket(loop);
    socket.connect({asio::ip::address_v4::loopback(), port});
    return socket;
  }

  /// What comes to one who sends TEXT without TLS.
  std::string plain(const std::string &text) {
    auto socket = connected();
    asio::write(socket, asio::buffer(text));
    std::string out;
    boost::system::error_code end;
    asio::read(socket, asio::dynamic_buffer(out), end);
    return out;
  }

  LogReader log;
  Certificates certificates;
  asio::io_context loop;
  std::uint16_t port = freePort();
  std::string url = fmt::format("https://127.0.0.1:{}", port);
  std::string byName = fmt::format("https://localhost:{}", port);
};

TEST_F(TlsTest, BothSidesShowACertificate) {
  TestServer server;
  server.listen(url, serverTls());
  auto manager = certificates.make("manager");
  EXPECT_EQ(get(url, manager), "GET / manager \n");
  EXPECT_EQ(get(byName, manager), "GET / manager \n");
  EXPECT_EQ(get(url, manager, "/later"), "GET /later manager \n");
  EXPECT_THAT(get(url), HasSubstr("https needs a certificate of one's own"));
}

TEST_F(TlsTest, ManyAtOnce) {
  TestServer server;
  server.listen(url, serverTls({{"manager"}}));
  auto manager = certificates.make("manager");
  std::atomic<int> right = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int j = 0; j < 10; ++j)
        right += get(url, manager, "/later") == "GET /later manager \n";
    });
  for (std::thread &thread : threads)
    thread.join();
  EXPECT_EQ(right, 40);
}

TEST_F(TlsTest, OnlyTheNamedClientsMayAsk) {
  TestServer server;
  server.listen(url, serverTls({{"manager", "spiffe://cluster/manager"}}));
  EXPECT_EQ(get(url, certificates.make("manager")), "GET / manager \n");
  EXPECT_EQ(get(url, certificates.make("m2", "URI:spiffe://cluster/manager")),
            "GET / spiffe://cluster/manager \n");
  auto refused = get(url, certificates.make("printer", "DNS:printer.example"));
  EXPECT_THAT(refused, StartsWith("403 "));
  EXPECT_THAT(refused, HasSubstr("the certificate of printer, printer.example is not among"));
  EXPECT_TRUE(log.has("refused 127.0.0.1: the certificate of printer, printer.example is not"));
}

TEST_F(TlsTest, AnotherHostsCertificateIsNotAccepted) {
  TestServer server;
  model::TlsServer tls;
  static_cast<model::TlsIdentity &>(tls) =
      certificates.make("app2", "DNS:app2.example,IP:10.0.0.2");
  server.listen(url, tls);
  auto manager = certificates.make("manager");
  for (const std::string &asked : {url, byName})
    EXPECT_THAT(get(asked, manager),
                HasSubstr(asked + " cannot be reached: its certificate is not accepted: it is for "
                                  "another host: app2, app2.example, 10.0.0.2"));
  EXPECT_TRUE(log.has(url + ": refused 127.0.0.1: it does not accept this side's certificate"));
}

TEST_F(TlsTest, TheCommonNameIsNoHost) {
  TestServer server;
  model::TlsServer tls;
  static_cast<model::TlsIdentity &>(tls) = certificates.make("localhost", "DNS:app2.example");
  server.listen(url, tls);
  EXPECT_THAT(get(byName, certificates.make("manager")), HasSubstr("it is for another host"));
}

TEST_F(TlsTest, AnExpiredServerIsNotAccepted) {
  TestServer server;
  model::TlsServer tls;
  static_cast<model::TlsIdentity &>(tls) = certificates.make("app1", here, -1);
  server.listen(url, tls);
  EXPECT_THAT(get(url, certificates.make("manager")),
              HasSubstr("its certificate is not accepted: certificate has expired (app1"));
  EXPECT_TRUE(log.has("refused 127.0.0.1: it says that this side's certificate has expired"));
}

TEST_F(TlsTest, AnExpiredClientIsNotAccepted) {
  TestServer server;
  server.listen(url, serverTls());
  EXPECT_THAT(get(url, certificates.make("manager", "", -1)),
              HasSubstr("it says that this side's certificate has expired"));
  EXPECT_TRUE(log.has("its certificate is not accepted: certificate has expired (manager)"));
}

TEST_F(TlsTest, AnotherAuthorityIsNotBelieved) {
  TestServer server;
  server.listen(url, serverTls());
  certificates.makeAuthority("other");
  auto stranger = certificates.make("manager", "", 2, "other");
  EXPECT_THAT(get(url, stranger),
              HasSubstr("its certificate is not accepted: it is of an authority "
                        "that is not known here (ca)"));
  EXPECT_TRUE(log.has("refused 127.0.0.1: it says that this side's certificate is of an authority "
                      "that it does not know"));
  stranger.authority = certificates.path("ca.pem"); // It believes the server; not the other way.
  EXPECT_THAT(get(url, stranger),
              HasSubstr("it says that this side's certificate is of an authority that it does not "
                        "know"));
  EXPECT_TRUE(log.has("refused 127.0.0.1: its certificate is not accepted: it is of an authority "
                      "that is not known here (manager)"));
}

TEST_F(TlsTest, AClientWithoutACertificateGetsNothing) {
  TestServer server;
  server.listen(url, serverTls());
  asio::ssl::context context(asio::ssl::context::tls_client);
  asio::ssl::stream<tcp::socket> stream(connected(), context);
  boost::system::error_code error;
  stream.handshake(asio::ssl::stream_base::client, error);
  asio::write(stream, asio::buffer(std::string("GET / HTTP/1.1\r\nHost: x\r\n\r\n")), error);
  std::string out;
  asio::read(stream, asio::dynamic_buffer(out), error);
  EXPECT_EQ(out, "");
  EXPECT_EQ(describeTls(error, {}), "it wants a certificate, and got none");
  EXPECT_TRUE(log.has("refused 127.0.0.1: it gave no certificate"));
}

TEST_F(TlsTest, OldVersionsAreRefused) {
  TestServer server;
  server.listen(url, serverTls());
  asio::ssl::context context(asio::ssl::context::tls_client);
  SSL_CTX_set_cipher_list(context.native_handle(), "ALL:@SECLEVEL=0");
  SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_1_VERSION);
  SSL_CTX_set_max_proto_version(context.native_handle(), TLS1_1_VERSION);
  asio::ssl::stream<tcp::socket> stream(connected(), context);
  boost::system::error_code error;
  stream.handshake(asio::ssl::stream_base::client, error);
  EXPECT_EQ(describeTls(error, {}), "it has no version of TLS in common with this side");
  EXPECT_TRUE(log.has("refused 127.0.0.1: it has no TLS 1.2 or later"));
}

TEST_F(TlsTest, PlainHttpIsToldSo) {
  TestServer server;
  server.listen(url, serverTls());
  auto answer = plain("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 400 Bad Request"));
  EXPECT_THAT(answer, HasSubstr("this address speaks https, and no http"));
  EXPECT_TRUE(log.has("refused 127.0.0.1: it speaks plain HTTP, and this is an https address"));
}

TEST_F(TlsTest, WhatSpeaksNoTlsIsToldSo) {
  tcp::acceptor plainServer(loop, {asio::ip::address_v4::loopback(), port});
  std::thread answers([&] {
    auto socket = plainServer.accept();
    asio::write(socket, asio::buffer(std::string("HTTP/1.1 400 Bad Request\r\n\r\n")));
    std::string rest;
    boost::system::error_code end;
    asio::read(socket, asio::dynamic_buffer(rest), end);
  });
  EXPECT_EQ(get(url, certificates.make("manager")),
            url + " cannot be reached: it does not speak TLS");
  answers.join();
}

TEST_F(TlsTest, SlowHandshakesAreNotWaitedFor) {
  HttpLimits limits;
  limits.handshakeTime = milliseconds(200);
  TestServer server(limits);
  server.listen(url, serverTls());
  EXPECT_EQ(plain(""), "");
  EXPECT_TRUE(log.has("refused 127.0.0.1: it does not finish its handshake"));
  EXPECT_EQ(get(url, certificates.make("manager")), "GET / manager \n");
}

TEST_F(TlsTest, TooLargeABodyIsSaidToBe) {
  HttpLimits limits;
  limits.bodyMax = 100'000;
  TestServer server(limits);
  server.listen(url, serverTls());
  HttpQuestion question;
  question.url = url;
  question.method = "POST";
  question.tls = certificates.make("manager");
  question.timeout = milliseconds(20'000);
  question.body.assign(100'000, 'x');
  EXPECT_EQ(askHttp(question)->status, 200U);
  question.body.assign(150'000, 'x');
  auto answer = askHttp(question);
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->status, 413U);
}

//===-- Renewal -----------------------------------------------------------===//

TEST_F(TlsTest, RenewedFilesAreUsedAtOnce) {
  TestServer server;
  server.listen(url, serverTls());
  auto manager = certificates.make("manager");
  EXPECT_EQ(get(url, manager), "GET / manager \n");
  certificates.make("app1", here, -1);
  EXPECT_THAT(get(url, manager), HasSubstr("certificate has expired"));
  EXPECT_TRUE(log.has("app1.pem: the renewed certificate is used from now on"));
  certificates.make("app1", here);
  EXPECT_EQ(get(url, manager), "GET / manager \n");
  certificates.make("manager", "", -1); // And the client's, which has asked before.
  EXPECT_THAT(get(url, manager), HasSubstr("this side's certificate has expired"));
  certificates.make("manager");
  EXPECT_EQ(get(url, manager), "GET / manager \n");
}

TEST_F(TlsTest, ABrokenRenewalLeavesTheOneBefore) {
  TestServer server;
  server.listen(url, serverTls());
  auto manager = certificates.make("manager");
  std::ofstream(certificates.path("app1.pem")) << "half a certi";
  EXPECT_EQ(get(url, manager), "GET / manager \n");
  EXPECT_EQ(get(url, manager), "GET / manager \n");
  EXPECT_TRUE(log.has("the renewed certificate is not used, and the one before still is: "));
  EXPECT_THAT(log.all(), HasSubstr("app1.pem: is no certificate in PEM"));
  certificates.make("app1", here);
  EXPECT_EQ(get(url, manager), "GET / manager \n");
  EXPECT_TRUE(log.has("the renewed certificate is used from now on"));
}

//===-- Files -------------------------------------------------------------===//

TEST_F(TlsTest, FilesThatCannotBeUsedAreNamed) {
  auto good = certificates.make("app1", here);
  ASSERT_TRUE(loadTls(good, TlsRole::Server)) << loadTls(good, TlsRole::Server).error();
  auto why = [&](auto change) {
    auto files = good;
    change(files);
    auto loaded = loadTls(files, TlsRole::Server);
    return loaded ? "it was taken" : loaded.error();
  };
  using Files = model::TlsIdentity;
  EXPECT_THAT(why([](Files &f) { f.certificate += "x"; }), HasSubstr("No such file"));
  EXPECT_THAT(why([](Files &f) { f.key += "x"; }), HasSubstr("app1.keyx: No such file"));
  EXPECT_THAT(why([](Files &f) { f.authority += "x"; }), HasSubstr("ca.pemx: No such file"));
  EXPECT_THAT(why([](Files &f) { f.key = f.certificate; }),
              HasSubstr("app1.pem: is no private key in PEM"));
  EXPECT_THAT(why([](Files &f) { f.certificate = f.key; }),
              HasSubstr("app1.key: is no certificate in PEM"));
  auto other = certificates.make("app2", here);
  EXPECT_THAT(why([&](Files &f) { f.key = other.key; }),
              HasSubstr("app2.key: does not belong to the certificate"));
  EXPECT_THAT(why([&](Files &f) { f.key = "/dev/null"; }), HasSubstr("/dev/null: is no file"));
}

TEST_F(TlsTest, AKeyThatOthersMayReadIsRefused) {
  auto files = certificates.make("app1", here);
  for (mode_t mode : {0644, 0604, 0660, 0666, 0622}) {
    ASSERT_EQ(::chmod(files.key.c_str(), mode), 0);
    auto loaded = loadTls(files, TlsRole::Server);
    ASSERT_FALSE(loaded) << mode;
    EXPECT_THAT(loaded.error(), HasSubstr(fmt::format("(mode {:04o}); chmod 600 it", mode)));
  }
  // A group may read root's keys, as that of Debian's ssl-cert does.
  ASSERT_EQ(::chmod(files.key.c_str(), 0640), 0);
  EXPECT_EQ(loadTls(files, TlsRole::Server).has_value(), ::geteuid() == 0);
}

TEST_F(TlsTest, AKeyWithAPassPhraseIsRefusedWithoutAQuestion) {
  auto files = certificates.make("app1", here);
  std::string command = fmt::format("umask 077; openssl pkey -in {0} -aes256 -passout pass:secret "
                                    "-out {0}.locked",
                                    files.key);
  ASSERT_EQ(std::system(command.c_str()), 0);
  files.key += ".locked";
  EXPECT_THAT(loadTls(files, TlsRole::Server).error(), HasSubstr("the key has a pass phrase"));
}

} // namespace
