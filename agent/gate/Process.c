/*===- Process.c - Who this process is -----------------------------------*- C -*-===*
 *
 * Part of Ripple, under the Apache License v2.0. See LICENSE.
 *
 * Everything here may run in a child of fork: no allocation, no stdio.
 *
 *===----------------------------------------------------------------------===*/
#define _GNU_SOURCE
#include "agent/gate/GateInternal.h"

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Reads at most SIZE - 1 bytes of FILE and ends them with NUL; returns how many. */
static size_t read_text(const char *file, char *out, size_t size) {
  size_t length = 0;
  int fd = open(file, O_RDONLY | O_CLOEXEC);
  if (fd >= 0) {
    ssize_t n = read(fd, out, size - 1);
    length = n > 0 ? (size_t)n : 0;
    close(fd);
  }
  out[length] = 0;
  return length;
}

uint64_t ripple_start_time(void) {
  char text[1024];
  read_text("/proc/self/stat", text, sizeof text);
  const char *at = strrchr(text, ')'); /* the program's name may hold anything, spaces too */
  for (int field = 2; at && field < 22; ++field)
    at = strchr(at + 1, ' ');
  uint64_t ticks = 0;
  for (at = at ? at + 1 : ""; *at >= '0' && *at <= '9'; ++at)
    ticks = ticks * 10 + (uint64_t)(*at - '0');
  return ticks;
}

void ripple_boot_id(char out[RIPPLE_BOOT_ID_SIZE]) {
  memset(out, 0, RIPPLE_BOOT_ID_SIZE);
  size_t length = read_text("/proc/sys/kernel/random/boot_id", out, RIPPLE_BOOT_ID_SIZE);
  if (length > 0 && out[length - 1] == '\n')
    out[length - 1] = 0;
}

void ripple_build_id_of_notes(const void *notes, size_t size, char out[RIPPLE_BUILD_ID_SIZE]) {
  const char *at = notes;
  out[0] = 0;
  while (size >= sizeof(ElfW(Nhdr))) {
    ElfW(Nhdr) note;
    memcpy(&note, at, sizeof note);
    size_t name = ((size_t)note.n_namesz + 3) & ~(size_t)3;
    size_t text = ((size_t)note.n_descsz + 3) & ~(size_t)3;
    if (name > size - sizeof note || text > size - sizeof note - name)
      return;
    const unsigned char *id = (const unsigned char *)at + sizeof note + name;
    if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 &&
        memcmp(at + sizeof note, "GNU", 4) == 0 &&
        (size_t)note.n_descsz * 2 < RIPPLE_BUILD_ID_SIZE) {
      for (uint32_t i = 0; i < note.n_descsz; ++i) {
        *out++ = "0123456789abcdef"[id[i] >> 4];
        *out++ = "0123456789abcdef"[id[i] & 15];
      }
      *out = 0;
      return;
    }
    at += sizeof note + name + text;
    size -= sizeof note + name + text;
  }
}

static void find_note(const struct dl_phdr_info *info, char *out) {
  for (int i = 0; i < info->dlpi_phnum && out[0] == 0; ++i)
    if (info->dlpi_phdr[i].p_type == PT_NOTE)
      ripple_build_id_of_notes((const void *)(info->dlpi_addr + info->dlpi_phdr[i].p_vaddr),
                               info->dlpi_phdr[i].p_memsz, out);
}

static int take_first(struct dl_phdr_info *info, size_t size, void *out) {
  (void)size;
  find_note(info, out);
  return 1; /* dl_iterate_phdr(3): the first object is the program */
}

void ripple_program_build_id(char out[RIPPLE_BUILD_ID_SIZE]) {
  out[0] = 0;
  dl_iterate_phdr(take_first, out);
}

struct search {
  const char *build_id;
};

static int is_build(struct dl_phdr_info *info, size_t size, void *context) {
  (void)size;
  const struct search *search = context;
  char found[RIPPLE_BUILD_ID_SIZE] = "";
  find_note(info, found);
  return strcmp(found, search->build_id) == 0;
}

bool ripple_is_loaded(const char *build_id) {
  struct search search = {build_id};
  return build_id[0] && dl_iterate_phdr(is_build, &search) != 0;
}

static uint64_t now_of(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

uint64_t ripple_now_coarse(void) { return now_of(CLOCK_MONOTONIC_COARSE); }
uint64_t ripple_now(void) { return now_of(CLOCK_MONOTONIC); }
