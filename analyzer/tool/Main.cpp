//===- Main.cpp - ripple-analyzer -------------------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/CommandLine.h"

int main(int argc, char **argv) { return ripple::analyzer::runCommandLine(argc, argv); }
