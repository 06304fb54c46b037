// RUN: %handlers %s
// Tables of commands as Redis has had them, before version 7 and since.
typedef struct client {
  int argc;
} client;
typedef void redisCommandProc(client *c);
struct redisCommand;
typedef int redisGetKeysProc(struct redisCommand *command, int argc);
struct redisCommand {
  const char *name;
  const char *summary;
  redisCommandProc *proc;
  int arity;
  const char *flags;
  redisGetKeysProc *getkeys_proc;
  struct redisCommand *subcommands;
};
static void getCommand(client *c) { c->argc = 1; }
static void evalCommand(client *c) { c->argc = 2; }
static void configGetCommand(client *c) { c->argc = 3; }
static int evalKeys(struct redisCommand *command, int argc) { return command->arity + argc; }

static struct redisCommand configSubcommands[] = {
    {"get", "Reads the configuration.", configGetCommand, -3}, // handler: transaction config|get = configGetCommand, by redis
    {0},
};
struct redisCommand redisCommandTable[] = {
    {"get", 0, getCommand, 2, "rF"}, // handler: transaction get = getCommand, by redis
    {"eval", 0, evalCommand, -3, "s", evalKeys}, // handler: transaction eval = evalCommand + evalKeys, by redis
    {.name = "config", .subcommands = configSubcommands},
    {0},
};
int main(void) {
  client c = {0};
  redisCommandTable[0].proc(&c);
  return c.argc;
}
