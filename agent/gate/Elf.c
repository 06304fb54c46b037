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

static struct symbols dynamic_symbols(const struct image *image) {
  struct symbols symbols = {NULL, 0, NULL, 0};
  if (!image->bytes)
    return symbols;
  Elf64_Ehdr header;
  memcpy(&header, image->bytes, sizeof header);
  for (unsigned i = 0; i < header.e_shnum; ++i) {
    Elf64_Shdr section, names;
    if (!entry(image, header.e_shoff, header.e_shentsize, i, &section, sizeof section))
      break;
    if (section.sh_type != SHT_DYNSYM || section.sh_offset % _Alignof(Elf64_Sym) != 0 ||
        !in_image(image, section.sh_offset, section.sh_size) ||
        !entry(image, header.e_shoff, header.e_shentsize, section.sh_link, &names, sizeof names) ||
        !in_image(image, names.sh_offset, names.sh_size))
      continue;
    symbols.all = (const Elf64_Sym *)(const void *)(image->bytes + section.sh_offset);
    symbols.count = section.sh_size / sizeof(Elf64_Sym);
    symbols.names = image->bytes + names.sh_offset;
    symbols.names_size = names.sh_size;
    break;
  }
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
