// A stand-in for Oat++: what its public interface declares, and what its macros expand to, as far as
// programs register endpoints by them.
#pragma once
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace oatpp {
struct String {
  String(const char *text);
  String(std::nullptr_t);
};
namespace network {
struct Server {
  void run();
};
} // namespace network
namespace web::protocol::http::incoming {
struct Request {};
} // namespace web::protocol::http::incoming
namespace web::protocol::http::outgoing {
struct Response {};
} // namespace web::protocol::http::outgoing
namespace web::server {
namespace api {
struct Endpoint {};
} // namespace api
struct HttpRequestHandler {
  using IncomingRequest = protocol::http::incoming::Request;
  using OutgoingResponse = protocol::http::outgoing::Response;
  virtual ~HttpRequestHandler();
  virtual std::shared_ptr<OutgoingResponse> handle(const std::shared_ptr<IncomingRequest> &) = 0;
};
template <typename Endpoint> struct HttpRouterTemplate {
  void route(const String &method, const String &path, const Endpoint &endpoint);
};
struct HttpRouter : HttpRouterTemplate<std::shared_ptr<HttpRequestHandler>> {
  using HttpRouterTemplate::route;
  void route(const std::shared_ptr<api::Endpoint> &endpoint);
};
namespace interceptor {
struct RequestInterceptor {
  virtual ~RequestInterceptor();
  virtual std::shared_ptr<protocol::http::outgoing::Response>
  intercept(const std::shared_ptr<protocol::http::incoming::Request> &) = 0;
};
} // namespace interceptor
namespace api {
class ApiController {
public:
  using Request = protocol::http::incoming::Request;
  using OutgoingResponse = protocol::http::outgoing::Response;
  struct ObjectMapper {};
  explicit ApiController(const std::shared_ptr<ObjectMapper> &mapper, const String &prefix = nullptr);
  template <typename T> struct Handler {
    using Method = std::shared_ptr<OutgoingResponse> (T::*)(const std::shared_ptr<Request> &);
    static std::shared_ptr<Handler> createShared(T *controller, Method method);
    Method setMethod(Method method);
  };

  using Endpoint = api::Endpoint;
  template <typename T> static std::shared_ptr<Endpoint> createEndpoint(std::shared_ptr<Handler<T>> handler);
};
} // namespace api
} // namespace web::server
} // namespace oatpp

#define ENDPOINT_DECLARED(NAME, METHOD, PATH)                                                      \
  template <class T> static std::shared_ptr<Handler<T>> Z__ENDPOINT_HANDLER_GET_INSTANCE_##NAME(T *controller) { \
    return Handler<T>::createShared(controller, &T::Z__PROXY_METHOD_##NAME);                       \
  }                                                                                                \
  const std::shared_ptr<Endpoint> Z__ENDPOINT_##NAME =                                             \
      createEndpoint(Z__ENDPOINT_HANDLER_GET_INSTANCE_##NAME(this));                               \
  std::shared_ptr<OutgoingResponse> Z__PROXY_METHOD_##NAME(const std::shared_ptr<Request> &) {     \
    return NAME();                                                                                 \
  }                                                                                                \
  std::shared_ptr<OutgoingResponse> NAME()
#define ENDPOINT_CHOSEN(METHOD, PATH, NAME, ...) ENDPOINT_DECLARED(NAME, METHOD, PATH)
#define ENDPOINT(METHOD, PATH, ...) ENDPOINT_CHOSEN(METHOD, PATH, __VA_ARGS__, )
#define ENDPOINT_ASYNC(METHOD, PATH, NAME)                                                         \
  template <class T> static std::shared_ptr<Handler<T>> Z__ENDPOINT_HANDLER_GET_INSTANCE_##NAME(T *controller) { \
    return Handler<T>::createShared(controller, &T::Z__PROXY_METHOD_##NAME);                       \
  }                                                                                                \
  const std::shared_ptr<Endpoint> Z__ENDPOINT_##NAME =                                             \
      createEndpoint(Z__ENDPOINT_HANDLER_GET_INSTANCE_##NAME(this));                               \
  std::shared_ptr<OutgoingResponse> Z__PROXY_METHOD_##NAME(const std::shared_ptr<Request> &) {     \
    return NAME().act();                                                                           \
  }                                                                                                \
  struct NAME
#define ENDPOINT_INTERCEPTOR(ENDPOINT, NAME)                                                       \
  Handler<ApiController>::Method Z__INTERCEPTOR_METHOD_##ENDPOINT##_##NAME =                       \
      Z__INTERCEPTOR_METHOD_SET_##ENDPOINT##_##NAME(this);                                         \
  template <class T>                                                                               \
  Handler<ApiController>::Method Z__INTERCEPTOR_METHOD_SET_##ENDPOINT##_##NAME(T *controller) {    \
    return static_cast<Handler<ApiController>::Method>(                                            \
        Z__ENDPOINT_HANDLER_GET_INSTANCE_##ENDPOINT(controller)->setMethod(                        \
            &T::Z__PROXY_INTERCEPTOR_METHOD_##ENDPOINT##_##NAME));                                 \
  }                                                                                                \
  std::shared_ptr<OutgoingResponse> Z__PROXY_INTERCEPTOR_METHOD_##ENDPOINT##_##NAME(               \
      const std::shared_ptr<Request> &request) {                                                   \
    return Z__USER_PROXY_INTERCEPTOR_METHOD_##ENDPOINT##_##NAME(this, request);                    \
  }                                                                                                \
  template <class T>                                                                               \
  std::shared_ptr<OutgoingResponse> Z__USER_PROXY_INTERCEPTOR_METHOD_##ENDPOINT##_##NAME(          \
      T *, const std::shared_ptr<Request> &request) {                                              \
    return Z__USER_INTERCEPTOR_METHOD_##ENDPOINT##_##NAME<T>(                                      \
        static_cast<typename Handler<T>::Method>(Z__INTERCEPTOR_METHOD_##ENDPOINT##_##NAME), request); \
  }                                                                                                \
  template <class T>                                                                               \
  std::shared_ptr<OutgoingResponse> Z__USER_INTERCEPTOR_METHOD_##ENDPOINT##_##NAME(                \
      typename Handler<T>::Method intercepted, const std::shared_ptr<Request> &request)
#define ADD_CORS(NAME)                                                                             \
  ENDPOINT_INTERCEPTOR(NAME, CORS) { return (static_cast<T *>(this)->*intercepted)(request); }     \
  template <class T>                                                                               \
  static std::shared_ptr<Handler<T>> Z__ENDPOINT_HANDLER_GET_INSTANCE_Z__CORS_OPTIONS_DECL_##NAME(T *controller) { \
    return Handler<T>::createShared(controller, &T::Z__PROXY_METHOD_Z__CORS_OPTIONS_DECL_##NAME);  \
  }                                                                                                \
  const std::shared_ptr<Endpoint> Z__ENDPOINT_Z__CORS_OPTIONS_DECL_##NAME =                        \
      createEndpoint(Z__ENDPOINT_HANDLER_GET_INSTANCE_Z__CORS_OPTIONS_DECL_##NAME(this));          \
  std::shared_ptr<OutgoingResponse> Z__PROXY_METHOD_Z__CORS_OPTIONS_DECL_##NAME(                   \
      const std::shared_ptr<Request> &) {                                                          \
    return nullptr;                                                                                \
  }
