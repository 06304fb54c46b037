// RUN: %handlers %s -- -isystem %S/Inputs/oatpp
// RUN: %handlers %s -- -I%S/Inputs/oatpp
// Oat++: endpoints made by a macro, by a macro of the program's own around it, and by hand.
#include <oatpp.h>

#define PATH_OF_ALL "/all"
#define OWN_ENDPOINT(NAME) ENDPOINT("GET", "/own/" #NAME, NAME)

class Users : public oatpp::web::server::api::ApiController {
public:
  Users() : ApiController(nullptr) {}
  ENDPOINT("GET", "users/{id}", getUser, // handler: GET /users/{id} = Users::Z__PROXY_METHOD_getUser, by oatpp
           PATH(Int32, id)) {
    return nullptr;
  }
  ENDPOINT("POST", "/users", addUser) { return nullptr; } // handler: POST /users = Users::Z__PROXY_METHOD_addUser, by oatpp
  ENDPOINT("PUT", PATH_OF_ALL, setAll) { return nullptr; } // handler: PUT <dynamic> = Users::Z__PROXY_METHOD_setAll, by oatpp
  ENDPOINT_ASYNC("GET", "/later", Later) { // handler: GET /later = Users::Z__PROXY_METHOD_Later, by oatpp
    std::shared_ptr<OutgoingResponse> act() { return nullptr; }
  };
  OWN_ENDPOINT(ownUser) { return nullptr; } // handler: * <dynamic> = Users::Z__PROXY_METHOD_ownUser, by oatpp
};

/// Below a prefix, with interceptors.
class Items : public oatpp::web::server::api::ApiController {
public:
  explicit Items(const std::shared_ptr<ObjectMapper> &mapper) : ApiController(mapper, "/api/v1") {}
  ADD_CORS(getItem) // handler: OPTIONS <dynamic> = Items::Z__PROXY_METHOD_Z__CORS_OPTIONS_DECL_getItem, by oatpp; (every request) = Items::Z__PROXY_INTERCEPTOR_METHOD_getItem_CORS, by oatpp
  ENDPOINT_INTERCEPTOR(getItem, counted) { return (static_cast<T *>(this)->*intercepted)(request); } // handler: (every request) = Items::Z__PROXY_INTERCEPTOR_METHOD_getItem_counted, by oatpp
  ENDPOINT("GET", "/items/{id}", getItem) { return nullptr; } // handler: GET /api/v1/items/{id} = Items::Z__PROXY_METHOD_getItem, by oatpp
};
class Orders : public oatpp::web::server::api::ApiController {
public:
  explicit Orders(const oatpp::String &prefix) : ApiController(nullptr, prefix) {}
  ENDPOINT("GET", "/orders", getOrders) { return nullptr; } // handler: GET <dynamic> = Orders::Z__PROXY_METHOD_getOrders, by oatpp
  ENDPOINT_ASYNC("GET", "/async", LaterOrders) { // handler: GET /async = Orders::Z__PROXY_METHOD_LaterOrders, by oatpp
    std::shared_ptr<OutgoingResponse> act() { return nullptr; }
  };
};

using Request = oatpp::web::protocol::http::incoming::Request;
using Response = oatpp::web::protocol::http::outgoing::Response;
struct Show : oatpp::web::server::HttpRequestHandler {
  std::shared_ptr<Response> handle(const std::shared_ptr<Request> &) override { return nullptr; }
};
struct Guard : oatpp::web::server::interceptor::RequestInterceptor {
  std::shared_ptr<Response> intercept(const std::shared_ptr<Request> &) override { return nullptr; } // handler: (every request) = Guard::intercept, by oatpp
};

int main() {
  Users users;
  Items items(nullptr);
  Orders orders("/orders");
  Guard guard;
  oatpp::web::server::HttpRouter router;
  router.route("GET", "/show", std::make_shared<Show>()); // handler: GET /show = Show::handle, by oatpp
  std::shared_ptr<oatpp::web::server::HttpRequestHandler> some = std::make_shared<Show>();
  router.route("GET", "/some", some); // handler: GET /some = Show::handle, by oatpp
  router.route(users.Z__ENDPOINT_addUser); // made above
  oatpp::network::Server().run();
}
