// REQUIRES: httpd-headers
// RUN: %handlers %s -- -I/usr/include/apache2 -I/usr/include/apr-1.0
// A module of Apache httpd with its own headers: hooks, filters, directives, providers.
#include <httpd.h>
// What comes from the system's headers, in their order.
#include <http_config.h>
#include <http_protocol.h>
#include <http_request.h>
#include <ap_provider.h>
#include <mod_auth.h>
#include <mod_status.h>
#include <util_filter.h>

static int show(request_rec *r) { return r->handler ? OK : DECLINED; }
static int fallback(request_rec *r) { return r->handler ? OK : DECLINED; }
static int fix(request_rec *r) { return r->handler ? OK : DECLINED; }
static int configure(apr_pool_t *pool, apr_pool_t *log, apr_pool_t *temporary, server_rec *server) {
  return pool && log && temporary && server ? OK : DECLINED;
}
static void start(apr_pool_t *pool, server_rec *server) {}
static apr_status_t compress(ap_filter_t *filter, apr_bucket_brigade *brigade) {
  return ap_pass_brigade(filter->next, brigade);
}
static int begin(ap_filter_t *filter) { return filter ? OK : DECLINED; }
static apr_status_t count(ap_filter_t *filter, apr_bucket_brigade *brigade, ap_input_mode_t mode,
                          apr_read_type_e block, apr_off_t bytes) {
  return ap_get_brigade(filter->next, brigade, mode, block, bytes);
}
static const char *setLevel(cmd_parms *command, void *config, const char *word) { return 0; }
static void *createFolder(apr_pool_t *pool, char *folder) { return pool; }
static void *mergeFolder(apr_pool_t *pool, void *base, void *new) { return base; }
static void *createServer(apr_pool_t *pool, server_rec *server) { return pool; }
static authn_status check(request_rec *r, const char *user, const char *password) {
  return AUTH_DENIED;
}

static const authn_provider provider = {
    &check, // handler: (every request) = check, by httpd
    NULL,
};

static int report(request_rec *r, int flags) { return r && flags ? OK : DECLINED; }
static void add(int (*handler)(request_rec *)) {
  ap_hook_handler(handler, NULL, NULL, APR_HOOK_LAST); // handler: transaction fallback = fallback, by httpd
}

static void registerHooks(apr_pool_t *pool) {
  ap_hook_handler(show, NULL, NULL, APR_HOOK_MIDDLE); // handler: transaction show = show, by httpd
  add(fallback);
  ap_hook_fixups(fix, NULL, NULL, APR_HOOK_MIDDLE); // handler: (every request) = fix, by httpd
  ap_hook_post_config(configure, NULL, NULL, APR_HOOK_MIDDLE); // handler: (start-up) = configure, by httpd
  APR_OPTIONAL_HOOK(ap, status_hook, report, NULL, NULL, APR_HOOK_MIDDLE); // handler: (every request) = report, by httpd
  ap_hook_child_init(start, NULL, NULL, APR_HOOK_MIDDLE); // handler: (start-up) = start, by httpd
  ap_register_output_filter("COMPRESS", compress, begin, AP_FTYPE_RESOURCE); // handler: (every request) = compress, by httpd; (every request) = begin, by httpd
  ap_register_input_filter("COUNT", count, NULL, AP_FTYPE_RESOURCE); // handler: (every request) = count, by httpd
  ap_register_provider(pool, AUTHN_PROVIDER_GROUP, "own", AUTHN_PROVIDER_VERSION, &provider);
}

static const command_rec directives[] = {
    AP_INIT_TAKE1("Level", setLevel, NULL, RSRC_CONF, "how much"), // handler: (every request) = setLevel, by httpd
    {NULL},
};

AP_DECLARE_MODULE(own) = {
    STANDARD20_MODULE_STUFF,
    createFolder, // handler: (every request) = createFolder, by httpd
    mergeFolder, // handler: (every request) = mergeFolder, by httpd
    createServer, // handler: (start-up) = createServer, by httpd
    NULL,
    directives,
    registerHooks, // handler: (start-up) = registerHooks, by httpd
};
