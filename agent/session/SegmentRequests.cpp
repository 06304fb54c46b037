//===- SegmentRequests.cpp - Reads a segment's records, sets its seals ----===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/session/GateSegment.h"
#include "agent/session/GuardedMemory.h"
#include "agent/session/SegmentText.h"

#include <climits>
#include <cstring>
#include <ctime>
#include <fmt/format.h>
#include <linux/futex.h>
#include <sys/syscall.h>

using namespace ripple;
using namespace ripple::agent;

namespace {

std::uint64_t nowNs() {
  timespec time = {};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000u +
         static_cast<std::uint64_t>(time.tv_nsec);
}

bool hasBit(const std::uint64_t *bits, std::uint32_t bit) { return bits[bit / 64] >> bit % 64 & 1; }

/// SET without WITHOUT, which may be empty, and BITS have something in common.
bool intersects(const std::uint64_t *set, const ComponentBits &without, const ComponentBits &bits) {
  for (std::size_t word = 0; word < bits.size(); ++word)
    if (set[word] & ~(without.empty() ? 0 : without[word]) & bits[word])
      return true;
  return false;
}

/// The components whose release points POINTS has, the bits of a record of KIND.
ComponentBits releasedBy(const ripple_table &table, std::uint32_t kind, std::uint64_t points) {
  ComponentBits bits(table.words);
  for (std::uint32_t row = ripple_table_first_point(&table, kind);
       points != 0 && row < table.points &&
       ripple_table_point(&table, row, RIPPLE_POINT_KIND) == kind;
       ++row, points >>= 1) {
    std::uint32_t component = ripple_table_point(&table, row, RIPPLE_POINT_COMPONENT);
    if (points & 1)
      bits[component / 64] |= std::uint64_t(1) << component % 64;
  }
  return bits;
}

/// Reads the record's texts and numbers, and that they belong to the state that was read.
void copyRecord(ripple_record &from, std::uint64_t state, ripple_record &out) {
  out.state.store(state, std::memory_order_relaxed);
  out.stamp.store(from.stamp.load(std::memory_order_acquire), std::memory_order_relaxed);
  out.start.store(from.start.load(std::memory_order_relaxed), std::memory_order_relaxed);
  out.epoch.store(from.epoch.load(std::memory_order_relaxed), std::memory_order_relaxed);
  for (unsigned i = 0; i < RIPPLE_SESSION_SIZE / 8; ++i)
    out.session[i].store(from.session[i].load(std::memory_order_relaxed),
                         std::memory_order_relaxed);
  // In this order: who found that it had not released yet has noted its use before it looked.
  out.released.store(from.released.load(), std::memory_order_relaxed);
  out.used.store(from.used.load(), std::memory_order_relaxed);
  std::atomic_thread_fence(std::memory_order_acquire);
  // Ended meanwhile: the rest may be the next request's.
  if (ripple_generation_of(from.state.load()) != ripple_generation_of(state))
    out.stamp.store(~std::uint64_t(0), std::memory_order_relaxed);
}

} // namespace

/// Reads the first record from FROM on that is active or held; false where there is none, and
/// nothing where the segment was cut short. The state is read once, sequentially
/// consistent: this is the agent's half of the pair with enter.
std::optional<bool> GateSegment::readRecord(std::uint32_t from, ripple_record &out,
                                            std::uint32_t &index) const {
  bool found = false;
  bool whole = guarded([&] {
    for (index = from; index < RecordsMax && !found; ++index) {
      std::uint64_t state = Records[index].state.load();
      if (ripple_state_of(state) != RIPPLE_RECORD_FREE) {
        copyRecord(Records[index], state, out);
        found = true;
      }
    }
  });
  --index;
  return whole ? std::optional(found) : std::nullopt;
}

ActiveRequest GateSegment::parse(std::uint32_t index, const ripple_record &record) const {
  std::uint64_t state = record.state.load(std::memory_order_relaxed);
  ActiveRequest request;
  request.index = index;
  request.held = ripple_state_of(state) == RIPPLE_RECORD_HELD;
  request.generation = ripple_generation_of(state);
  request.kind = ripple_kind_of(state);
  request.async = state & RIPPLE_STATE_ASYNC;
  request.late = state & RIPPLE_STATE_LATE;
  request.epoch = record.epoch.load(std::memory_order_relaxed);
  if (record.stamp.load(std::memory_order_relaxed) == request.generation) {
    char text[RIPPLE_SESSION_SIZE];
    std::memcpy(text, record.session, sizeof text);
    request.startNs = record.start.load(std::memory_order_relaxed);
    if (text[0])
      request.session = printable(text, sizeof text);
  }
  if (record.used.load(std::memory_order_relaxed)) {
    request.used.resize(Table.words);
    const ripple_atomic_u64 *words = Used + std::size_t(index) * Table.words;
    std::uint64_t *out = request.used.data();
    if (!guarded([&] {
          for (std::uint32_t i = 0; i < Table.words; ++i)
            out[i] = words[i].load();
        }))
      request.used.assign(Table.words, ~std::uint64_t(0));
  }
  std::uint64_t points = ripple_points_of(record.released.load(std::memory_order_relaxed), state);
  if (points != 0 && Table_ == TableState::Ok)
    request.released = releasedBy(Table, request.kind, points);
  return request;
}

bool GateSegment::forEachRequest(const std::function<void(const ActiveRequest &)> &visit) const {
  ripple_record record = {};
  std::optional<bool> found;
  for (std::uint32_t index = 0; (found = readRecord(index, record, index)).value_or(false); ++index)
    visit(parse(index, record));
  // After the records: a claim may move from its record to the count, and never back.
  std::uint64_t overflow = 0, overflowHeld = 0;
  if (!guarded([&] {
        overflow = Hot->overflow.load();
        overflowHeld = Hot->overflow_held.load();
      }))
    return false;
  if (overflow != 0)
    visit({.overflow = overflow});
  if (overflowHeld != 0)
    visit({.held = true, .overflow = overflowHeld});
  return found.has_value();
}

const std::uint64_t *GateSegment::setOf(std::uint32_t kind) const {
  bool known = Table_ == TableState::Ok && kind < Table.kinds;
  return ripple_table_set(&Table, known ? ripple_table_kind(&Table, kind, RIPPLE_KIND_SET) : 0);
}

std::string GateSegment::requestId(std::uint32_t kind) const {
  return kind < Table.kinds ? printable(ripple_table_kind_text(&Table, kind, RIPPLE_KIND_ID))
                            : "other";
}

model::Session GateSegment::session(const ActiveRequest &request) const {
  model::Session session;
  session.application = Application;
  session.pid = Process.pid;
  session.held = request.held;
  session.late = request.late;
  session.session = request.session;
  session.id = request.overflow ? fmt::format("{}-{}-{}", Application, Process.pid,
                                              request.held ? "overflow-held" : "overflow")
                                : fmt::format("{}-{}-{}-{}", Application, Process.pid,
                                              request.index, request.generation);
  session.request = request.overflow ? "other" : requestId(request.kind);
  std::uint64_t now = nowNs();
  if (request.startNs != 0 && request.startNs < now)
    session.startedMsAgo = static_cast<std::int64_t>((now - request.startNs) / 1'000'000u);
  const std::uint64_t *set = setOf(request.overflow ? 0 : request.kind);
  for (std::uint32_t i = 0; i < Table.components; ++i) {
    bool used = !request.used.empty() && hasBit(request.used.data(), i);
    bool released = !request.released.empty() && hasBit(request.released.data(), i);
    if (used || (hasBit(set, i) && !released))
      (used ? session.uses : session.mayUse)
          .push_back(printable(ripple_table_component(&Table, i)));
  }
  return session;
}

ComponentBits GateSegment::bitsOf(const std::vector<std::string> &components,
                                  std::vector<std::string> &unknown) const {
  ComponentBits bits(Table.words);
  for (const std::string &component : components) {
    std::uint32_t index = ripple_table_find(&Table, component.c_str());
    bool known = index < Table.components && Table_ == TableState::Ok;
    if (!known && component != Application)
      unknown.push_back(fmt::format("{} ({}): {}", Application, Process.pid, component));
    std::uint32_t bit = known ? index : 0;
    bits[bit / 64] |= std::uint64_t(1) << bit % 64;
  }
  return bits;
}

bool GateSegment::touches(const ActiveRequest &request, const ComponentBits &bits) const {
  if (request.overflow)
    return true;
  return intersects(setOf(request.kind), request.released, bits) ||
         (!request.used.empty() && intersects(request.used.data(), {}, bits));
}

void GateSegment::change(const ComponentBits &bits,
                         std::function<void(ripple_seal_word &, std::uint64_t)> step) {
  guarded([&] {
    for (std::size_t word = 0; word < bits.size(); ++word)
      if (bits[word])
        step(Seals[word], bits[word]);
  });
}

void GateSegment::wakeHeld() {
  guarded([&] {
    Hot->seal_epoch.fetch_add(1);
    ::syscall(SYS_futex, &Hot->seal_epoch, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
  });
}

void GateSegment::readSeals(GateState &state) const {
  for (std::uint32_t i = 0; i < Table.components; ++i) {
    std::uint64_t sealed = 0, draining = 0;
    guarded([&] {
      sealed = Seals[i / 64].sealed.load() | Seals[i / 64].opened.load();
      draining = Seals[i / 64].draining.load();
    });
    std::string component = printable(ripple_table_component(&Table, i));
    if (hasBit(&sealed, i % 64))
      state.sealed.push_back(component);
    else if (hasBit(&draining, i % 64))
      state.draining.push_back(component);
  }
}

void GateSegment::markDraining(const ComponentBits &bits) {
  change(bits, [](ripple_seal_word &seal, std::uint64_t word) {
    seal.draining.fetch_or(word);
    seal.sealed.fetch_and(~word);
    seal.opened.fetch_and(~word);
  });
  wakeHeld();
}

void GateSegment::setSealed(const ComponentBits &bits) {
  change(bits, [](ripple_seal_word &seal, std::uint64_t word) {
    seal.sealed.fetch_or(word);
    seal.draining.fetch_and(~word);
  });
  std::atomic_thread_fence(std::memory_order_seq_cst);
}

void GateSegment::settle() {
  bool changed = false;
  guarded([&] {
    for (std::uint32_t word = 0; word < Table.words; ++word)
      if (Seals[word].opened.load() != 0) {
        Seals[word].opened.store(0);
        changed = true;
      }
  });
  if (changed)
    wakeHeld();
}

void GateSegment::open(const ComponentBits &bits) {
  change(bits, [](ripple_seal_word &seal, std::uint64_t word) {
    seal.sealed.fetch_and(~word);
    seal.opened.fetch_and(~word);
    seal.draining.fetch_and(~word);
  });
  wakeHeld();
}

std::optional<std::uint32_t> GateSegment::armActivity() const {
  std::uint32_t value = 0;
  if (!guarded([&] {
        value = Hot->activity.load();
        Hot->waiting.store(1);
      }))
    return std::nullopt;
  return value;
}
