// RUN: %handlers %s
// A module for Redis: commands are registered through pointers that the server sets.
typedef struct RedisModuleCtx RedisModuleCtx;
typedef struct RedisModuleString RedisModuleString;
typedef int (*RedisModuleCmdFunc)(RedisModuleCtx *ctx, RedisModuleString **argv, int argc);
typedef int (*RedisModuleNotificationFunc)(RedisModuleCtx *ctx, int type, const char *event);
int (*RedisModule_CreateCommand)(RedisModuleCtx *ctx, const char *name, RedisModuleCmdFunc cmdfunc,
                                 const char *strflags, int firstkey, int lastkey, int keystep);
int (*RedisModule_SubscribeToKeyspaceEvents)(RedisModuleCtx *ctx, int types,
                                             RedisModuleNotificationFunc cb);

int (*RedisModule_RegisterBoolConfig)(RedisModuleCtx *ctx, const char *name, int normal, unsigned flags,
                                      int (*get)(const char *, void *), int (*set)(const char *, int, void *),
                                      int (*apply)(RedisModuleCtx *, void *), void *data);
static int getFlag(const char *name, void *data) { return name && data; }
static int setFlag(const char *name, int value, void *data) { return name && data ? value : 0; }
static int get(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) { return ctx && argv ? argc : 0; }
static int set(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) { return ctx && argv ? argc : 1; }
static int changed(RedisModuleCtx *ctx, int type, const char *event) { return ctx && event ? type : 0; }

static int add(RedisModuleCtx *ctx, const char *name, RedisModuleCmdFunc command) {
  return RedisModule_CreateCommand(ctx, name, command, "", 1, 1, 1); // handler: transaction own.set = set, by redis
}
int RedisModule_OnLoad(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
  if (RedisModule_CreateCommand(ctx, "own.get", get, "readonly", 1, 1, 1) != 0) // handler: transaction own.get = get, by redis
    return 1;
  (*RedisModule_CreateCommand)(ctx, (const char *)argv, get, "", 1, 1, 1); // handler: transaction <dynamic> = get, by redis
  RedisModule_SubscribeToKeyspaceEvents(ctx, argc, changed); // handler: (every request) = changed, by redis
  RedisModule_RegisterBoolConfig(ctx, "flag", 1, 0, getFlag, // handler: (every request) = getFlag, by redis
                                 setFlag, // handler: (every request) = setFlag, by redis
                                 0, 0);
  return add(ctx, "own.set", set);
}
