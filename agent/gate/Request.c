/*===- Request.c - Enter, retain, use, exit ------------------------------*- C -*-===*
 *
 * Part of Ripple, under the Apache License v2.0. See LICENSE.
 *
 * The only code that requests run. The order of the steps is what keeps a
 * component from being replaced under a request:
 *
 *   enter:  1 claim a record (one atomic step says: this kind is active)
 *           2 look whether a component of its set is sealed
 *   seal:   1 set the component's bit
 *           2 look at every record
 *
 * All four are sequentially consistent, so at least one of the two sees the
 * other. docs/internals/gate.md has the argument in full.
 *
 *===----------------------------------------------------------------------===*/
#include "agent/gate/GateInternal.h"

#include <errno.h>
#include <string.h>

#define NO_RECORD UINT32_MAX
#define POLL_NS 100000000u /* a lost wake is noticed after this */

/* A handle: a tag, the record's index and its generation. */
#define HANDLE_RECORD ((uint64_t)1 << 62)
#define HANDLE_OVERFLOW ((uint64_t)1 << 63)
#define HANDLE_INDEX_SHIFT 24u
/* A request without a record keeps its epoch in its handle. */
#define HANDLE_EPOCH_MASK (HANDLE_RECORD - 1u)

static const ripple_gate_handle no_handle = {0};

static bool is_overflow(ripple_gate_handle handle) { return (handle.value & HANDLE_OVERFLOW) != 0; }

static uint32_t set_of(const struct ripple_gate *gate, uint32_t kind) {
  return gate->table_ok ? ripple_table_kind(&gate->table, kind, RIPPLE_KIND_SET) : 0;
}

static bool has_bit(const uint64_t *bitmap, uint32_t bit) {
  return bitmap[bit / 64] >> (bit % 64) & 1;
}

static uint64_t closed_bits(const struct ripple_gate *gate, uint32_t word) {
  const struct ripple_seal_word *seal = &gate->seals[word];
  return atomic_load(&seal->sealed) | atomic_load(&seal->swapping) | atomic_load(&seal->opened);
}

/* Whether a component of SET is closed to new requests. */
static bool is_closed(const struct ripple_gate *gate, uint32_t set) {
  const uint64_t *bits = ripple_table_set(&gate->table, set);
  for (uint32_t word = 0; word < gate->table.words; ++word)
    if (closed_bits(gate, word) & bits[word])
      return true;
  return false;
}

/*===-- Records -----------------------------------------------------------===*/

/* Where this thread finds a free record, most likely the one that it had before. */
static uint32_t *hint_of(const struct ripple_gate *gate) {
  static _Atomic uint32_t threads;
  static _Thread_local uint32_t hint = UINT32_MAX;
  if (hint >= gate->records_max)
    hint = atomic_fetch_add_explicit(&threads, 1, memory_order_relaxed) % gate->records_max;
  return &hint;
}

static uint64_t active_word(uint64_t before, uint32_t kind) {
  uint64_t generation = (ripple_generation_of(before) + 1u) & RIPPLE_GENERATION_MASK;
  return generation << RIPPLE_GENERATION_SHIFT | (uint64_t)kind << RIPPLE_KIND_SHIFT |
         (uint64_t)1 << RIPPLE_CLAIMS_SHIFT | RIPPLE_RECORD_ACTIVE;
}

/* Makes RECORD active where it still is BEFORE. This is enter's half of the first pair. */
static bool claim(struct ripple_record *record, uint64_t before, uint64_t after) {
#ifdef RIPPLE_GATE_WITHOUT_FENCE
  /* For one test only, which shows that it would find this: each thread has a record of its own
   * there, and a plain store may pass the look at the seals that follows. */
  (void)before;
  atomic_store_explicit(&record->state, after, memory_order_release);
  return true;
#else
  return atomic_compare_exchange_strong_explicit(&record->state, &before, after,
                                                 memory_order_seq_cst, memory_order_relaxed);
#endif
}

/* Claims a record for KIND; NO_RECORD where all are taken. */
static uint32_t claim_record(struct ripple_gate *gate, uint32_t kind) {
  uint32_t *hint = hint_of(gate);
  uint32_t index = *hint;
  for (uint32_t tried = 0; tried < gate->records_max; ++tried) {
    struct ripple_record *record = &gate->records[index];
    uint64_t before = atomic_load_explicit(&record->state, memory_order_relaxed);
    if (ripple_state_of(before) == RIPPLE_RECORD_FREE &&
        claim(record, before, active_word(before, kind))) {
      *hint = index;
      return index;
    }
    if (++index == gate->records_max)
      index = 0;
  }
  return NO_RECORD;
}

/* Writes when the request began and whose it is, and then that this is so. */
static void describe(struct ripple_record *record, const char *session) {
  char text[RIPPLE_SESSION_SIZE] = {0};
  uint32_t words = 1;
  if (session) {
    size_t length = strnlen(session, sizeof text - 1);
    memcpy(text, session, length);
    words = (uint32_t)length / 8 + 1;
  }
  atomic_store_explicit(&record->start, ripple_now_coarse(), memory_order_relaxed);
  for (uint32_t i = 0; i < words; ++i) {
    uint64_t word;
    memcpy(&word, text + (size_t)i * 8, 8);
    atomic_store_explicit(&record->session[i], word, memory_order_relaxed);
  }
  uint64_t state = atomic_load_explicit(&record->state, memory_order_relaxed);
  atomic_store_explicit(&record->stamp, ripple_generation_of(state), memory_order_release);
}

/* The request of RECORD may run from now on. Its record is active already: either it reads the
 * epoch of a plug-in that is being phased in, or the gate's thread finds it with an earlier one. */
static void admit(struct ripple_gate *gate, struct ripple_record *record) {
  uint64_t epoch = atomic_load(&gate->segment->hot.epoch);
  atomic_store_explicit(&record->epoch, epoch, memory_order_relaxed);
}

static ripple_gate_handle handle_of(const struct ripple_gate *gate, uint32_t index) {
  uint64_t state = atomic_load_explicit(&gate->records[index].state, memory_order_relaxed);
  return (ripple_gate_handle){HANDLE_RECORD | (uint64_t)index << HANDLE_INDEX_SHIFT |
                              ripple_generation_of(state)};
}

/* The record of HANDLE with its word in WORD; NULL where it is no longer in STATE for that request.
 */
static struct ripple_record *record_in(struct ripple_gate *gate, ripple_gate_handle handle,
                                       uint64_t state, uint64_t *word) {
  uint64_t index = (handle.value & ~HANDLE_RECORD) >> HANDLE_INDEX_SHIFT;
  if (!(handle.value & HANDLE_RECORD) || index >= gate->records_max)
    return NULL;
  struct ripple_record *record = &gate->records[index];
  *word = atomic_load_explicit(&record->state, memory_order_acquire);
  bool current = ripple_state_of(*word) == state &&
                 ripple_generation_of(*word) == (handle.value & RIPPLE_GENERATION_MASK);
  return current ? record : NULL;
}

/* The record of HANDLE with its word in WORD; NULL where that request is over, or held. */
static struct ripple_record *record_of(struct ripple_gate *gate, ripple_gate_handle handle,
                                       uint64_t *word) {
  return record_in(gate, handle, RIPPLE_RECORD_ACTIVE, word);
}

static ripple_atomic_u64 *used_of(struct ripple_gate *gate, const struct ripple_record *record) {
  return gate->used + (size_t)(record - gate->records) * gate->table.words;
}

/*===-- Waiting -----------------------------------------------------------===*/

void ripple_signal(struct ripple_gate *gate) {
  struct ripple_hot *hot = &gate->segment->hot;
  if (atomic_load(&hot->waiting) == 0)
    return;
  atomic_store(&hot->waiting, 0);
  atomic_fetch_add(&hot->activity, 1);
  ripple_futex_wake(&hot->activity);
}

/* Waits until no component of SET is closed; false at DEADLINE. */
static bool await_open(struct ripple_gate *gate, uint32_t set, uint64_t deadline) {
  ripple_atomic_u32 *epoch = &gate->segment->hot.seal_epoch;
  for (;;) {
    uint32_t seen = atomic_load(epoch);
    if (!is_closed(gate, set))
      return true;
    uint64_t now = ripple_now();
    if (now >= deadline)
      return false;
    uint64_t left = deadline - now;
    ripple_futex_wait(epoch, seen, left < POLL_NS ? left : POLL_NS);
  }
}

static uint64_t deadline_of(const struct ripple_gate *gate) {
  return ripple_now() + (uint64_t)gate->hold_ms * 1000000u;
}

static void free_record(struct ripple_gate *gate, struct ripple_record *record, uint64_t word) {
  atomic_store(&record->state, (uint64_t)ripple_generation_of(word) << RIPPLE_GENERATION_SHIFT);
  ripple_signal(gate);
}

/* Makes RECORD held, so that it keeps nobody from going on. */
static void hold(struct ripple_gate *gate, struct ripple_record *record, uint64_t active) {
  atomic_store(&record->state, (active & ~(uint64_t)RIPPLE_STATE_MASK) | RIPPLE_RECORD_HELD);
  ripple_signal(gate);
}

/* The slow path of enter: RECORD was claimed and a component of its set is closed. It is held, and
 * made active again before each look. */
static int wait_to_enter(struct ripple_gate *gate, struct ripple_record *record, uint32_t set) {
  uint64_t active = atomic_load_explicit(&record->state, memory_order_relaxed);
  uint64_t deadline = deadline_of(gate);
  for (;;) {
    hold(gate, record, active);
    if (!await_open(gate, set, deadline)) {
      free_record(gate, record, active);
      return EBUSY;
    }
    atomic_store(&record->state, active);
    if (!is_closed(gate, set)) {
      admit(gate, record);
      return 0;
    }
  }
}

/*===-- Claims without a record -------------------------------------------===*/

/* Each counts as touching everything: it waits for any seal, and any seal waits for it. */
static int enter_overflow(struct ripple_gate *gate, uint64_t deadline) {
  struct ripple_hot *hot = &gate->segment->hot;
  atomic_fetch_add(&hot->overflow, 1);
  if (!is_closed(gate, 0))
    return 0;
  atomic_fetch_add(&hot->overflow_held, 1);
  atomic_fetch_sub(&hot->overflow, 1);
  ripple_signal(gate);
  bool open = await_open(gate, 0, deadline);
  atomic_fetch_sub(&hot->overflow_held, 1);
  return open ? EAGAIN : EBUSY;
}

/* Of a claim that was counted just now. */
static ripple_gate_handle overflow_handle(const struct ripple_gate *gate) {
  uint64_t epoch = atomic_load(&gate->segment->hot.epoch);
  return (ripple_gate_handle){HANDLE_OVERFLOW | (epoch & HANDLE_EPOCH_MASK)};
}

static void exit_overflow(struct ripple_gate *gate) {
  ripple_atomic_u64 *overflow = &gate->segment->hot.overflow;
  uint64_t count = atomic_load(overflow);
  while (count != 0 && !atomic_compare_exchange_weak(overflow, &count, count - 1)) {
  }
  ripple_signal(gate);
}

/*===-- The interface -----------------------------------------------------===*/

int ripple_gate_enter(ripple_gate *gate, uint32_t kind, const char *session,
                      ripple_gate_handle *handle) {
  uint64_t deadline = 0;
  *handle = no_handle;
  if (kind >= gate->table.kinds)
    kind = 0;
  for (;;) {
    uint32_t index = claim_record(gate, kind);
    if (index != NO_RECORD) {
      struct ripple_record *record = &gate->records[index];
      uint32_t set = set_of(gate, kind);
      bool closed = is_closed(gate, set);
      if (!closed)
        admit(gate, record);
      describe(record, session);
      int error = closed ? wait_to_enter(gate, record, set) : 0;
      if (error == 0)
        *handle = handle_of(gate, index);
      return error;
    }
    if (deadline == 0)
      deadline = deadline_of(gate);
    int error = enter_overflow(gate, deadline);
    if (error == 0)
      *handle = overflow_handle(gate);
    if (error != EAGAIN)
      return error;
  }
}

/* One look of a request without a record: they are not held between looks, but only counted while
 * they are active. */
static int try_overflow(struct ripple_gate *gate, ripple_gate_handle *handle) {
  struct ripple_hot *hot = &gate->segment->hot;
  atomic_fetch_add(&hot->overflow, 1);
  if (!is_closed(gate, 0)) {
    *handle = overflow_handle(gate);
    return 0;
  }
  exit_overflow(gate);
  return EAGAIN;
}

int ripple_gate_try_enter(ripple_gate *gate, uint32_t kind, const char *session,
                          ripple_gate_handle *handle) {
  uint64_t word;
  struct ripple_record *record = record_in(gate, *handle, RIPPLE_RECORD_HELD, &word);
  if (record) {
    word = (word & ~(uint64_t)RIPPLE_STATE_MASK) | RIPPLE_RECORD_ACTIVE;
    atomic_store(&record->state, word);
  } else if (handle->value != 0) {
    return EINVAL;
  } else {
    uint32_t index = claim_record(gate, kind < gate->table.kinds ? kind : 0);
    if (index == NO_RECORD)
      return try_overflow(gate, handle);
    *handle = handle_of(gate, index);
    record = &gate->records[index];
    word = atomic_load_explicit(&record->state, memory_order_relaxed);
    describe(record, session);
  }
  if (!is_closed(gate, set_of(gate, ripple_kind_of(word)))) {
    admit(gate, record);
    return 0;
  }
  hold(gate, record, word);
  return EAGAIN;
}

ripple_gate_handle ripple_gate_retain(ripple_gate *gate, ripple_gate_handle handle) {
  uint64_t word;
  struct ripple_record *record = record_of(gate, handle, &word);
  if (!record && !is_overflow(handle))
    return no_handle;
  while (record && ripple_claims_of(word) < RIPPLE_CLAIMS_MAX) {
    uint64_t more = (word + ((uint64_t)1 << RIPPLE_CLAIMS_SHIFT)) | RIPPLE_STATE_ASYNC;
    if (atomic_compare_exchange_weak(&record->state, &word, more))
      return handle;
  }
  atomic_fetch_add(&gate->segment->hot.overflow, 1);
  if (!record)
    return handle;
  uint64_t epoch = atomic_load_explicit(&record->epoch, memory_order_relaxed);
  return (ripple_gate_handle){HANDLE_OVERFLOW | (epoch & HANDLE_EPOCH_MASK)};
}

/* Ends the request of RECORD; false where its state was not WORD any more. */
static bool release(struct ripple_gate *gate, struct ripple_record *record, uint64_t word) {
  bool marked = atomic_load_explicit(&record->used, memory_order_relaxed) != 0;
  ripple_atomic_u64 *used = used_of(gate, record);
  for (uint32_t i = 0; marked && i < gate->table.words; ++i)
    atomic_store_explicit(&used[i], 0, memory_order_relaxed);
  atomic_store_explicit(&record->used, 0, memory_order_relaxed);
  /* Generations come round again. */
  if (atomic_load_explicit(&record->released, memory_order_relaxed) != 0)
    atomic_store_explicit(&record->released, 0, memory_order_relaxed);
  uint64_t free_word = (uint64_t)ripple_generation_of(word) << RIPPLE_GENERATION_SHIFT;
  if (atomic_compare_exchange_strong(&record->state, &word, free_word))
    return true;
  /* Somebody took a claim at this moment, against the rules; rather too much than too little. */
  for (uint32_t i = 0; marked && i < gate->table.words; ++i)
    atomic_store(&used[i], UINT64_MAX);
  atomic_store(&record->used, marked);
  return false;
}

void ripple_gate_exit(ripple_gate *gate, ripple_gate_handle handle) {
  uint64_t word;
  if (is_overflow(handle)) {
    exit_overflow(gate);
    return;
  }
  struct ripple_record *record;
  while ((record = record_of(gate, handle, &word)) != NULL) {
    bool last = ripple_claims_of(word) <= 1;
    uint64_t fewer = word - ((uint64_t)1 << RIPPLE_CLAIMS_SHIFT);
    if (!last && atomic_compare_exchange_strong(&record->state, &word, fewer))
      return;
    if (last && release(gate, record, word)) {
      ripple_signal(gate);
      return;
    }
  }
  record = record_in(gate, handle, RIPPLE_RECORD_HELD, &word);
  if (record) /* given up by who tried to enter */
    free_record(gate, record, word);
}

/* Marks COMPONENT as used by RECORD; where there are as many components, all of them. */
static void mark_used(struct ripple_gate *gate, struct ripple_record *record, uint32_t component) {
  ripple_atomic_u64 *used = used_of(gate, record);
  atomic_store(&record->used, 1);
  if (component < gate->table.components)
    atomic_fetch_or(&used[component / 64], (uint64_t)1 << (component % 64));
  for (uint32_t i = 0; component == gate->table.components && i < gate->table.words; ++i)
    atomic_store(&used[i], UINT64_MAX);
}

/* Whether COMPONENT, or the whole application, is closed; where there are as many components,
 * whether anything is. */
static bool is_component_closed(const struct ripple_gate *gate, uint32_t component) {
  if (component == gate->table.components)
    return is_closed(gate, 0);
  return (closed_bits(gate, component / 64) >> (component % 64) & 1) != 0;
}

static int await_component(struct ripple_gate *gate, uint32_t component) {
  ripple_atomic_u32 *epoch = &gate->segment->hot.seal_epoch;
  uint64_t deadline = 0;
  for (;;) {
    uint32_t seen = atomic_load(epoch);
    if (!is_component_closed(gate, component))
      return 0;
    uint64_t now = ripple_now();
    if (deadline == 0) {
      deadline = deadline_of(gate);
      ripple_signal(gate);
    }
    if (now >= deadline)
      return EBUSY;
    uint64_t left = deadline - now;
    ripple_futex_wait(epoch, seen, left < POLL_NS ? left : POLL_NS);
  }
}

/* Whether the request of RECORD, with WORD, has passed a release point of COMPONENT. */
static bool has_released(const struct ripple_gate *gate, const struct ripple_record *record,
                         uint64_t word, uint32_t component) {
  if (gate->table.points == 0)
    return false;
  uint64_t points = ripple_points_of(atomic_load(&record->released), word);
  return points != 0 &&
         (points & ripple_table_point_bit(&gate->table, ripple_kind_of(word), component)) != 0;
}

/* Whether the request of RECORD, with WORD, may use COMPONENT as far as its kind says; where there
 * are as many components, no. */
static bool lists(const struct ripple_gate *gate, const struct ripple_record *record, uint64_t word,
                  uint32_t component) {
  return component < gate->table.components &&
         has_bit(ripple_table_set(&gate->table, set_of(gate, ripple_kind_of(word))), component) &&
         !has_released(gate, record, word, component);
}

/* Whether RECORD says of its own that COMPONENT is used. */
static bool is_used(struct ripple_gate *gate, const struct ripple_record *record,
                    uint32_t component) {
  return atomic_load(&used_of(gate, record)[component / 64]) >> (component % 64) & 1;
}

/* The request of RECORD, with WORD, is about to use a component that its kind does not list. */
static int use_late(struct ripple_gate *gate, struct ripple_record *record, uint64_t word,
                    uint32_t component) {
  while (!(word & RIPPLE_STATE_LATE) &&
         !atomic_compare_exchange_weak(&record->state, &word, word | RIPPLE_STATE_LATE)) {
  }
  return await_component(gate, component);
}

int ripple_gate_use(ripple_gate *gate, ripple_gate_handle handle, const char *component) {
  uint64_t word;
  struct ripple_record *record = record_of(gate, handle, &word);
  if (!record) /* without a record it counts as touching everything already */
    return is_overflow(handle) ? 0 : EINVAL;
  uint32_t index = ripple_table_find(&gate->table, component);
  mark_used(gate, record, index);
  if (lists(gate, record, word, index))
    return 0;
  int error = use_late(gate, record, word, index);
  return error == 0 && index == gate->table.components ? ENOENT : error;
}

int ripple_gate_release(ripple_gate *gate, ripple_gate_handle handle, const char *component) {
  uint64_t word;
  struct ripple_record *record = record_of(gate, handle, &word);
  if (!record)
    return is_overflow(handle) ? ENOTSUP : EINVAL;
  uint32_t index = ripple_table_find(&gate->table, component);
  uint64_t bit = gate->table_ok && index < gate->table.components
                     ? ripple_table_point_bit(&gate->table, ripple_kind_of(word), index)
                     : 0;
  if (bit == 0)
    return ENOTSUP;
  if ((word & RIPPLE_STATE_ASYNC) || is_used(gate, record, index))
    return EBUSY;
  /* Only this request writes its word; one before it had another generation, and counts no more. */
  uint64_t before = atomic_load_explicit(&record->released, memory_order_relaxed);
  uint64_t generation = (uint64_t)ripple_generation_of(word) << RIPPLE_GENERATION_SHIFT;
  while (!atomic_compare_exchange_weak(&record->released, &before,
                                       generation | ripple_points_of(before, word) | bit)) {
  }
  ripple_signal(gate);
  return 0;
}

int ripple_request_uses(struct ripple_gate *gate, ripple_gate_handle handle, uint32_t component,
                        uint64_t *epoch, bool *late) {
  uint64_t word;
  struct ripple_record *record = record_of(gate, handle, &word);
  *late = false;
  if (!record) {
    *epoch = handle.value & HANDLE_EPOCH_MASK;
    return is_overflow(handle) ? 0 : EINVAL;
  }
  *epoch = atomic_load_explicit(&record->epoch, memory_order_relaxed);
  *late = component != 0 && !lists(gate, record, word, component);
  if (!*late || is_used(gate, record, component))
    return 0;
  mark_used(gate, record, component);
  return use_late(gate, record, word, component);
}

uint64_t ripple_users_of(struct ripple_gate *gate, uint32_t component,
                         bool (*wanted)(const void *context, uint64_t epoch), const void *context) {
  uint64_t users = 0;
  for (uint32_t i = 0; i < gate->records_max; ++i) {
    struct ripple_record *record = &gate->records[i];
    uint64_t word = atomic_load(&record->state);
    if (ripple_state_of(word) != RIPPLE_RECORD_ACTIVE)
      continue;
    bool uses = component == 0 || ripple_kind_of(word) >= gate->table.kinds ||
                lists(gate, record, word, component) || is_used(gate, record, component);
    users += uses && (!wanted || wanted(context, atomic_load(&record->epoch)));
  }
  /* After the records: a claim may move from its record to the count, and never back. */
  return users + atomic_load(&gate->segment->hot.overflow);
}
