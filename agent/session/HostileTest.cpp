//===- HostileTest.cpp - Segments that lie --------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/gate/Layout.h"
#include "agent/gate/Table.h"
#include "agent/session/GateControl.h"
#include "agent/session/testing/TestTable.h"

#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <random>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace ripple;
using namespace ripple::agent;
using namespace ripple::agent::test;
using namespace std::chrono_literals;
using ripple::gate::Claim;
using ripple::gate::Gate;
using testing::HasSubstr;

namespace {

const std::vector<Seal> pricing{{"shop", {"pricing"}}};

#if defined(__SANITIZE_THREAD__)
constexpr bool UnderThreadSanitizer = true;
#elif defined(__has_feature)
constexpr bool UnderThreadSanitizer = __has_feature(thread_sanitizer);
#else
constexpr bool UnderThreadSanitizer = false;
#endif

/// Everything that the agent ever does with a segment.
void readAll(SessionList &list) {
  GateControl control(list);
  list.refresh();
  for (const GateState &gate : list.gates())
    for (const GatePlugin &plugin : gate.plugins)
      EXPECT_NO_THROW((void)nlohmann::json(plugin.name + plugin.path + plugin.message).dump());
  for (const model::Session &session : list.sessions()) {
    std::string text = session.id + session.application + session.request;
    EXPECT_NO_THROW((void)nlohmann::json(text + session.session.value_or("")).dump());
  }
  control.drain(pricing);
  control.seal(pricing);
  control.unseal(pricing);
  list.waitActivity(0ms);
}

/// A live gate with some of everything, and its segment, mapped to be damaged.
struct HostileTest : testing::Test {
  HostileTest() {
    list.refresh();
    file = list.gates().at(0).file;
    size = std::filesystem::file_size(file);
    int fd = ::open(file.c_str(), O_RDWR);
    bytes = static_cast<unsigned char *>(
        ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
    ::close(fd);
    for (unsigned i = 0; i < 8; ++i)
      claims.push_back(gate.enter(i % 4, "someone"));
    claims.back().use("catalog");
  }
  ~HostileTest() override {
    // The gate itself is not asked to live with the damage: put back what it needs to end.
    ::munmap(bytes, size);
  }
  ripple_segment *segment() { return reinterpret_cast<ripple_segment *>(bytes); }
  std::string problemNow() {
    SessionList fresh(directory.path());
    auto problems = fresh.refresh();
    return problems.empty() ? "" : problems.front();
  }

  TestDirectory directory;
  SessionList list{directory.path()};
  Gate gate = openGate(directory, {}, 50, 16);
  std::string file;
  std::size_t size = 0;
  unsigned char *bytes = nullptr;
  std::vector<Claim> claims;
};

TEST_F(HostileTest, randomDamageIsSurvived) {
  std::mt19937 random(4711);
  std::vector<unsigned char> good(bytes, bytes + size);
  for (int round = 0; round < 400; ++round) {
    unsigned count = 1 + random() % 200;
    for (unsigned i = 0; i < count; ++i)
      bytes[random() % (round % 2 ? size : sizeof(ripple_segment))] =
          static_cast<unsigned char>(random());
    if (round % 3 == 0) // The identity stays, so that the rest is read at all.
      std::copy_n(good.begin(), sizeof(ripple_identity) + sizeof(ripple_counts), bytes);
    readAll(list);
    SessionList fresh(directory.path());
    readAll(fresh);
    if (!std::filesystem::exists(file)) {
      // Taken for a dead process's, as its identity said. Begin again.
      std::ofstream(file, std::ios::binary)
          .write(reinterpret_cast<char *>(good.data()), static_cast<std::streamsize>(size));
    }
    std::copy(good.begin(), good.end(), bytes);
  }
}

TEST_F(HostileTest, everyByteOfTheHeadersIsChecked) {
  std::vector<unsigned char> good(bytes, bytes + size);
  for (std::size_t at = 0; at < sizeof(ripple_identity) + sizeof(ripple_counts); ++at) {
    std::string copy = directory.write("shop.1.gate", std::string(good.begin(), good.end()));
    for (unsigned char value : {0x00, 0x01, 0x7f, 0x80, 0xff}) {
      std::fstream out(copy, std::ios::binary | std::ios::in | std::ios::out);
      out.seekp(static_cast<std::streamoff>(at));
      out.put(static_cast<char>(value));
      out.close();
      SessionList fresh(directory.path());
      readAll(fresh);
      if (!std::filesystem::exists(copy))
        break;
    }
  }
}

TEST_F(HostileTest, aSegmentThatIsCutShortIsSaid) {
  if (UnderThreadSanitizer)
    GTEST_SKIP() << "its own atomics hold a lock, which a jump out of SIGBUS leaves locked";
  EXPECT_EQ(list.gates().at(0).active, 8u);
  ASSERT_EQ(::truncate(file.c_str(), 4096), 0);
  EXPECT_FALSE(list.gates().at(0).readable);
  EXPECT_THAT(list.gates().at(0).problem, HasSubstr("cut short"));
  GateControl control(list);
  Quiescence found = control.seal(pricing);
  EXPECT_THAT(found.unreadable, testing::ElementsAre(file));
  EXPECT_FALSE(found.sealed); // Bug: it was, though nobody can tell who is behind that gate.
  EXPECT_THAT(problemNow(), HasSubstr("shorter than its counts say"));
  ASSERT_EQ(::truncate(file.c_str(), static_cast<off_t>(size)), 0); // for the gate to close
}

TEST_F(HostileTest, damagedRecordsCountAsEverything) {
  claims.clear();
  auto at = ripple_offsets_of(1, 16, segment()->counts.table_size);
  auto *record = reinterpret_cast<ripple_record *>(bytes + at.records);
  record->state = std::uint64_t(0xfffff) << RIPPLE_KIND_SHIFT | 1u << RIPPLE_CLAIMS_SHIFT | 1u;
  GateControl control(list);
  Quiescence found = control.seal(pricing);
  EXPECT_FALSE(found.sealed);
  ASSERT_EQ(found.holders.size(), 1u);
  EXPECT_EQ(found.holders[0].request, "other");
  record->state = std::uint64_t(1) << RIPPLE_KIND_SHIFT | 1u << RIPPLE_CLAIMS_SHIFT | 1u;
  record->released = RIPPLE_POINTS_MASK; // the table has no release points
  EXPECT_FALSE(control.seal(pricing).sealed);
  record->state = 3; // a state that there is not
  EXPECT_FALSE(control.seal(pricing).sealed);
  record->state = 0;
  EXPECT_TRUE(control.seal(pricing).sealed);
  segment()->hot.overflow = ~std::uint64_t(0);
  EXPECT_FALSE(control.seal(pricing).sealed);
  segment()->hot.overflow = 0;
}

TEST_F(HostileTest, anotherLayoutIsNamed) {
  segment()->identity.layout_major = 7;
  SessionList fresh(directory.path());
  EXPECT_THAT(fresh.refresh(), testing::ElementsAre(HasSubstr("it has layout 7, and this agent")));
  GateState state = fresh.gates().at(0);
  EXPECT_TRUE(state.otherLayout);
  EXPECT_FALSE(state.readable);
  EXPECT_EQ(state.application, "shop");
  EXPECT_EQ(state.pid, ::getpid());
  GateControl control(fresh);
  EXPECT_THAT(control.seal(pricing).unreadable, testing::ElementsAre(file));
  EXPECT_FALSE(control.seal(pricing).sealed);
}

TEST_F(HostileTest, whatIsNoSegmentIsSaidAndLeftAlone) {
  directory.write("a.1.gate", "");
  directory.write("b.2.gate", std::string(100'000, 'x'));
  std::filesystem::create_directory(directory.path() + "/c.3.gate");
  ASSERT_EQ(::mkfifo((directory.path() + "/d.4.gate").c_str(), 0600), 0);
  std::filesystem::create_symlink("/etc/passwd", directory.path() + "/e.5.gate");
  EXPECT_EQ(list.refresh().size(), 5u);
  EXPECT_EQ(list.gates().size(), 6u);
  EXPECT_EQ(list.segments().size(), 1u);
  EXPECT_TRUE(std::filesystem::exists(directory.path() + "/b.2.gate"));
}

TEST(TableCheck, everyDamageIsSurvivedAndEveryCutIsSeen) {
  TestTable made;
  made.releasePoints = {{1, 1}, {2, 2}};
  std::string good = made.bytes();
  ripple_table table;
  std::vector<std::uint64_t> aligned((good.size() + 7) / 8);
  auto check = [&](const std::string &text) {
    std::copy(text.begin(), text.end(), reinterpret_cast<char *>(aligned.data()));
    return ripple_table_check(aligned.data(), text.size(), &table);
  };
  ASSERT_EQ(check(good), nullptr);
  for (std::size_t length = 0; length < good.size(); ++length)
    EXPECT_NE(check(good.substr(0, length)), nullptr);
  std::mt19937 random(42);
  for (int round = 0; round < 50'000; ++round) {
    std::string bad = good;
    for (unsigned i = 0; i <= random() % 4; ++i)
      bad[random() % bad.size()] = static_cast<char>(random() % 3 ? random() : 0xff);
    if (check(bad) != nullptr)
      continue;
    for (std::uint32_t kind = 0; kind < table.kinds; ++kind) {
      EXPECT_LT(std::strlen(ripple_table_kind_text(&table, kind, RIPPLE_KIND_ID)), bad.size());
      EXPECT_TRUE(ripple_table_set(&table, ripple_table_kind(&table, kind, RIPPLE_KIND_SET))[0] &
                  1);
    }
    EXPECT_LE(ripple_table_find(&table, "pricing"), table.components);
    for (std::uint32_t point = 0; point < table.points; ++point)
      EXPECT_LT(ripple_table_point(&table, point, RIPPLE_POINT_COMPONENT), table.components);
  }
}

TEST(TableCheck, mistakesInReleasePointsAreNamed) {
  using Points = std::vector<std::pair<std::uint32_t, std::uint32_t>>;
  auto problemOf = [](const Points &points) -> std::string {
    TestTable made;
    made.kinds[0].components = {"pricing", "catalog"};
    made.releasePoints = points;
    std::string text = made.bytes();
    std::vector<std::uint64_t> aligned((text.size() + 7) / 8);
    std::copy(text.begin(), text.end(), reinterpret_cast<char *>(aligned.data()));
    ripple_table table;
    const char *problem = ripple_table_check(aligned.data(), text.size(), &table);
    return problem ? problem : "";
  };
  EXPECT_EQ(problemOf({{1, 1}, {1, 2}, {2, 2}}), "");
  EXPECT_THAT(problemOf({{0, 1}}), HasSubstr("out of range")) << "*other* may use anything";
  EXPECT_THAT(problemOf({{1, 0}}), HasSubstr("out of range")) << "the application itself";
  EXPECT_THAT(problemOf({{4, 1}}), HasSubstr("out of range"));
  EXPECT_THAT(problemOf({{1, 3}}), HasSubstr("out of range"));
  EXPECT_THAT(problemOf({{2, 1}}), HasSubstr("does not touch its component"));
  EXPECT_THAT(problemOf({{1, 2}, {1, 1}}), HasSubstr("not sorted"));
  EXPECT_THAT(problemOf({{1, 1}, {1, 1}}), HasSubstr("not sorted"));
  EXPECT_THAT(problemOf({{2, 2}, {1, 1}}), HasSubstr("not sorted"));
}

} // namespace
