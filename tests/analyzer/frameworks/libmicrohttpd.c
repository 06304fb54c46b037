// REQUIRES: microhttpd-headers
// RUN: %handlers %s
// GNU libmicrohttpd with its own headers: the callback, and those among the variable arguments.
#include <microhttpd.h>

static enum MHD_Result answer(void *context, struct MHD_Connection *connection, const char *url, const char *method,
                              const char *version, const char *body, size_t *size, void **state) {
  return MHD_YES;
}
static enum MHD_Result accepts(void *context, const struct sockaddr *address, socklen_t size) { return MHD_YES; }
static void completed(void *context, struct MHD_Connection *connection, void **state,
                      enum MHD_RequestTerminationCode code) {}

int main(void) {
  struct MHD_Daemon *daemon = MHD_start_daemon( // handler: (every request) = accepts, by libmicrohttpd; transaction answer = answer, by libmicrohttpd
      MHD_USE_INTERNAL_POLLING_THREAD, 8080,
      accepts, 0,
      answer, 0,
      MHD_OPTION_NOTIFY_COMPLETED, completed, 0, // handler: (every request) = completed, by libmicrohttpd
      MHD_OPTION_END);
  MHD_stop_daemon(daemon);
  return 0;
}
