//===- EtcdMessagesTest.cpp -----------------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/etcd/EtcdMessages.h"

#include <gtest/gtest.h>

using namespace ripple::agent;

namespace {

TEST(EtcdMessages, Base64IsThatOfRfc4648) {
  EXPECT_EQ(toBase64(""), "");
  EXPECT_EQ(toBase64("f"), "Zg==");
  EXPECT_EQ(toBase64("fo"), "Zm8=");
  EXPECT_EQ(toBase64("foo"), "Zm9v");
  EXPECT_EQ(fromBase64("Zm8="), "fo");
  EXPECT_EQ(fromBase64(""), "");
  std::string bytes;
  for (int i = 0; i < 256; ++i)
    bytes += static_cast<char>(i);
  EXPECT_EQ(fromBase64(toBase64(bytes)), bytes);
  for (const char *wrong : {"Zg", "Zg=", "Z===", "====", "Zg==Zg==", " Zg=", "Zm9v\n", "@@@@"})
    EXPECT_FALSE(fromBase64(wrong)) << wrong;
}

TEST(EtcdMessages, WritesWhatTheGatewayTakes) {
  EXPECT_EQ(writeRange({"a"}), R"({"key":"YQ=="})");
  EXPECT_EQ(writeRange({"a", "b", 3, true, true}),
            R"({"key":"YQ==","keys_only":true,"limit":"3","range_end":"Yg==",)"
            R"("sort_order":"DESCEND","sort_target":"KEY"})");
  EXPECT_EQ(
      writeTxn(
          {{{"a", Compare::Target::Create, 7}, {"a", Compare::Target::Mod, 0}},
           {{Operation::Kind::Put, "a", "1", {}, 9}},
           {{Operation::Kind::Get, "a", {}, {}, 0}, {Operation::Kind::Delete, "a", {}, "b", 0}}}),
      R"({"compare":[{"create_revision":"7","key":"YQ==","result":"EQUAL","target":"CREATE"},)"
      R"({"key":"YQ==","mod_revision":"0","result":"EQUAL","target":"MOD"}],)"
      R"("failure":[{"request_range":{"key":"YQ=="}},)"
      R"({"request_delete_range":{"key":"YQ==","range_end":"Yg=="}}],)"
      R"("success":[{"request_put":{"key":"YQ==","lease":"9","value":"MQ=="}}]})");
  EXPECT_EQ(endOfPrefix("/a/"), "/a0");
}

TEST(EtcdMessages, ReadsWhatEtcdAnswers) {
  auto range = parseRange(R"({"header":{"revision":"2"},"kvs":[{"key":"YQ==","create_revision":"2",
      "mod_revision":"3","version":"1","value":"MQ==","lease":"77"}],"more":true,"count":"9"})");
  ASSERT_TRUE(range) << range.error().message;
  EXPECT_EQ(range->kvs, (std::vector<KeyValue>{{"a", "1", 2, 3, 77}}));
  EXPECT_TRUE(range->more);
  EXPECT_TRUE(parseRange(R"({"header":{"revision":"1"}})")->kvs.empty());

  // `succeeded` is left out where it is false.
  auto refused = parseTxn(R"({"header":{"revision":"2"},"responses":[
      {"response_range":{"kvs":[{"key":"YQ==","create_revision":"2"}],"count":"1"}},
      {"response_range":{"header":{"revision":"2"}}}]})");
  ASSERT_TRUE(refused) << refused.error().message;
  EXPECT_FALSE(refused->succeeded);
  ASSERT_EQ(refused->got.size(), 2U);
  EXPECT_EQ(refused->got[0]->createRevision, 2);
  EXPECT_FALSE(refused->got[1]);
  auto done = parseTxn(R"({"header":{"revision":"9007199254740993"},"succeeded":true,
      "responses":[{"response_put":{}}]})");
  EXPECT_TRUE(done->succeeded);
  EXPECT_EQ(done->revision, 9007199254740993) << "more than a double holds";

  EXPECT_EQ(parseLease(R"({"ID":"5","TTL":"3"})")->ttlSeconds, 3);
  auto gone = parseLease(R"({"result":{"header":{},"ID":"5"}})");
  EXPECT_EQ(gone->id, 5);
  EXPECT_EQ(gone->ttlSeconds, 0) << "a lease that has run out";
  EXPECT_EQ(parseToken(R"({"header":{},"token":"abc.1"})").value(), "abc.1");
}

TEST(EtcdMessages, RefusesWhatIsNoAnswer) {
  for (const char *text :
       {"", "{", "[]", "null", R"({"kvs":{}})", R"({"kvs":[1]})", R"({"kvs":[{"key":1}]})",
        R"({"kvs":[{"key":"@"}]})", R"({"kvs":[{"mod_revision":"1x"}]})", R"({"more":"yes"})",
        R"({"kvs":[{"lease":"99999999999999999999"}]})"}) {
    auto range = parseRange(text);
    ASSERT_FALSE(range) << text;
    EXPECT_EQ(range.error().kind, EtcdError::Kind::Garbled);
    EXPECT_NE(range.error().message.find("not etcd's"), std::string::npos);
  }
  EXPECT_FALSE(parseTxn(R"({"responses":[1]})"));
  EXPECT_FALSE(parseTxn(R"({"header":"x"})"));
  EXPECT_FALSE(parseLease(R"({"TTL":"3"})"));
  EXPECT_FALSE(parseToken(R"({"token":"a\r\nX: y"})"));
}

TEST(EtcdMessages, TellsRefusalsFromSilence) {
  auto kind = [](int status, const char *text) { return parseError(status, text).kind; };
  using Kind = EtcdError::Kind;
  EXPECT_EQ(kind(404, R"({"error":"etcdserver: requested lease not found","code":5})"),
            Kind::NotFound);
  EXPECT_EQ(kind(503, R"({"error":"etcdserver: leader changed","code":14})"), Kind::Unreachable);
  EXPECT_EQ(kind(401, R"({"error":"etcdserver: invalid auth token","code":16})"), Kind::NoToken);
  EXPECT_EQ(kind(400, R"({"error":"etcdserver: key is not provided","code":3})"), Kind::Refused);
  EXPECT_EQ(kind(404, "Not Found\n"), Kind::Garbled);
  EXPECT_EQ(kind(502, "<html>"), Kind::Unreachable);
}

} // namespace
