//===- SignatureTest.cpp - Who has released a plan, and for what ----------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "model/Signature.h"

#include "model/testing/Keys.h"

#include <fstream>
#include <functional>
#include <gmock/gmock.h>

namespace ripple::model {
namespace {

using ::testing::HasSubstr;

class SignatureTest : public ::testing::Test {
protected:
  void SetUp() override {
    keys.make("alice");
    statement.plan = "sha256:1";
    statement.servers = {"app1", "app2"};
    Upgrade upgrade;
    upgrade.component = "pricing";
    upgrade.from = "1.0.0";
    upgrade.to = "1.1.0";
    upgrade.restart = RestartDomain::Plugin;
    upgrade.install = {PluginAction{"pricing", "pricing-1.1.0.so"}};
    upgrade.check = {"/usr/bin/check", "1.1.0"};
    upgrade.rollback = {PluginAction{"pricing", "pricing-1.0.0.so"}};
    statement.upgrades = {upgrade};
    statement.signature = {"production", 7, "2026-12-01T22:00:00Z", "", ""};
  }

  std::string wrongWith(Result<Key> key) { return key ? "" : describe(key.error()); }

  testing::Keys keys;
  Statement statement;
};

TEST_F(SignatureTest, IsGoodForWhatItIsOf) {
  auto own = Key::readPrivate(keys.path("alice.key")),
       known = Key::readPublic(keys.path("alice.pem"));
  ASSERT_TRUE(own && known);
  EXPECT_EQ(own->fingerprint(), known->fingerprint());
  EXPECT_EQ(own->fingerprint().size(), std::string("sha256:").size() + 64);
  EXPECT_FALSE(known->hasSigned(statement)) << "there is no signature yet";
  ASSERT_TRUE(own->sign(statement));
  EXPECT_EQ(statement.signature.key, own->fingerprint());
  EXPECT_TRUE(known->hasSigned(statement));
  auto read = parseStatement(writeStatement(statement), "s");
  ASSERT_TRUE(read) << describe(read.error());
  EXPECT_TRUE(known->hasSigned(*read)) << "through a document and back";
}

TEST_F(SignatureTest, IsOfEveryPartOfIt) {
  auto own = Key::readPrivate(keys.path("alice.key"));
  ASSERT_TRUE(own);
  ASSERT_TRUE(own->sign(statement));
  const std::function<void(Statement &)> changes[] = {
      [](Statement &s) { s.plan = "sha256:2"; },
      [](Statement &s) { s.servers.emplace_back("app3"); },
      [](Statement &s) { s.servers.pop_back(); },
      [](Statement &s) { s.signature.cluster = "test"; },
      [](Statement &s) { s.signature.number = 8; },
      [](Statement &s) { s.signature.expires = "2027-12-01T22:00:00Z"; },
      [](Statement &s) { s.signature.key = "sha256:0"; },
      [](Statement &s) { s.upgrades.clear(); },
      [](Statement &s) { s.upgrades[0].to = "1.2.0"; },
      [](Statement &s) { s.upgrades[0].from = ""; },
      [](Statement &s) { s.upgrades[0].restart = RestartDomain::None; },
      [](Statement &s) { s.upgrades[0].phaseIn = true; },
      [](Statement &s) { s.upgrades[0].check.clear(); },
      [](Statement &s) { s.upgrades[0].install = {RunAction{{"/bin/sh"}}}; },
      [](Statement &s) { s.upgrades[0].rollback.clear(); },
      [](Statement &s) { s.upgrades[0].servers = {"app1"}; },
      [](Statement &s) { s.signature.value[3] = s.signature.value[3] == 'A' ? 'B' : 'A'; },
      [](Statement &s) { s.signature.value.clear(); },
      [](Statement &s) { s.signature.value = "!" + s.signature.value.substr(1); },
      [](Statement &s) { s.signature.value += s.signature.value; },
  };
  for (std::size_t i = 0; i < std::size(changes); ++i) {
    Statement changed = statement;
    changes[i](changed);
    EXPECT_FALSE(own->hasSigned(changed)) << "change " << i;
  }
  EXPECT_TRUE(own->hasSigned(statement));
}

TEST_F(SignatureTest, OfAnotherIsNotGood) {
  keys.make("mallory");
  auto other = Key::readPrivate(keys.path("mallory.key"));
  auto alice = Key::readPublic(keys.path("alice.pem"));
  ASSERT_TRUE(other && alice);
  ASSERT_TRUE(other->sign(statement));
  EXPECT_FALSE(alice->hasSigned(statement));
  statement.signature.key = alice->fingerprint();
  EXPECT_FALSE(alice->hasSigned(statement));
}

TEST_F(SignatureTest, KeysThatAreNone) {
  keys.make("curve", "EC -pkeyopt ec_paramgen_curve:P-256");
  EXPECT_THAT(wrongWith(Key::readPrivate(keys.path("curve.key"))),
              HasSubstr("another kind than Ed25519"));
  EXPECT_THAT(wrongWith(Key::readPublic(keys.path("alice.key"))),
              HasSubstr("is no public key in PEM"));
  EXPECT_THAT(wrongWith(Key::readPrivate(keys.path("alice.pem"))),
              HasSubstr("is no private key without a pass phrase in PEM"));
  EXPECT_THAT(wrongWith(Key::readPublic(keys.path("nobody.pem"))), HasSubstr("nobody.pem"));
  std::ofstream empty(keys.path("empty.pem"));
  EXPECT_THAT(wrongWith(Key::readPublic(keys.path("empty.pem"))),
              HasSubstr("is no public key in PEM"));
  std::filesystem::permissions(keys.path("alice.key"), std::filesystem::perms(0640));
  EXPECT_THAT(wrongWith(Key::readPrivate(keys.path("alice.key"))),
              HasSubstr("others than its owner may use the key (mode 0640); chmod 600 it"));
}

TEST_F(SignatureTest, StatementsAreReadStrictly) {
  for (auto [from, to] : {std::pair{R"("number": 7)", R"("number": 0)"},
                          std::pair{R"("number": 7)", R"("number": 9007199254740992)"},
                          std::pair{R"("number": 7)", R"("number": 7, "more": 1)"},
                          std::pair{"2026-12-01T22:00:00Z", "tomorrow"},
                          std::pair{R"("cluster": "production")", R"("cluster": "a b")"},
                          std::pair{"ripple.statement", "ripple.plan"}}) {
    std::string text = writeStatement(statement);
    text.replace(text.find(from), std::string(from).size(), to);
    EXPECT_FALSE(parseStatement(text, "s")) << to;
  }
}

} // namespace
} // namespace ripple::model
