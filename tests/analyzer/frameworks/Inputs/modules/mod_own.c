/* A module of Apache httpd: one handler, and what it does at the end of every request. */
#include <httpd.h>
/* httpd.h comes first. */
#include <expat.h>
#include <http_config.h>
#include <http_protocol.h>
#include <zlib.h>

static int show(request_rec *r) {
  if (strcmp(r->handler, "own") != 0)
    return DECLINED;
  ap_rputs(zlibVersion(), r);
  return OK;
}
static int record(request_rec *r) {
  XML_ParserFree(XML_ParserCreate(r->content_encoding));
  return OK;
}
static void add(apr_pool_t *pool) {
  ap_hook_handler(show, NULL, NULL, APR_HOOK_MIDDLE);
  ap_hook_log_transaction(record, NULL, NULL, APR_HOOK_MIDDLE);
}
AP_DECLARE_MODULE(own) = {STANDARD20_MODULE_STUFF, NULL, NULL, NULL, NULL, NULL, add};
