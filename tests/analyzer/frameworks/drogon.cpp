// RUN: %handlers %s -- -isystem %S/Inputs/drogon
// RUN: %handlers %s -- -I%S/Inputs/drogon
// Drogon: controllers that nothing in the source makes, functions, filters.
#include <drogon.h>

using namespace drogon;

namespace api::v1 {
class User : public HttpController<User> {
public:
  METHOD_LIST_BEGIN
  METHOD_ADD(User::show, "/{id}", Get, "LoginFilter"); // handler: GET /api/v1/User/{id} = api::v1::User::show, by drogon
  METHOD_ADD(User::list, "all?from={1}", Get, Post); // handler: GET /api/v1/User/all = api::v1::User::list, by drogon; POST /api/v1/User/all = api::v1::User::list, by drogon
  ADD_METHOD_TO(User::list, "/users/{}", ); // handler: * /users/{1} = api::v1::User::list, by drogon
  ADD_METHOD_VIA_REGEX(User::show, "/old/(.*)", Delete); // handler: DELETE ~ ^/old/(.*)$ = api::v1::User::show, by drogon
  METHOD_LIST_END
  void show(const HttpRequestPtr &, AdviceCallback &&, int id);
  void list(const HttpRequestPtr &, AdviceCallback &&);
};
void User::show(const HttpRequestPtr &, AdviceCallback &&callback, int) { callback(nullptr); }
void User::list(const HttpRequestPtr &, AdviceCallback &&callback) { callback(nullptr); }
} // namespace api::v1

class Simple : public HttpSimpleController<Simple> {
public:
  PATH_LIST_BEGIN
  PATH_ADD("/simple", Get); // handler: GET /simple = Simple::asyncHandleHttpRequest, by drogon
  PATH_LIST_END
  void asyncHandleHttpRequest(const HttpRequestPtr &, AdviceCallback &&callback) override { callback(nullptr); }
};
class Feed : public WebSocketController<Feed> {
public:
  WS_PATH_LIST_BEGIN
  WS_PATH_ADD("/feed", Get); // handler: GET /feed = Feed::handleNewMessage + Feed::handleNewConnection + Feed::handleConnectionClosed, by drogon
  WS_PATH_LIST_END
  void handleNewMessage(const std::string &) override {} // handler: transaction Feed = Feed::handleNewMessage + Feed::handleNewConnection + Feed::handleConnectionClosed, by drogon
  void handleNewConnection(const HttpRequestPtr &) override {}
  void handleConnectionClosed() override {}
};
class LoginFilter : public HttpFilter<LoginFilter> {
public:
  void doFilter(const HttpRequestPtr &, AdviceCallback &&) override;
};
void LoginFilter::doFilter(const HttpRequestPtr &, AdviceCallback &&) {} // handler: (every request) = LoginFilter::doFilter, by drogon

static void hello(const HttpRequestPtr &, AdviceCallback &&callback) { callback(nullptr); }
static void missing(const HttpRequestPtr &, AdviceCallback &&callback) { callback(nullptr); }

int main() {
  app().registerHandler("/hello", &hello, {Get}); // handler: GET /hello = hello, by drogon
  app().registerHandler("/any", [](const HttpRequestPtr &, AdviceCallback &&callback) { callback(nullptr); }); // handler: * /any = main::lambda, by drogon
  app().registerHttpSimpleController("/named", "Simple", {Get}); // not understood: GET /named = *, by drogon
  app().registerWebSocketController("/feed2", "Feed"); // not understood: GET /feed2 = *, by drogon
  app().setDefaultHandler(missing); // handler: transaction missing = missing, by drogon
  app().registerPreRoutingAdvice([](const HttpRequestPtr &) {}); // handler: (every request) = main::lambda, by drogon
  app().run();
}
