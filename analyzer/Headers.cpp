//===- Headers.cpp - The pipeline's headers compile by themselves ---------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/Pipeline.h"
