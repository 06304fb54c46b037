/*===- Layout.h - The segment that gate and agent share ------------------*- C -*-===*
 *
 * Part of Ripple, under the Apache License v2.0. See LICENSE.
 *
 * One file for one process, DIRECTORY/APPLICATION.PID.gate, mapped by the gate
 * and by the agent. In C and in C++ it is the same bytes:
 *
 *   identity   who made this: the same place and form in every layout version
 *   counts     how long what follows is; the offsets follow from them
 *   earlier    for each plug-in, which requests have code of an earlier version
 *   hot words  seal epoch and waiter flag (read by every request)
 *              activity word, overflow counters (written by some)
 *   control    one request of the agent to swap a plug-in, and its answer
 *   leaving    for each plug-in, whether earlier versions are still loaded, and for whom
 *   plug-ins   RIPPLE_PLUGINS_MAX slots
 *   seals      one ripple_seal_word for 64 components
 *   records    records_max of them, each on cache lines of its own
 *   used       for each record one bit a component: known to be used
 *   table      the gate's table (docs/formats/gate-table.md), as the gate read it
 *
 * Who writes what: `sealed`, `draining`, `opened`, `waiting` and the request half of
 * control belong to the agent, all else to the gate. Each side treats what the
 * other writes as hostile. The memory ordering is argued in docs/internals/gate.md.
 *
 *===----------------------------------------------------------------------===*/
#ifndef RIPPLE_AGENT_GATE_LAYOUT_H
#define RIPPLE_AGENT_GATE_LAYOUT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#include <atomic>
typedef std::atomic<uint32_t> ripple_atomic_u32;
typedef std::atomic<uint64_t> ripple_atomic_u64;
static_assert(std::atomic<uint64_t>::is_always_lock_free, "shared memory needs it");
static_assert(std::atomic<uint32_t>::is_always_lock_free, "shared memory needs it");
#else
#include <assert.h>
#include <stdatomic.h>
typedef _Atomic uint32_t ripple_atomic_u32;
typedef _Atomic uint64_t ripple_atomic_u64;
static_assert(ATOMIC_LLONG_LOCK_FREE == 2, "shared memory needs it");
static_assert(ATOMIC_INT_LOCK_FREE == 2, "shared memory needs it");
#endif

#define RIPPLE_SEGMENT_MAGIC "RIPPLEGS"
#define RIPPLE_SEGMENT_MAJOR 1u
/* 1: `opened`; 2: plug-ins that are phased in; 3: who still has an earlier version; 4: early
 * release */
#define RIPPLE_SEGMENT_MINOR 4u
#define RIPPLE_SEGMENT_SUFFIX ".gate"

/* DIRECTORY/APPLICATION.sealed, written by the agent: what a gate that opens now finds sealed. This
 * line, and then one component a line. */
#define RIPPLE_SEALED_SUFFIX ".sealed"
#define RIPPLE_SEALED_FIRST_LINE "ripple.sealed 1\n"

#define RIPPLE_NAME_SIZE 128u     /* application, plug-in; with the final NUL */
#define RIPPLE_BUILD_ID_SIZE 136u /* hexadecimal, with the final NUL */
#define RIPPLE_BOOT_ID_SIZE 40u
#define RIPPLE_PATH_SIZE 1024u
#define RIPPLE_MESSAGE_SIZE 512u
#define RIPPLE_SESSION_SIZE 48u
#define RIPPLE_PLUGINS_MAX 16u
#define RIPPLE_RECORDS_MAX (1u << 20)
#define RIPPLE_COMPONENTS_MAX (1u << 16)
#define RIPPLE_KINDS_MAX (1u << 20)

/* What the gate's table is to this process. Anything but Ok: every request touches everything. */
enum ripple_table_state {
  RIPPLE_TABLE_OK = 0,
  RIPPLE_TABLE_NONE = 1,        /* none was given */
  RIPPLE_TABLE_OTHER_BUILD = 2, /* made for another binary */
  RIPPLE_TABLE_BROKEN = 3       /* cannot be read or is no table */
};

/* The same in every layout version, so that any agent can say whose segment it cannot read. */
struct ripple_identity {
  char magic[8];
  uint32_t layout_major;
  uint32_t layout_minor;
  int32_t pid;
  uint32_t reserved;
  uint64_t start_time; /* field 22 of /proc/PID/stat */
  char boot_id[RIPPLE_BOOT_ID_SIZE];
  char application[RIPPLE_NAME_SIZE];
  char build_id[RIPPLE_BUILD_ID_SIZE]; /* of the application's binary; "" where it has none */
};

struct ripple_counts {
  uint64_t segment_size;
  uint32_t table_state;
  uint32_t table_size;
  uint32_t records_max;
  uint32_t component_words; /* 64-bit words of a component bitmap, at least 1 */
  uint32_t hold_ms;
  uint32_t reserved;
};

/* Bit i of word w is component 64 w + i in the table's order; component 0 is the application. */
struct ripple_seal_word {
  ripple_atomic_u64 sealed;   /* agent: a request that touches it waits */
  ripple_atomic_u64 swapping; /* gate: the same, while it swaps a plug-in */
  ripple_atomic_u64 draining; /* agent: says why, changes nothing */
  /* Closed like `sealed`. The gate sets it as it opens, and takes back then what no longer holds;
   * afterwards only the agent changes it. */
  ripple_atomic_u64 opened;
};

/* A record's state word. Everything that matters for safety changes in one atomic step. */
#define RIPPLE_RECORD_FREE 0u
#define RIPPLE_RECORD_ACTIVE 1u
#define RIPPLE_RECORD_HELD 2u /* waits at a sealed gate: none of the request's code has run */
#define RIPPLE_STATE_MASK 0x3u
#define RIPPLE_STATE_ASYNC 0x4u /* had more than one claim at some time */
#define RIPPLE_STATE_LATE 0x8u  /* used a component that its kind does not list */
#define RIPPLE_CLAIMS_SHIFT 4u
#define RIPPLE_CLAIMS_MAX 0xffffu
#define RIPPLE_KIND_SHIFT 20u
#define RIPPLE_GENERATION_SHIFT 40u
#define RIPPLE_GENERATION_MASK 0xffffffu
#define RIPPLE_POINTS_MASK (((uint64_t)1 << RIPPLE_GENERATION_SHIFT) - 1u)

struct ripple_record {
  ripple_atomic_u64 state; /* generation:24 kind:20 claims:16 late:1 async:1 state:2 */
  ripple_atomic_u64 stamp; /* the state's generation, once start and session belong to it */
  ripple_atomic_u64 start; /* CLOCK_MONOTONIC_COARSE, ns */
  ripple_atomic_u64 used;  /* not 0: some word of `used` is not 0 */
  ripple_atomic_u64 epoch; /* of hot, read once the request was admitted: which plug-ins it uses */
  /* generation:24 points:40. Release points that the request of that generation has passed: bit i
   * is the i-th of its kind in the table. */
  ripple_atomic_u64 released;
  ripple_atomic_u64 session[RIPPLE_SESSION_SIZE / 8]; /* text, NUL-terminated */
  uint64_t padding[4];
};

enum ripple_plugin_state {
  RIPPLE_PLUGIN_NONE = 0,
  RIPPLE_PLUGIN_LOADED = 1,
  RIPPLE_PLUGIN_SWAPPING = 2
};

struct ripple_plugin_slot {
  ripple_atomic_u32 version; /* odd while the gate writes the rest */
  ripple_atomic_u32 state;
  uint32_t generation; /* 1 for what was opened first, one more with each swap */
  uint32_t component;  /* index in the table; 0 where the table does not know it */
  char name[RIPPLE_NAME_SIZE];
  char path[RIPPLE_PATH_SIZE]; /* resolved */
  char build_id[RIPPLE_BUILD_ID_SIZE];
  char message[RIPPLE_MESSAGE_SIZE]; /* what the last swap had to say */
};

enum ripple_swap_result {
  RIPPLE_SWAP_NONE = 0,
  RIPPLE_SWAP_DONE = 1,
  RIPPLE_SWAP_SAME = 2,  /* that file was loaded already */
  RIPPLE_SWAP_BUSY = 3,  /* not sealed, or a request uses it */
  RIPPLE_SWAP_FAILED = 4 /* the old one stays */
};

enum ripple_swap_mode {
  RIPPLE_SWAP_CLOSED = 0,  /* while the component is sealed and nothing uses it */
  RIPPLE_SWAP_PHASE_IN = 1 /* beside the old one, which serves the requests that began before */
};

struct ripple_control {
  ripple_atomic_u32 word;    /* futex: the gate's thread waits for it to change */
  uint32_t mode;             /* agent: enum ripple_swap_mode */
  ripple_atomic_u64 request; /* agent: written last; not 0 */
  ripple_atomic_u64 answer;  /* gate: the request that is answered, written last */
  uint32_t plugin;           /* agent: index of the slot */
  uint32_t result;           /* gate: enum ripple_swap_result */
  char path[RIPPLE_PATH_SIZE];
  char message[RIPPLE_MESSAGE_SIZE];
};

/* Ends the line that requests read; what is written often stands on other lines. */
struct ripple_hot {
  ripple_atomic_u32 seal_epoch; /* futex: changes when something is unsealed */
  ripple_atomic_u32 waiting;    /* not 0: the agent wants a wake at the next end of a request */
  ripple_atomic_u64 epoch;      /* gate: one more with each plug-in that was phased in */
  uint8_t line0[48];
  ripple_atomic_u32 activity; /* futex: changes when a request has ended or is held */
  uint8_t line1[60];
  ripple_atomic_u64 overflow;      /* claims without a record: each touches everything */
  ripple_atomic_u64 overflow_held; /* enters without a record that wait at a sealed gate */
  ripple_atomic_u32 closed;        /* not 0: the gate was closed, nothing follows */
  uint8_t line2[44];
};

/* Requests admitted in these epochs have other code of a plug-in than new ones get, as far as they
 * use it. `until` is 0 where there are none. Of more than two versions there may be others between
 * them that have the new code: for people to read, never to decide by. */
struct ripple_epochs {
  ripple_atomic_u64 from;
  ripple_atomic_u64 until;
};

struct ripple_segment {
  struct ripple_identity identity;
  struct ripple_counts counts;
  struct ripple_epochs earlier[RIPPLE_PLUGINS_MAX]; /* gate */
  uint8_t padding[640 - sizeof(struct ripple_identity) - sizeof(struct ripple_counts) -
                  RIPPLE_PLUGINS_MAX * sizeof(struct ripple_epochs)];
  struct ripple_hot hot;
  struct ripple_control control;
  /* gate: 0, or one more than the requests that earlier versions of the plug-in are loaded for */
  ripple_atomic_u64 leaving[RIPPLE_PLUGINS_MAX];
  uint8_t padding2[2560 - 640 - sizeof(struct ripple_hot) - sizeof(struct ripple_control) -
                   RIPPLE_PLUGINS_MAX * sizeof(ripple_atomic_u64)];
  struct ripple_plugin_slot plugins[RIPPLE_PLUGINS_MAX];
};

/* Where the parts of variable length stand. They follow from the counts alone. */
struct ripple_offsets {
  uint64_t seals;
  uint64_t records;
  uint64_t used;
  uint64_t table;
  uint64_t end;
};

static inline uint64_t ripple_align(uint64_t offset) { return (offset + 127u) & ~(uint64_t)127u; }

/* All counts are u32, so that nothing here can overflow. */
static inline struct ripple_offsets ripple_offsets_of(uint32_t component_words,
                                                      uint32_t records_max, uint32_t table_size) {
  struct ripple_offsets at;
  at.seals = ripple_align(sizeof(struct ripple_segment));
  at.records = ripple_align(at.seals + (uint64_t)component_words * sizeof(struct ripple_seal_word));
  at.used = ripple_align(at.records + (uint64_t)records_max * sizeof(struct ripple_record));
  at.table = ripple_align(at.used + (uint64_t)records_max * component_words * 8u);
  at.end = at.table + table_size;
  return at;
}

static inline uint32_t ripple_state_of(uint64_t word) { return (uint32_t)word & RIPPLE_STATE_MASK; }
static inline uint32_t ripple_claims_of(uint64_t word) {
  return (uint32_t)(word >> RIPPLE_CLAIMS_SHIFT) & RIPPLE_CLAIMS_MAX;
}
static inline uint32_t ripple_kind_of(uint64_t word) {
  return (uint32_t)(word >> RIPPLE_KIND_SHIFT) & (RIPPLE_KINDS_MAX - 1u);
}
static inline uint32_t ripple_generation_of(uint64_t word) {
  return (uint32_t)(word >> RIPPLE_GENERATION_SHIFT) & RIPPLE_GENERATION_MASK;
}
/* Of a record's word `released`: the points that count for the request with that state word. */
static inline uint64_t ripple_points_of(uint64_t released, uint64_t state) {
  return ripple_generation_of(released) == ripple_generation_of(state)
             ? released & RIPPLE_POINTS_MASK
             : 0;
}

static_assert(sizeof(ripple_atomic_u32) == 4 && sizeof(ripple_atomic_u64) == 8, "plain words");
static_assert(offsetof(struct ripple_identity, pid) == 16, "layout 1");
static_assert(offsetof(struct ripple_identity, start_time) == 24, "layout 1");
static_assert(offsetof(struct ripple_identity, application) == 72, "layout 1");
static_assert(offsetof(struct ripple_identity, build_id) == 200, "layout 1");
static_assert(sizeof(struct ripple_identity) == 336, "layout 1");
static_assert(sizeof(struct ripple_counts) == 32, "layout 1");
static_assert(sizeof(struct ripple_seal_word) == 32, "layout 1");
static_assert(sizeof(struct ripple_record) == 128, "layout 1");
static_assert(sizeof(struct ripple_hot) == 192, "layout 1");
static_assert(offsetof(struct ripple_hot, epoch) == 8, "layout 1");
static_assert(offsetof(struct ripple_hot, activity) == 64, "layout 1");
static_assert(offsetof(struct ripple_hot, overflow) == 128, "layout 1");
static_assert(sizeof(struct ripple_control) == 32 + 1024 + 512, "layout 1");
static_assert(sizeof(struct ripple_plugin_slot) == 16 + 128 + 1024 + 136 + 512, "layout 1");
static_assert(offsetof(struct ripple_segment, earlier) == 368, "layout 1");
static_assert(offsetof(struct ripple_segment, hot) == 640, "layout 1");
static_assert(offsetof(struct ripple_segment, control) == 832, "layout 1");
static_assert(offsetof(struct ripple_segment, leaving) == 2400, "layout 1");
static_assert(offsetof(struct ripple_segment, plugins) == 2560, "layout 1");

#endif
