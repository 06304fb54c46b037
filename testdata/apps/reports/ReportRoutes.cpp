//===- ReportRoutes.cpp - Reports: list, show, search, export, import -----===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "Routes.h"

#include "Pattern.h"
#include "XmlReport.h"

#include <map>

namespace reports {
namespace {

void notFound(httplib::Response &response) {
  response.status = 404;
  response.set_content("there is no such report\n", "text/plain");
}

/// Cents by region.
std::string summaryOf(const Report &report) {
  std::map<std::string, std::int64_t> sums;
  for (const Row &row : report.rows)
    sums[row.region] += row.cents;
  std::string out;
  for (const auto &[region, cents] : sums)
    out += region + " " + std::to_string(cents) + "\n";
  return out;
}

/// Streams the rows of a report that a pattern is found in, some at a time, as the client reads.
class Export {
public:
  Export(Report report, const std::string &pattern) : report(std::move(report)), pattern(pattern) {}

  bool operator()(std::size_t, httplib::DataSink &sink) {
    constexpr std::size_t RowsAtOnce = 20;
    std::string part = next == 0 ? "region,product,cents\n" : "";
    for (std::size_t end = next + RowsAtOnce; next < end && next < report.rows.size(); ++next) {
      const Row &row = report.rows[next];
      if (pattern.foundIn(row.region + " " + row.product))
        part += row.region + "," + row.product + "," + std::to_string(row.cents) + "\n";
    }
    if (!part.empty() && !sink.write(part.data(), part.size()))
      return false;
    if (next == report.rows.size())
      sink.done();
    return true;
  }

private:
  Report report;
  Pattern pattern;
  std::size_t next = 0;
};

} // namespace

void addReportRoutes(apps::Service &service, Store &store) {
  httplib::Server &http = service.http();
  http.Get("/healthz", [](const httplib::Request &, httplib::Response &response) {
    response.set_content("ok\n", "text/plain");
  });
  http.Get("/reports", [&](const httplib::Request &, httplib::Response &response) {
    auto call = service.downstream().begin(0.5);
    std::string list;
    for (const std::string &name : store.names())
      list += name + "\n";
    response.set_content(list, "text/plain");
  });
  http.Get(R"(/reports/([\w-]+)/summary)",
           [&](const httplib::Request &request, httplib::Response &response) {
             auto call = service.downstream().begin();
             auto report = store.find(request.matches[1]);
             if (!report)
               return notFound(response);
             response.set_content(summaryOf(*report), "text/plain");
           });
  http.Get(R"(/reports/([\w-]+)/rows)",
           [&](const httplib::Request &request, httplib::Response &response) {
             auto call = service.downstream().begin();
             auto report = store.find(request.matches[1]);
             if (!report)
               return notFound(response);
             response.set_chunked_content_provider(
                 "text/csv", Export(std::move(*report), request.get_param_value("matching")));
           });
  http.Post("/reports", [&](const httplib::Request &request, httplib::Response &response) {
    service.beginTransaction(request, "import");
    auto call = service.downstream().begin();
    store.keep(parseReport(request.body));
    response.status = 201;
    response.set_content("imported\n", "text/plain");
  });
}

} // namespace reports
