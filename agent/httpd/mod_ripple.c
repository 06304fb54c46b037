/*===- mod_ripple.c - The gate in Apache httpd ---------------------------*- C -*-===*
 *
 * Part of Ripple, under the Apache License v2.0. See LICENSE.
 *
 * Puts the gate before the applications of an httpd, which stay as they are.
 * Each child process has a gate, and so a segment, of its own; the parent, which
 * serves nobody, has none.
 *
 * A request enters before any other module sees it (post_read_request), by the
 * path that the client asked for. Rewriting, internal redirects and subrequests
 * may lead to other code, so the kind is found again where the path is final
 * (post_perdir_config, handler), and what is new is entered too. All of it is
 * left with the pool of the client's request: after the last byte was written
 * and the log was, on whatever thread that happens.
 *
 * A child whose gate cannot be opened ends: the agent would take the
 * application for idle while that child serves.
 *
 *===----------------------------------------------------------------------===*/
#include "agent/httpd/Rules.h"

#include <ap_mpm.h>
#include <apr_file_info.h>
#include <apr_strings.h>
#include <errno.h>
#include <http_config.h>
#include <http_core.h>
#include <http_log.h>
#include <http_protocol.h>
#include <http_request.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <util_cookies.h>

#define NAME_MAX_LENGTH 127 /* of an application */
#define RECORDS_MAX (1 << 20)
#define KINDS_MAX 8 /* of one client's request; the last place is for *other* */
#define RETRY_AFTER "1"

extern module AP_MODULE_DECLARE_DATA ripple_module;
APLOG_USE_MODULE(ripple);

/* The gate of one application in this process. */
struct opened {
  ripple_gate *gate; /* NULL: the process ends, and has closed it */
  apr_array_header_t *rules;
};

/* What the configuration says of one (virtual) server. */
struct settings {
  const char *application; /* NULL: not said; "": no gate */
  const char *table, *directory;
  const char *session_header, *session_cookie;
  int hold_ms, records_max; /* 0: the gate's default */
  apr_array_header_t *exempt;
  struct opened *opened; /* of this process; NULL: none */
};

/* One request of a client's, with its internal redirects and subrequests. */
struct visit {
  struct opened *opened;
  uint32_t kinds[KINDS_MAX];
  ripple_gate_handle handles[KINDS_MAX];
  int count;
  bool refused;
};

static struct settings *settings_of(const server_rec *server) {
  return ap_get_module_config(server->module_config, &ripple_module);
}

/*===-- Requests -----------------------------------------------------------===*/

static request_rec *client_request(request_rec *request) {
  while (request->main || request->prev)
    request = request->main ? request->main : request->prev;
  return request;
}

static apr_status_t leave(void *data) {
  struct visit *visit = data;
  while (visit->count > 0 && visit->opened->gate)
    ripple_gate_exit(visit->opened->gate, visit->handles[--visit->count]);
  return APR_SUCCESS;
}

static struct visit *visit_of(request_rec *request, struct opened *opened) {
  request_rec *first = client_request(request);
  struct visit *visit = ap_get_module_config(first->request_config, &ripple_module);
  if (!visit) {
    visit = apr_pcalloc(first->pool, sizeof *visit);
    visit->opened = opened;
    ap_set_module_config(first->request_config, &ripple_module, visit);
    /* The first cleanup of this pool is the last to run. */
    apr_pool_cleanup_register(first->pool, visit, leave, apr_pool_cleanup_null);
  }
  return visit;
}

/* Whether what VISIT has entered includes KIND; *other* includes everything. */
static bool includes(const struct visit *visit, uint32_t kind) {
  for (int i = 0; i < visit->count; ++i)
    if (visit->kinds[i] == kind || visit->kinds[i] == 0)
      return true;
  return false;
}

static bool is_exempt(const struct settings *settings, const char *path) {
  for (int i = 0; i < settings->exempt->nelts; ++i)
    if (strcmp(APR_ARRAY_IDX(settings->exempt, i, const char *), path) == 0)
      return true;
  return false;
}

static const char *session_of(request_rec *request, const struct settings *settings) {
  const char *session = NULL;
  if (settings->session_header)
    session = apr_table_get(request->headers_in, settings->session_header);
  if (!session && settings->session_cookie)
    ap_cookie_read(request, settings->session_cookie, &session, 0);
  return session;
}

/* Answers with a text of its own: an ErrorDocument may be of the code that is being replaced. */
static int refuse(request_rec *request, const struct opened *opened, uint32_t kind,
                  bool untouched) {
  struct ripple_gate_kind row = {.id = "the request"};
  ripple_gate_kind_at(opened->gate, kind, &row);
  const char *id = ap_escape_html(request->pool, row.id);
  const char *safe =
      untouched
          ? " Nothing of this request was run: it is safe to send it again, or to another server."
          : "";
  ap_custom_response(request, HTTP_SERVICE_UNAVAILABLE,
                     apr_psprintf(request->pool,
                                  "The server software that %s needs here is being replaced.%s\n",
                                  id, safe));
  apr_table_setn(request->err_headers_out, "Retry-After", RETRY_AFTER);
  return HTTP_SERVICE_UNAVAILABLE;
}

/* Enters the kind that REQUEST is with PATH, unless that is done. Waits while a component of it is
 * being replaced. */
static int enter(request_rec *request, const char *path) {
  const struct settings *settings = settings_of(request->server);
  struct opened *opened = settings->opened;
  if (!opened)
    return DECLINED;
  if (!opened->gate)
    return HTTP_SERVICE_UNAVAILABLE;
  struct visit *visit = visit_of(request, opened);
  if (visit->refused)
    return HTTP_SERVICE_UNAVAILABLE;
  if (is_exempt(settings, path))
    return DECLINED;
  uint32_t kind = ripple_rules_match(opened->rules, request->method, path);
  if (includes(visit, kind))
    return DECLINED;
  if (visit->count == KINDS_MAX - 1)
    kind = 0;
  int error = ripple_gate_enter(opened->gate, kind, session_of(request, settings),
                                &visit->handles[visit->count]);
  if (error != 0) {
    visit->refused = true;
    return refuse(request, opened, kind, visit->count == 0 && request == client_request(request));
  }
  visit->kinds[visit->count++] = kind;
  return DECLINED;
}

/* The path as httpd is going to decode it. What it makes of one that cannot be decoded is found
 * where the path is final. */
static int enter_at_start(request_rec *request) {
  char *path = apr_pstrdup(request->pool, request->uri);
  ap_unescape_url(path);
  ap_normalize_path(path, AP_NORMALIZE_NOT_ABOVE_ROOT | AP_NORMALIZE_MERGE_SLASHES);
  return enter(request, path);
}

static int enter_where_final(request_rec *request) { return enter(request, request->uri); }

/*===-- Processes ----------------------------------------------------------===*/

static bool is_same(const char *a, const char *b) {
  return a == b || (a && b && strcmp(a, b) == 0);
}

/* Whether the two can share one gate. */
static bool share_gate(const struct settings *a, const struct settings *b) {
  return is_same(a->application, b->application) && is_same(a->table, b->table) &&
         is_same(a->directory, b->directory) && a->hold_ms == b->hold_ms &&
         a->records_max == b->records_max;
}

static bool has_gate(const struct settings *settings) {
  return settings->application && settings->application[0];
}

/* The first server with the application that SERVER names; SERVER itself where there is none
 * before. */
static const server_rec *first_of(const server_rec *all, const server_rec *server) {
  while (all != server && !is_same(settings_of(all)->application, settings_of(server)->application))
    all = all->next;
  return all;
}

static apr_status_t close_gate(void *data) {
  struct opened *opened = data;
  ripple_gate *gate = opened->gate;
  opened->gate = NULL;
  ripple_gate_close(gate);
  return APR_SUCCESS;
}

static struct opened *open_gate(apr_pool_t *pool, const server_rec *server) {
  const struct settings *settings = settings_of(server);
  struct ripple_gate_options options = {.application = settings->application,
                                        .table = settings->table,
                                        .directory = settings->directory,
                                        .records_max = (uint32_t)settings->records_max,
                                        .hold_ms = (uint32_t)settings->hold_ms};
  /* Not in POOL: requests that are cleaned up after it still look here. */
  struct opened *opened = calloc(1, sizeof *opened);
  int error = opened ? ripple_gate_open(&options, &opened->gate) : ENOMEM;
  if (error != 0) {
    ap_log_error(APLOG_MARK, APLOG_CRIT, error, server,
                 "the gate of %s cannot be opened in %s; this process ends, since the agent could "
                 "not see its requests",
                 settings->application,
                 settings->directory ? settings->directory
                                     : "$RIPPLE_GATE_DIR or /run/ripple/gate");
    _exit(APEXIT_CHILDSICK);
  }
  opened->rules = ripple_rules_of(pool, opened->gate);
  apr_pool_cleanup_register(pool, opened, close_gate, apr_pool_cleanup_null);
  return opened;
}

static void open_gates(apr_pool_t *pool, server_rec *all) {
  for (server_rec *server = all; server; server = server->next) {
    struct settings *settings = settings_of(server);
    const server_rec *first = first_of(all, server);
    if (has_gate(settings))
      settings->opened = first == server ? open_gate(pool, server) : settings_of(first)->opened;
  }
}

/*===-- Configuration ------------------------------------------------------===*/

static void *make_settings(apr_pool_t *pool, server_rec *server) {
  (void)server;
  struct settings *settings = apr_pcalloc(pool, sizeof *settings);
  settings->exempt = apr_array_make(pool, 1, sizeof(const char *));
  return settings;
}

/* What a virtual server does not say is as for all. */
static void *merge_settings(apr_pool_t *pool, void *general, void *special) {
  const struct settings *base = general;
  const struct settings *own = special;
  struct settings *merged = apr_pcalloc(pool, sizeof *merged);
  merged->application = own->application ? own->application : base->application;
  merged->table = own->table ? own->table : base->table;
  merged->directory = own->directory ? own->directory : base->directory;
  merged->session_header = own->session_header ? own->session_header : base->session_header;
  merged->session_cookie = own->session_cookie ? own->session_cookie : base->session_cookie;
  merged->hold_ms = own->hold_ms ? own->hold_ms : base->hold_ms;
  merged->records_max = own->records_max ? own->records_max : base->records_max;
  merged->exempt = apr_array_append(pool, base->exempt, own->exempt);
  return merged;
}

static const char *set_application(cmd_parms *command, void *ignored, const char *name) {
  (void)ignored;
  if (strlen(name) > NAME_MAX_LENGTH || name[0] == '.' || strchr(name, '/'))
    return "RippleGate: give an application's name, at most 127 characters, no slash, no dot "
           "first; "
           "or \"off\"";
  settings_of(command->server)->application = ap_cstr_casecmp(name, "off") == 0 ? "" : name;
  return NULL;
}

static const char *set_table(cmd_parms *command, void *ignored, const char *file) {
  (void)ignored;
  const char *path = ap_server_root_relative(command->pool, file);
  apr_finfo_t found;
  if (!path || apr_stat(&found, path, APR_FINFO_TYPE, command->temp_pool) != APR_SUCCESS ||
      found.filetype != APR_REG)
    return apr_psprintf(command->pool,
                        "RippleGateTable: %s is no file; make it with `ripple analyze --format "
                        "gate`",
                        file);
  settings_of(command->server)->table = path;
  return NULL;
}

static const char *set_directory(cmd_parms *command, void *ignored, const char *name) {
  (void)ignored;
  const char *path = ap_server_root_relative(command->pool, name);
  apr_finfo_t found;
  if (!path || apr_stat(&found, path, APR_FINFO_TYPE, command->temp_pool) != APR_SUCCESS ||
      found.filetype != APR_DIR)
    return apr_psprintf(command->pool,
                        "RippleGateDirectory: %s is no directory; make it, writable for the user "
                        "that httpd's children run as",
                        name);
  settings_of(command->server)->directory = path;
  return NULL;
}

static const char *set_number(cmd_parms *command, const char *text, int most, int *out) {
  char *end = NULL;
  apr_int64_t number = apr_strtoi64(text, &end, 10);
  if (end == text || *end || number < 1 || number > most)
    return apr_psprintf(command->pool, "%s: \"%s\" is no number from 1 to %d", command->cmd->name,
                        text, most);
  *out = (int)number;
  return NULL;
}

static const char *set_hold(cmd_parms *command, void *ignored, const char *text) {
  (void)ignored;
  return set_number(command, text, 3600000, &settings_of(command->server)->hold_ms);
}

static const char *set_records(cmd_parms *command, void *ignored, const char *text) {
  (void)ignored;
  return set_number(command, text, RECORDS_MAX, &settings_of(command->server)->records_max);
}

static const char *set_header(cmd_parms *command, void *ignored, const char *name) {
  (void)ignored;
  settings_of(command->server)->session_header = name;
  return NULL;
}

static const char *set_cookie(cmd_parms *command, void *ignored, const char *name) {
  (void)ignored;
  settings_of(command->server)->session_cookie = name;
  return NULL;
}

static const char *add_exempt(cmd_parms *command, void *ignored, const char *path) {
  (void)ignored;
  if (path[0] != '/')
    return apr_psprintf(command->pool, "RippleGateExempt: \"%s\" is no path: begin it with /",
                        path);
  APR_ARRAY_PUSH(settings_of(command->server)->exempt, const char *) = path;
  return NULL;
}

static const command_rec commands[] = {
    AP_INIT_TAKE1("RippleGate", set_application, NULL, RSRC_CONF,
                  "the application that is served here, or off"),
    AP_INIT_TAKE1("RippleGateTable", set_table, NULL, RSRC_CONF,
                  "its table, made by `ripple analyze --format gate`"),
    AP_INIT_TAKE1("RippleGateDirectory", set_directory, NULL, RSRC_CONF,
                  "where segments live: the agent's gateDirectory"),
    AP_INIT_TAKE1("RippleGateHold", set_hold, NULL, RSRC_CONF,
                  "milliseconds that a request waits while its components are replaced"),
    AP_INIT_TAKE1("RippleGateRecords", set_records, NULL, RSRC_CONF,
                  "active requests of one process that are recorded singly"),
    AP_INIT_TAKE1("RippleGateSessionHeader", set_header, NULL, RSRC_CONF,
                  "header that names the client's session"),
    AP_INIT_TAKE1("RippleGateSessionCookie", set_cookie, NULL, RSRC_CONF,
                  "cookie that names the client's session"),
    AP_INIT_ITERATE("RippleGateExempt", add_exempt, NULL, RSRC_CONF,
                    "paths that never enter the gate"),
    {NULL}};

/* A process has one gate for each application, so all that name it must say the same of it. */
static int check_settings(apr_pool_t *pool, apr_pool_t *log, apr_pool_t *temporary,
                          server_rec *all) {
  (void)pool;
  (void)log;
  (void)temporary;
  for (const server_rec *server = all; server; server = server->next) {
    const server_rec *first = first_of(all, server);
    if (!has_gate(settings_of(server)) || share_gate(settings_of(first), settings_of(server)))
      continue;
    ap_log_error(APLOG_MARK, APLOG_ERR, 0, server,
                 "%s:%u: RippleGate %s has another table, directory, hold time or number of "
                 "records than in %s:%u: give both the same, or another application's name",
                 server->defn_name ? server->defn_name : "main server", server->defn_line_number,
                 settings_of(server)->application,
                 first->defn_name ? first->defn_name : "main server", first->defn_line_number);
    return HTTP_INTERNAL_SERVER_ERROR;
  }
  return OK;
}

static void register_hooks(apr_pool_t *pool) {
  (void)pool;
  ap_hook_check_config(check_settings, NULL, NULL, APR_HOOK_MIDDLE);
  ap_hook_child_init(open_gates, NULL, NULL, APR_HOOK_REALLY_FIRST);
  ap_hook_post_read_request(enter_at_start, NULL, NULL, APR_HOOK_REALLY_FIRST);
  ap_hook_post_perdir_config(enter_where_final, NULL, NULL, APR_HOOK_REALLY_FIRST);
  ap_hook_handler(enter_where_final, NULL, NULL, APR_HOOK_REALLY_FIRST);
}

module AP_MODULE_DECLARE_DATA ripple_module = {
    STANDARD20_MODULE_STUFF, NULL, NULL, make_settings, merge_settings, commands, register_hooks,
};
