/*===- Plugin.c - Opens, swaps and phases in plug-ins --------------------*- C -*-===*
 *
 * Part of Ripple, under the Apache License v2.0. See LICENSE.
 *
 * A swap: the plug-in's component is closed, no record uses it, the new file is
 * opened and started, the interface is published, the old one is stopped and
 * closed. The gate closes the component itself while it works, so that no agent
 * can open it too early.
 *
 * A plug-in is phased in beside the old one, and nothing is closed: requests that
 * are admitted from then on have the new one, those before it the old one, which
 * ends with the last of them.
 *
 * Everything that can fail comes before the interface is published, so a failure
 * leaves the old one.
 *
 *===----------------------------------------------------------------------===*/
#define _GNU_SOURCE
#include "agent/gate/GateInternal.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define CONFIRM_NS 20000000u /* requests that were just entering are gone after this */
#define STEP_NS 500000u

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

static void sleep_step(void) {
  struct timespec step = {0, STEP_NS};
  nanosleep(&step, NULL);
}

/*===-- Opening -----------------------------------------------------------===*/

/* What was opened for PLUGIN and is not in use. */
static void discard(struct plugin *plugin, const struct version *candidate) {
  if (candidate->object)
    ripple_version_close(plugin, candidate);
  else if (candidate->file >= 0)
    close(candidate->file);
}

/* Resolves PATH and opens its file, without loading it. */
static bool find_file(const char *path, struct version *out, char *message, size_t size) {
  char resolved[PATH_MAX] = "";
  memset(out, 0, sizeof *out);
  out->file = -1;
  bool found = realpath(path, resolved) != NULL;
  if (!found || strlen(resolved) >= RIPPLE_PATH_SIZE) {
    say(message, size, "%s: %s", path, found ? "too long" : strerror(errno));
    return false;
  }
  memcpy(out->path, resolved, strlen(resolved) + 1);
  out->file = open(out->path, O_RDONLY | O_CLOEXEC);
  if (out->file < 0) {
    say(message, size, "%s: %s", out->path, strerror(errno));
    return false;
  }
  ripple_elf_build_id(out->file, out->build_id);
  return true;
}

/* Whether OBJECT is that of a version that is loaded. */
static bool is_loaded(struct plugin *plugin, const void *object) {
  for (uint32_t i = 0; i < RIPPLE_VERSIONS_MAX; ++i)
    if (atomic_load(&plugin->versions[i].interface_) && plugin->versions[i].object == object)
      return true;
  return false;
}

/* Loads and starts CANDIDATE; its interface, or NULL. */
static void *load(struct plugin *plugin, struct version *candidate, char *message, size_t size) {
  candidate->object = dlopen(candidate->path, RTLD_NOW | RTLD_LOCAL);
  if (!candidate->object) {
    say(message, size, "%s cannot be loaded: %s", candidate->path, loader_error());
    return NULL;
  }
  if (is_loaded(plugin, candidate->object)) {
    dlclose(candidate->object);
    candidate->object = NULL;
    say(message, size,
        "%s is the file that is loaded already, changed in place or linked under "
        "another name; give each version a file of its own",
        candidate->path);
    return NULL;
  }
  char reason[RIPPLE_MESSAGE_SIZE / 2] = "";
  void *interface_ =
      plugin->given.start(candidate->object, plugin->given.context, reason, sizeof reason);
  if (!interface_)
    say(message, size, "%s did not start: %.200s", candidate->path,
        reason[0] ? reason : "no reason given");
  return interface_;
}

/*===-- The slot ----------------------------------------------------------===*/

static void copy_text(char *out, size_t size, const char *text) {
  size_t length = strnlen(text, size - 1);
  memcpy(out, text, length);
  memset(out + length, 0, size - length);
}

/* Says in the segment what is loaded, and MESSAGE; MORE generations have gone by. */
static void write_slot(struct ripple_gate *gate, uint32_t index, uint32_t more,
                       const char *message) {
  struct ripple_plugin_slot *slot = &gate->segment->plugins[index];
  const struct plugin *plugin = &gate->plugins[index];
  const struct version *newest = &plugin->versions[plugin->newest];
  atomic_fetch_add(&slot->version, 1);
  copy_text(slot->name, sizeof slot->name, plugin->name);
  slot->component = plugin->component;
  slot->generation += more;
  copy_text(slot->path, sizeof slot->path, newest->path);
  copy_text(slot->build_id, sizeof slot->build_id, newest->build_id);
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
  if (count == RIPPLE_PLUGINS_MAX) {
    say(message, message_size, "a gate has at most %u plug-ins", RIPPLE_PLUGINS_MAX);
    error = ENOSPC;
  } else {
    struct plugin *plugin = &gate->plugins[count];
    struct version first;
    uint32_t component = ripple_table_find(&gate->table, given->name);
    plugin->given = *given;
    plugin->component = component < gate->table.components ? component : 0;
    copy_text(plugin->name, sizeof plugin->name, given->name);
    void *interface_ = find_file(given->path, &first, message, message_size)
                           ? load(plugin, &first, message, message_size)
                           : NULL;
    if (interface_) {
      ripple_version_add(plugin, &first, interface_, 0);
      write_slot(gate, count, 1, "");
      atomic_store(&gate->plugin_count, count + 1);
      *index = count;
    } else {
      discard(plugin, &first);
      error = ENOEXEC;
    }
  }
  pthread_mutex_unlock(&gate->plugins_mutex);
  return error;
}

/*===-- In requests -------------------------------------------------------===*/

void *ripple_gate_plugin_get(ripple_gate *gate, uint32_t index) {
  if (index >= atomic_load_explicit(&gate->plugin_count, memory_order_acquire))
    return NULL;
  struct plugin *plugin = &gate->plugins[index];
  if (!atomic_load_explicit(&plugin->without_handle, memory_order_relaxed))
    atomic_store(&plugin->without_handle, true);
  /* The flag first: `retire` reads it after another interface is published. */
  return atomic_load(&plugin->published);
}

void *ripple_gate_plugin_of(ripple_gate *gate, ripple_gate_handle handle, uint32_t index) {
  if (index >= atomic_load_explicit(&gate->plugin_count, memory_order_acquire))
    return NULL;
  struct plugin *plugin = &gate->plugins[index];
  uint64_t epoch;
  bool late;
  if (ripple_request_uses(gate, handle, plugin->component, &epoch, &late) != 0)
    return NULL;
  /* One that nobody had counted on: it may have come while the gate's thread ends the version that
   * it would have. That one looks for it again, after it has said so. */
  while (late && atomic_load(&plugin->retiring))
    sleep_step();
  const struct version *version = ripple_version_for(plugin, epoch);
  return version ? atomic_load_explicit(&version->interface_, memory_order_acquire) : NULL;
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
  while ((*users = ripple_users_of(gate, component, NULL, NULL)) != 0 && ripple_now() < deadline)
    sleep_step();
  return *users == 0;
}

static void reopen_component(struct ripple_gate *gate, uint32_t component) {
  atomic_fetch_and(&gate->seals[component / 64].swapping, ~((uint64_t)1 << (component % 64)));
  atomic_fetch_add(&gate->segment->hot.seal_epoch, 1);
  ripple_futex_wake(&gate->segment->hot.seal_epoch);
}

/* Whether NEXT could be told apart from code that stays in memory. */
static bool is_apart_from_staying(const struct plugin *plugin, const struct version *next,
                                  char *message, size_t size) {
  char symbol[RIPPLE_NAME_SIZE];
  for (uint32_t i = 0; i < plugin->staying_count && i < RIPPLE_STAYING_MAX; ++i) {
    const struct staying *staying = &plugin->staying[i];
    if (ripple_is_same_file(staying->file, next->file)) /* its state is its own */
      return true;
    if (!ripple_elf_common_unique(staying->file, next->file, symbol, sizeof symbol))
      continue;
    say(message, size,
        "the code of %.250s stays in memory and defines the unique symbol %s too, so they would "
        "share its state; build the plug-in with -fno-gnu-unique, or restart the process",
        staying->path, symbol);
    return false;
  }
  if (plugin->staying_count <= RIPPLE_STAYING_MAX ||
      !ripple_elf_common_unique(next->file, next->file, symbol, sizeof symbol))
    return true;
  say(message, size,
      "the code of more than %u versions of %s stays in memory, and this one defines the unique "
      "symbol %s, whose state it might share; restart the process",
      RIPPLE_STAYING_MAX, plugin->name, symbol);
  return false;
}

/* Whether NEXT could be told apart from the versions that are loaded, and from those that were. */
static bool is_apart(struct plugin *plugin, const struct version *next, char *message,
                     size_t size) {
  char symbol[RIPPLE_NAME_SIZE];
  for (uint32_t i = 0; i < RIPPLE_VERSIONS_MAX; ++i) {
    const struct version *loaded = &plugin->versions[i];
    if (!atomic_load(&loaded->interface_) ||
        !ripple_elf_common_unique(loaded->file, next->file, symbol, sizeof symbol))
      continue;
    say(message, size,
        "both versions define the unique symbol %s, so they would share its state; "
        "build the plug-in with -fno-gnu-unique, or restart the process",
        symbol);
    return false;
  }
  return is_apart_from_staying(plugin, next, message, size);
}

/* Ends all versions of PLUGIN but KEPT, while nobody uses the component. False where the code of
 * one stays in memory; then OLD is where it is from. */
static bool end_others(struct plugin *plugin, const struct version *kept,
                       char old[RIPPLE_PATH_SIZE]) {
  bool gone = true;
  for (uint32_t i = 0; i < RIPPLE_VERSIONS_MAX; ++i) {
    struct version *version = &plugin->versions[i];
    if (version == kept || !atomic_load(&version->interface_) ||
        ripple_version_end(plugin, version))
      continue;
    gone = false;
    memcpy(old, version->path, RIPPLE_PATH_SIZE);
  }
  return gone;
}

/* Swaps while the component is closed. */
static enum ripple_swap_result swap_closed(struct plugin *plugin, struct version *next,
                                           char *message, size_t size) {
  char old[RIPPLE_PATH_SIZE];
  struct version *newest = &plugin->versions[plugin->newest];
  end_others(plugin, newest, old);
  if (!is_apart(plugin, next, message, size))
    return RIPPLE_SWAP_FAILED;
  void *interface_ = load(plugin, next, message, size);
  if (!interface_)
    return RIPPLE_SWAP_FAILED;
  ripple_version_add(plugin, next, interface_, atomic_load(&newest->since));
  if (end_others(plugin, &plugin->versions[plugin->newest], old))
    say(message, size, "%s is loaded", next->path);
  else
    say(message, size,
        "%s is loaded; the code of %s stays in memory, unused, until the process "
        "ends (something in it pins it)",
        next->path, old);
  return RIPPLE_SWAP_DONE;
}

static enum ripple_swap_result swap(struct ripple_gate *gate, uint32_t index, struct version *next,
                                    char *message, size_t size) {
  struct plugin *plugin = &gate->plugins[index];
  struct ripple_plugin_slot *slot = &gate->segment->plugins[index];
  if (!is_sealed(gate, plugin->component)) {
    say(message, size, "%s is not sealed", plugin->name);
    return RIPPLE_SWAP_BUSY;
  }
  uint64_t users;
  enum ripple_swap_result result = RIPPLE_SWAP_BUSY;
  atomic_store(&slot->state, RIPPLE_PLUGIN_SWAPPING);
  if (close_component(gate, plugin->component, &users))
    result = swap_closed(plugin, next, message, size);
  else
    say(message, size, "%llu active requests use %s", (unsigned long long)users, plugin->name);
  write_slot(gate, index, result == RIPPLE_SWAP_DONE, message);
  reopen_component(gate, plugin->component);
  return result;
}

/*===-- Phasing in --------------------------------------------------------===*/

/* Makes NEXT the newest for all requests that are admitted from now on. Requests read the epoch
 * after their record is active: either they read the new one, or ripple_plugins_retire finds them.
 */
static bool publish(struct ripple_gate *gate, struct plugin *plugin, const struct version *next,
                    void *interface_) {
  uint64_t epoch = atomic_load(&gate->segment->hot.epoch) + 1;
  if (!ripple_version_add(plugin, next, interface_, epoch))
    return false;
  atomic_store(&gate->segment->hot.epoch, epoch);
  return true;
}

static bool has_room(struct plugin *plugin) {
  for (uint32_t i = 0; i < RIPPLE_VERSIONS_MAX; ++i)
    if (!atomic_load(&plugin->versions[i].interface_))
      return true;
  return false;
}

static enum ripple_swap_result phase_in(struct ripple_gate *gate, uint32_t index,
                                        struct version *next, char *message, size_t size) {
  struct plugin *plugin = &gate->plugins[index];
  if (atomic_load(&plugin->without_handle)) {
    say(message, size,
        "this application asks for %s without saying for which request "
        "(ripple_gate_plugin_get), so a request could see two versions; it has to call "
        "ripple_gate_plugin_of, or the plug-in to be replaced without phaseIn",
        plugin->name);
    return RIPPLE_SWAP_FAILED;
  }
  ripple_plugins_retire(gate);
  if (!has_room(plugin)) {
    say(message, size, "%u versions of %s are loaded, since requests that use them have not ended",
        RIPPLE_VERSIONS_MAX, plugin->name);
    return RIPPLE_SWAP_BUSY;
  }
  struct version *loaded = ripple_version_of_file(plugin, next->file, next->build_id);
  if (loaded) { /* back to one that still serves requests */
    struct version again = *loaded;
    publish(gate, plugin, &again, atomic_load(&loaded->interface_));
    discard(plugin, next);
    next->file = -1;
  } else {
    void *interface_ =
        is_apart(plugin, next, message, size) ? load(plugin, next, message, size) : NULL;
    if (!interface_)
      return RIPPLE_SWAP_FAILED;
    publish(gate, plugin, next, interface_);
  }
  say(message, size, "%s is loaded for all requests from now on", next->path);
  write_slot(gate, index, 1, message);
  ripple_plugins_retire(gate);
  return RIPPLE_SWAP_DONE;
}

struct served {
  struct plugin *plugin;
  const struct version *by;
};

static bool is_served(const void *context, uint64_t epoch) {
  const struct served *served = context;
  return ripple_version_for(served->plugin, epoch) == served->by;
}

/* Ends VERSION where no request uses it or still may; how many do. */
static uint64_t retire(struct ripple_gate *gate, struct plugin *plugin, struct version *version) {
  const struct served served = {plugin, version};
  uint64_t users = ripple_users_of(gate, plugin->component, is_served, &served);
  /* Who asks without a handle may have any version. */
  if (users == 0 && atomic_load(&plugin->without_handle))
    return 1;
  if (users != 0)
    return users;
  /* Requests whose kind does not list the component show up only as they begin to use it: they do
   * that, then read `retiring`; this sets it, then looks again. */
  atomic_store(&plugin->retiring, true);
  users = ripple_users_of(gate, plugin->component, is_served, &served);
  if (users == 0)
    ripple_version_end(plugin, version);
  atomic_store(&plugin->retiring, false);
  return users;
}

/* Notes which requests have VERSION, which is of other code than the newest. */
static void note_earlier(struct plugin *plugin, const struct version *version,
                         struct ripple_epochs *epochs) {
  uint64_t since = atomic_load(&version->since);
  bool oldest = true; /* then it serves whoever is older, too */
  for (uint32_t i = 0; i < RIPPLE_VERSIONS_MAX; ++i)
    if (atomic_load(&plugin->versions[i].interface_) &&
        atomic_load(&plugin->versions[i].since) < since)
      oldest = false;
  since = oldest ? 0 : since;
  if (atomic_load(&epochs->until) == 0 || since < atomic_load(&epochs->from))
    atomic_store(&epochs->from, since);
  atomic_store(&epochs->until, atomic_load(&plugin->versions[plugin->newest].since));
}

bool ripple_plugins_retire(struct ripple_gate *gate) {
  bool some = false;
  for (uint32_t index = 0; index < atomic_load(&gate->plugin_count); ++index) {
    struct plugin *plugin = &gate->plugins[index];
    ripple_atomic_u64 *leaving = &gate->segment->leaving[index];
    struct ripple_epochs *earlier = &gate->segment->earlier[index];
    const void *newest = plugin->versions[plugin->newest].object;
    atomic_store(&earlier->until, 0);
    uint64_t others = 0; /* one more than the users of other code than the newest's */
    for (uint32_t i = 0; i < RIPPLE_VERSIONS_MAX; ++i) {
      struct version *version = &plugin->versions[i];
      if (i == plugin->newest || !atomic_load(&version->interface_))
        continue;
      bool other = version->object != newest;
      uint64_t users = retire(gate, plugin, version);
      some = some || users != 0;
      if (users == 0 || !other)
        continue;
      others += users + (others == 0);
      note_earlier(plugin, version, earlier);
    }
    bool changed = atomic_exchange(leaving, others) != others;
    if (changed && others == 0) {
      atomic_fetch_add(&gate->segment->hot.activity, 1);
      ripple_futex_wake(&gate->segment->hot.activity);
    }
  }
  return some;
}

/*===-- What the agent asks for -------------------------------------------===*/

enum ripple_swap_result ripple_plugin_swap(struct ripple_gate *gate, uint32_t index,
                                           const char *path, uint32_t mode, char *message,
                                           size_t size) {
  struct plugin *plugin = &gate->plugins[index];
  struct version next;
  enum ripple_swap_result result = RIPPLE_SWAP_FAILED;
  if (find_file(path, &next, message, size)) {
    const struct version *same = ripple_version_of_file(plugin, next.file, next.build_id);
    if (same && same->object == plugin->versions[plugin->newest].object) {
      say(message, size, "%s was loaded already", next.path);
      result = RIPPLE_SWAP_SAME;
    } else if (mode == RIPPLE_SWAP_PHASE_IN) {
      result = phase_in(gate, index, &next, message, size);
    } else {
      result = swap(gate, index, &next, message, size);
    }
  }
  if (result != RIPPLE_SWAP_DONE)
    discard(plugin, &next);
  return result;
}

void ripple_plugins_close(struct ripple_gate *gate) {
  uint32_t count = atomic_exchange(&gate->plugin_count, 0);
  for (uint32_t i = count; i-- > 0;) {
    struct plugin *plugin = &gate->plugins[i];
    atomic_store(&plugin->published, NULL);
    char old[RIPPLE_PATH_SIZE];
    end_others(plugin, NULL, old);
    for (uint32_t k = 0; k < plugin->staying_count && k < RIPPLE_STAYING_MAX; ++k)
      close(plugin->staying[k].file);
  }
}
