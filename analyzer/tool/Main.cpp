//===- Main.cpp - ripple-analyzer -------------------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/CommandLine.h"

#include <malloc.h>

#ifdef __has_feature
#if __has_feature(address_sanitizer)
// LLVM's headers poison the arenas' memory where they are compiled into this program, and LLVM's
// own libraries, which are built without the sanitizer, never take that back: what they put into
// such an arena would be reported when it is read.
extern "C" const char *__asan_default_options() { // NOLINT: the sanitizer's name
  return "allow_user_poisoning=0";
}

// Clang 19 does not free why a partial specialisation did not fit
// (clang::MakeDeductionFailureInfo), and std::tuple has such. What grows a SmallVector there is all
// that is seen of the caller.
extern "C" const char *__lsan_default_suppressions() { // NOLINT: the sanitizer's name
  return "leak:llvm::SmallVectorBase<unsigned int>::grow_pod\n";
}
#endif
#endif

namespace {

/// Larger blocks go back to the system when they are freed. Unless this is said, glibc raises the
/// bound as such blocks are freed (mallopt(3)), and what a unit's syntax tree took stays, between
/// the facts that are kept of it.
constexpr int blockOfItsOwn = 128 << 10; // B

} // namespace

int main(int argc, char **argv) {
  ::mallopt(M_MMAP_THRESHOLD, blockOfItsOwn);
  return ripple::analyzer::runCommandLine(argc, argv);
}
