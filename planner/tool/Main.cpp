//===- Main.cpp - `ripple-planner` ----------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/tool/Commands.h"

int main(int argc, char **argv) { return ripple::planner::runPlanner(argc, argv); }
