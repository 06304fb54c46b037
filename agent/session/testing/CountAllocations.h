//===- CountAllocations.h - How often this program allocates -----*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Include it in one source of a program: it takes malloc's place there, for the
// program and the libraries that it loads (GNU C library, no sanitizer).
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_SESSION_TESTING_COUNTALLOCATIONS_H
#define RIPPLE_AGENT_SESSION_TESTING_COUNTALLOCATIONS_H

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace ripple::agent::test {

inline std::atomic<std::uint64_t> allocationsOfAllThreads{0};

/// Calls of malloc, calloc, realloc and aligned_alloc, on all threads, since the program began.
/// C++'s operator new makes them too.
inline std::uint64_t allocations() { return allocationsOfAllThreads.load(); }

} // namespace ripple::agent::test

extern "C" {
// NOLINTBEGIN(bugprone-reserved-identifier): the C library's own names for what is replaced here.
void *__libc_malloc(std::size_t size);
void *__libc_calloc(std::size_t count, std::size_t size);
void *__libc_realloc(void *old, std::size_t size);
void *__libc_memalign(std::size_t alignment, std::size_t size);
// NOLINTEND(bugprone-reserved-identifier)

void *malloc(std::size_t size) noexcept {
  ripple::agent::test::allocationsOfAllThreads.fetch_add(1, std::memory_order_relaxed);
  return __libc_malloc(size);
}
void *calloc(std::size_t count, std::size_t size) noexcept {
  ripple::agent::test::allocationsOfAllThreads.fetch_add(1, std::memory_order_relaxed);
  return __libc_calloc(count, size);
}
void *realloc(void *old, std::size_t size) noexcept {
  ripple::agent::test::allocationsOfAllThreads.fetch_add(1, std::memory_order_relaxed);
  return __libc_realloc(old, size);
}
void *aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  ripple::agent::test::allocationsOfAllThreads.fetch_add(1, std::memory_order_relaxed);
  return __libc_memalign(alignment, size);
}
}

#endif
