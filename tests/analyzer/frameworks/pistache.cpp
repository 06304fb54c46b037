// REQUIRES: pistache-headers
// RUN: %handlers %s -- -fdelayed-template-parsing
// Pistache with its own headers, of which 0.0.5 does not compile with Clang 19 but by that option: routes bound to methods, functions, lambdas; endpoints' handlers.
#include <pistache/description.h>
#include <pistache/endpoint.h>
#include <pistache/router.h>

using namespace Pistache;

static Rest::Route::Result answer(const Rest::Request &, Http::ResponseWriter response) {
  response.send(Http::Code::Ok);
  return Rest::Route::Result::Ok;
}
class Stats {
public:
  void setUp(const std::string &prefix) {
    using namespace Rest;
    Routes::Get(router, "/ready", Routes::bind(&Stats::ready, this)); // handler: GET /ready = Stats::ready, by pistache
    Routes::Post(router, "/record/:name/:value?", Routes::bind(&Stats::record, this)); // handler: POST /record/{name}/{value} = Stats::record, by pistache
    Routes::Delete(router, prefix + "/all", Routes::bind(&Stats::record, this)); // handler: DELETE /api/all = Stats::record, by pistache
    Routes::Put(router, "/free", Routes::bind(answer)); // handler: PUT /free = answer, by pistache
    Routes::NotFound(router, Routes::bind(&Stats::ready, this)); // handler: transaction ready = Stats::ready, by pistache
    router.addRoute(Http::Method::Patch, "/patch", Routes::bind(&Stats::record, this)); // handler: PATCH /patch = Stats::record, by pistache
    Description description("Stats", "1");
    auto version = description.path("/v1");
    version.route(description.get("/described")).bind(&Stats::described, this); // handler: transaction described = Stats::described, by pistache
    router.initFromDescription(description);
    auto add = Routes::Head; // not understood: HEAD <dynamic> = *, by pistache
    add(router, "/ready", Routes::bind(&Stats::ready, this));
  }

private:
  void ready(const Rest::Request &, Http::ResponseWriter response) { response.send(Http::Code::Ok); }
  void described(const Rest::Request &, Http::ResponseWriter response) { response.send(Http::Code::Ok); }
  void record(const Rest::Request &, Http::ResponseWriter response) { response.send(Http::Code::Ok); }
  Rest::Router router;
};
class Plain : public Http::Handler {
  HTTP_PROTOTYPE(Plain)
  void onRequest(const Http::Request &, Http::ResponseWriter response) override { // handler: transaction Plain = Plain::onRequest, by pistache
    response.send(Http::Code::Ok);
  }
};

int main() {
  Stats stats;
  stats.setUp("/api");
  Http::Endpoint endpoint(Address("*:8080"));
  endpoint.setHandler(Http::make_handler<Plain>());
  endpoint.serve();
}
