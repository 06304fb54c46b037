/* A module of nginx: one handler, and a filter. */
#include <ngx_config.h>
/* ngx_config.h comes first. */
#include <ngx_core.h>
#include <ngx_http.h>
#include <zlib.h>

static ngx_http_output_header_filter_pt next;

static ngx_int_t show(ngx_http_request_t *r) {
  return zlibCompileFlags() ? ngx_http_send_header(r) : NGX_DECLINED;
}
static ngx_int_t filter(ngx_http_request_t *r) { return next(r); }
static char *setShow(ngx_conf_t *cf, ngx_command_t *command, void *conf) {
  ngx_http_core_loc_conf_t *location = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);
  location->handler = show;
  return NGX_CONF_OK;
}
static ngx_int_t configure(ngx_conf_t *cf) {
  next = ngx_http_top_header_filter;
  ngx_http_top_header_filter = filter;
  return cf ? NGX_OK : NGX_ERROR;
}
static ngx_command_t commands[] = {
    {ngx_string("show"), NGX_HTTP_LOC_CONF | NGX_CONF_NOARGS, setShow, 0, 0, NULL}, ngx_null_command};
static ngx_http_module_t context = {NULL, configure, NULL, NULL, NULL, NULL, NULL, NULL};
ngx_module_t own = {NGX_MODULE_V1, &context, commands, NGX_HTTP_MODULE, NULL, NULL, NULL, NULL, NULL,
                    NULL, NULL, NGX_MODULE_V1_PADDING};
