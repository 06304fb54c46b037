/*===- Elf.c - Looks into a plug-in's file -------------------------------*- C -*-===*
 *
 * Part of Ripple, under the Apache License v2.0. See LICENSE.
 *
 * Reads 64-bit ELF files of this machine, every offset checked: a file that is
 * something else has no build-id and no symbols, and dlopen says why.
 *
 *===----------------------------------------------------------------------===*/
#define _GNU_SOURCE
#include "agent/gate/GateInternal.h"

#include <elf.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct image {
  const char *bytes; /* NULL: nothing mapped */
  size_t size;
};

struct symbols {
  const Elf64_Sym *all;
  size_t count;
  const char *names;
  size_t names_size;
};

static bool in_image(const struct image *image, uint64_t offset, uint64_t size) {
  return offset <= image->size && size <= image->size - offset;
}

static struct image map_image(int fd) {
  struct image image = {NULL, 0};
  struct stat status;
  if (fd < 0 || fstat(fd, &status) != 0 || status.st_size < (off_t)sizeof(Elf64_Ehdr))
    return image;
  void *bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
  if (bytes == MAP_FAILED)
    return image;
  const unsigned char *ident = bytes;
  if (memcmp(ident, ELFMAG, SELFMAG) != 0 || ident[EI_CLASS] != ELFCLASS64 ||
      ident[EI_DATA] != ELFDATA2LSB) {
    munmap(bytes, (size_t)status.st_size);
    return image;
  }
  image.bytes = bytes;
  image.size = (size_t)status.st_size;
  return image;
}

static void unmap_image(struct image *image) {
  if (image->bytes)
    munmap((void *)(uintptr_t)image->bytes, image->size);
}

/* Copies the Ith of COUNT entries of a header table; false where it lies outside. */
static bool entry(const struct image *image, uint64_t offset, uint64_t entry_size, uint64_t i,
                  void *out, size_t size) {
  if (entry_size < size || offset > image->size || i > image->size / entry_size)
    return false;
  uint64_t at = offset + i * entry_size;
  if (!in_image(image, at, size))
    return false;
  memcpy(out, image->bytes + at, size);
  return true;
}

void ripple_elf_build_id(int fd, char out[RIPPLE_BUILD_ID_SIZE]) {
  struct image image = map_image(fd);
  out[0] = 0;
  if (!image.bytes)
    return;
  Elf64_Ehdr header;
  memcpy(&header, image.bytes, sizeof header);
  for (unsigned i = 0; i < header.e_phnum && out[0] == 0; ++i) {
    Elf64_Phdr segment;
    if (!entry(&image, header.e_phoff, header.e_phentsize, i, &segment, sizeof segment))
      break;
    if (segment.p_type == PT_NOTE && in_image(&image, segment.p_offset, segment.p_filesz))
      ripple_build_id_of_notes(image.bytes + segment.p_offset, segment.p_filesz, out);
  }
  unmap_image(&image);
}

/* Where the loader finds what is at ADDRESS in memory, as far as the file has it; NULL where it is
 * in no segment. *LEFT gets how many bytes of the segment follow. */
static const char *at_address(const struct image *image, const Elf64_Ehdr *header, uint64_t address,
                              uint64_t *left) {
  for (unsigned i = 0; i < header->e_phnum; ++i) {
    Elf64_Phdr segment;
    if (!entry(image, header->e_phoff, header->e_phentsize, i, &segment, sizeof segment))
      break;
    if (segment.p_type != PT_LOAD || address < segment.p_vaddr ||
        address - segment.p_vaddr >= segment.p_filesz ||
        !in_image(image, segment.p_offset, segment.p_filesz))
      continue;
    *left = segment.p_filesz - (address - segment.p_vaddr);
    return image->bytes + segment.p_offset + (address - segment.p_vaddr);
  }
  return NULL;
}

static uint32_t word(const char *at, uint64_t i) {
  uint32_t value;
  memcpy(&value, at + i * sizeof value, sizeof value);
  return value;
}

/* How many symbols TABLE, of DT_GNU_HASH, leads to; it leads to none that is not defined. */
static size_t count_by_gnu_hash(const char *table, uint64_t size) {
  const uint64_t words = size / sizeof(uint32_t);
  if (words < 4)
    return 0;
  const uint64_t buckets = word(table, 0), first = word(table, 1);
  const uint64_t bucket = 4 + 2 * (uint64_t)word(table, 2), chain = bucket + buckets;
  if (chain > words)
    return 0;
  uint64_t last = 0;
  for (uint64_t i = 0; i < buckets; ++i)
    if (word(table, bucket + i) > last)
      last = word(table, bucket + i);
  if (last < first)
    return 0;
  while (chain + (last - first) < words && !(word(table, chain + (last - first)) & 1))
    ++last;
  return last + 1;
}

/* What the loader finds, by program headers alone: sections may be stripped. */
static struct symbols dynamic_symbols(const struct image *image) {
  struct symbols symbols = {NULL, 0, NULL, 0};
  if (!image->bytes)
    return symbols;
  Elf64_Ehdr header;
  memcpy(&header, image->bytes, sizeof header);
  uint64_t of[DT_NUM] = {0}, gnu_hash = 0;
  for (unsigned i = 0; i < header.e_phnum; ++i) {
    Elf64_Phdr segment;
    if (!entry(image, header.e_phoff, header.e_phentsize, i, &segment, sizeof segment))
      break;
    Elf64_Dyn dynamic = {DT_NULL, {0}};
    for (uint64_t d = 0; segment.p_type == PT_DYNAMIC && d < segment.p_filesz / sizeof dynamic;
         ++d) {
      if (!entry(image, segment.p_offset, sizeof dynamic, d, &dynamic, sizeof dynamic) ||
          dynamic.d_tag == DT_NULL)
        break;
      if (dynamic.d_tag > 0 && dynamic.d_tag < DT_NUM)
        of[dynamic.d_tag] = dynamic.d_un.d_val;
      else if (dynamic.d_tag == DT_GNU_HASH)
        gnu_hash = dynamic.d_un.d_val;
    }
  }
  uint64_t table_left = 0, names_left = 0, hash_left = 0;
  const char *table = at_address(image, &header, of[DT_SYMTAB], &table_left);
  const char *names = at_address(image, &header, of[DT_STRTAB], &names_left);
  const char *hash = at_address(image, &header, gnu_hash ? gnu_hash : of[DT_HASH], &hash_left);
  if (!of[DT_SYMTAB] || !table || !of[DT_STRTAB] || !names || !(gnu_hash || of[DT_HASH]) || !hash ||
      (uintptr_t)table % _Alignof(Elf64_Sym) != 0)
    return symbols;
  size_t count = 0;
  if (gnu_hash)
    count = count_by_gnu_hash(hash, hash_left);
  else if (hash_left >= 2 * sizeof(uint32_t))
    count = word(hash, 1); /* nchain */
  if (count > table_left / sizeof(Elf64_Sym))
    count = table_left / sizeof(Elf64_Sym);
  symbols.all = (const Elf64_Sym *)(const void *)table;
  symbols.count = count;
  symbols.names = names;
  symbols.names_size = of[DT_STRSZ] && of[DT_STRSZ] < names_left ? of[DT_STRSZ] : names_left;
  return symbols;
}

/* The name of symbol I where it is unique and defined; NULL otherwise. */
static const char *unique_name(const struct symbols *symbols, size_t i) {
  const Elf64_Sym *symbol = &symbols->all[i];
  if (ELF64_ST_BIND(symbol->st_info) != STB_GNU_UNIQUE || symbol->st_shndx == SHN_UNDEF ||
      symbol->st_name >= symbols->names_size)
    return NULL;
  const char *name = symbols->names + symbol->st_name;
  return memchr(name, 0, symbols->names_size - symbol->st_name) ? name : NULL;
}

static const char *common_unique(const struct symbols *first, const struct symbols *second) {
  for (size_t i = 0; i < first->count; ++i) {
    const char *name = unique_name(first, i);
    for (size_t j = 0; name && j < second->count; ++j) {
      const char *other = unique_name(second, j);
      if (other && strcmp(name, other) == 0)
        return name;
    }
  }
  return NULL;
}

bool ripple_elf_common_unique(int first, int second, char *symbol, size_t size) {
  struct image images[2] = {map_image(first), map_image(second)};
  struct symbols symbols[2] = {dynamic_symbols(&images[0]), dynamic_symbols(&images[1])};
  const char *name = common_unique(&symbols[0], &symbols[1]);
  if (name) {
    size_t length = strnlen(name, size - 1);
    memcpy(symbol, name, length);
    symbol[length] = 0;
  }
  unmap_image(&images[0]);
  unmap_image(&images[1]);
  return name != NULL;
}
