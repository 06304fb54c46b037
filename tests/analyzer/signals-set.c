// FLAGS: -D_GNU_SOURCE
// RUN: %expect %s
// What a structure of a library's is made with is the library's to call. Bug: a member of a union
// in it was lost, and so signal handlers in `struct sigaction sa = {.sa_handler = handler}`.
#include <signal.h>
#include <stdio.h>

void route(const char *path, void (*handler)(void));
void serve(void);
void a_use(void);
void b_use(void);

static void onTerm(int number) { (void)number, a_use(); }
static void onCrash(int number, siginfo_t *info, void *context) { (void)number, (void)info, (void)context, b_use(); }
static void show(void) { puts("x"); }

int main(void) {
  struct sigaction term = {.sa_handler = onTerm}, crash = {.sa_sigaction = onCrash, .sa_flags = SA_SIGINFO};
  sigaction(SIGTERM, &term, NULL);
  sigaction(SIGSEGV, &crash, NULL);
  route("/x", show); // GET /x: a? b?
  serve();
}
