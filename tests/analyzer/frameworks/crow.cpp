// RUN: %handlers %s -- -isystem %S/Inputs/crow
// RUN: %handlers %s -- -I%S/Inputs/crow
// Crow, where it is installed and where it is part of the source: the path is in the chain.
#include <crow.h>

static crow::response plain() { return 200; }
struct Guard : crow::ILocalMiddleware {
  struct context {};
  void before_handle(crow::request &, crow::response &, context &) {} // handler: (every request) = Guard::before_handle, by crow
};

class Admin {
public:
  explicit Admin(const std::string &prefix) : pages(prefix) {
    CROW_BP_ROUTE(pages, "/users/<int>").methods("GET"_method)([this](std::int64_t) { return plain(); }); // handler: GET /admin/users/{1} = Admin::Admin::lambda, by crow
  }
  crow::Blueprint pages;
};

template <typename App> void addMore(App &app, const std::string &path) {
  CROW_ROUTE(app, "/more")([] { return plain(); }); // handler: GET /more = addMore::lambda, by crow
  app.route_dynamic(path)([] { return plain(); }); // handler: GET /own = addMore::lambda, by crow
}

int main(int, char **words) {
  crow::SimpleApp app;
  CROW_ROUTE(app, "/")([] { return plain(); }); // handler: GET / = main::lambda, by crow
  CROW_ROUTE(app, "/free")(plain); // handler: GET /free = plain, by crow
  CROW_ROUTE(app, "/add/<int>").methods(crow::HTTPMethod::Post, "PUT"_method)([](std::int64_t) { return plain(); }); // handler: POST /add/{1} = main::lambda, by crow; PUT /add/{1} = main::lambda, by crow
  auto &rule = CROW_ROUTE(app, "/kept");
  rule.methods("POST"_method);
  rule([] { return plain(); }); // handler: * /kept = main::lambda, by crow
  app.route_dynamic(words[0])([] { return plain(); }); // handler: GET <dynamic> = main::lambda, by crow
  CROW_WEBSOCKET_ROUTE(app, "/feed")
      .onopen([](crow::websocket::connection &) { plain(); }) // handler: GET /feed = main::lambda + main::lambda, by crow
      .onclose([](crow::websocket::connection &) { plain(); });
  crow::Blueprint items("items");
  CROW_BP_ROUTE(items, "/one")([] { return plain(); }); // handler: GET /items/one = main::lambda, by crow
  CROW_BP_ROUTE(items, "/two").methods(crow::HTTPMethod::Post)(plain); // handler: POST /items/two = plain, by crow
  CROW_BP_CATCHALL_ROUTE(items)(plain); // handler: transaction plain = plain, by crow
  crow::Blueprint other(words[1]);
  CROW_BP_ROUTE(other, "/one")(plain); // handler: GET <dynamic> = plain, by crow
  Admin admin("admin");
  app.register_blueprint(items).register_blueprint(other).register_blueprint(admin.pages);
  app.exception_handler([](crow::response &) {}); // handler: (every request) = main::lambda, by crow
  CROW_CATCHALL_ROUTE(app)([] { return plain(); }); // handler: transaction lambda = main::lambda, by crow
  addMore(app, "/own");
  Guard guard;
  crow::request request;
  crow::response response;
  Guard::context context;
  guard.before_handle(request, response, context);
  app.run();
}
