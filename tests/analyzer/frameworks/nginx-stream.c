// REQUIRES: nginx-headers
// RUN: %handlers %s -- -I%S/Inputs/nginx -I/usr/share/nginx/src/src/core -I/usr/share/nginx/src/src/event -I/usr/share/nginx/src/src/event/modules -I/usr/share/nginx/src/src/os/unix -I/usr/share/nginx/src/src/stream
// A stream module of nginx with its own headers: the handler of a server, phases, filters.
#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_stream.h>

static ngx_stream_filter_pt next;

static void show(ngx_stream_session_t *s) { ngx_stream_finalize_session(s, NGX_STREAM_OK); }
static ngx_int_t allow(ngx_stream_session_t *s) { return s->received ? NGX_DECLINED : NGX_OK; }
static ngx_int_t filter(ngx_stream_session_t *s, ngx_chain_t *in, ngx_uint_t upstream) {
  return next(s, in, upstream);
}

static char *setShow(ngx_conf_t *cf, ngx_command_t *command, void *conf) {
  ngx_stream_core_srv_conf_t *server = ngx_stream_conf_get_module_srv_conf(cf, ngx_stream_core_module);
  server->handler = show; // handler: transaction show = show, by nginx
  return NGX_CONF_OK;
}

static ngx_int_t configure(ngx_conf_t *cf) {
  ngx_stream_core_main_conf_t *core = ngx_stream_conf_get_module_main_conf(cf, ngx_stream_core_module);
  ngx_stream_handler_pt *place = ngx_array_push(&core->phases[NGX_STREAM_ACCESS_PHASE].handlers);
  if (place == NULL)
    return NGX_ERROR;
  *place = allow; // handler: (every request) = allow, by nginx
  next = ngx_stream_top_filter;
  ngx_stream_top_filter = filter; // handler: (every request) = filter, by nginx
  return NGX_OK;
}

static ngx_command_t commands[] = {
    {ngx_string("show"), NGX_STREAM_SRV_CONF | NGX_CONF_NOARGS,
     setShow, // handler: (start-up) = setShow, by nginx
     0, 0, NULL},
    ngx_null_command,
};

static ngx_stream_module_t context = {
    NULL,
    configure, // handler: (start-up) = configure, by nginx
    NULL, NULL, NULL, NULL,
};

ngx_module_t own = {
    NGX_MODULE_V1, &context, commands, NGX_STREAM_MODULE, NULL, NULL, NULL,
    NULL, NULL, NULL, NULL, NGX_MODULE_V1_PADDING,
};
