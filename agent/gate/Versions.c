/*===- Versions.c - The versions of a plug-in that are loaded ------------*- C -*-===*
 *
 * Part of Ripple, under the Apache License v2.0. See LICENSE.
 *
 * Most of the time there is one. While a plug-in is phased in there are more,
 * each for the requests that were admitted since it was the newest: a request's
 * epoch decides, so it has the same version from its first look to its end.
 * Requests read the array while the gate's thread changes it; a version that
 * serves an active request is not changed.
 *
 *===----------------------------------------------------------------------===*/
#include "agent/gate/GateInternal.h"

#include <dlfcn.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct version *ripple_version_for(struct plugin *plugin, uint64_t epoch) {
  struct version *best = NULL, *oldest = NULL;
  uint64_t best_since = 0, oldest_since = 0;
  for (uint32_t i = 0; i < RIPPLE_VERSIONS_MAX; ++i) {
    struct version *version = &plugin->versions[i];
    if (!atomic_load_explicit(&version->interface_, memory_order_acquire))
      continue;
    uint64_t since = atomic_load_explicit(&version->since, memory_order_acquire);
    if (since <= epoch && (!best || since > best_since)) {
      best = version;
      best_since = since;
    }
    if (!oldest || since < oldest_since) {
      oldest = version;
      oldest_since = since;
    }
  }
  return best ? best : oldest;
}

bool ripple_version_add(struct plugin *plugin, const struct version *put, void *interface_,
                        uint64_t since) {
  for (uint32_t i = 0; i < RIPPLE_VERSIONS_MAX; ++i) {
    struct version *version = &plugin->versions[i];
    if (atomic_load(&version->interface_))
      continue;
    version->object = put->object;
    version->file = put->file;
    memcpy(version->path, put->path, sizeof version->path);
    memcpy(version->build_id, put->build_id, sizeof version->build_id);
    atomic_store(&version->since, since);
    atomic_store(&version->interface_, interface_);
    plugin->newest = i;
    atomic_store(&plugin->published, interface_);
    return true;
  }
  return false;
}

bool ripple_is_same_file(int first, int second) {
  struct stat one, two;
  return fstat(first, &one) == 0 && fstat(second, &two) == 0 && one.st_dev == two.st_dev &&
         one.st_ino == two.st_ino;
}

struct version *ripple_version_of_file(struct plugin *plugin, int fd, const char *build_id) {
  for (uint32_t i = 0; i < RIPPLE_VERSIONS_MAX; ++i) {
    struct version *version = &plugin->versions[i];
    if (atomic_load(&version->interface_) && ripple_is_same_file(version->file, fd) &&
        strcmp(version->build_id, build_id) == 0)
      return version;
  }
  return NULL;
}

/* Remembers VERSION, whose code stays in memory; or closes its file, where that has no unique
 * symbol or is known. */
static void remember(struct plugin *plugin, const struct version *version) {
  char symbol[RIPPLE_NAME_SIZE];
  bool known = !ripple_elf_common_unique(version->file, version->file, symbol, sizeof symbol);
  for (uint32_t i = 0; i < plugin->staying_count && i < RIPPLE_STAYING_MAX; ++i)
    known = known || ripple_is_same_file(plugin->staying[i].file, version->file);
  if (!known && plugin->staying_count < RIPPLE_STAYING_MAX) {
    struct staying *staying = &plugin->staying[plugin->staying_count++];
    staying->file = version->file;
    memcpy(staying->path, version->path, sizeof staying->path);
    return;
  }
  if (!known)
    plugin->staying_count = RIPPLE_STAYING_MAX + 1;
  close(version->file);
}

bool ripple_version_close(struct plugin *plugin, const struct version *version) {
  dlclose(version->object);
  void *left = dlopen(version->path, RTLD_NOW | RTLD_NOLOAD);
  if (left) {
    dlclose(left);
    remember(plugin, version);
  } else {
    close(version->file);
  }
  return left == NULL;
}

bool ripple_version_end(struct plugin *plugin, struct version *version) {
  void *interface_ = atomic_exchange(&version->interface_, NULL);
  for (uint32_t i = 0; i < RIPPLE_VERSIONS_MAX; ++i)
    if (atomic_load(&plugin->versions[i].interface_) &&
        plugin->versions[i].object == version->object)
      return true; /* that one has it now */
  if (plugin->given.stop)
    plugin->given.stop(interface_, plugin->given.context);
  return ripple_version_close(plugin, version);
}
