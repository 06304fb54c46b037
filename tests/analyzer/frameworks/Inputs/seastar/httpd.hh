// A stand-in for Seastar's HTTP server: what its public interface declares, as far as programs
// register routes by it.
#pragma once
#include <exception>
#include <functional>
#include <memory>
#include <string>

namespace seastar {
class sstring {
public:
  sstring(const char *text);
};
namespace http {
struct request {};
struct reply {};
} // namespace http
namespace httpd {
enum operation_type { GET, POST, PUT, DELETE };
class handler_base {
public:
  virtual ~handler_base() = default;
  virtual std::unique_ptr<http::reply> handle(const sstring &path, std::unique_ptr<http::request> request,
                                              std::unique_ptr<http::reply> reply) = 0;
};
class function_handler : public handler_base {
public:
  function_handler(const std::function<std::string(const http::request &)> &function, const sstring &type)
      : function(function) {}
  std::unique_ptr<http::reply> handle(const sstring &, std::unique_ptr<http::request> request,
                                      std::unique_ptr<http::reply> reply) override {
    function(*request);
    return reply;
  }

private:
  std::function<std::string(const http::request &)> function;
};
class url {
public:
  url(const sstring &path);
  url &remainder(const sstring &parameter);
};
class match_rule {
public:
  explicit match_rule(handler_base *handler);
  match_rule &add_str(const sstring &text);
};
class routes {
public:
  using exception_handler_fun = std::function<std::unique_ptr<http::reply>(std::exception_ptr)>;
  unsigned register_exeption_handler(exception_handler_fun function);
  routes &put(operation_type type, const sstring &url, handler_base *handler);
  routes &add(operation_type type, const url &url, handler_base *handler);
  routes &add(match_rule *rule, operation_type type = GET);
  routes &add_default_handler(handler_base *handler);
};
using json_request_function = std::function<std::string(const http::request &)>;
struct path_description {
  path_description(const sstring &path, operation_type method, const sstring &nickname);
  void set(routes &routes, handler_base *handler) const;
  void set(routes &routes, const json_request_function &function) const;
};
} // namespace httpd
} // namespace seastar
