/*===- Sealed.c - What is sealed when the gate opens ---------------------*- C -*-===*
 *
 * Part of Ripple, under the Apache License v2.0. See LICENSE.
 *
 * The agent seals the gates that it finds. One that opens later looks for itself:
 *
 *   gate:   1 the segment gets its name    agent, to seal: 1 writes the file
 *           2 reads the file                               2 looks for segments
 *           3 closes what it says          agent, to open: 1 removes the file
 *           4 reads it again, and opens                    2 looks for segments,
 *             what is no longer in it                        and opens them
 *
 * docs/internals/gate.md has the argument. After fork only calls that are allowed
 * there are made: no memory is taken.
 *
 *===----------------------------------------------------------------------===*/
#define _GNU_SOURCE
#include "agent/gate/GateInternal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_SIZE_MAX (16u << 20)

struct sealed_file {
  char *text; /* of SIZE bytes and a NUL; NULL where there is no file */
  size_t size;
};

static bool name_file(const struct ripple_gate *gate, char out[PATH_MAX]) {
  const char *parts[] = {gate->directory, "/", gate->application, RIPPLE_SEALED_SUFFIX};
  size_t length = 0;
  for (size_t i = 0; i < sizeof parts / sizeof *parts; ++i) {
    size_t size = strlen(parts[i]);
    if (length + size >= PATH_MAX)
      return false;
    memcpy(out + length, parts[i], size + 1);
    length += size;
  }
  return true;
}

static void free_file(struct sealed_file *file) {
  if (file->text)
    munmap(file->text, file->size + 1);
  file->text = NULL;
}

/* Reads the open file into memory of its own: a mapping of it could be cut short. */
static bool read_open(int fd, struct sealed_file *out) {
  struct stat status;
  if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size > FILE_SIZE_MAX)
    return false;
  out->size = (size_t)status.st_size;
  char *text =
      mmap(NULL, out->size + 1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (text == MAP_FAILED)
    return false;
  out->text = text;
  for (size_t done = 0; done < out->size;) {
    ssize_t n = read(fd, text + done, out->size - done);
    if (n == 0 || (n < 0 && errno != EINTR))
      return false;
    done += n > 0 ? (size_t)n : 0;
  }
  size_t first = strlen(RIPPLE_SEALED_FIRST_LINE);
  return out->size >= first && memcmp(text, RIPPLE_SEALED_FIRST_LINE, first) == 0 &&
         text[out->size - 1] == '\n' && !memchr(text, 0, out->size);
}

/* False where there is a file that cannot be read, or is none of the agent's. */
static bool read_sealed(const struct ripple_gate *gate, struct sealed_file *out) {
  char name[PATH_MAX];
  *out = (struct sealed_file){NULL, 0};
  if (!name_file(gate, name))
    return true; /* the segment has a longer name */
  int fd = open(name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (fd < 0)
    return errno == ENOENT;
  bool good = read_open(fd, out);
  close(fd);
  if (!good)
    free_file(out);
  return good;
}

/* The component of FILE at AT, which goes on to the next one; a name that the table does not know
 * means every request, as it does to the agent. False at the end. */
static bool next_component(const struct ripple_gate *gate, const struct sealed_file *file,
                           size_t *at, uint32_t *component) {
  if (!file->text || *at >= file->size)
    return false;
  char *line = file->text + *at;
  char *end = strchr(line, '\n');
  *end = 0; /* each has one: the text ends with it */
  *component = ripple_table_find(&gate->table, line);
  if (*component == gate->table.components)
    *component = 0;
  *end = '\n';
  *at = (size_t)(end - file->text) + 1;
  return true;
}

static bool says(const struct ripple_gate *gate, const struct sealed_file *file,
                 uint32_t component) {
  uint32_t found;
  for (size_t at = strlen(RIPPLE_SEALED_FIRST_LINE); next_component(gate, file, &at, &found);)
    if (found == component)
      return true;
  return false;
}

static void close_all(struct ripple_gate *gate) {
  for (uint32_t word = 0; word < gate->table.words; ++word)
    atomic_store(&gate->seals[word].opened, UINT64_MAX);
}

bool ripple_sealed_take(struct ripple_gate *gate) {
  struct sealed_file first, now;
  uint32_t component;
  bool good = read_sealed(gate, &first);
  for (size_t at = strlen(RIPPLE_SEALED_FIRST_LINE); next_component(gate, &first, &at, &component);)
    atomic_fetch_or(&gate->seals[component / 64].opened, (uint64_t)1 << (component % 64));
  if (!good)
    close_all(gate);
  if (!first.text)
    return good;
  good = read_sealed(gate, &now);
  for (size_t at = strlen(RIPPLE_SEALED_FIRST_LINE);
       good && next_component(gate, &first, &at, &component);)
    if (!says(gate, &now, component))
      atomic_fetch_and(&gate->seals[component / 64].opened, ~((uint64_t)1 << (component % 64)));
  free_file(&first);
  free_file(&now);
  return good;
}
