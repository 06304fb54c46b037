//===- Main.cpp - ripple-analyzer -------------------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/CommandLine.h"

#ifdef __has_feature
#if __has_feature(address_sanitizer)
// LLVM's headers poison the arenas' memory where they are compiled into this program, and LLVM's
// own libraries, which are built without the sanitizer, never take that back: what they put into
// such an arena would be reported when it is read.
extern "C" const char *__asan_default_options() { // NOLINT: the sanitizer's name
  return "allow_user_poisoning=0";
}
#endif
#endif

int main(int argc, char **argv) { return ripple::analyzer::runCommandLine(argc, argv); }
