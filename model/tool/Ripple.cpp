//===- Ripple.cpp - The front door ----------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "model/tool/FrontDoor.h"

int main(int argc, char **argv) {
  return ripple::tool::run({argv + 1, static_cast<std::size_t>(argc > 0 ? argc - 1 : 0)});
}
