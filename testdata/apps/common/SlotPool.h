//===- SlotPool.h - Worker slots that programs of a server share -*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// What a server can do at one time is bounded by one pool of worker slots for
// all the programs that it hosts. The pool lives in a file that each of them
// maps; slots of a program that was killed are found and given on.
//
//===----------------------------------------------------------------------===//
#ifndef APPS_COMMON_SLOTPOOL_H
#define APPS_COMMON_SLOTPOOL_H

#include <cstdint>
#include <memory>
#include <string>

namespace apps {

class SlotPool {
public:
  static constexpr unsigned SlotsMax = 256;
  static constexpr unsigned WaitersMax = 4096;

  /// A slot that is held until this ends.
  class Slot {
  public:
    Slot() = default;
    Slot(Slot &&other) noexcept : pool(other.pool), number(other.number) { other.pool = nullptr; }
    Slot &operator=(Slot &&other) noexcept {
      release();
      pool = other.pool;
      number = other.number;
      other.pool = nullptr;
      return *this;
    }
    Slot(const Slot &) = delete;
    Slot &operator=(const Slot &) = delete;
    ~Slot() { release(); }
    void release();

  private:
    friend class SlotPool;
    Slot(SlotPool *pool, unsigned number) : pool(pool), number(number) {}
    SlotPool *pool = nullptr;
    unsigned number = 0;
  };

  /// Maps FILE; the first program to do so makes it, with SLOTS slots. Throws
  /// std::runtime_error where that fails or the file has another number of slots.
  SlotPool(const std::string &file, unsigned slots);
  ~SlotPool();
  SlotPool(const SlotPool &) = delete;
  SlotPool &operator=(const SlotPool &) = delete;

  /// Waits, first come first served, for a slot. Throws std::runtime_error where more than
  /// WaitersMax wait.
  Slot acquire();

  unsigned slots() const;
  /// Slots that are held now, by whichever program.
  unsigned busy() const;

private:
  struct Shared;
  class Lock;

  void release(unsigned number);
  bool takeFree(unsigned &number);
  void giveToWaiters();
  void reapDead();
  unsigned await(std::uint64_t ticket);

  Shared *shared = nullptr;
  std::uint64_t ownStartTime = 0;
};

} // namespace apps

#endif
