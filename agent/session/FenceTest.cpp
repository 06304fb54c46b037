//===- FenceTest.cpp - Enter and seal see each other -----------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// In each round one thread enters and another seals and looks, at the same
// moment. Built twice: with the gate as it is, which must never let both
// succeed, and with a gate whose claim is a plain store
// (RIPPLE_GATE_WITHOUT_FENCE), which this test must find out about.
//
//===----------------------------------------------------------------------===//
#include "agent/gate/Layout.h"
#include "agent/session/SessionList.h"
#include "agent/session/testing/TestTable.h"

#include <array>
#include <atomic>
#include <fcntl.h>
#include <filesystem>
#include <gtest/gtest.h>
#include <linux/futex.h>
#include <random>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <thread>
#include <unistd.h>

using namespace ripple::agent;
using namespace ripple::agent::test;
using namespace std::chrono_literals;

namespace {

void spin(std::uint64_t turns) {
  for (std::uint64_t i = 0; i < turns; ++i)
    std::atomic_signal_fence(std::memory_order_seq_cst);
}

/// Waits for the other thread: by spinning while it runs too, else by letting it run.
struct Patience {
  unsigned turns = 0;
  void wait() {
    if (++turns > 1000)
      std::this_thread::yield();
  }
};

/// The first words of a segment, without the agent's checks: what it does between the seal and
/// the look would hide the moment that this is about.
class RawSegment {
public:
  explicit RawSegment(const std::string &file) : Size(std::filesystem::file_size(file)) {
    int fd = ::open(file.c_str(), O_RDWR);
    Bytes = static_cast<char *>(::mmap(nullptr, Size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
    ::close(fd);
    const auto &counts = reinterpret_cast<ripple_segment *>(Bytes)->counts;
    auto at = ripple_offsets_of(counts.component_words, counts.records_max, counts.table_size);
    seal = reinterpret_cast<ripple_seal_word *>(Bytes + at.seals);
    record = reinterpret_cast<ripple_record *>(Bytes + at.records);
    hot = &reinterpret_cast<ripple_segment *>(Bytes)->hot;
  }
  ~RawSegment() { ::munmap(Bytes, Size); }
  RawSegment(const RawSegment &) = delete;
  RawSegment &operator=(const RawSegment &) = delete;

  ripple_seal_word *seal = nullptr;
  ripple_record *record = nullptr;
  ripple_hot *hot = nullptr;

private:
  std::size_t Size;
  char *Bytes;
};

struct FenceTest : testing::Test {
  TestDirectory directory;
  ripple::gate::Gate gate = openGate(directory, {}, 60'000, 1);
  std::atomic<std::uint64_t> round = 0, answered = 0;
  std::atomic<bool> replacing = false, ending = false;
  std::atomic<std::uint64_t> violations = 0;
  std::uint64_t sealed = 0;

  /// Written by both threads in turn, each a cache line of its own: a processor has to fetch them
  /// before what it writes next leaves its store buffer. So a store that may be late is late.
  struct alignas(64) Line {
    std::atomic<std::uint64_t> word = 0;
  };
  std::array<Line, 16> lines;
  void writeLines() {
    for (Line &line : lines)
      line.word.store(1, std::memory_order_relaxed);
  }

  /// One request in each round.
  void enterAndLeave() {
    std::mt19937 random(1);
    std::uint32_t price = gate.kindOf("GET /price");
    Patience patience;
    for (std::uint64_t last = 0; !ending;) {
      std::uint64_t now = round.load(std::memory_order_acquire);
      if (now == last) {
        patience.wait();
        continue;
      }
      patience = {};
      last = now;
      spin(random() % 128);
      writeLines();
      ripple_gate_handle handle;
      ripple_gate_enter(gate.get(), price, nullptr, &handle);
      bool seen = false;
      for (int i = 0; i < 4000; ++i)
        seen |= replacing.load(std::memory_order_acquire);
      violations += seen;
      ripple_gate_exit(gate.get(), handle);
      answered.store(now, std::memory_order_release);
    }
  }

  /// Seals PRICING and looks, as GateControl does.
  void sealAndLook(RawSegment &segment, std::uint64_t pricing) {
    segment.seal->sealed.fetch_or(pricing);
    std::atomic_thread_fence(std::memory_order_seq_cst);
    if (ripple_state_of(segment.record->state.load()) != RIPPLE_RECORD_ACTIVE) {
      ++sealed;
      replacing.store(true);
      spin(8000);
      replacing.store(false);
    }
    segment.seal->sealed.fetch_and(~pricing);
    segment.hot->seal_epoch.fetch_add(1);
  }

  void runUntil(std::chrono::steady_clock::time_point end, bool untilViolation) {
    SessionList list(directory.path());
    list.refresh();
    RawSegment segment(list.gates().at(0).file);
    std::mt19937 random(2);
    std::thread client([this] { enterAndLeave(); });
    while (std::chrono::steady_clock::now() < end && !(untilViolation && violations)) {
      writeLines();
      std::uint64_t now = round.fetch_add(1) + 1;
      spin(random() % 128);
      sealAndLook(segment, 2);
      for (Patience patience; answered.load(std::memory_order_acquire) != now; patience.wait()) {
        segment.hot->seal_epoch.fetch_add(1);
        ::syscall(SYS_futex, &segment.hot->seal_epoch, FUTEX_WAKE, 1, nullptr, nullptr, 0);
      }
    }
    ending = true;
    client.join();
    RecordProperty("rounds", std::to_string(round));
    RecordProperty("sealed", std::to_string(sealed));
    EXPECT_GT(sealed, 0u);
  }
};

#ifdef RIPPLE_GATE_WITHOUT_FENCE
TEST_F(FenceTest, aMissingFenceIsFound) {
  if (std::thread::hardware_concurrency() < 2)
    GTEST_SKIP() << "one processor orders its own stores";
  runUntil(std::chrono::steady_clock::now() + 240s, true);
  EXPECT_GT(violations, 0u) << round << " rounds, " << sealed << " sealed";
}
#else
TEST_F(FenceTest, enterAndSealSeeEachOther) {
  runUntil(std::chrono::steady_clock::now() + 3s, false);
  EXPECT_EQ(violations, 0u) << round << " rounds, " << sealed << " sealed";
}
#endif

} // namespace
