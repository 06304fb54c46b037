//===- CommandLine.h - `ripple analyze` -------------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_ANALYZER_COMMANDLINE_H
#define RIPPLE_ANALYZER_COMMANDLINE_H

namespace ripple::analyzer {

/// Runs `ripple-analyzer [analyze] OPTION…` and gives its exit code (model::ExitCode).
int runCommandLine(int argc, char **argv);

} // namespace ripple::analyzer

#endif
