//===- Number.h - Numbers as RFC 8785 writes them ---------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_MODEL_NUMBER_H
#define RIPPLE_MODEL_NUMBER_H

#include <string>

namespace ripple::model {

/// VALUE as ECMAScript's Number::toString writes it (ECMA-262, 6.1.6.1.20), which RFC 8785 asks
/// for: the shortest digits that give back the same double. VALUE must be finite.
std::string formatNumber(double value);

} // namespace ripple::model

#endif
