//===- Kept.h - What libraries call long after they got it ------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_ANALYZER_REACH_KEPT_H
#define RIPPLE_ANALYZER_REACH_KEPT_H

#include "analyzer/Pipeline.h"

namespace ripple::analyzer {

/// RESOLVED, and besides: what start-up code gives to a library without source (callbacks,
/// structures of them, objects that override its virtual functions), that library may call whenever
/// its code runs: its own functions, and those of what depends on it, lead there. So does what
/// anybody puts into a structure or a variable of the library's. Handlers, also those that a rule
/// calls ambient or start-up, are left out of what their framework has. What else a request gives
/// is for that request.
Resolved withKept(const Program &program, const Resolved &resolved, const Owners &owners,
                  const model::Catalog &catalog);

} // namespace ripple::analyzer

#endif
