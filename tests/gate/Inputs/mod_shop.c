/*===- mod_shop.c - An application in an httpd that knows no gate --------*- C -*-===*
 *
 * Part of Ripple, under the Apache License v2.0. See LICENSE.
 *
 *   /shop/price         what is in SERVERROOT/price
 *   /shop/slow/MS       answers after MS milliseconds
 *   /shop/stream        20 lines, one each 50 ms
 *   /shop/nested        /shop/slow/700, as a subrequest
 *   /shop/crash         kills its process
 *   /shop/orders        how long the body is that came
 *   /health             well
 *
 *===----------------------------------------------------------------------===*/
#include <httpd.h>

#include <apr_strings.h>
#include <apr_time.h>
#include <http_config.h>
#include <http_core.h>
#include <http_protocol.h>
#include <http_request.h>
#include <signal.h>
#include <string.h>

/* A signal, as a graceful restart sends, does not end it. */
static void rest(apr_int64_t ms) {
  apr_time_t end = apr_time_now() + apr_time_from_msec(ms);
  for (apr_time_t now = apr_time_now(); now < end; now = apr_time_now())
    apr_sleep(end - now);
}

static int price(request_rec *request) {
  char text[64] = "";
  apr_file_t *file;
  apr_size_t size = sizeof text - 1;
  const char *name = ap_server_root_relative(request->pool, "price");
  if (apr_file_open(&file, name, APR_READ, 0, request->pool) != APR_SUCCESS ||
      apr_file_read(file, text, &size) != APR_SUCCESS)
    return HTTP_INTERNAL_SERVER_ERROR;
  ap_rputs(text, request);
  return OK;
}

static int stream(request_rec *request) {
  for (int line = 1; line <= 20; ++line) {
    ap_rprintf(request, "line %d\n", line);
    if (ap_rflush(request) < 0)
      return OK;
    rest(50);
  }
  return OK;
}

static int nested(request_rec *request) {
  request_rec *inner = ap_sub_req_lookup_uri("/shop/slow/700", request, NULL);
  int status = inner->status == HTTP_OK ? ap_run_sub_req(inner) : inner->status;
  ap_destroy_sub_req(inner);
  return status;
}

static int orders(request_rec *request) {
  char part[4096];
  long length = 0, all = 0;
  int error = ap_setup_client_block(request, REQUEST_CHUNKED_DECHUNK);
  if (error != OK)
    return error;
  if (ap_should_client_block(request))
    while ((length = ap_get_client_block(request, part, sizeof part)) > 0)
      all += length;
  ap_rprintf(request, "ordered %ld\n", all);
  return length < 0 ? HTTP_BAD_REQUEST : OK;
}

static int handle(request_rec *request) {
  static const char slow[] = "/shop/slow/";
  ap_set_content_type(request, "text/plain");
  if (strncmp(request->uri, slow, sizeof slow - 1) == 0) {
    rest(apr_atoi64(request->uri + sizeof slow - 1));
    ap_rputs("slow\n", request);
    return OK;
  }
  if (strcmp(request->uri, "/shop/price") == 0)
    return price(request);
  if (strcmp(request->uri, "/shop/stream") == 0)
    return stream(request);
  if (strcmp(request->uri, "/shop/nested") == 0)
    return nested(request);
  if (strcmp(request->uri, "/shop/orders") == 0)
    return orders(request);
  if (strcmp(request->uri, "/shop/crash") == 0)
    raise(SIGKILL);
  if (strcmp(request->uri, "/health") == 0) {
    ap_rputs("well\n", request);
    return OK;
  }
  return DECLINED;
}

static void register_hooks(apr_pool_t *pool) {
  (void)pool;
  ap_hook_handler(handle, NULL, NULL, APR_HOOK_MIDDLE);
}

AP_DECLARE_MODULE(shop) = {
    STANDARD20_MODULE_STUFF, NULL, NULL, NULL, NULL, NULL, register_hooks,
};
