//===- BuildId.cpp - The build-id of an ELF file --------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/daemon/BuildId.h"

#include "agent/action/ProcessIdentity.h"

#include <cstring>
#include <elf.h>
#include <fcntl.h>
#include <vector>

using namespace ripple::agent;

namespace {

// Limits on what is read, far beyond what real files have.
constexpr std::size_t HeadersMax = 4'096, NotesMax = std::size_t{1} << 20, IdMax = 64;

template <typename T> bool readAt(int fd, std::uint64_t offset, T &value) {
  return ::pread(fd, &value, sizeof value, static_cast<off_t>(offset)) ==
         static_cast<ssize_t>(sizeof value);
}

std::string hexadecimal(const unsigned char *bytes, std::size_t size) {
  constexpr const char *Digits = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < size; ++i) {
    text += Digits[bytes[i] >> 4];
    text += Digits[bytes[i] & 15];
  }
  return text;
}

/// The build-id among NOTES, each a header, a name and a description, padded to ALIGN.
std::string findInNotes(const std::vector<unsigned char> &notes, std::size_t align) {
  auto padded = [&](std::size_t size) { return (size + align - 1) / align * align; };
  std::size_t at = 0;
  while (at + sizeof(Elf64_Nhdr) <= notes.size()) {
    Elf64_Nhdr note; // The 32-bit one has the same layout.
    std::memcpy(&note, notes.data() + at, sizeof note);
    at += sizeof note;
    if (note.n_namesz > notes.size() - at)
      return {};
    const unsigned char *name = notes.data() + at;
    at += padded(note.n_namesz);
    if (at > notes.size() || note.n_descsz > notes.size() - at)
      return {};
    if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 && !std::memcmp(name, "GNU", 4) &&
        note.n_descsz <= IdMax)
      return hexadecimal(notes.data() + at, note.n_descsz);
    at += padded(note.n_descsz);
  }
  return {};
}

template <typename Header, typename Segment> std::string readBuildId(int fd) {
  Header header;
  if (!readAt(fd, 0, header) || header.e_phentsize != sizeof(Segment) ||
      header.e_phnum > HeadersMax)
    return {};
  for (std::uint64_t i = 0; i < header.e_phnum; ++i) {
    Segment segment;
    if (!readAt(fd, header.e_phoff + i * sizeof segment, segment))
      return {};
    if (segment.p_type != PT_NOTE || segment.p_filesz > NotesMax)
      continue;
    std::vector<unsigned char> notes(segment.p_filesz);
    if (::pread(fd, notes.data(), notes.size(), static_cast<off_t>(segment.p_offset)) !=
        static_cast<ssize_t>(notes.size()))
      continue;
    if (auto id = findInNotes(notes, segment.p_align == 8 ? 8 : 4); !id.empty())
      return id;
  }
  return {};
}

} // namespace

std::string ripple::agent::buildIdOf(int fd) {
  unsigned char ident[EI_NIDENT];
  if (!readAt(fd, 0, ident) || std::memcmp(ident, ELFMAG, SELFMAG) != 0 ||
      ident[EI_DATA] != ELFDATA2LSB)
    return {};
  if (ident[EI_CLASS] == ELFCLASS64)
    return readBuildId<Elf64_Ehdr, Elf64_Phdr>(fd);
  if (ident[EI_CLASS] == ELFCLASS32)
    return readBuildId<Elf32_Ehdr, Elf32_Phdr>(fd);
  return {};
}

std::string ripple::agent::buildIdOf(const std::string &path) {
  OwnedFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  return fd ? buildIdOf(fd.get()) : std::string();
}
