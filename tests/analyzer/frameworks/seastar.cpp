// RUN: %handlers %s -- -isystem %S/Inputs/seastar
// RUN: %handlers %s -- -I%S/Inputs/seastar
// Seastar: objects and lambdas, by exact path and by what is below one, and rules.
#include <httpd.hh>

using namespace seastar;
using namespace seastar::httpd;

class Show : public handler_base {
public:
  std::unique_ptr<http::reply> handle(const sstring &, std::unique_ptr<http::request>, std::unique_ptr<http::reply> reply) override { // handler: transaction Show = Show::handle, by seastar
    return reply;
  }
};
static std::string hello(const http::request &) { return "hello"; }

namespace demo_json { // as it is generated of an API's description
static const path_description hello_world("/hello/world/", GET, "hello_world");
static const path_description bye("/bye", POST, "bye");
} // namespace demo_json

void setUp(routes &r, handler_base *given) {
  r.add(operation_type::GET, url("/show"), new Show); // handler: GET /show = Show::handle, by seastar
  r.put(POST, "/exact", new function_handler(hello, "txt")); // handler: POST /exact = hello, by seastar
  r.add(GET, url("/below").remainder("path"), new function_handler([](const http::request &) { return std::string(); }, "txt")); // handler: GET <dynamic> = setUp::lambda, by seastar
  r.add(GET, url("/given"), given); // not understood: GET /given = *, by seastar
  auto *made = new Show;
  r.put(DELETE, "/made", made); // handler: DELETE /made = Show::handle, by seastar
  r.add(&(new match_rule(made))->add_str("/rule")); // not understood: * <dynamic> = *, by seastar
  auto *kept = new function_handler(hello, "txt");
  r.add(GET, url("/kept"), kept); // handler: GET /kept = hello, by seastar
  handler_base *other = new Show;
  other = given;
  r.add(GET, url("/other"), other); // not understood: GET /other = *, by seastar
  demo_json::hello_world.set(r, [](const http::request &) { return std::string(); }); // handler: * /hello/world/** = setUp::lambda, by seastar
  demo_json::bye.set(r, made); // handler: * /bye/** = Show::handle, by seastar
  r.register_exeption_handler([](std::exception_ptr) { return std::unique_ptr<http::reply>(); }); // handler: (every request) = setUp::lambda, by seastar
  r.add_default_handler(made); // handler: transaction handle = Show::handle, by seastar
}
int main() {
  routes r;
  setUp(r, new Show);
}
