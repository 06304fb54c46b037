/*===- Gate.c - Open, close, fork, request kinds -------------------------*- C -*-===*
 *
 * Part of Ripple, under the Apache License v2.0. See LICENSE.
 *
 *===----------------------------------------------------------------------===*/
#define _GNU_SOURCE
#include "agent/gate/GateInternal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define DEFAULT_DIRECTORY "/run/ripple/gate"
#define DEFAULT_RECORDS 4096u
#define DEFAULT_HOLD_MS 10000u
#define TABLE_SIZE_MAX (256u << 20)
#define MADE_TABLE_SIZE 1024u
#define GATES_MAX 16u
#define FORK_STEP_NS 500000

/*===-- The gates of this process, for fork -------------------------------===*/

static pthread_mutex_t gates_mutex = PTHREAD_MUTEX_INITIALIZER;
static struct ripple_gate *gates[GATES_MAX];

static void init_mutex(pthread_mutex_t *mutex) {
  /* Recursive: a plug-in's start or stop, which run under it, may fork. */
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
  pthread_mutex_init(mutex, &attributes);
  pthread_mutexattr_destroy(&attributes);
}

/* With gates_mutex. False, and none of them, where another thread has one. */
static bool lock_plugins(void) {
  for (uint32_t i = 0; i < GATES_MAX; ++i) {
    if (!gates[i] || pthread_mutex_trylock(&gates[i]->plugins_mutex) == 0)
      continue;
    while (i-- > 0)
      if (gates[i])
        pthread_mutex_unlock(&gates[i]->plugins_mutex);
    return false;
  }
  return true;
}

/* Never waits with gates_mutex: who holds the other one may be about to fork, too. */
static void before_fork(void) {
  const struct timespec step = {0, FORK_STEP_NS};
  for (;;) {
    pthread_mutex_lock(&gates_mutex);
    if (lock_plugins())
      return;
    pthread_mutex_unlock(&gates_mutex);
    nanosleep(&step, NULL);
  }
}

static void after_fork_in_parent(void) {
  for (uint32_t i = GATES_MAX; i-- > 0;)
    if (gates[i])
      pthread_mutex_unlock(&gates[i]->plugins_mutex);
  pthread_mutex_unlock(&gates_mutex);
}

/* The one way left to tell a person; also between fork and exec. */
static void complain(const struct ripple_gate *gate, const char *what, const char *why,
                     const char *so) {
  const char *parts[] = {"ripple gate: ", gate->application, ": ", what, ": ", why, "; ", so, "\n"};
  for (size_t i = 0; i < sizeof parts / sizeof *parts; ++i)
    if (!parts[i] || write(STDERR_FILENO, parts[i], strlen(parts[i])) < 0)
      return;
}

static void take_sealed(struct ripple_gate *gate) {
  if (!ripple_sealed_take(gate))
    complain(gate, "its file " RIPPLE_SEALED_SUFFIX " cannot be read",
             "it is no file of the agent's, or not readable for this user",
             "requests wait until an agent has looked at this gate");
}

static void after_fork_in_child(void) {
  for (uint32_t i = 0; i < GATES_MAX; ++i) {
    if (!gates[i])
      continue;
    init_mutex(&gates[i]->plugins_mutex);
    gates[i]->thread_runs = false;
    int error = ripple_segment_fork(gates[i]);
    if (error == 0) {
      take_sealed(gates[i]);
      error = ripple_thread_start(gates[i]);
    }
    if (error != 0)
      complain(gates[i], "no segment of its own after fork", strerrorname_np(error),
               "the agent does not see this process's requests");
  }
  pthread_mutex_init(&gates_mutex, NULL);
}

static void register_fork(void) {
  pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
}

static int register_gate(struct ripple_gate *gate) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, register_fork);
  int error = ENOSPC;
  pthread_mutex_lock(&gates_mutex);
  for (uint32_t i = 0; i < GATES_MAX && error != 0; ++i) {
    if (!gates[i]) {
      gates[i] = gate;
      error = 0;
    }
  }
  pthread_mutex_unlock(&gates_mutex);
  return error;
}

static void unregister_gate(const struct ripple_gate *gate) {
  pthread_mutex_lock(&gates_mutex);
  for (uint32_t i = 0; i < GATES_MAX; ++i)
    if (gates[i] == gate)
      gates[i] = NULL;
  pthread_mutex_unlock(&gates_mutex);
}

/*===-- The table ---------------------------------------------------------===*/

static void *map_memory(size_t size) {
  void *bytes = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return bytes == MAP_FAILED ? NULL : bytes;
}

static bool read_all(int fd, char *out, size_t size) {
  for (size_t done = 0; done < size;) {
    ssize_t n = read(fd, out + done, size - done);
    if (n <= 0 && !(n < 0 && errno == EINTR))
      return false;
    done += n > 0 ? (size_t)n : 0;
  }
  return true;
}

/* Reads FILE into memory of the gate's own: the file may be replaced or cut short at any time. */
static enum ripple_table_state read_table(struct ripple_gate *gate, const char *file) {
  struct stat status;
  int fd = open(file, O_RDONLY | O_CLOEXEC);
  enum ripple_table_state state = RIPPLE_TABLE_BROKEN;
  if (fd >= 0 && fstat(fd, &status) == 0 && status.st_size > 0 &&
      status.st_size <= (off_t)TABLE_SIZE_MAX) {
    size_t size = (size_t)status.st_size;
    char *bytes = map_memory(size);
    if (bytes && read_all(fd, bytes, size) &&
        ripple_table_check(bytes, size, &gate->table) == NULL) {
      mprotect(bytes, size, PROT_READ);
      gate->table_memory = bytes;
      gate->table_memory_size = size;
      state = RIPPLE_TABLE_OK;
    } else if (bytes) {
      munmap(bytes, size);
    }
  }
  if (fd >= 0)
    close(fd);
  return state;
}

static bool fits_name(const char *name) {
  return name[0] && strlen(name) < RIPPLE_NAME_SIZE && name[0] != '.' && !strchr(name, '/');
}

static int make_table(struct ripple_gate *gate) {
  void *bytes = map_memory(MADE_TABLE_SIZE);
  if (!bytes)
    return ENOMEM;
  gate->table_memory = bytes;
  gate->table_memory_size = MADE_TABLE_SIZE;
  size_t size = ripple_table_make(gate->application, bytes, MADE_TABLE_SIZE);
  return ripple_table_check(bytes, size, &gate->table) == NULL ? 0 : EINVAL;
}

/* Reads the table, or makes one where there is none; names the application; says in STATE and
 * BUILD_ID what the table is to this process. */
static int take_table(struct ripple_gate *gate, const struct ripple_gate_options *options,
                      enum ripple_table_state *state, char build_id[RIPPLE_BUILD_ID_SIZE]) {
  const char *file = options->table ? options->table : getenv("RIPPLE_GATE_TABLE");
  *state = file && file[0] ? read_table(gate, file) : RIPPLE_TABLE_NONE;
  bool has_table = *state == RIPPLE_TABLE_OK;
  const char *name = options->application;
  if (!name)
    name = has_table ? gate->table.application : "";
  if (!fits_name(name))
    return EINVAL;
  memcpy(gate->application, name, strlen(name) + 1);
  ripple_program_build_id(build_id);
  if (!has_table)
    return make_table(gate);
  /* The application is the program, or an object that it has loaded: a server's module. */
  bool fits = ripple_is_loaded(gate->table.build_id);
  if (fits)
    memcpy(build_id, gate->table.build_id, strlen(gate->table.build_id) + 1);
  if (!fits || strcmp(gate->table.application, gate->application) != 0)
    *state = RIPPLE_TABLE_OTHER_BUILD;
  gate->table_ok = *state == RIPPLE_TABLE_OK;
  return 0;
}

/*===-- Request kinds -----------------------------------------------------===*/

static uint32_t hash_of(const char *id) {
  uint32_t hash = 2166136261u; /* FNV-1a */
  for (; *id; ++id)
    hash = (hash ^ (unsigned char)*id) * 16777619u;
  return hash;
}

static int index_kinds(struct ripple_gate *gate) {
  uint32_t size = 16;
  while (size < gate->table.kinds * 2u)
    size *= 2;
  gate->kind_index = calloc(size, sizeof *gate->kind_index);
  if (!gate->kind_index)
    return ENOMEM;
  gate->kind_index_mask = size - 1;
  for (uint32_t kind = 0; kind < gate->table.kinds; ++kind) {
    uint32_t at = hash_of(ripple_table_kind_text(&gate->table, kind, RIPPLE_KIND_ID)) & (size - 1);
    while (gate->kind_index[at])
      at = (at + 1) & (size - 1);
    gate->kind_index[at] = kind + 1;
  }
  return 0;
}

uint32_t ripple_gate_kind_count(const ripple_gate *gate) { return gate->table.kinds; }

int ripple_gate_kind_at(const ripple_gate *gate, uint32_t kind, struct ripple_gate_kind *out) {
  if (kind >= gate->table.kinds)
    return EINVAL;
  out->id = ripple_table_kind_text(&gate->table, kind, RIPPLE_KIND_ID);
  out->method = ripple_table_kind_text(&gate->table, kind, RIPPLE_KIND_METHOD);
  out->path = ripple_table_kind_text(&gate->table, kind, RIPPLE_KIND_PATH);
  out->match_order = ripple_table_kind(&gate->table, kind, RIPPLE_KIND_ORDER);
  return 0;
}

uint32_t ripple_gate_kind_of(const ripple_gate *gate, const char *id) {
  for (uint32_t at = hash_of(id) & gate->kind_index_mask; gate->kind_index[at];
       at = (at + 1) & gate->kind_index_mask) {
    uint32_t kind = gate->kind_index[at] - 1;
    if (strcmp(ripple_table_kind_text(&gate->table, kind, RIPPLE_KIND_ID), id) == 0)
      return kind;
  }
  return 0;
}

/*===-- Open and close ----------------------------------------------------===*/

static int choose_directory(struct ripple_gate *gate, const char *directory) {
  if (!directory || !directory[0])
    directory = getenv("RIPPLE_GATE_DIR");
  if (!directory || !directory[0])
    directory = DEFAULT_DIRECTORY;
  /* Absolute, so that a child of fork finds it from wherever it is. */
  return realpath(directory, gate->directory) ? 0 : errno;
}

static void dispose(struct ripple_gate *gate) {
  ripple_segment_close(gate);
  if (gate->table_memory)
    munmap(gate->table_memory, gate->table_memory_size);
  free(gate->kind_index);
  pthread_mutex_destroy(&gate->plugins_mutex);
  free(gate);
}

static int open_gate(struct ripple_gate *gate, const struct ripple_gate_options *options) {
  char build_id[RIPPLE_BUILD_ID_SIZE];
  enum ripple_table_state state;
  gate->records_max = options->records_max ? options->records_max : DEFAULT_RECORDS;
  gate->hold_ms = options->hold_ms ? options->hold_ms : DEFAULT_HOLD_MS;
  if (gate->records_max > RIPPLE_RECORDS_MAX)
    return EINVAL;
  int error = choose_directory(gate, options->directory);
  if (error == 0)
    error = take_table(gate, options, &state, build_id);
  if (error == 0)
    error = index_kinds(gate);
  if (error == 0)
    error = ripple_segment_open(gate, build_id, state);
  if (error != 0)
    gate->file[0] = 0; /* it is not ours, so it is not ours to remove */
  else
    take_sealed(gate);
  if (error == 0)
    error = ripple_thread_start(gate);
  if (error == 0)
    error = register_gate(gate);
  return error;
}

int ripple_gate_open(const struct ripple_gate_options *options, ripple_gate **out) {
  static const struct ripple_gate_options defaults;
  *out = NULL;
  struct ripple_gate *gate = calloc(1, sizeof *gate);
  if (!gate)
    return ENOMEM;
  gate->lock = -1;
  init_mutex(&gate->plugins_mutex);
  int error = open_gate(gate, options ? options : &defaults);
  if (error == 0) {
    *out = gate;
    return 0;
  }
  ripple_thread_end(gate);
  dispose(gate);
  return error;
}

void ripple_gate_close(ripple_gate *gate) {
  if (!gate)
    return;
  unregister_gate(gate);
  ripple_thread_end(gate);
  ripple_plugins_close(gate);
  dispose(gate);
}
