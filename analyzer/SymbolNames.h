//===- SymbolNames.h - What the names of symbols say ------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Names by the Itanium C++ ABI, 5.1 (https://itanium-cxx-abi.github.io/cxx-abi/abi.html).
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_ANALYZER_SYMBOLNAMES_H
#define RIPPLE_ANALYZER_SYMBOLNAMES_H

#include <string>
#include <string_view>

namespace ripple::analyzer {

struct Record;

/// Where SYMBOL, if it is a constructor's or destructor's, says which of its variants that is
/// ("…C2Ev", "…D0Ev"); else npos.
std::size_t variantIn(std::string_view symbol);

/// The names of one constructor or destructor as one.
std::string withoutVariant(std::string symbol);

/// SYMBOL, or where it has the class of a lambda, the name that it stands for, with one sign for
/// such classes: compilers number and spell them in ways of their own where no other unit can link
/// to them (`$_0`, `'lambda'(int)`). Parameters are left out, for what they are named by is
/// different then, too.
std::string withoutNumbers(const std::string &symbol);

/// The symbol of RECORD's type information; "" if it has none.
std::string typeInfoOf(const Record &record);

} // namespace ripple::analyzer

#endif // RIPPLE_ANALYZER_SYMBOLNAMES_H
