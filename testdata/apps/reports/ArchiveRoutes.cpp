//===- ArchiveRoutes.cpp - Reports as archives ----------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "Routes.h"

#include "Pattern.h"
#include "Tarball.h"

namespace reports {

void addArchiveRoutes(apps::Service &service, Store &store) {
  httplib::Server &http = service.http();
  http.Get(R"(/archive/([\w-]+)\.tar\.gz)", [&](const httplib::Request &request,
                                                httplib::Response &response) {
    auto call = service.downstream().begin(1.5);
    auto report = store.find(request.matches[1]);
    if (!report) {
      response.status = 404;
      response.set_content("there is no such report\n", "text/plain");
      return;
    }
    response.set_content(pack({{report->name + ".csv", toCsv(*report)}}), "application/gzip");
  });
  http.Post("/archive/list", [&](const httplib::Request &request, httplib::Response &response) {
    service.beginTransaction(request, "archive");
    auto call = service.downstream().begin();
    std::string list;
    for (const ArchivedFile &file : unpack(request.body))
      list += file.name + " " + std::to_string(file.text.size()) + "\n";
    response.set_content(list, "text/plain");
  });
  http.Get("/search", [&](const httplib::Request &request, httplib::Response &response) {
    auto call = service.downstream().begin();
    Pattern pattern(request.get_param_value("matching"));
    std::string found;
    for (const std::string &name : store.names())
      if (pattern.foundIn(name))
        found += name + "\n";
    response.set_content(found, "text/plain");
  });
}

} // namespace reports
