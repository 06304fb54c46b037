//===- Httpd.cpp - The driver for Apache httpd's balancer-manager ---------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/router/Httpd.h"

#include "agent/router/Driver.h"
#include "agent/router/RuntimeSocket.h"

#include <boost/beast/http.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <regex>

using namespace ripple;
using namespace ripple::agent;
namespace http = boost::beast::http;

namespace {

/// What a form's value may not hold as it is.
std::string escaped(std::string_view text) {
  std::string out;
  for (unsigned char c : text)
    if (std::isalnum(c) || c == '-' || c == '_' || c == '.')
      out += static_cast<char>(c);
    else
      out += fmt::format("%{:02X}", c);
  return out;
}

std::string unescaped(std::string text) {
  const std::pair<const char *, const char *> entities[] = {
      {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&amp;", "&"}};
  for (const auto &[entity, character] : entities)
    for (auto at = text.find(entity); at != std::string::npos; at = text.find(entity, at + 1))
      text.replace(at, std::string_view(entity).size(), character);
  return text;
}

/// The text of the first element `httpd:NAME` in XML, which has no elements of its own.
std::string textOf(std::string_view xml, std::string_view name) {
  auto open = fmt::format("<httpd:{}>", name), close = fmt::format("</httpd:{}>", name);
  auto from = xml.find(open);
  auto to = from == xml.npos ? xml.npos : xml.find(close, from);
  if (to == xml.npos)
    return {};
  from += open.size();
  return unescaped(std::string(xml.substr(from, to - from)));
}

/// Calls TAKE with what stands in each element `httpd:NAME`; false where one has no end.
bool forEach(std::string_view xml, std::string_view name,
             const std::function<void(std::string_view)> &take) {
  auto open = fmt::format("<httpd:{}>", name), close = fmt::format("</httpd:{}>", name);
  for (auto at = xml.find(open); at != xml.npos; at = xml.find(open, at)) {
    at += open.size();
    auto end = xml.find(close, at);
    if (end == xml.npos)
      return false;
    take(xml.substr(at, end - at));
    at = end;
  }
  return true;
}

bool hasWord(std::string_view status, std::string_view word) {
  auto padded = fmt::format(" {} ", status);
  return padded.find(fmt::format(" {} ", word)) != std::string::npos;
}

using Balancers = std::map<std::string, httpd::Balancer>;

class HttpdRouter final : public Driver {
public:
  HttpdRouter(const model::Router &router, std::string address, std::string path,
              RouterOptions options)
      : Driver(router.name, router.url),
        Referer(router.referer.empty() ? router.url : router.referer), Address(std::move(address)),
        Path(std::move(path)), Options(options) {}

  RouterResult<void> setState(const RouterTarget &target, RouterState state,
                              model::Sessions sessions) override;
  RouterResult<RouterState> readBack(const RouterTarget &target) override;
  RouterResult<RouterView> observe() override;
  RouterResult<RouterIdentity> identity() override;
  RouterCapabilities capabilities() const override { return httpd::capabilities(); }

private:
  RouterResult<std::string> ask(http::verb method, const std::string &path,
                                const std::string &form);
  RouterResult<Balancers> balancers();
  /// What TARGET is in ALL.
  RouterResult<std::pair<const httpd::Balancer *, const httpd::Worker *>>
  find(const Balancers &all, const RouterTarget &target) const;
  static RouterIdentity identityOf(const Balancers &all);

  std::string Referer, Address, Path;
  RouterOptions Options;
};

RouterResult<std::string> HttpdRouter::ask(http::verb method, const std::string &path,
                                           const std::string &form) {
  http::request<http::string_body> request(method, path, 11, form);
  request.set(http::field::host, Address);
  request.set(http::field::referer, Referer);
  request.set(http::field::connection, "close");
  if (method == http::verb::post)
    request.set(http::field::content_type, "application/x-www-form-urlencoded");
  request.prepare_payload();
  std::ostringstream text;
  text << request;
  auto answer = exchange(Address, text.str(), Options.timeout, Who);
  if (!answer)
    return answer;
  http::response_parser<http::string_body> parser;
  parser.eager(true);
  parser.body_limit(RuntimeAnswerMax);
  boost::system::error_code error;
  parser.put(boost::asio::buffer(*answer), error);
  if (!error && !parser.is_done())
    parser.put_eof(error);
  if (error || !parser.is_done())
    return fail(RouterError::Kind::Garbage, "its answer is not HTTP, or broke off",
                "is this the URL of a balancer-manager?");
  auto status = parser.get().result_int();
  if (status != 200)
    return fail(RouterError::Kind::Refused, fmt::format("it answers {}", status),
                status == 403 ? "let this host use it (`Require ip …`)"
                              : "is this the URL of a balancer-manager (`SetHandler "
                                "balancer-manager`)?");
  return parser.get().body();
}

RouterResult<Balancers> HttpdRouter::balancers() {
  auto answer = ask(http::verb::get, Path + "?xml=1", {});
  if (!answer)
    return tl::make_unexpected(answer.error());
  return httpd::parseBalancers(*answer).map_error([&](const std::string &what) {
    return RouterError{RouterError::Kind::Garbage, fmt::format("{}: {}", Who, what),
                       "is this the URL of a balancer-manager, and `referer` (if it is given) the "
                       "one that it expects?"};
  });
}

RouterResult<std::pair<const httpd::Balancer *, const httpd::Worker *>>
HttpdRouter::find(const Balancers &all, const RouterTarget &target) const {
  constexpr const char *Remedy =
      "let the router load a configuration with `BalancerMember URL route=SERVER` in each "
      "`balancer://APPLICATION.CLASS`, all in lower case";
  auto balancer = all.find(target.backend);
  if (balancer == all.end())
    return fail(RouterError::Kind::Refused, fmt::format("it has no back end '{}'", target.backend),
                Remedy);
  auto worker = balancer->second.workers.find(target.server);
  if (worker == balancer->second.workers.end())
    return fail(
        RouterError::Kind::Refused,
        fmt::format("it has no server '{}' in back end '{}'", target.server, target.backend),
        Remedy);
  return std::pair(&balancer->second, &worker->second);
}

RouterResult<void> HttpdRouter::setState(const RouterTarget &target, RouterState state,
                                         model::Sessions sessions) {
  auto all = balancers();
  if (!all)
    return tl::make_unexpected(all.error());
  auto found = find(*all, target);
  if (!found)
    return tl::make_unexpected(found.error());
  auto [balancer, worker] = *found;
  bool sticky = sessions == model::Sessions::Sticky;
  // Somebody else's Dis or Stop keeps all clients away; nothing is weakened.
  bool isAsWanted = httpd::adminState(worker->status) == state &&
                    (state == RouterState::Permitted || !sticky || !hasWord(worker->status, "Drn"));
  if (isAsWanted)
    return {};
  const char *change = state == RouterState::Permitted ? "w_status_N=0&w_status_D=0&w_status_S=0"
                       : sticky                        ? "w_status_D=1"
                                                       : "w_status_N=1";
  auto answer = ask(http::verb::post, Path,
                    fmt::format("b={}&w={}&nonce={}&{}", escaped(target.backend),
                                escaped(worker->url), escaped(balancer->nonce), change));
  if (!answer)
    return tl::make_unexpected(answer.error());
  auto after = balancers();
  if (!after)
    return tl::make_unexpected(after.error());
  auto now = find(*after, target);
  if (!now)
    return tl::make_unexpected(now.error());
  const auto &status = now->second->status;
  if (httpd::adminState(status) != state ||
      (state == RouterState::Forbidden && sticky && !hasWord(status, "Dis")))
    return fail(RouterError::Kind::NotHeld,
                fmt::format("{}/{} was to be {} and reads back as '{}'", target.backend,
                            target.server, toString(state), status),
                "httpd ignores a change whose Referer it does not like: is `url` the address by "
                "which it knows itself, or `referer` to be given?");
  return {};
}

RouterResult<RouterState> HttpdRouter::readBack(const RouterTarget &target) {
  auto all = balancers();
  if (!all)
    return tl::make_unexpected(all.error());
  return find(*all, target).map([](const auto &found) {
    return httpd::adminState(found.second->status);
  });
}

/// It does not say which process it is. Its nonces are made anew when it forgets what was set;
/// where the configuration fixes them, only each state that is read back tells.
RouterIdentity HttpdRouter::identityOf(const Balancers &all) {
  std::size_t sum = 0;
  for (const auto &[name, balancer] : all)
    sum = sum * 31 + std::hash<std::string>()(name + balancer.nonce);
  return {0, static_cast<std::int64_t>(sum)};
}

RouterResult<RouterIdentity> HttpdRouter::identity() { return balancers().map(identityOf); }

RouterResult<RouterView> HttpdRouter::observe() {
  auto all = balancers();
  if (!all)
    return tl::make_unexpected(all.error());
  RouterView view;
  view.identity = identityOf(*all);
  for (const auto &[name, balancer] : *all) {
    RouterBackend backend{name, 0, 0};
    for (const auto &[route, worker] : balancer.workers) {
      RouterServer server;
      server.target = {name, route};
      server.admin = httpd::adminState(worker.status);
      server.adminWord = worker.status;
      server.up = httpd::isUp(worker.status);
      server.active = worker.busy;
      backend.active += worker.busy;
      view.servers.push_back(std::move(server));
    }
    view.backends.push_back(backend);
  }
  return view;
}

} // namespace

RouterState httpd::adminState(std::string_view status) {
  bool away = hasWord(status, "Drn") || hasWord(status, "Dis") || hasWord(status, "Stop");
  return away ? RouterState::Forbidden : RouterState::Permitted;
}

bool httpd::isUp(std::string_view status) {
  return hasWord(status, "Init") && !hasWord(status, "Err") && !hasWord(status, "HcFl");
}

tl::expected<Balancers, std::string> httpd::parseBalancers(std::string_view xml) {
  if (xml.find("<httpd:manager") == xml.npos)
    return tl::make_unexpected(
        fmt::format("no balancer-manager's XML, but '{}'", xml.substr(0, 60)));
  constexpr std::string_view Scheme = "balancer://";
  Balancers all;
  std::string mistake;
  bool whole = forEach(xml, "balancer", [&](std::string_view part) {
    auto name = textOf(part, "name");
    if (name.rfind(Scheme, 0) != 0)
      mistake = fmt::format("a balancer of the name '{}'", name);
    auto &balancer = all[name.substr(std::min(Scheme.size(), name.size()))];
    balancer.nonce = textOf(part, "nonce");
    bool workers = forEach(part, "worker", [&](std::string_view each) {
      Worker worker{textOf(each, "name"), textOf(each, "status"), 0};
      auto busy = textOf(each, "busy");
      auto end = busy.data() + busy.size();
      if (busy.empty() || std::from_chars(busy.data(), end, worker.busy).ptr != end)
        mistake = fmt::format("worker {} of {} is busy with '{}'", worker.url, name, busy);
      while (!worker.status.empty() && worker.status.back() == ' ')
        worker.status.pop_back();
      auto route = textOf(each, "route");
      if (!route.empty() && !balancer.workers.emplace(route, std::move(worker)).second)
        mistake = fmt::format("{} has two workers of the route '{}'", name, route);
    });
    if (!workers)
      mistake = "a worker without an end";
  });
  if (!whole || xml.find("</httpd:manager>") == xml.npos)
    return tl::make_unexpected(std::string("its XML breaks off"));
  if (!mistake.empty())
    return tl::make_unexpected(mistake);
  return all;
}

RouterCapabilities httpd::capabilities() {
  return {.forbidsByClass = true,
          .countsActive = true,
          .checksServers = false,
          .survivesRestart = false, // Only with `BalancerPersist On`.
          .bindsClients = false,    // By Dis, for applications whose clients are bound.
          .withoutGate = model::assumedWithoutGate(model::RouterKind::Httpd)};
}

RouterResult<std::unique_ptr<Router>> httpd::makeRouter(const model::Router &router,
                                                        RouterOptions options) {
  static const std::regex Http(
      R"(http://(\[[0-9A-Fa-f:.]+\]|[^/:?#\s]+)(:[0-9]{1,5})?(/[^?#\s]*))");
  constexpr std::size_t CharactersMax = 2000; // std::regex goes as deep as a text is long.
  std::smatch match;
  if (router.url.size() > CharactersMax || !std::regex_match(router.url, match, Http))
    return tl::make_unexpected(RouterError{
        RouterError::Kind::Unsupported,
        fmt::format("router {}: '{}' is no URL of a balancer-manager that can be asked",
                    router.name, router.url),
        "give `url: http://HOST:PORT/balancer-manager`; https is not available yet, so have it "
        "listen on the loopback interface"});
  auto host = match[1].str();
  if (host[0] == '[')
    host = host.substr(1, host.size() - 2);
  auto port = match[2].matched ? match[2].str() : std::string(":80");
  return std::make_unique<HttpdRouter>(router, host + port, match[3].str(), options);
}
