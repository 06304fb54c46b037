/*===- Plugin.c - Opens and swaps plug-ins -------------------------------*- C -*-===*
 *
 * Part of Ripple, under the Apache License v2.0. See LICENSE.
 *
 * A swap: the plug-in's component is closed, no record uses it, the new file is
 * opened and started, the interface is published, the old one is stopped and
 * closed. Everything that can fail comes before the interface is published, so
 * a failure leaves the old one. The gate closes the component itself while it
 * works, so that no agent can open it too early.
 *
 *===----------------------------------------------------------------------===*/
#define _GNU_SOURCE
#include "agent/gate/GateInternal.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define IDLE_NS 500000000u   /* the thread looks this often when nobody wakes it */
#define CONFIRM_NS 20000000u /* requests that were just entering are gone after this */
#define CONFIRM_STEP_NS 500000u

/* An opened object that is not yet, or no longer, in use. */
struct candidate {
  char path[PATH_MAX];
  char build_id[RIPPLE_BUILD_ID_SIZE];
  void *object;
  int file;
  void *interface_;
};

static void say(char *message, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void say(char *message, size_t size, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(message, size, format, arguments);
  va_end(arguments);
}

static const char *loader_error(void) {
  const char *error = dlerror();
  return error ? error : "no reason given";
}

/*===-- Opening -----------------------------------------------------------===*/

static void discard(struct candidate *candidate) {
  if (candidate->object)
    dlclose(candidate->object);
  if (candidate->file >= 0)
    close(candidate->file);
}

/* Resolves PATH and opens its file, without loading it. */
static bool find_file(const char *path, struct candidate *out, char *message, size_t size) {
  *out = (struct candidate){.file = -1};
  if (!realpath(path, out->path) || strlen(out->path) >= RIPPLE_PATH_SIZE) {
    say(message, size, "%s: %s", path, out->path[0] ? strerror(errno) : "too long");
    return false;
  }
  out->file = open(out->path, O_RDONLY | O_CLOEXEC);
  if (out->file < 0) {
    say(message, size, "%s: %s", out->path, strerror(errno));
    return false;
  }
  ripple_elf_build_id(out->file, out->build_id);
  return true;
}

static bool load(const struct plugin *plugin, struct candidate *candidate, char *message,
                 size_t size) {
  candidate->object = dlopen(candidate->path, RTLD_NOW | RTLD_LOCAL);
  if (!candidate->object) {
    say(message, size, "%s cannot be loaded: %s", candidate->path, loader_error());
    return false;
  }
  if (candidate->object == plugin->object) {
    say(message, size,
        "%s is the file that is loaded already, changed in place or linked under "
        "another name; give each version a file of its own",
        candidate->path);
    return false;
  }
  char reason[RIPPLE_MESSAGE_SIZE / 2] = "";
  candidate->interface_ =
      plugin->given.start(candidate->object, plugin->given.context, reason, sizeof reason);
  if (!candidate->interface_) {
    say(message, size, "%s did not start: %.200s", candidate->path,
        reason[0] ? reason : "no reason given");
    return false;
  }
  return true;
}

/*===-- The slot ----------------------------------------------------------===*/

static void copy_text(char *out, size_t size, const char *text) {
  size_t length = strnlen(text, size - 1);
  memcpy(out, text, length);
  memset(out + length, 0, size - length);
}

static void write_slot(struct ripple_gate *gate, uint32_t index, const struct candidate *now,
                       const char *message) {
  struct ripple_plugin_slot *slot = &gate->segment->plugins[index];
  const struct plugin *plugin = &gate->plugins[index];
  atomic_fetch_add(&slot->version, 1);
  copy_text(slot->name, sizeof slot->name, plugin->name);
  slot->component = plugin->component;
  if (now) {
    ++slot->generation;
    copy_text(slot->path, sizeof slot->path, now->path);
    copy_text(slot->build_id, sizeof slot->build_id, now->build_id);
  }
  copy_text(slot->message, sizeof slot->message, message);
  atomic_store(&slot->state, RIPPLE_PLUGIN_LOADED);
  atomic_fetch_add(&slot->version, 1);
}

int ripple_gate_plugin_add(ripple_gate *gate, const struct ripple_gate_plugin *given,
                           uint32_t *index, char *message, size_t message_size) {
  if (message_size > 0)
    message[0] = 0;
  if (!given->name || !given->path || !given->start || !given->name[0] ||
      strlen(given->name) >= RIPPLE_NAME_SIZE) {
    say(message, message_size, "a plug-in needs a name (of less than %u bytes), a path and start",
        RIPPLE_NAME_SIZE);
    return EINVAL;
  }
  pthread_mutex_lock(&gate->plugins_mutex);
  uint32_t count = atomic_load(&gate->plugin_count);
  int error = 0;
  struct candidate first = {.file = -1};
  if (count == RIPPLE_PLUGINS_MAX) {
    say(message, message_size, "a gate has at most %u plug-ins", RIPPLE_PLUGINS_MAX);
    error = ENOSPC;
  } else {
    struct plugin *plugin = &gate->plugins[count];
    uint32_t component = ripple_table_find(&gate->table, given->name);
    plugin->given = *given;
    plugin->object = NULL;
    plugin->component = component < gate->table.components ? component : 0;
    copy_text(plugin->name, sizeof plugin->name, given->name);
    if (find_file(given->path, &first, message, message_size) &&
        load(plugin, &first, message, message_size)) {
      plugin->object = first.object;
      plugin->file = first.file;
      atomic_store(&plugin->published, first.interface_);
      write_slot(gate, count, &first, "");
      atomic_store(&gate->plugin_count, count + 1);
      *index = count;
    } else {
      discard(&first);
      error = ENOEXEC;
    }
  }
  pthread_mutex_unlock(&gate->plugins_mutex);
  return error;
}

void *ripple_gate_plugin_get(ripple_gate *gate, uint32_t index) {
  if (index >= atomic_load_explicit(&gate->plugin_count, memory_order_acquire))
    return NULL;
  return atomic_load_explicit(&gate->plugins[index].published, memory_order_acquire);
}

/*===-- Swapping ----------------------------------------------------------===*/

static bool is_sealed(const struct ripple_gate *gate, uint32_t component) {
  uint64_t application = atomic_load(&gate->seals[0].sealed) & 1;
  uint64_t word = atomic_load(&gate->seals[component / 64].sealed);
  return application != 0 || (word >> (component % 64) & 1) != 0;
}

/* Closes the component until reopen. False where a request uses it; then it is open again. */
static bool close_component(struct ripple_gate *gate, uint32_t component, uint64_t *users) {
  ripple_atomic_u64 *word = &gate->seals[component / 64].swapping;
  atomic_fetch_or(word, (uint64_t)1 << (component % 64));
  /* Who is just entering shows up as active for a moment, and then sees the bit. */
  uint64_t deadline = ripple_now() + CONFIRM_NS;
  while ((*users = ripple_users_of(gate, component)) != 0 && ripple_now() < deadline) {
    struct timespec step = {0, CONFIRM_STEP_NS};
    nanosleep(&step, NULL);
  }
  return *users == 0;
}

static void reopen_component(struct ripple_gate *gate, uint32_t component) {
  atomic_fetch_and(&gate->seals[component / 64].swapping, ~((uint64_t)1 << (component % 64)));
  atomic_fetch_add(&gate->segment->hot.seal_epoch, 1);
  ripple_futex_wake(&gate->segment->hot.seal_epoch);
}

/* Puts NEXT in the place of what is loaded, and ends that. It cannot fail. */
static void replace(struct ripple_gate *gate, uint32_t index, struct candidate *next, char *message,
                    size_t size) {
  struct plugin *plugin = &gate->plugins[index];
  char old_path[RIPPLE_PATH_SIZE];
  memcpy(old_path, gate->segment->plugins[index].path, sizeof old_path);
  old_path[sizeof old_path - 1] = 0;
  void *old = atomic_load(&plugin->published);
  void *old_object = plugin->object;
  int old_file = plugin->file;
  plugin->object = next->object;
  plugin->file = next->file;
  atomic_store(&plugin->published, next->interface_);
  if (plugin->given.stop)
    plugin->given.stop(old, plugin->given.context);
  dlclose(old_object);
  close(old_file);
  void *left = dlopen(old_path, RTLD_NOW | RTLD_NOLOAD);
  if (left) {
    dlclose(left);
    say(message, size,
        "%s is loaded; the code of %s stays in memory, unused, until the process "
        "ends (something in it pins it)",
        next->path, old_path);
  } else {
    say(message, size, "%s is loaded", next->path);
  }
}

/* Swaps while the component is closed. */
static enum ripple_swap_result swap_closed(struct ripple_gate *gate, uint32_t index,
                                           struct candidate *next, char *message, size_t size) {
  struct plugin *plugin = &gate->plugins[index];
  char symbol[RIPPLE_NAME_SIZE];
  if (ripple_elf_common_unique(plugin->file, next->file, symbol, sizeof symbol)) {
    say(message, size,
        "both versions define the unique symbol %s, so they would share its state; "
        "build the plug-in with -fno-gnu-unique, or restart the process",
        symbol);
    return RIPPLE_SWAP_FAILED;
  }
  if (!load(plugin, next, message, size))
    return RIPPLE_SWAP_FAILED;
  replace(gate, index, next, message, size);
  return RIPPLE_SWAP_DONE;
}

static bool is_same_file(int first, int second) {
  struct stat one, two;
  return fstat(first, &one) == 0 && fstat(second, &two) == 0 && one.st_dev == two.st_dev &&
         one.st_ino == two.st_ino;
}

static enum ripple_swap_result swap(struct ripple_gate *gate, uint32_t index, const char *path,
                                    char *message, size_t size) {
  struct plugin *plugin = &gate->plugins[index];
  struct candidate next;
  if (!find_file(path, &next, message, size)) {
    discard(&next);
    return RIPPLE_SWAP_FAILED;
  }
  struct ripple_plugin_slot *slot = &gate->segment->plugins[index];
  if (is_same_file(next.file, plugin->file) && strcmp(next.build_id, slot->build_id) == 0) {
    say(message, size, "%s was loaded already", next.path);
    discard(&next);
    return RIPPLE_SWAP_SAME;
  }
  if (!is_sealed(gate, plugin->component)) {
    say(message, size, "%s is not sealed", plugin->name);
    discard(&next);
    return RIPPLE_SWAP_BUSY;
  }
  uint64_t users;
  enum ripple_swap_result result = RIPPLE_SWAP_BUSY;
  atomic_store(&slot->state, RIPPLE_PLUGIN_SWAPPING);
  if (close_component(gate, plugin->component, &users))
    result = swap_closed(gate, index, &next, message, size);
  else
    say(message, size, "%llu active requests use %s", (unsigned long long)users, plugin->name);
  write_slot(gate, index, result == RIPPLE_SWAP_DONE ? &next : NULL, message);
  reopen_component(gate, plugin->component);
  if (result != RIPPLE_SWAP_DONE)
    discard(&next);
  return result;
}

/*===-- The gate's own thread ---------------------------------------------===*/

static void answer(struct ripple_gate *gate, uint64_t request) {
  struct ripple_control *control = &gate->segment->control;
  char path[RIPPLE_PATH_SIZE];
  char message[RIPPLE_MESSAGE_SIZE] = "";
  uint32_t index = *(volatile uint32_t *)&control->plugin; /* read once: the agent may change it */
  memcpy(path, control->path, sizeof path);
  enum ripple_swap_result result = RIPPLE_SWAP_FAILED;
  pthread_mutex_lock(&gate->plugins_mutex);
  if (index >= atomic_load(&gate->plugin_count))
    say(message, sizeof message, "there is no plug-in %u", index);
  else if (!memchr(path, 0, sizeof path) || path[0] != '/')
    say(message, sizeof message, "a plug-in's path must be absolute");
  else
    result = swap(gate, index, path, message, sizeof message);
  control->result = (uint32_t)result;
  memcpy(control->message, message, sizeof message);
  atomic_store(&control->answer, request);
  pthread_mutex_unlock(&gate->plugins_mutex);
  atomic_fetch_add(&gate->segment->hot.activity, 1);
  ripple_futex_wake(&gate->segment->hot.activity);
}

static void *run(void *argument) {
  struct ripple_gate *gate = argument;
  struct ripple_control *control = &gate->segment->control;
  while (!atomic_load(&gate->ending)) {
    uint32_t word = atomic_load(&control->word);
    uint64_t request = atomic_load(&control->request);
    if (request != 0 && request != atomic_load(&control->answer))
      answer(gate, request);
    else if (!atomic_load(&gate->ending))
      ripple_futex_wait(&control->word, word, IDLE_NS);
  }
  return NULL;
}

int ripple_thread_start(struct ripple_gate *gate) {
  /* The application's signals are for its own threads. */
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int error = pthread_create(&gate->thread, NULL, run, gate);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  gate->thread_runs = error == 0;
  if (error == 0)
    pthread_setname_np(gate->thread, "ripple-gate");
  return error;
}

void ripple_thread_end(struct ripple_gate *gate) {
  if (!gate->thread_runs)
    return;
  atomic_store(&gate->ending, true);
  atomic_fetch_add(&gate->segment->control.word, 1);
  ripple_futex_wake(&gate->segment->control.word);
  pthread_join(gate->thread, NULL);
  gate->thread_runs = false;
}

void ripple_plugins_close(struct ripple_gate *gate) {
  uint32_t count = atomic_exchange(&gate->plugin_count, 0);
  for (uint32_t i = count; i-- > 0;) {
    struct plugin *plugin = &gate->plugins[i];
    void *interface_ = atomic_exchange(&plugin->published, NULL);
    if (plugin->given.stop)
      plugin->given.stop(interface_, plugin->given.context);
    dlclose(plugin->object);
    close(plugin->file);
  }
}
