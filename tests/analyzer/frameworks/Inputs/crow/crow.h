// A stand-in for Crow: what its public interface declares, as far as programs register routes by it.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

namespace crow {
enum class HTTPMethod { Delete, Get, Head, Post, Put, DELETE = Delete, GET = Get, POST = Post };
struct request {};
struct response {
  response(int code = 200);
};
namespace websocket {
struct connection {};
} // namespace websocket

struct BaseRule {
  virtual ~BaseRule();
  std::function<void()> erased;
};
template <typename App> struct WebSocketRule : BaseRule {
  template <typename F> WebSocketRule &onopen(F handler) { return keep(std::move(handler)); }
  template <typename F> WebSocketRule &onmessage(F handler) { return keep(std::move(handler)); }
  template <typename F> WebSocketRule &onclose(F handler) { return keep(std::move(handler)); }

private:
  template <typename F> WebSocketRule &keep(F handler) {
    opened = std::move(handler);
    return *this;
  }
  std::function<void(websocket::connection &)> opened;
};
template <typename T> struct RuleParameterTraits {
  template <typename App> WebSocketRule<App> &websocket(App *app);
  T &methods(HTTPMethod method);
  template <typename... More> T &methods(HTTPMethod method, More... more) {
    return methods(more...);
  }
};
template <typename... Args> struct TaggedRule : BaseRule, RuleParameterTraits<TaggedRule<Args...>> {
  template <typename F> void operator()(F &&handler) {
    erased = [handler = std::move(handler)] { handler(Args()...); };
  }
};
struct DynamicRule : BaseRule, RuleParameterTraits<DynamicRule> {
  template <typename F> void operator()(F handler) {
    erased = [handler] { handler(); };
  }
};
struct CatchallRule {
  template <typename F> void operator()(F &&handler) {
    erased = [handler] { handler(); };
  }
  std::function<void()> erased;
};
template <std::uint64_t Tag> struct RuleOf {
  using Type = TaggedRule<>;
};
template <> struct RuleOf<1> {
  using Type = TaggedRule<std::int64_t>;
};
constexpr std::uint64_t get_parameter_tag(const char *text) {
  for (; *text; ++text)
    if (*text == '<')
      return 1;
  return 0;
}
struct Blueprint;
template <typename... Middlewares> struct Crow {
  template <std::uint64_t Tag> auto route(const std::string &rule) -> typename RuleOf<Tag>::Type &;
  DynamicRule &route_dynamic(const std::string &rule);
  CatchallRule &catchall_route();
  Crow &register_blueprint(Blueprint &blueprint);
  template <typename F> Crow &exception_handler(F &&handler) {
    broken = std::move(handler);
    return *this;
  }
  void run();

private:
  std::function<void(response &)> broken;
};
using SimpleApp = Crow<>;
struct Blueprint {
  explicit Blueprint(const std::string &prefix);
  template <std::uint64_t Tag>
  auto new_rule_tagged(const std::string &rule) -> typename RuleOf<Tag>::Type &;
  CatchallRule &catchall_rule();
  void register_blueprint(Blueprint &blueprint);
};
struct ILocalMiddleware {};
} // namespace crow
constexpr crow::HTTPMethod operator"" _method(const char *name, std::size_t) {
  return name[0] == 'G' ? crow::HTTPMethod::Get : crow::HTTPMethod::Post;
}

#define CROW_ROUTE(app, url) app.template route<crow::get_parameter_tag(url)>(url)
#define CROW_BP_ROUTE(blueprint, url) blueprint.new_rule_tagged<crow::get_parameter_tag(url)>(url)
#define CROW_WEBSOCKET_ROUTE(app, url)                                                             \
  app.route<crow::get_parameter_tag(url)>(url).websocket<std::remove_reference_t<decltype(app)>>(&app)
#define CROW_CATCHALL_ROUTE(app) app.catchall_route()
#define CROW_BP_CATCHALL_ROUTE(blueprint) blueprint.catchall_rule()
