// RUN: %handlers --catalog %S/Inputs/kinds.yaml %s
// A row may lead to a table of further rows, by its name: these are named behind it. They used to be one with rows of
// the same name elsewhere.
typedef struct command_s {
  const char *name;
  void (*run)(void *);
  struct command_s *below;
} command_t;

static void get(void *c) {}
static void configGet(void *c) {}
static void configSet(void *c) {}
static void deepest(void *c) {}
static void help(void *c) {}

command_t lowest[] = {{"deepest", deepest}, {0}}; // handler: transaction config|more|deepest = deepest, by table
command_t config[] = {
    {"get", configGet}, // handler: transaction config|get = configGet, by table
    {"set", configSet}, // handler: transaction config|set = configSet, by table
    {"more", 0, lowest},
    {0}};
command_t shared[] = {{"help", help}, {0}}; // handler: transaction acl|help = help, by table; transaction list|help = help, by table
command_t alone[] = {{"get", help}}; // handler: transaction get = help + get, by table

command_t commands[] = {
    {"get", get},
    {"config", 0, config},
    {"acl", 0, .below = shared},
    {"list", 0, shared},
    {0}};

int main() { return 0; }
