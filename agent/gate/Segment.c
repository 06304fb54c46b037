/*===- Segment.c - Makes the segment of this process ---------------------*- C -*-===*
 *
 * Part of Ripple, under the Apache License v2.0. See LICENSE.
 *
 * The file is filled under another name and then renamed, so that an agent
 * never sees half of it. A lock on the open file says that the process has it;
 * it ends with the process, and with exec.
 *
 *===----------------------------------------------------------------------===*/
#define _GNU_SOURCE
#include "agent/gate/GateInternal.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

void ripple_futex_wait(ripple_atomic_u32 *word, uint32_t value, uint64_t timeout_ns) {
  struct timespec timeout = {(time_t)(timeout_ns / 1000000000u), (long)(timeout_ns % 1000000000u)};
  syscall(SYS_futex, word, FUTEX_WAIT, value, &timeout, NULL, 0);
}

void ripple_futex_wake(ripple_atomic_u32 *word) {
  syscall(SYS_futex, word, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

static int lock_file(int fd) {
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  return fcntl(fd, F_OFD_SETLK, &lock) == 0 ? 0 : errno;
}

/* True where FILE is the segment of a gate that is open: of this very pid, so in this process. */
static bool is_taken(const char *file) {
  int fd = open(file, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0)
    return false;
  bool taken = lock_file(fd) == EAGAIN;
  close(fd);
  return taken;
}

/* Names of the segment and of the file that becomes it. */
static int name_files(const struct ripple_gate *gate, char *file, char *temporary) {
  int pid = (int)getpid();
  int length = snprintf(file, PATH_MAX, "%s/%s.%d" RIPPLE_SEGMENT_SUFFIX, gate->directory,
                        gate->application, pid);
  int other =
      snprintf(temporary, PATH_MAX, "%s/.%s.%d.new", gate->directory, gate->application, pid);
  return length < PATH_MAX && other < PATH_MAX ? 0 : ENAMETOOLONG;
}

/* Makes TEMPORARY, locked and with all its blocks: a full disk is an error here, and not a
 * SIGBUS later. */
static int make_file(const char *temporary, uint64_t size, int *out) {
  unlink(temporary);
  int fd = open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0)
    return errno;
  int error = lock_file(fd);
  if (error == 0)
    error = posix_fallocate(fd, 0, (off_t)size);
  if (error != 0) {
    unlink(temporary);
    close(fd);
    return error;
  }
  *out = fd;
  return 0;
}

static void write_identity(struct ripple_identity *identity, const char *application,
                           const char *build_id) {
  memcpy(identity->magic, RIPPLE_SEGMENT_MAGIC, sizeof identity->magic);
  identity->layout_major = RIPPLE_SEGMENT_MAJOR;
  identity->layout_minor = RIPPLE_SEGMENT_MINOR;
  identity->pid = (int32_t)getpid();
  identity->start_time = ripple_start_time();
  ripple_boot_id(identity->boot_id);
  memcpy(identity->application, application, strlen(application) + 1);
  memcpy(identity->build_id, build_id, strlen(build_id) + 1);
}

static void point_into(struct ripple_gate *gate, void *bytes) {
  char *base = bytes;
  gate->segment = bytes;
  gate->seals = (struct ripple_seal_word *)(void *)(base + gate->offsets.seals);
  gate->records = (struct ripple_record *)(void *)(base + gate->offsets.records);
  gate->used = (ripple_atomic_u64 *)(void *)(base + gate->offsets.used);
}

int ripple_segment_open(struct ripple_gate *gate, const char *build_id,
                        enum ripple_table_state state) {
  char temporary[PATH_MAX];
  int error = name_files(gate, gate->file, temporary);
  if (error != 0)
    return error;
  if (is_taken(gate->file))
    return EEXIST;
  gate->offsets = ripple_offsets_of(gate->table.words, gate->records_max, gate->table.size);
  error = make_file(temporary, gate->offsets.end, &gate->lock);
  if (error != 0)
    return error;
  void *bytes = mmap(NULL, gate->offsets.end, PROT_READ | PROT_WRITE, MAP_SHARED, gate->lock, 0);
  if (bytes == MAP_FAILED) {
    error = errno;
    goto fail;
  }
  point_into(gate, bytes);
  write_identity(&gate->segment->identity, gate->application, build_id);
  gate->segment->counts = (struct ripple_counts){
      .segment_size = gate->offsets.end,
      .table_state = (uint32_t)state,
      .table_size = gate->table.size,
      .records_max = gate->records_max,
      .component_words = gate->table.words,
      .hold_ms = gate->hold_ms,
  };
  memcpy((char *)bytes + gate->offsets.table, gate->table.bytes, gate->table.size);
  if (rename(temporary, gate->file) == 0)
    return 0;
  error = errno;
  munmap(bytes, gate->offsets.end);
fail:
  gate->segment = NULL;
  unlink(temporary);
  close(gate->lock);
  gate->lock = -1;
  return error;
}

/* Copies into NEW what a child keeps of its parent's segment: all but requests and seals. The
 * records keep their generations, so that the parent's handles are old ones here. */
static void inherit(struct ripple_gate *gate, void *new) {
  const struct ripple_segment *old = gate->segment;
  struct ripple_segment *segment = new;
  segment->counts = old->counts;
  atomic_store(&segment->hot.epoch, atomic_load(&old->hot.epoch));
  for (uint32_t i = 0; i < RIPPLE_PLUGINS_MAX; ++i) {
    const struct ripple_plugin_slot *slot = &old->plugins[i];
    struct ripple_plugin_slot *copy = &segment->plugins[i];
    copy->generation = slot->generation;
    copy->component = slot->component;
    memcpy(copy->name, slot->name, sizeof copy->name);
    memcpy(copy->path, slot->path, sizeof copy->path);
    memcpy(copy->build_id, slot->build_id, sizeof copy->build_id);
    memcpy(copy->message, slot->message, sizeof copy->message);
    atomic_store(&copy->state, atomic_load(&slot->state));
  }
  memcpy((char *)new + gate->offsets.table, gate->table.bytes, gate->table.size);
  struct ripple_record *records =
      (struct ripple_record *)(void *)((char *)new + gate->offsets.records);
  for (uint32_t i = 0; i < gate->records_max; ++i) {
    uint64_t generation = ripple_generation_of(atomic_load(&gate->records[i].state));
    atomic_store_explicit(&records[i].state, generation << RIPPLE_GENERATION_SHIFT,
                          memory_order_relaxed);
  }
}

int ripple_segment_fork(struct ripple_gate *gate) {
  char temporary[PATH_MAX];
  char build_id[RIPPLE_BUILD_ID_SIZE];
  memcpy(build_id, gate->segment->identity.build_id, sizeof build_id);
  close(gate->lock); /* the parent's; it keeps its own */
  gate->lock = -1;
  int error = name_files(gate, gate->file, temporary);
  if (error == 0)
    error = make_file(temporary, gate->offsets.end, &gate->lock);
  /* Without a file the child still needs a segment that is not its parent's. */
  int flags = error == 0 ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS;
  void *bytes = mmap(NULL, gate->offsets.end, PROT_READ | PROT_WRITE, flags, gate->lock, 0);
  if (bytes == MAP_FAILED)
    return errno;
  write_identity(bytes, gate->application, build_id);
  inherit(gate, bytes);
  if (mremap(bytes, gate->offsets.end, gate->offsets.end, MREMAP_MAYMOVE | MREMAP_FIXED,
             gate->segment) == MAP_FAILED)
    return errno;
  if (error == 0 && rename(temporary, gate->file) != 0)
    error = errno;
  if (error != 0)
    gate->file[0] = 0;
  return error;
}

void ripple_segment_close(struct ripple_gate *gate) {
  if (gate->file[0])
    unlink(gate->file);
  if (gate->segment) {
    atomic_store(&gate->segment->hot.closed, 1);
    munmap(gate->segment, gate->offsets.end);
  }
  if (gate->lock >= 0)
    close(gate->lock);
}
