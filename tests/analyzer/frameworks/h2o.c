// REQUIRES: h2o-headers
// RUN: %handlers %s -- -DH2O_USE_LIBUV=0
// H2O with its own headers: handlers that are stored, through a function of the program's own too.
#include <h2o.h>

static int show(h2o_handler_t *self, h2o_req_t *request) { return self && request ? 0 : -1; }
static int list(h2o_handler_t *self, h2o_req_t *request) { return self && request ? 0 : -1; }
static void record(h2o_logger_t *self, h2o_req_t *request) {}

struct own_handler {
  h2o_handler_t super;
  int level;
};

static void add(h2o_hostconf_t *host, const char *path, int (*handler)(h2o_handler_t *, h2o_req_t *)) {
  h2o_pathconf_t *place = h2o_config_register_path(host, path, 0);
  h2o_handler_t *made = h2o_create_handler(place, sizeof(*made));
  made->on_req = handler; // handler: * /show/** = show, by h2o
}

int main(void) {
  h2o_globalconf_t configuration;
  h2o_config_init(&configuration);
  h2o_hostconf_t *host =
      h2o_config_register_host(&configuration, h2o_iovec_init(H2O_STRLIT("default")), 80);
  add(host, "/show", show);
  struct own_handler *made = (struct own_handler *)h2o_create_handler(&host->fallback_path, sizeof(*made));
  made->super.on_req = list; // handler: * <dynamic> = list, by h2o
  h2o_handler_t *direct = h2o_create_handler(h2o_config_register_path(host, "/list/", 0), sizeof(*direct));
  direct->on_req = list; // handler: * /list/** = list, by h2o
  h2o_logger_t *logger = h2o_create_logger(&host->fallback_path, sizeof(*logger));
  logger->log_access = record; // handler: (every request) = record, by h2o
  return 0;
}
