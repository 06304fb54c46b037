//===- Methods.cpp - The HTTP methods that code names ---------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/collect/Methods.h"

#include "analyzer/collect/Values.h"

#include <clang/AST/ExprCXX.h>
#include <set>

using namespace clang;

namespace ripple::analyzer {

std::vector<std::string> methodsIn(const Expr *expression) {
  expression = plain(expression);
  // "GET"_method, of a framework.
  if (const auto *made = dyn_cast<UserDefinedLiteral>(expression); made && made->getNumArgs() > 0)
    expression = plain(made->getArg(0));
  llvm::ArrayRef<const Expr *> parts;
  if (const auto *list = dyn_cast<InitListExpr>(expression))
    parts = {list->getInits(), list->getNumInits()};
  else if (const auto *made = dyn_cast<CXXConstructExpr>(expression))
    parts = {made->getArgs(), made->getNumArgs()};
  else if (const auto *whole = dyn_cast<CXXStdInitializerListExpr>(expression))
    return methodsIn(whole->getSubExpr());
  else if (const auto *literal = dyn_cast<StringLiteral>(expression)) {
    llvm::StringRef text = literal->getBytes();
    bool isMethod =
        !text.empty() && llvm::all_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
    return isMethod ? std::vector{text.str()} : std::vector<std::string>();
  } else if (const auto *reference = dyn_cast<DeclRefExpr>(expression)) {
    const ValueDecl *named = reference->getDecl();
    std::string name = named->getIdentifier() ? named->getName().upper() : "";
    if (name == "DEL")
      name = "DELETE";
    static const std::set<std::string> Known = {"GET",     "HEAD",  "POST",  "PUT",    "DELETE",
                                                "OPTIONS", "TRACE", "PATCH", "CONNECT"};
    const auto *variable = dyn_cast<VarDecl>(named);
    bool isFixed =
        isa<EnumConstantDecl>(named) || (variable && variable->getType().isConstQualified());
    return {isFixed && Known.count(name) ? name : "*"};
  } else if (isa<CXXDefaultArgExpr>(expression)) {
    return {};
  } else {
    return {"*"};
  }
  std::vector<std::string> found;
  for (const Expr *part : parts)
    for (std::string &method : methodsIn(part)) {
      if (method == "*")
        return {"*"};
      if (!llvm::is_contained(found, method))
        found.push_back(std::move(method));
    }
  return found;
}

} // namespace ripple::analyzer
