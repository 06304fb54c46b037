//===- SymbolNames.cpp - What the names of symbols say --------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/SymbolNames.h"

#include "analyzer/Facts.h"

#include <algorithm>
#include <cctype>
#include <llvm/Demangle/Demangle.h>

namespace ripple::analyzer {
namespace {

/// Without the name of a variable, and '::', at its end: the variable of which a lambda is the
/// value, which not every compiler has in the lambda's name.
std::string withoutVariable(std::string scope) {
  std::size_t end = scope.size();
  while (end > 2 && scope.compare(end - 2, 2, "::") == 0) {
    const std::size_t begin = scope.find_last_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                                     "abcdefghijklmnopqrstuvwxyz_0123456789",
                                                     end - 3);
    if (begin == end - 3 || scope.compare(begin + 1, end - begin - 1, "const::") == 0)
      break; // It is a function's.
    end = begin + 1;
  }
  return scope.substr(0, end);
}

} // namespace

std::size_t variantIn(std::string_view symbol) {
  if (symbol.starts_with("_ZN"))
    for (std::size_t at = symbol.size(); at-- > 4;)
      if (symbol[at] == 'E' && std::isdigit(static_cast<unsigned char>(symbol[at - 1])) &&
          (symbol[at - 2] == 'C' || symbol[at - 2] == 'D'))
        return at - 1;
  return symbol.npos;
}

std::string withoutVariant(std::string symbol) {
  if (const std::size_t at = variantIn(symbol); at != symbol.npos)
    symbol[at] = '1';
  return symbol;
}

std::string withoutNumbers(const std::string &symbol) {
  if (symbol.find("$_") == symbol.npos && symbol.find("Ul") == symbol.npos)
    return symbol;
  const std::string name = llvm::demangle(symbol);
  std::string out;
  bool isClosure = false; // Its parameters come next.
  for (std::size_t at = 0; at < name.size(); ++at) {
    if (name.compare(at, 2, "$_") == 0) {
      at = std::min(name.find_first_not_of("0123456789", at + 2), name.size()) - 1;
      out = withoutVariable(std::move(out)) + '$';
    } else if (name[at] == '\'' && name.find('\'', at + 1) != name.npos) {
      at = name.find('\'', at + 1);
      out = withoutVariable(std::move(out)) + '$';
      isClosure = true;
      continue;
    } else if (name[at] == '(') {
      for (int depth = 1; depth > 0 && ++at < name.size();)
        depth += (name[at] == '(') - (name[at] == ')');
      out += isClosure ? "" : "()";
    } else {
      out += name[at];
    }
    isClosure = false;
  }
  return out;
}

std::string typeInfoOf(const Record &record) {
  // Its key is the symbol of its name, "_ZTS4Base". Behind that is the file, where no other unit
  // knows the class.
  return record.key.starts_with("_ZTS") ? "_ZTI" + record.key.substr(4, record.key.find('@') - 4)
                                        : std::string();
}

} // namespace ripple::analyzer
