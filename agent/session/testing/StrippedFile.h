//===- StrippedFile.h - An ELF file without its sections --------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_SESSION_TESTING_STRIPPEDFILE_H
#define RIPPLE_AGENT_SESSION_TESTING_STRIPPEDFILE_H

#include <cstring>
#include <elf.h>
#include <fstream>
#include <iterator>
#include <string>

namespace ripple::agent::test {

/// The bytes of FILE without section headers, as `strip --strip-section-headers` leaves it.
inline std::string withoutSections(const std::string &file) {
  std::ifstream in(file, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(in), {}};
  Elf64_Ehdr header;
  std::memcpy(&header, bytes.data(), sizeof header);
  bytes.resize(header.e_shoff);
  header.e_shoff = header.e_shnum = header.e_shstrndx = 0;
  std::memcpy(bytes.data(), &header, sizeof header);
  return bytes;
}

} // namespace ripple::agent::test

#endif
