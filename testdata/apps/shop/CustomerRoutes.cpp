//===- CustomerRoutes.cpp - Login, newsletter, exchange rates -------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "Routes.h"

namespace shop {

void CustomerRoutes::add() {
  httplib::Server &http = service.http();
  http.Post("/login", std::bind_front(&CustomerRoutes::login, this));
  http.Post("/newsletter", std::bind_front(&CustomerRoutes::subscribe, this));
  http.Get("/exchange", std::bind_front(&CustomerRoutes::exchange, this));
}

void CustomerRoutes::login(const httplib::Request &request, httplib::Response &response) {
  service.beginTransaction(request, "login");
  auto call = service.downstream().begin(0.5);
  nlohmann::json body = bodyOf(request);
  if (auto ticket = tickets.issue(fieldOf(body, "user", std::string()),
                                  fieldOf(body, "password", std::string())))
    answer(response, {{"ticket", *ticket}});
  else
    answer(response, {{"error", "unknown user or wrong password"}}, 403);
}

void CustomerRoutes::subscribe(const httplib::Request &request, httplib::Response &response) {
  service.beginTransaction(request, "newsletter");
  auto call = service.downstream().begin(0.5);
  std::string address = fieldOf(bodyOf(request), "address", std::string());
  if (address.find('@') == std::string::npos)
    throw std::invalid_argument("'" + address + "' is not an e-mail address");
  newsletter.subscribe(std::move(address), apps::Service::claim());
  answer(response, {{"accepted", true}}, 202);
}

void CustomerRoutes::exchange(const httplib::Request &request, httplib::Response &response) {
  auto call = service.downstream().begin(1.25);
  std::string currency = request.get_param_value("currency");
  answer(response, {{"currency", currency}, {"rate", rates.rate(currency)}});
}

} // namespace shop
