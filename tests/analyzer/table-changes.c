// RUN: %handlers --catalog %S/Inputs/kinds.yaml %s
// Rows of tables that are filled or changed after they are written. Bugs: what a row's field was set to, was lost; so was
// another key.
typedef struct {
  const char *name;
  int arity;
  void (*run)(void);
  int (*allowed)(void);
} command_t;
typedef struct {
  const char *name;
  void (*run)(void);
} entry_t;

static void get(void) {}
static void put(void) {}
static void drop(void) {}

static command_t commands[8] = {{"get", 1, get, 0}}; // handler: transaction get = get, by table
static int count = 1;
static entry_t namedTable[4];

static void add(const char *name, void (*run)(void)) {
  commands[count].name = name;
  commands[count++].run = run; // handler: transaction <dynamic> = put, by table
}
static void replace(command_t *command) {
  command->run = drop; // handler: transaction <dynamic> = drop, by table
  command->allowed = 0;
  command->run = commands[0].run; // it was registered there
}

static void rename(command_t *command) { command->name = "del"; } // not understood: transaction del = *, by table

int main(void) {
  add("put", put);
  rename(&commands[0]);
  replace(&commands[0]);
  namedTable[0] = (entry_t){"entry", get}; // handler: transaction entry = get, by table
  namedTable[1].run = put; // handler: transaction <dynamic> = put, by table
  entry_t *entry = &namedTable[2]; // not understood: transaction <dynamic> = *, by table
  entry->run = drop; // handler: transaction <dynamic> = drop, by table
  for (command_t *each = commands; each->name; ++each)
    each->run();
  return 0;
}
