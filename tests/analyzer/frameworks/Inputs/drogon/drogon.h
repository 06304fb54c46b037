// A stand-in for Drogon: what its public interface declares, as far as programs register handlers.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>

namespace drogon {
enum HttpMethod { Get, Post, Head, Put, Delete, Options, Patch, Invalid };
struct HttpRequest {};
struct HttpResponse {};
using HttpRequestPtr = std::shared_ptr<HttpRequest>;
using HttpResponsePtr = std::shared_ptr<HttpResponse>;
using AdviceCallback = std::function<void(const HttpResponsePtr &)>;
using DefaultHandler = std::function<void(const HttpRequestPtr &, AdviceCallback &&)>;
namespace internal {
struct HttpConstraint {
  HttpConstraint(HttpMethod method);
  HttpConstraint(const char *middleware);
};
} // namespace internal

class HttpAppFramework {
public:
  virtual ~HttpAppFramework();
  virtual void run() = 0;
  template <typename F>
  HttpAppFramework &registerHandler(const std::string &pattern, F &&function,
                                    const std::vector<internal::HttpConstraint> &constraints = {},
                                    const std::string &name = "") {
    keep(pattern, [held = std::forward<F>(function)] { return sizeof(held); });
    return *this;
  }
  virtual HttpAppFramework &
  registerHttpSimpleController(const std::string &path, const std::string &name,
                               const std::vector<internal::HttpConstraint> &constraints = {}) = 0;
  virtual HttpAppFramework &
  registerWebSocketController(const std::string &path, const std::string &name,
                              const std::vector<internal::HttpConstraint> &constraints = {}) = 0;
  virtual HttpAppFramework &setDefaultHandler(DefaultHandler handler) = 0;
  virtual HttpAppFramework &registerPreRoutingAdvice(const std::function<void(const HttpRequestPtr &)> &advice) = 0;

private:
  void keep(const std::string &pattern, std::function<int()> handler);
};
HttpAppFramework &app();

class DrObjectBase {
public:
  virtual ~DrObjectBase();
};
template <typename T> class DrObject : public virtual DrObjectBase {};
class HttpControllerBase {};
template <typename T, bool AutoCreation = true>
class HttpController : public DrObject<T>, public HttpControllerBase {
protected:
  template <typename F>
  static void registerMethod(F &&function, const std::string &pattern,
                             const std::vector<internal::HttpConstraint> &constraints = {},
                             bool classNameInPath = true, const std::string &name = "") {
    app().registerHandler(pattern, std::forward<F>(function), constraints, name);
  }
  template <typename F>
  static void registerMethodViaRegex(F &&function, const std::string &pattern,
                                     const std::vector<internal::HttpConstraint> &constraints = {},
                                     const std::string &name = "");

private:
  struct Registrator {
    Registrator() { T::initPathRouting(); }
  };
  static Registrator registrator;
  virtual void *touch() { return &registrator; }
};
template <typename T, bool AutoCreation>
typename HttpController<T, AutoCreation>::Registrator HttpController<T, AutoCreation>::registrator;

class HttpSimpleControllerBase : public virtual DrObjectBase {
public:
  virtual void asyncHandleHttpRequest(const HttpRequestPtr &, AdviceCallback &&) = 0;
};
template <typename T, bool AutoCreation = true>
class HttpSimpleController : public DrObject<T>, public HttpSimpleControllerBase {
protected:
  static void registerSelf__(const std::string &path,
                             const std::vector<internal::HttpConstraint> &constraints);
};
class WebSocketControllerBase : public virtual DrObjectBase {
public:
  virtual void handleNewMessage(const std::string &message) = 0;
  virtual void handleNewConnection(const HttpRequestPtr &) = 0;
  virtual void handleConnectionClosed() = 0;
};
template <typename T, bool AutoCreation = true>
class WebSocketController : public DrObject<T>, public WebSocketControllerBase {
protected:
  static void registerSelf__(const std::string &path,
                             const std::vector<internal::HttpConstraint> &constraints);

private:
  struct PathRegistrator {
    PathRegistrator() { T::initPathRouting(); }
  };
  static PathRegistrator registrator;
  virtual void *touch() { return &registrator; }
};
template <typename T, bool AutoCreation>
typename WebSocketController<T, AutoCreation>::PathRegistrator
    WebSocketController<T, AutoCreation>::registrator;
class HttpFilterBase : public virtual DrObjectBase {
public:
  virtual void doFilter(const HttpRequestPtr &, AdviceCallback &&) = 0;
};
template <typename T, bool AutoCreation = true>
class HttpFilter : public DrObject<T>, public HttpFilterBase {};
} // namespace drogon

#define METHOD_LIST_BEGIN static void initPathRouting() {
#define METHOD_ADD(method, pattern, ...) registerMethod(&method, pattern, {__VA_ARGS__}, true, #method)
#define ADD_METHOD_TO(method, path, ...) registerMethod(&method, path, {__VA_ARGS__}, false, #method)
#define ADD_METHOD_VIA_REGEX(method, regex, ...) registerMethodViaRegex(&method, regex, {__VA_ARGS__}, #method)
#define METHOD_LIST_END                                                                            \
  return;                                                                                          \
  }
#define PATH_LIST_BEGIN static void initPathRouting() {
#define PATH_ADD(path, ...) registerSelf__(path, {__VA_ARGS__})
#define PATH_LIST_END }
#define WS_PATH_LIST_BEGIN static void initPathRouting() {
#define WS_PATH_ADD(path, ...) registerSelf__(path, {__VA_ARGS__})
#define WS_PATH_LIST_END }
