// REQUIRES: nginx-headers
// RUN: %handlers %s -- -I%S/Inputs/nginx -I/usr/share/nginx/src/src/core -I/usr/share/nginx/src/src/event -I/usr/share/nginx/src/src/event/modules -I/usr/share/nginx/src/src/os/unix -I/usr/share/nginx/src/src/http -I/usr/share/nginx/src/src/http/modules
// A module of nginx with its own headers: a content handler, phases, filters.
#include <ngx_config.h>
// What nginx's headers need of each other, in their order.
#include <ngx_core.h>
#include <ngx_http.h>

static ngx_http_output_header_filter_pt nextHeader;
static ngx_http_output_body_filter_pt nextBody;

static ngx_int_t show(ngx_http_request_t *r) { return r->method == NGX_HTTP_GET ? NGX_OK : NGX_DECLINED; }
static ngx_int_t allow(ngx_http_request_t *r) { return r->method ? NGX_DECLINED : NGX_OK; }
static ngx_int_t header(ngx_http_request_t *r) { return nextHeader(r); }
static ngx_int_t body(ngx_http_request_t *r, ngx_chain_t *in) { return nextBody(r, in); }

static char *setShow(ngx_conf_t *cf, ngx_command_t *command, void *conf) {
  ngx_http_core_loc_conf_t *location = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);
  location->handler = show; // handler: transaction show = show, by nginx
  return NGX_CONF_OK;
}

static ngx_int_t configure(ngx_conf_t *cf) {
  ngx_http_core_main_conf_t *core = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);
  ngx_http_handler_pt *place = ngx_array_push(&core->phases[NGX_HTTP_ACCESS_PHASE].handlers);
  if (place == NULL)
    return NGX_ERROR;
  *place = allow; // handler: (every request) = allow, by nginx
  nextHeader = ngx_http_top_header_filter;
  ngx_http_top_header_filter = header; // handler: (every request) = header, by nginx
  nextBody = ngx_http_top_body_filter;
  ngx_http_top_body_filter = body; // handler: (every request) = body, by nginx
  return NGX_OK;
}

static ngx_command_t commands[] = {
    {ngx_string("show"), NGX_HTTP_LOC_CONF | NGX_CONF_NOARGS,
     setShow, // handler: (start-up) = setShow, by nginx
     0, 0, NULL},
    ngx_null_command,
};

static ngx_http_module_t context = {
    NULL,
    configure, // handler: (start-up) = configure, by nginx
    NULL, NULL, NULL, NULL, NULL, NULL,
};

ngx_module_t own = {
    NGX_MODULE_V1, &context, commands, NGX_HTTP_MODULE, NULL, NULL, NULL,
    NULL, NULL, NULL, NULL, NGX_MODULE_V1_PADDING,
};
