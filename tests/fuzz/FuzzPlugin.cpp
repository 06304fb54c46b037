//===- FuzzPlugin.cpp - Bytes to a plug-in's file, as the gate reads it -===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/gate/Layout.h"
#include "tests/fuzz/FuzzReader.h"

#include <array>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

// Of agent/gate/GateInternal.h, which is C.
extern "C" bool ripple_elf_common_unique(int first, int second, char *symbol, std::size_t size);
extern "C" void ripple_elf_build_id(int fd, char *out);

using ripple::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *bytes, std::size_t size) {
  static const int other = ::open(RIPPLE_TEST_PLUGINS "/price-unique1.so", O_RDONLY | O_CLOEXEC);
  require(other >= 0, "no plug-in");
  const int file = ::memfd_create("input", MFD_CLOEXEC);
  require(file >= 0 && ::write(file, bytes, size) == static_cast<ssize_t>(size), "no file");
  std::array<char, 64> first{}, second{}, own{};
  std::array<char, RIPPLE_BUILD_ID_SIZE> buildId{};
  const bool common = ripple_elf_common_unique(file, other, first.data(), first.size());
  require(common == ripple_elf_common_unique(other, file, second.data(), second.size()),
          "it depends on the order");
  require(!common || ripple_elf_common_unique(file, file, own.data(), own.size()),
          "a symbol is common and not its own");
  require(!common || std::strlen(first.data()) > 0, "found, and no name");
  ripple_elf_build_id(file, buildId.data());
  ::close(file);
  return 0;
}
