//===- Through.cpp - The declarations that an indirect call goes through --===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/collect/Through.h"

#include "analyzer/collect/Holders.h"
#include "analyzer/collect/Values.h"

#include <clang/AST/ExprCXX.h>

using namespace clang;

namespace ripple::analyzer {

void goThrough(const Expr *pointer, IndirectCall &row, Collector &collector) {
  Names &names = collector.names;
  if (const ParmVarDecl *parameter = parameterOf(pointer, collector)) {
    row.slotOf = names.function(cast<FunctionDecl>(parameter->getDeclContext()));
    row.slotParameter = parameter->getFunctionScopeIndex();
  }
  for (;;) {
    pointer = pointer->IgnoreParens();
    goThroughType(pointer->getType(), row.through, names);
    if (const auto *conversion = dyn_cast<CastExpr>(pointer))
      pointer = conversion->getSubExpr();
    else if (const auto *unary = dyn_cast<UnaryOperator>(pointer))
      pointer = unary->getSubExpr();
    else if (const auto *element = dyn_cast<ArraySubscriptExpr>(pointer))
      pointer = element->getBase();
    else
      break;
  }
  if (const auto *member = dyn_cast<MemberExpr>(pointer)) {
    if (const auto *field = dyn_cast<FieldDecl>(member->getMemberDecl());
        field && names.line(field->getLocation()).file != none)
      row.through.push_back(names.field(field));
  } else if (const auto *reference = dyn_cast<DeclRefExpr>(pointer)) {
    if (const auto *variable = dyn_cast<VarDecl>(reference->getDecl());
        variable && variable->hasGlobalStorage() && !variable->isStaticLocal())
      row.through.push_back(names.variable(variable));
  }
  llvm::sort(row.through);
  row.through.erase(std::unique(row.through.begin(), row.through.end()), row.through.end());
}

void goThroughType(QualType type, std::vector<EntityIndex> &through, Names &names) {
  for (type = type.getNonReferenceType(); !type.isNull();) {
    if (const auto *alias = type->getAs<TypedefType>()) {
      if (!Holders::isLibrary(alias->getDecl()))
        through.push_back(names.type(alias->getDecl()));
      type = alias->desugar();
    } else if (type->isPointerType()) {
      type = type->getPointeeType();
    } else {
      break;
    }
  }
}

} // namespace ripple::analyzer
