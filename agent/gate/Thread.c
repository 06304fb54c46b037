/*===- Thread.c - The gate's own thread ----------------------------------*- C -*-===*
 *
 * Part of Ripple, under the Apache License v2.0. See LICENSE.
 *
 * Does what the agent asks for in the segment's control words, and ends versions
 * of plug-ins that nobody uses any more.
 *
 *===----------------------------------------------------------------------===*/
#define _GNU_SOURCE
#include "agent/gate/GateInternal.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#define IDLE_NS 500000000u /* it looks this often when nobody wakes it */
#define RETIRE_NS 5000000u /* the same while earlier versions are loaded */

static void answer(struct ripple_gate *gate, uint64_t request) {
  struct ripple_control *control = &gate->segment->control;
  char path[RIPPLE_PATH_SIZE];
  char message[RIPPLE_MESSAGE_SIZE] = "";
  /* Read once: the agent may change them. */
  uint32_t index = *(volatile uint32_t *)&control->plugin;
  uint32_t mode = *(volatile uint32_t *)&control->mode;
  memcpy(path, control->path, sizeof path);
  enum ripple_swap_result result = RIPPLE_SWAP_FAILED;
  pthread_mutex_lock(&gate->plugins_mutex);
  if (index >= atomic_load(&gate->plugin_count))
    snprintf(message, sizeof message, "there is no plug-in %u", index);
  else if (!memchr(path, 0, sizeof path) || path[0] != '/')
    snprintf(message, sizeof message, "a plug-in's path must be absolute");
  else if (mode > RIPPLE_SWAP_PHASE_IN)
    snprintf(message, sizeof message, "there is no way %u to swap a plug-in", mode);
  else
    result = ripple_plugin_swap(gate, index, path, mode, message, sizeof message);
  control->result = (uint32_t)result;
  memcpy(control->message, message, sizeof message);
  atomic_store(&control->answer, request);
  pthread_mutex_unlock(&gate->plugins_mutex);
  atomic_fetch_add(&gate->segment->hot.activity, 1);
  ripple_futex_wake(&gate->segment->hot.activity);
}

static bool retire(struct ripple_gate *gate) {
  pthread_mutex_lock(&gate->plugins_mutex);
  bool left = ripple_plugins_retire(gate);
  pthread_mutex_unlock(&gate->plugins_mutex);
  return left;
}

static void *run(void *argument) {
  struct ripple_gate *gate = argument;
  struct ripple_control *control = &gate->segment->control;
  while (!atomic_load(&gate->ending)) {
    uint32_t word = atomic_load(&control->word);
    uint64_t request = atomic_load(&control->request);
    if (request != 0 && request != atomic_load(&control->answer)) {
      answer(gate, request);
      continue;
    }
    bool left = retire(gate);
    if (!atomic_load(&gate->ending))
      ripple_futex_wait(&control->word, word, left ? RETIRE_NS : IDLE_NS);
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
