/*===- GateInternal.h - What the gate's files share ----------------------*- C -*-===*
 *
 * Part of Ripple, under the Apache License v2.0. See LICENSE.
 *
 *   Gate.c      open, close, fork, request kinds
 *   Segment.c   makes the segment; Table.c checks the table
 *   Sealed.c    what is sealed when the gate opens
 *   Request.c   enter, retain, use, exit: the only code that requests run
 *   Plugin.c    opens, swaps and phases in plug-ins; Elf.c looks into their files
 *   Versions.c  the versions of a plug-in that are loaded, and whom each serves
 *   Thread.c    the gate's own thread
 *   Process.c   who this process is
 *
 *===----------------------------------------------------------------------===*/
#ifndef RIPPLE_AGENT_GATE_GATEINTERNAL_H
#define RIPPLE_AGENT_GATE_GATEINTERNAL_H

#include "agent/gate/Layout.h"
#include "agent/gate/Table.h"
#include "agent/gate/ripple_gate.h"

#include <limits.h>
#include <pthread.h>
#include <stdbool.h>
#include <sys/types.h>

/* A version of a plug-in that is loaded. It serves the requests whose epoch is at least `since`,
 * and less than that of the next one; the oldest also those before. */
struct version {
  ripple_atomic_u64 since;
  void *_Atomic interface_; /* NULL: none; written last */
  void *object;             /* of dlopen */
  int file;                 /* the object's file, kept open to be looked into */
  char path[RIPPLE_PATH_SIZE];
  char build_id[RIPPLE_BUILD_ID_SIZE];
};

#define RIPPLE_VERSIONS_MAX 4u
#define RIPPLE_STAYING_MAX 4u

/* Code that stays in memory after its end, pinned by a unique symbol: one that defines the same
 * would share its state. */
struct staying {
  int file; /* kept open to be looked into */
  char path[RIPPLE_PATH_SIZE];
};

struct plugin {
  struct ripple_gate_plugin given;
  char name[RIPPLE_NAME_SIZE];
  uint32_t component; /* its bit; 0, the application, where the table has none */
  /* Of requests' threads: */
  void *_Atomic published;     /* the newest version's interface */
  _Atomic bool without_handle; /* ripple_gate_plugin_get was called: nobody knows for whom */
  _Atomic bool retiring;       /* a version is about to go: who uses it late waits for a moment */
  struct version versions[RIPPLE_VERSIONS_MAX]; /* in no order; two may share an object */
  /* Of the gate's thread, under plugins_mutex: */
  uint32_t newest;
  struct staying staying[RIPPLE_STAYING_MAX];
  uint32_t staying_count; /* one more where there was no place for another one */
};

struct ripple_gate {
  /* Read by every request; never written after open, but by fork in the child. */
  struct ripple_segment *segment;
  struct ripple_seal_word *seals;
  struct ripple_record *records;
  ripple_atomic_u64 *used; /* records_max times `table.words` */
  struct ripple_table table;
  bool table_ok; /* false: every request kind has set 0 */
  uint32_t records_max;
  uint32_t hold_ms;

  struct ripple_offsets offsets;
  char application[RIPPLE_NAME_SIZE];
  char directory[PATH_MAX];
  char file[PATH_MAX]; /* the segment's; "" where it has none (a child that could not make one) */
  int lock;            /* open file with a lock on the segment: says that this process has it */
  void *table_memory;
  size_t table_memory_size;
  uint32_t *kind_index; /* open hash table, ids to kinds + 1; 0 is empty */
  uint32_t kind_index_mask;

  pthread_t thread;
  bool thread_runs;
  _Atomic bool ending;
  pthread_mutex_t plugins_mutex;
  _Atomic uint32_t plugin_count;
  struct plugin plugins[RIPPLE_PLUGINS_MAX];
};

/* Process.c */
uint64_t ripple_start_time(void); /* of this process; 0 where /proc cannot be read */
void ripple_boot_id(char out[RIPPLE_BOOT_ID_SIZE]);
void ripple_program_build_id(char out[RIPPLE_BUILD_ID_SIZE]);
/* Whether the program, or an object that it has loaded, is of BUILD_ID. */
bool ripple_is_loaded(const char *build_id);
/* The GNU build-id in SIZE bytes of notes, in hexadecimal; "" where there is none. */
void ripple_build_id_of_notes(const void *notes, size_t size, char out[RIPPLE_BUILD_ID_SIZE]);
uint64_t ripple_now_coarse(void); /* CLOCK_MONOTONIC_COARSE, ns */
uint64_t ripple_now(void);        /* CLOCK_MONOTONIC, ns */

/* Segment.c: makes and maps the segment of this process; 0 or an errno value. In a child of fork
 * the new one takes the place of the parent's, at the same address. */
int ripple_segment_open(struct ripple_gate *gate, const char *build_id,
                        enum ripple_table_state state);
int ripple_segment_fork(struct ripple_gate *gate);
void ripple_segment_close(struct ripple_gate *gate);

/* Sealed.c: closes what the agent holds sealed for this application. To be called when the segment
 * has its name and before the first request. A file that is none of the agent's closes everything;
 * returns false then. An agent that runs puts that right within a moment. */
bool ripple_sealed_take(struct ripple_gate *gate);

/* Futex words in shared memory; a wait ends after TIMEOUT_NS too, and may end at any time. */
void ripple_futex_wait(ripple_atomic_u32 *word, uint32_t value, uint64_t timeout_ns);
void ripple_futex_wake(ripple_atomic_u32 *word);

/* Request.c */
/* Requests that use COMPONENT or may still use it; only those whose epoch WANTED says yes to, where
 * that is not NULL. A request without a record has no epoch, and counts. */
uint64_t ripple_users_of(struct ripple_gate *gate, uint32_t component,
                         bool (*wanted)(const void *context, uint64_t epoch), const void *context);
/* From now on HANDLE's request counts as a user of COMPONENT. Its epoch; LATE where its kind does
 * not list the component. 0, or EINVAL where the request is over, or EBUSY where the component
 * stayed closed. */
int ripple_request_uses(struct ripple_gate *gate, ripple_gate_handle handle, uint32_t component,
                        uint64_t *epoch, bool *late);
/* Tells an agent that waits, if one does. */
void ripple_signal(struct ripple_gate *gate);

/* Plugin.c: for the gate's thread, with plugins_mutex. */
/* What the agent asks for; MESSAGE says what came of it. */
enum ripple_swap_result ripple_plugin_swap(struct ripple_gate *gate, uint32_t index,
                                           const char *path, uint32_t mode, char *message,
                                           size_t size);
/* Ends earlier versions that nobody uses any more; whether some are left. */
bool ripple_plugins_retire(struct ripple_gate *gate);
void ripple_plugins_close(struct ripple_gate *gate);

/* Versions.c: of PLUGIN. */
/* Which of the versions serves a request of EPOCH. */
struct version *ripple_version_for(struct plugin *plugin, uint64_t epoch);
/* Makes PUT, which serves from SINCE on, the newest. False where there is no place for it. */
bool ripple_version_add(struct plugin *plugin, const struct version *put, void *interface_,
                        uint64_t since);
/* The loaded version of the file open as FD with that build-id; NULL if none. */
struct version *ripple_version_of_file(struct plugin *plugin, int fd, const char *build_id);
/* Closes VERSION's object, which has no interface, and its file. False where the code stays in
 * memory all the same. */
bool ripple_version_close(struct plugin *plugin, const struct version *version);
/* Ends VERSION, which serves nobody: stops and closes it, unless another one shares its object.
 * False where its code stays in memory all the same. */
bool ripple_version_end(struct plugin *plugin, struct version *version);

/* Thread.c */
int ripple_thread_start(struct ripple_gate *gate);
void ripple_thread_end(struct ripple_gate *gate);

/* Elf.c */
/* The build-id of the file open as FD; "" where it has none or is no ELF file. */
void ripple_elf_build_id(int fd, char out[RIPPLE_BUILD_ID_SIZE]);
/* Looks for a symbol of binding STB_GNU_UNIQUE that both files define: such code could never be
 * unloaded, and the new version would share the old one's state. True where there is one; then
 * its name is in SYMBOL. */
bool ripple_elf_common_unique(int first, int second, char *symbol, size_t size);
/* Whether both are open on the same file. */
bool ripple_is_same_file(int first, int second);

#endif
