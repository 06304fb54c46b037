//===- SessionListTest.cpp - What the agent sees of a gate ----------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/session/GateControl.h"
#include "agent/session/testing/TestTable.h"

#include <gmock/gmock.h>
#include <thread>

using namespace ripple;
using namespace ripple::agent;
using namespace ripple::agent::test;
using ripple::gate::Claim;
using ripple::gate::Gate;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

namespace {

struct SessionListTest : testing::Test {
  TestDirectory directory;
  SessionList list{directory.path()};
  GateControl control{list};

  std::vector<model::Session> sessions() {
    EXPECT_THAT(list.refresh(), IsEmpty());
    return list.sessions();
  }
  GateState onlyGate() {
    list.refresh();
    auto gates = list.gates();
    EXPECT_THAT(gates, SizeIs(1));
    return gates.empty() ? GateState() : gates.front();
  }
};

TEST_F(SessionListTest, aGateSaysWhoItIs) {
  Gate gate = openGate(directory);
  GateState state = onlyGate();
  EXPECT_EQ(state.application, "shop");
  EXPECT_EQ(state.pid, ::getpid());
  EXPECT_EQ(state.buildId, ownBuildId());
  EXPECT_TRUE(state.readable) << state.problem;
  EXPECT_EQ(state.table, TableState::Ok);
  EXPECT_EQ(state.recordsMax, 4096u);
  EXPECT_EQ(state.active, 0u);
}

TEST_F(SessionListTest, anActiveRequestIsListedWithWhatItMayUse) {
  Gate gate = openGate(directory);
  Claim claim = gate.enter(gate.kindOf("GET /price"), "visitor-7");
  ASSERT_TRUE(claim);
  auto all = sessions();
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_EQ(all[0].request, "GET /price");
  EXPECT_EQ(all[0].application, "shop");
  EXPECT_EQ(all[0].session, "visitor-7");
  EXPECT_EQ(all[0].pid, ::getpid());
  EXPECT_GE(all[0].startedMsAgo, 0);
  EXPECT_THAT(all[0].uses, IsEmpty());
  EXPECT_THAT(all[0].mayUse, UnorderedElementsAre("shop", "pricing"));
  EXPECT_FALSE(all[0].late);
  EXPECT_FALSE(all[0].held);
  claim.release();
  EXPECT_THAT(sessions(), IsEmpty());
}

TEST_F(SessionListTest, aLongSessionIsCutAndAnAbsentOneIsAbsent) {
  Gate gate = openGate(directory);
  Claim first = gate.enter(1, std::string(100, 'x').c_str());
  EXPECT_EQ(sessions().at(0).session, std::string(47, 'x'));
  first.release();
  Claim second = gate.enter(1); // the same record again
  EXPECT_EQ(sessions().at(0).session, std::nullopt);
}

TEST_F(SessionListTest, aRequestIsOverWithItsLastClaim) {
  Gate gate = openGate(directory);
  Claim claim = gate.enter(1);
  Claim later = claim.another();
  claim.release();
  EXPECT_THAT(sessions(), SizeIs(1));
  std::thread([moved = std::move(later)]() mutable { moved.release(); }).join();
  EXPECT_THAT(sessions(), IsEmpty());
}

TEST_F(SessionListTest, aHandleOfARequestThatIsOverDoesNothing) {
  Gate gate = openGate(directory);
  ripple_gate_handle first, second;
  ASSERT_EQ(ripple_gate_enter(gate.get(), 1, nullptr, &first), 0);
  ripple_gate_exit(gate.get(), first);
  ASSERT_EQ(ripple_gate_enter(gate.get(), 2, nullptr, &second), 0);
  EXPECT_EQ(first.value >> 24, second.value >> 24) << "the same record was expected";
  ripple_gate_exit(gate.get(), first);
  ripple_gate_exit(gate.get(), {0});
  EXPECT_EQ(ripple_gate_retain(gate.get(), first).value, 0u);
  EXPECT_EQ(ripple_gate_use(gate.get(), first, "pricing"), EINVAL);
  EXPECT_THAT(sessions(), SizeIs(1));
  ripple_gate_exit(gate.get(), second);
  EXPECT_THAT(sessions(), IsEmpty());
}

TEST_F(SessionListTest, withoutARecordARequestTouchesEverything) {
  Gate gate = openGate(directory, {}, 50, 2);
  Claim one = gate.enter(3), two = gate.enter(3), three = gate.enter(3);
  ASSERT_TRUE(three);
  EXPECT_EQ(onlyGate().overflow, 1u);
  EXPECT_EQ(onlyGate().active, 3u);
  // GET /hi uses neither; the one without a record might be anything.
  EXPECT_EQ(control.count({{"shop", {"pricing"}}}).active, 1u);
  EXPECT_FALSE(control.seal({{"shop", {"pricing"}}}).sealed);
  Claim four = three.another();
  three.release();
  EXPECT_EQ(onlyGate().overflow, 1u);
  four.release();
  EXPECT_EQ(onlyGate().overflow, 0u);
  EXPECT_TRUE(control.seal({{"shop", {"pricing"}}}).sealed);
  int error = 0;
  EXPECT_FALSE(gate.enter(3, nullptr, &error)) << "it might be anything, and something is sealed";
  EXPECT_EQ(error, EBUSY);
  one.release();
  EXPECT_TRUE(gate.enter(3)) << "with a record it is known to use neither";
}

TEST_F(SessionListTest, withoutProvenReleasePointsEarlyReleaseIsOff) {
  Gate gate = openGate(directory);
  Claim claim = gate.enter(gate.kindOf("GET /price"));
  EXPECT_FALSE(claim.releaseEarly("pricing"));
  EXPECT_THAT(sessions().at(0).mayUse, ElementsAre("shop", "pricing"));
  EXPECT_FALSE(control.seal({{"shop", {"pricing"}}}).sealed);
}

TEST_F(SessionListTest, atAReleasePointARequestStopsBeingAUser) {
  TestTable table;
  table.kinds[1].components.push_back("pricing");
  table.releasePoints = {{1, 1}, {2, 1}, {2, 2}};
  Gate gate = openGate(directory, table, 100);
  Claim price = gate.enter(gate.kindOf("GET /price"));
  Claim list = gate.enter(gate.kindOf("GET /list"));
  EXPECT_TRUE(list.releaseEarly("catalog")) << "the second of its two";
  EXPECT_TRUE(price.releaseEarly("pricing"));
  EXPECT_FALSE(price.releaseEarly("catalog")) << "its kind does not use it";
  EXPECT_FALSE(price.releaseEarly("shop"));
  EXPECT_FALSE(price.releaseEarly("nobody"));
  auto all = sessions();
  ASSERT_THAT(all, SizeIs(2));
  EXPECT_THAT(all[0].mayUse, ElementsAre("shop"));
  EXPECT_THAT(all[1].mayUse, ElementsAre("shop", "pricing"));
  EXPECT_TRUE(control.seal({{"shop", {"catalog"}}}).sealed) << "while both are active";
  Quiescence found = control.seal({{"shop", {"pricing"}}});
  EXPECT_FALSE(found.sealed);
  ASSERT_THAT(found.holders, SizeIs(1));
  EXPECT_EQ(found.holders[0].request, "GET /list");
  EXPECT_FALSE(control.seal({{"shop", {"shop"}}}).sealed) << "of the application it stays a user";

  EXPECT_FALSE(list.use("catalog")) << "against what was proven: it waits where that is sealed";
  control.unseal({{"shop", {"catalog"}}});
  EXPECT_TRUE(list.use("catalog"));
  EXPECT_TRUE(sessions().at(1).late);
  EXPECT_FALSE(control.seal({{"shop", {"catalog"}}}).sealed);
  list.release();
  list = gate.enter(gate.kindOf("GET /list")); // the same record, or the one that is free
  price.release();
  price = gate.enter(gate.kindOf("GET /price"));
  for (const model::Session &session : sessions())
    EXPECT_THAT(session.mayUse, testing::Contains("pricing"))
        << "the next one has released nothing";
}

TEST_F(SessionListTest, whatIsStillUsedElsewhereIsNotReleased) {
  TestTable table;
  table.releasePoints = {{1, 1}};
  Gate gate = openGate(directory, table);
  Claim claim = gate.enter(gate.kindOf("GET /price"));
  {
    Claim later = claim.another();
    EXPECT_FALSE(claim.releaseEarly("pricing")) << "its other claim may still use it";
  }
  EXPECT_FALSE(claim.releaseEarly("pricing")) << "and who knows what that one left";
  claim = gate.enter(gate.kindOf("GET /price"));
  EXPECT_TRUE(claim.use("pricing"));
  EXPECT_FALSE(claim.releaseEarly("pricing")) << "it said itself that it uses it, to its end";
  EXPECT_FALSE(control.seal({{"shop", {"pricing"}}}).sealed);
}

TEST_F(SessionListTest, lateUseIsSeen) {
  Gate gate = openGate(directory);
  Claim claim = gate.enter(gate.kindOf("GET /hi"));
  EXPECT_TRUE(control.seal({{"shop", {"pricing"}}}).sealed);
  control.unseal({{"shop", {"pricing"}}});
  EXPECT_TRUE(claim.use("pricing"));
  auto all = sessions();
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_TRUE(all[0].late);
  EXPECT_THAT(all[0].uses, ElementsAre("pricing"));
  Quiescence found = control.seal({{"shop", {"pricing"}}});
  EXPECT_FALSE(found.sealed);
  ASSERT_THAT(found.holders, SizeIs(1));
  EXPECT_EQ(found.holders[0].request, "GET /hi");
  claim.release();
  EXPECT_TRUE(control.seal({{"shop", {"pricing"}}}).sealed);
  control.unseal({{"shop", {"pricing"}}});
  Claim next = gate.enter(gate.kindOf("GET /hi")); // the same record
  EXPECT_FALSE(sessions().at(0).late);
  EXPECT_THAT(sessions().at(0).uses, IsEmpty());
}

TEST_F(SessionListTest, aListedUseIsNotLate) {
  Gate gate = openGate(directory);
  Claim claim = gate.enter(gate.kindOf("GET /price"));
  EXPECT_TRUE(claim.use("pricing"));
  EXPECT_FALSE(sessions().at(0).late);
  EXPECT_THAT(sessions().at(0).uses, ElementsAre("pricing"));
  EXPECT_THAT(sessions().at(0).mayUse, ElementsAre("shop"));
}

TEST_F(SessionListTest, lateUseWaitsForASealedComponent) {
  Gate gate = openGate(directory, {}, 100);
  Claim claim = gate.enter(gate.kindOf("GET /hi"));
  ASSERT_TRUE(control.seal({{"shop", {"pricing"}}}).sealed);
  EXPECT_EQ(ripple_gate_use(gate.get(), {0}, "pricing"), EINVAL);
  EXPECT_FALSE(claim.use("pricing")) << "it stayed sealed";
  control.unseal({{"shop", {"pricing"}}});
  EXPECT_TRUE(claim.use("pricing"));
}

TEST_F(SessionListTest, anUnknownComponentIsEverything) {
  Gate gate = openGate(directory);
  Claim claim = gate.enter(gate.kindOf("GET /hi"));
  Quiescence found = control.count({{"shop", {"newer"}}});
  EXPECT_EQ(found.active, 1u);
  EXPECT_THAT(found.unknown, SizeIs(1));
  EXPECT_EQ(control.count({{"shop", {"shop"}}}).active, 1u);
  EXPECT_THAT(control.count({{"shop", {"shop"}}}).unknown, IsEmpty());
  EXPECT_EQ(control.count({{"other", {"pricing"}}}).gates, 0u);
}

TEST_F(SessionListTest, aTableForAnotherBuildCountsEveryRequestAsEverything) {
  TestTable table;
  table.buildId = "00112233";
  Gate gate = openGate(directory, table);
  EXPECT_EQ(onlyGate().table, TableState::OtherBuild);
  Claim claim = gate.enter(gate.kindOf("GET /hi"));
  EXPECT_EQ(sessions().at(0).request, "GET /hi");
  EXPECT_FALSE(control.seal({{"shop", {"pricing"}}}).sealed);
}

TEST_F(SessionListTest, withoutATableThereIsOneRequestKind) {
  std::string path = directory.path();
  for (const char *table : {"", "/nowhere/table", "/dev/null"}) {
    Gate gate = Gate::open({.application = "shop", .table = table, .directory = path.c_str()});
    ASSERT_TRUE(gate);
    EXPECT_EQ(onlyGate().table, table[0] ? TableState::Broken : TableState::None);
    EXPECT_EQ(ripple_gate_kind_count(gate.get()), 1u);
    Claim claim = gate.enter(17);
    EXPECT_EQ(sessions().at(0).request, "other");
    EXPECT_FALSE(control.seal({{"shop", {"pricing"}}}).sealed);
    claim.release();
    EXPECT_TRUE(control.seal({{"shop", {"pricing"}}}).sealed);
  }
}

TEST_F(SessionListTest, mistakesAtOpen) {
  std::string path = directory.path();
  EXPECT_EQ(Gate::open({.table = "", .directory = path.c_str()}).error(), EINVAL) << "no name";
  EXPECT_EQ(Gate::open({.application = "a/b", .table = "", .directory = path.c_str()}).error(),
            EINVAL);
  EXPECT_EQ(Gate::open({.application = "a", .table = "", .directory = "/nowhere"}).error(), ENOENT);
  Gate gate = Gate::open({.application = "a", .table = "", .directory = path.c_str()});
  EXPECT_TRUE(gate);
  EXPECT_EQ(Gate::open({.application = "a", .table = "", .directory = path.c_str()}).error(),
            EEXIST);
  EXPECT_EQ(onlyGate().application, "a") << "the first one is still there";
}

TEST_F(SessionListTest, aGateThatIsClosedIsGone) {
  {
    Gate gate = openGate(directory);
  }
  EXPECT_THAT(list.refresh(), IsEmpty());
  EXPECT_THAT(list.gates(), IsEmpty());
}

TEST_F(SessionListTest, aMissingDirectoryIsSaid) {
  SessionList none("/nowhere/at/all");
  EXPECT_THAT(none.refresh(), ElementsAre(testing::HasSubstr("/nowhere/at/all: cannot be read")));
}

TEST_F(SessionListTest, kindsAreInMatchOrder) {
  Gate gate = openGate(directory);
  ripple_gate_kind kind;
  ASSERT_EQ(ripple_gate_kind_at(gate.get(), 0, &kind), 0);
  EXPECT_STREQ(kind.id, "other");
  ASSERT_EQ(ripple_gate_kind_at(gate.get(), 2, &kind), 0);
  EXPECT_STREQ(kind.id, "GET /list");
  EXPECT_STREQ(kind.method, "GET");
  EXPECT_STREQ(kind.path, "/list");
  EXPECT_EQ(kind.match_order, 1u);
  EXPECT_EQ(ripple_gate_kind_at(gate.get(), 4, &kind), EINVAL);
  EXPECT_EQ(gate.kindOf("GET /list"), 2u);
  EXPECT_EQ(gate.kindOf("GET /nothing"), 0u);
}

TEST_F(SessionListTest, componentsBeyondOneWord) {
  TestTable table;
  for (int i = 0; i < 200; ++i)
    table.components.push_back("c" + std::to_string(i));
  table.kinds = {{"GET /far", "GET", "/far", {"c150"}}};
  Gate gate = openGate(directory, table, 50);
  Claim claim = gate.enter(1);
  EXPECT_EQ(control.count({{"shop", {"c150"}}}).active, 1u);
  EXPECT_EQ(control.count({{"shop", {"c151"}}}).active, 0u);
  EXPECT_TRUE(claim.use("c199"));
  EXPECT_EQ(control.count({{"shop", {"c199"}}}).active, 1u);
  claim.release();
  EXPECT_TRUE(control.seal({{"shop", {"c150"}}}).sealed);
  EXPECT_FALSE(gate.enter(1));
}

} // namespace
