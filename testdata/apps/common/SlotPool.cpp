//===- SlotPool.cpp - Worker slots that programs of a server share --------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "common/SlotPool.h"

#include <atomic>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <linux/futex.h>
#include <new>
#include <pthread.h>
#include <stdexcept>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace apps {
namespace {

constexpr std::uint32_t Magic = 0x534c4f54;
constexpr std::int64_t ReapIntervalNs = 50'000'000;
constexpr long WaitNs = 100'000'000;

/// A process, for ever: pids are used again, start times with them are not.
struct Owner {
  pid_t pid = 0;
  std::uint64_t startTime = 0;
};

std::int64_t nowNs() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

/// Field 22 of /proc/PID/stat; 0 where there is no such process or it is a zombie.
std::uint64_t startTimeOf(pid_t pid) {
  char path[32], text[1024];
  std::snprintf(path, sizeof path, "/proc/%d/stat", pid);
  int file = ::open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0)
    return 0;
  ssize_t size = ::read(file, text, sizeof text - 1);
  ::close(file);
  if (size <= 0)
    return 0;
  text[size] = 0;
  const char *after = std::strrchr(text, ')'); // The name may hold anything.
  if (!after || after[1] == 0)
    return 0;
  char state = 0;
  unsigned long long start = 0;
  int read = std::sscanf(after + 2,
                         "%c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s "
                         "%*s %llu",
                         &state, &start);
  return read == 2 && state != 'Z' && state != 'X' ? start : 0;
}

bool alive(const Owner &owner) {
  return owner.pid != 0 && startTimeOf(owner.pid) == owner.startTime;
}

void futexWait(std::atomic<std::uint32_t> &word, std::uint32_t expected, long ns) {
  timespec timeout{0, ns};
  syscall(SYS_futex, &word, FUTEX_WAIT, expected, &timeout, nullptr, 0);
}

void futexWake(std::atomic<std::uint32_t> &word) {
  syscall(SYS_futex, &word, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
}

[[noreturn]] void fail(const std::string &file, const char *what) {
  throw std::runtime_error(file + ": " + what + ": " + std::strerror(errno));
}

} // namespace

/// The mapped file. All but `granted` is guarded by the mutex. Every store leaves a state that
/// the next holder of the mutex can go on from, since a holder may be killed between any two.
struct SlotPool::Shared {
  struct Waiter {
    Owner owner;                        ///< pid 0: the place is free.
    std::atomic<std::uint32_t> granted; ///< The slot's number + 1; 0: still waiting.
  };
  std::uint32_t magic;
  std::uint32_t slots;
  pthread_mutex_t mutex;
  std::int64_t reapedNs;
  std::uint64_t head, tail; ///< Tickets: the first that waits, the next to be given out.
  Owner owners[SlotsMax];
  Waiter waiters[WaitersMax];

  Waiter &waiter(std::uint64_t ticket) { return waiters[ticket % WaitersMax]; }
};

class SlotPool::Lock {
public:
  explicit Lock(Shared &shared) : mutex(shared.mutex) {
    if (pthread_mutex_lock(&mutex) == EOWNERDEAD)
      pthread_mutex_consistent(&mutex);
  }
  ~Lock() { pthread_mutex_unlock(&mutex); }
  Lock(const Lock &) = delete;
  Lock &operator=(const Lock &) = delete;

private:
  pthread_mutex_t &mutex;
};

SlotPool::SlotPool(const std::string &file, unsigned slots) : ownStartTime(startTimeOf(getpid())) {
  if (slots == 0 || slots > SlotsMax)
    throw std::runtime_error(file + ": the number of slots must be from 1 to " +
                             std::to_string(SlotsMax));
  int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0)
    fail(file, "cannot be opened");
  flock(descriptor, LOCK_EX);
  struct stat status{};
  fstat(descriptor, &status);
  bool fresh = status.st_size == 0;
  if (fresh && ftruncate(descriptor, sizeof(Shared)) != 0) {
    ::close(descriptor);
    fail(file, "cannot be made");
  }
  void *memory = mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  if (memory == MAP_FAILED) {
    ::close(descriptor);
    fail(file, "cannot be mapped");
  }
  shared = static_cast<Shared *>(memory);
  if (shared->magic != Magic) { // New, or its maker was killed before it was done.
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
    pthread_mutex_init(&shared->mutex, &attributes);
    pthread_mutexattr_destroy(&attributes);
    shared->slots = slots;
    shared->magic = Magic;
  }
  flock(descriptor, LOCK_UN); // The mapping would keep it when the descriptor is closed.
  ::close(descriptor);
  if (shared->slots != slots) {
    unsigned other = shared->slots;
    munmap(memory, sizeof(Shared));
    throw std::runtime_error(file + ": was made with " + std::to_string(other) + " slots, not " +
                             std::to_string(slots));
  }
}

SlotPool::~SlotPool() { munmap(shared, sizeof(Shared)); }

unsigned SlotPool::slots() const { return shared->slots; }

unsigned SlotPool::busy() const {
  Lock lock(*shared);
  unsigned count = 0;
  for (unsigned i = 0; i < shared->slots; ++i)
    count += shared->owners[i].pid != 0;
  return count;
}

bool SlotPool::takeFree(unsigned &number) {
  for (number = 0; number < shared->slots; ++number)
    if (shared->owners[number].pid == 0) {
      shared->owners[number].startTime = ownStartTime;
      shared->owners[number].pid = getpid();
      return true;
    }
  return false;
}

/// Gives free slots to those that wait, in the order in which they came.
void SlotPool::giveToWaiters() {
  unsigned number = 0;
  while (shared->head != shared->tail) {
    Shared::Waiter &first = shared->waiter(shared->head);
    if (first.owner.pid == 0 || first.granted.load() != 0) { // Went away, or killed right here.
      ++shared->head;
      continue;
    }
    while (number < shared->slots && shared->owners[number].pid != 0)
      ++number;
    if (number == shared->slots)
      return;
    shared->owners[number] = first.owner;
    first.granted.store(number + 1);
    ++shared->head;
    futexWake(first.granted);
  }
}

/// Frees what dead processes hold or wait in. At most once each ReapIntervalNs.
void SlotPool::reapDead() {
  std::int64_t now = nowNs();
  if (now - shared->reapedNs < ReapIntervalNs)
    return;
  shared->reapedNs = now;
  Owner known{getpid(), ownStartTime}; // The last one that was found alive.
  auto isDead = [&known](const Owner &owner) {
    if (owner.pid == 0 || (owner.pid == known.pid && owner.startTime == known.startTime))
      return false;
    if (!alive(owner))
      return true;
    known = owner;
    return false;
  };
  for (unsigned i = 0; i < shared->slots; ++i)
    if (isDead(shared->owners[i]))
      shared->owners[i].pid = 0;
  for (std::uint64_t ticket = shared->head; ticket != shared->tail; ++ticket)
    if (isDead(shared->waiter(ticket).owner))
      shared->waiter(ticket).owner.pid = 0;
}

SlotPool::Slot SlotPool::acquire() {
  std::uint64_t ticket = 0;
  {
    Lock lock(*shared);
    unsigned number = 0;
    if (shared->head == shared->tail && takeFree(number))
      return Slot(this, number);
    Shared::Waiter &place = shared->waiter(shared->tail);
    if (place.owner.pid != 0 && alive(place.owner))
      throw std::runtime_error("more than " + std::to_string(WaitersMax) + " wait for a worker");
    place.granted.store(0);
    place.owner = {getpid(), ownStartTime};
    ticket = shared->tail++;
  }
  return Slot(this, await(ticket));
}

/// Waits until the waiter of TICKET is given a slot; its number.
unsigned SlotPool::await(std::uint64_t ticket) {
  Shared::Waiter &place = shared->waiter(ticket);
  std::uint32_t granted = 0;
  while ((granted = place.granted.load()) == 0) {
    {
      Lock lock(*shared);
      reapDead();
      giveToWaiters();
    }
    futexWait(place.granted, 0, WaitNs);
  }
  Lock lock(*shared);
  place.owner.pid = 0;
  return granted - 1;
}

void SlotPool::release(unsigned number) {
  Lock lock(*shared);
  shared->owners[number].pid = 0;
  giveToWaiters();
}

void SlotPool::Slot::release() {
  if (pool)
    pool->release(number);
  pool = nullptr;
}

} // namespace apps
