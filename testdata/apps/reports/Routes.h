//===- Routes.h - What the reports application serves -----------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef REPORTS_ROUTES_H
#define REPORTS_ROUTES_H

#include "Store.h"
#include "common/Service.h"

namespace reports {

/// Registers every handler. SERVICE and STORE outlive the serving.
void addReportRoutes(apps::Service &service, Store &store);
void addArchiveRoutes(apps::Service &service, Store &store);

} // namespace reports

#endif
