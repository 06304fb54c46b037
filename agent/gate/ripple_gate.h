/*===- ripple_gate.h - The gate: active requests, quiescence, plug-ins -*- C -*-===
 *
 * Part of Ripple, under the Apache License v2.0. See LICENSE.
 *
 * The gate is linked into an application. It records each active request, with
 * its request kind and the components that it may still use, in a segment of
 * shared memory that the agent on the same server reads; it holds back requests
 * that touch a component which is being replaced, before any of their code has
 * run; and it swaps plug-ins when the agent says so and nothing uses them.
 *
 * libc only. Nothing here throws, ends the program, or allocates after
 * ripple_gate_open. Every function may be called from any thread; none from a
 * signal handler. Functions that can fail return 0 or an errno value.
 *
 *===----------------------------------------------------------------------===*/
#ifndef RIPPLE_GATE_H
#define RIPPLE_GATE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Layout version of the shared segment. An agent refuses another major one. */
#define RIPPLE_GATE_LAYOUT_VERSION 1

typedef struct ripple_gate ripple_gate;

/* An active request's claim. A value: it may be passed to another thread. 0 is none. */
typedef struct ripple_gate_handle {
  uint64_t value;
} ripple_gate_handle;

struct ripple_gate_options {
  const char *application; /* NULL: the table's application name */
  const char *table;     /* file made by `ripple analyze --format gate`; NULL: $RIPPLE_GATE_TABLE */
  const char *directory; /* where segments live; NULL: $RIPPLE_GATE_DIR, else /run/ripple/gate */
  uint32_t records_max;  /* active requests at one time; 0: 4096. Beyond, requests are counted
                            as touching everything */
  uint32_t hold_ms;      /* how long an entering request waits at a sealed gate; 0: 10000 */
};

/* Opens the gate of this process: maps the table, makes the segment
 * DIRECTORY/APPLICATION.PID.gate and starts the gate's own thread. A table for another
 * build-id is not an error: every request then counts as touching everything, and the
 * segment says so. OPTIONS may be NULL. After fork, the child has a segment of its own. */
int ripple_gate_open(const struct ripple_gate_options *options, ripple_gate **gate);

/* Ends the gate's thread and removes the segment. No request may be active. */
void ripple_gate_close(ripple_gate *gate);

/* Request kinds, in the table's order: kind 0 is *other*, what no request kind matches, and
 * touches everything. The others are sorted by method order of precedence (match_order). */
struct ripple_gate_kind {
  const char *id;     /* "GET ~ ^/cart/(\\d+)$" */
  const char *method; /* "GET", "*" */
  const char *path;   /* as in the Components List */
  uint32_t match_order;
};
uint32_t ripple_gate_kind_count(const ripple_gate *gate);
int ripple_gate_kind_at(const ripple_gate *gate, uint32_t kind, struct ripple_gate_kind *out);
/* The kind of that id, or 0 (*other*) where the table has none. */
uint32_t ripple_gate_kind_of(const ripple_gate *gate, const char *id);

/* Begins a request of KIND. SESSION (at most 47 bytes are kept) names the client's session or
 * is NULL. Returns 0 and a handle; EBUSY where a component that it may use stayed sealed for
 * hold_ms: answer 503 then, nothing has run. Waits only in that case. */
int ripple_gate_enter(ripple_gate *gate, uint32_t kind, const char *session,
                      ripple_gate_handle *handle);

/* The same without waiting, for servers whose threads must not. HANDLE is 0 at first. EAGAIN where
 * a component that it may use is sealed: the request is held, none of it may run, and HANDLE names
 * it. Try again with that handle from time to time, until the answer is 0 or you give it up
 * (ripple_gate_exit). EINVAL where HANDLE is no held request's. */
int ripple_gate_try_enter(ripple_gate *gate, uint32_t kind, const char *session,
                          ripple_gate_handle *handle);

/* One more claim on the same request, for work that outlives the handler. Each claim is given
 * back by one ripple_gate_exit; the request is over with the last one. Once there are two, the
 * request counts as asynchronous. */
ripple_gate_handle ripple_gate_retain(ripple_gate *gate, ripple_gate_handle handle);

/* Gives a claim back, on any thread. A handle of 0, or of a request that is over, is ignored. */
void ripple_gate_exit(ripple_gate *gate, ripple_gate_handle handle);

/* Late acquisition: the request is about to use COMPONENT. The record says so from now on; where
 * its request kind does not list it, the record is marked late (the analyzer missed it). Returns
 * 0; EBUSY where the component stayed sealed for hold_ms (it must not be used then); ENOENT where
 * the table does not know it (the request then counts as touching everything). */
int ripple_gate_use(ripple_gate *gate, ripple_gate_handle handle, const char *component);

/* Early release: the request will not use COMPONENT any more, on no thread; nobody waits for it on
 * that account from now on. To be called at a release point, which the gate's table says is proven
 * for the request's kind. Returns 0; ENOTSUP where the table has no such point (then early release
 * is off, and nothing changes), EBUSY where the request is known to have used the component in
 * another way (ripple_gate_use) or has had more than one claim, EINVAL where it is over. A use that
 * comes all the same is a late one: it waits where the component is sealed. */
int ripple_gate_release(ripple_gate *gate, ripple_gate_handle handle, const char *component);

/* Plug-ins. The gate opens the shared object itself (RTLD_NOW | RTLD_LOCAL) and swaps it when
 * the agent asks for it; both happen on the gate's thread or in ripple_gate_plugin_add, never
 * in a request's thread. */
struct ripple_gate_plugin {
  const char *name; /* component id */
  const char *path; /* what to open first; may be a symlink, which is resolved before */
  /* Makes the interface from an opened object (dlsym, initialisation). Returns NULL and writes
   * MESSAGE on failure; the old one then stays. */
  void *(*start)(void *object, void *context, char *message, size_t message_size);
  /* Ends an interface before its object is closed; may be NULL. */
  void (*stop)(void *interface_, void *context);
  void *context;
};
int ripple_gate_plugin_add(ripple_gate *gate, const struct ripple_gate_plugin *plugin,
                           uint32_t *index, char *message, size_t message_size);

/* The interface of plug-in INDEX for the request of HANDLE: the same one from the request's first
 * call to its end, also where another version is phased in meanwhile. Valid while the request is
 * active. A request whose kind does not list the plug-in is noted as a late user of it, as by
 * ripple_gate_use. NULL where there is no such plug-in, where the request is over, or where it is a
 * late user and the plug-in stayed sealed for hold_ms. */
void *ripple_gate_plugin_of(ripple_gate *gate, ripple_gate_handle handle, uint32_t index);

/* The newest interface of plug-in INDEX; valid while the calling request is active. A plug-in that
 * was ever asked for in this way is not phased in (`phaseIn` of a change set), since the gate could
 * not tell for whom. */
void *ripple_gate_plugin_get(ripple_gate *gate, uint32_t index);

#ifdef __cplusplus
}
#endif

#endif
