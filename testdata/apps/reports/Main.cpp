//===- Main.cpp - The reports application ---------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "Routes.h"

#include <iostream>
#include <spdlog/spdlog.h>

int main(int argc, char **argv) {
  try {
    std::vector<std::string> arguments(argv + 1, argv + argc);
    apps::ServiceOptions options = apps::takeServiceOptions(arguments, "reports");
    if (!arguments.empty())
      throw std::invalid_argument("'" + arguments.front() + "' is no option");
    apps::Service service(options);
    reports::Store store;
    reports::addReportRoutes(service, store);
    reports::addArchiveRoutes(service, store);
    return service.run();
  } catch (const std::invalid_argument &mistake) {
    std::cerr << "reports: " << mistake.what() << "\nusage: reports [OPTION…]\n"
              << apps::ServiceUsage;
    return 64;
  } catch (const std::exception &failure) {
    spdlog::error("{}", failure.what());
    return 1;
  }
}
