// RUN: %handlers --catalog %S/Inputs/kinds.yaml %s
// Handlers that are stored in C: fields, aggregates, variables, elements; and what is none.
typedef int (*phase_handler_t)(void *);
typedef struct server_s {
  int size;
  struct {
    int level;
  } options;
  int (*on_request)(void *);
  int (*on_log)(void *);
  void (*on_start)(void);
} server_t;
typedef struct {
  server_t super;
  int more;
} derived_t;
typedef struct {
  int (*handler)(void *);
} request_t;
typedef void (*filter_t)(int);
extern filter_t top_filter;
static filter_t next_filter;
void *push(void *array);
void copy(void *to, const void *from, unsigned long size);

static int items(void *r) { return r != 0; }
static int orders(void *r) { return r != 0; }
static int fallback(void *r) { return r != 0; }
static void start(void) {}
static void filter(int level) { next_filter(level); }

server_t table = {1, {2}, items, 0, start}; // handler: transaction items = items, by store; (start-up) = start, by store
derived_t derived = {
    .super = {.on_log = orders}}; // handler: (every request) = orders, by store

static void own(server_t *server, int (*handler)(void *)) {
  server->on_request = handler; // handler: transaction fallback = fallback + orders, by store; transaction orders = orders, by store
}

int main(int count, char **words) {
  derived_t *made = (derived_t *)words;
  made->super.on_request = &items;
  server_t other = table;
  own(&other, orders);
  own(&other, count > 1 ? orders : fallback);
  other.on_request = 0;
  other.on_request = table.on_request; // it was registered there
  request_t request = {table.on_request}; // so it was
  request.handler = other.on_request;
  request.handler = other.on_log; // not understood: transaction <dynamic> = *, by store
  copy(&other.on_request, words, 8); // not understood: transaction <dynamic> = *, by store
  other.on_log = ((int (**)(void *))words)[1]; // not understood: (every request) = *, by store
  next_filter = top_filter;
  top_filter = filter; // handler: (every request) = filter, by store
  phase_handler_t *phase = push(words);
  *phase = fallback; // handler: (every request) = fallback, by store
  phase[1] = items; // handler: (every request) = items, by store
  int (*seen)(void *) = other.on_request;
  return seen(made);
}
