//===- GuardedMemory.cpp - Touching memory that another may cut short -----===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/session/GuardedMemory.h"

#include <csetjmp>
#include <csignal>
#include <mutex>
#include <ucontext.h>

namespace {

thread_local sigjmp_buf *recovery = nullptr;
thread_local sigset_t maskBefore;
struct sigaction before;

void onBus(int signal, siginfo_t *info, void *context) {
  if (recovery) {
    maskBefore = static_cast<ucontext_t *>(context)->uc_sigmask;
    siglongjmp(*recovery, 1);
  }
  if ((before.sa_flags & SA_SIGINFO) && before.sa_sigaction) {
    before.sa_sigaction(signal, info, context);
    return;
  }
  // Not ours: the touch is repeated, and has the effect that it had before.
  sigaction(SIGBUS, &before, nullptr);
}

void install() {
  struct sigaction action = {};
  action.sa_sigaction = onBus;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigemptyset(&action.sa_mask);
  sigaction(SIGBUS, &action, &before);
}

} // namespace

bool ripple::agent::guarded(void (*body)(void *), void *context) {
  static std::once_flag once;
  std::call_once(once, install);
  sigjmp_buf here;
  // The mask is put back here and not by the jump: to save it each time costs a system call.
  if (sigsetjmp(here, 0) != 0) {
    recovery = nullptr;
    pthread_sigmask(SIG_SETMASK, &maskBefore, nullptr);
    return false;
  }
  recovery = &here;
  body(context);
  recovery = nullptr;
  return true;
}
