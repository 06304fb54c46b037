//===- PageRoutes.cpp - The storefront's page -----------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "Routes.h"

namespace shop {
namespace {

constexpr const char *Page = R"(<!doctype html>
<html lang="en">
<title>The shop</title>
<h1>The shop</h1>
<p><a href="/products">Products</a> · <a href="/search?q=lamp">Lamps</a></p>
</html>
)";

/// Serves one text, whatever is asked.
struct StaticPage {
  const char *text;
  const char *type;
  void operator()(const httplib::Request &, httplib::Response &response) const {
    response.set_content(text, type);
  }
};

} // namespace

void PageRoutes::add() {
  service.http().Get("/healthz", StaticPage{"ok\n", "text/plain"});
  service.http().Get("/", [this](const httplib::Request &, httplib::Response &response) {
    auto call = service.downstream().begin(0.5);
    response.set_content(Page, "text/html; charset=utf-8");
  });
}

} // namespace shop
