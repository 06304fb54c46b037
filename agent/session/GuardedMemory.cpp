//===- GuardedMemory.cpp - Touching memory that another may cut short -----===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/session/GuardedMemory.h"

#include <csetjmp>
#include <csignal>
#include <mutex>

namespace {

thread_local sigjmp_buf *recovery = nullptr;
struct sigaction before;

void onBus(int signal, siginfo_t *info, void *context) {
  if (recovery)
    siglongjmp(*recovery, 1);
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
  // Not masked in the handler, so that the jump need not restore the mask, which costs a call.
  action.sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK;
  sigemptyset(&action.sa_mask);
  sigaction(SIGBUS, &action, &before);
}

} // namespace

bool ripple::agent::guarded(void (*body)(void *), void *context) {
  static std::once_flag once;
  std::call_once(once, install);
  sigjmp_buf here;
  if (sigsetjmp(here, 0) != 0) {
    recovery = nullptr;
    return false;
  }
  recovery = &here;
  body(context);
  recovery = nullptr;
  return true;
}
