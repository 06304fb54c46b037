// REQUIRES: microhttpd-headers
// RUN: %expect %s
// It returns at once and serves in threads of its own. Bug: what main does before counted for every
// request, too.
#include <microhttpd.h>

void a_use(void);
void b_use(void);

static enum MHD_Result answer(void *user, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *data,
                              size_t *size, void **state) {
  (void)user, (void)connection, (void)url, (void)method, (void)version, (void)data, (void)size, (void)state;
  return MHD_NO;
}

int main(void) {
  a_use();
  // transaction answer:
  struct MHD_Daemon *daemon = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD, 80, 0, 0, answer, 0, MHD_OPTION_END);
  b_use();
  MHD_stop_daemon(daemon);
}
// ambient: b libmicrohttpd-dev
// startup: a
