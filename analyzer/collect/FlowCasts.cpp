//===- FlowCasts.cpp - What casts keep of what is followed ----------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/collect/Flows.h"
#include "analyzer/collect/LibraryCalls.h"

#include "analyzer/collect/Values.h"

using namespace clang;

namespace ripple::analyzer {
namespace {

/// True if PART is a base of WHOLE, or its first field, or that one's.
bool beginsWith(const RecordDecl *whole, const RecordDecl *part) {
  whole = whole->getDefinition();
  part = part->getDefinition();
  const auto *derived = dyn_cast<CXXRecordDecl>(whole);
  const auto *base = dyn_cast<CXXRecordDecl>(part);
  if (derived && base && derived->isDerivedFrom(base))
    return true;
  for (unsigned depth = 0; whole && depth < 16; ++depth) {
    if (whole == part)
      return true;
    if (whole->field_empty())
      return false;
    const RecordDecl *first = (*whole->field_begin())->getType()->getAsRecordDecl();
    whole = first ? first->getDefinition() : nullptr;
  }
  return false;
}

const RecordDecl *definitionOf(QualType type) {
  const RecordDecl *record = type->getAsRecordDecl();
  return record ? record->getDefinition() : nullptr;
}

/// Functions that look into no memory that they are given.
bool isMemoryOnly(const FunctionDecl *callee) {
  return callee->isExternC() && callee->getIdentifier() &&
         (callee->getName() == "free" || callee->getName() == "realloc" ||
          callee->getName() == "reallocarray");
}

} // namespace

bool isNoAddress(const Expr *value, ASTContext &context) {
  if (value->isValueDependent())
    return false;
  // C compares with, and chooses, ((void *)0) as a pointer like others.
  if (value->IgnoreParens()->isNullPointerConstant(context, Expr::NPC_NeverValueDependent))
    return true;
  Expr::EvalResult result;
  return value->getType()->isIntegralOrEnumerationType() && value->EvaluateAsInt(result, context) &&
         result.Val.getInt().getExtValue() >= -1 && result.Val.getInt().getExtValue() <= 1;
}

NodeIndex Flows::valueOfCast(const CastExpr *conversion) {
  const Expr *operand = conversion->getSubExpr();
  const CastKind kind = conversion->getCastKind();
  if (kind == CK_NullToPointer || kind == CK_NullToMemberPointer ||
      isNoAddress(operand, names.context()))
    return none;
  if (kind == CK_IntegralToPointer)
    return untyped(conversion);
  if (holders.holds(operand->getType()) || mayHoldCallable(operand->getType()))
    return valueOf(operand);
  // Fresh memory holds nothing yet.
  const auto *call = dyn_cast<CallExpr>(operand->IgnoreParenImpCasts());
  const FunctionDecl *callee = call ? call->getDirectCallee() : nullptr;
  if (callee && callee->isExternC() && callee->getIdentifier() &&
      (callee->getName() == "malloc" || callee->getName() == "calloc" ||
       callee->getName() == "aligned_alloc"))
    return none;
  if (callee && isMemoryOnly(callee) && call->getNumArgs() > 0)
    return argument(call->getArg(0)->IgnoreParenCasts());
  return untyped(conversion);
}

/// CONVERSION makes a pointer of what has no type.
NodeIndex Flows::untyped(const CastExpr *conversion) {
  const NodeIndex all = temporary(conversion);
  flow(unknown(), all);
  flow(all, unknown());
  flow(node(NodeKind::Untyped, none, 0), all);
  flow(node(NodeKind::Untyped, none, lookedUp), all);
  const auto *call = dyn_cast<CallExpr>(conversion->getSubExpr()->IgnoreParenImpCasts());
  if (const FunctionDecl *callee = call ? call->getDirectCallee() : nullptr;
      callee && looksUpSymbol(callee))
    flow(node(NodeKind::Result, names.function(callee), 0), all);
  return all;
}

/// CALLEE, a library's, may give back what has no type.
void Flows::noteUntyped(const FunctionDecl *callee) {
  const bool gives = callee->getReturnType()->isVoidPointerType() ||
                     llvm::any_of(callee->parameters(), [](const ParmVarDecl *parameter) {
                       const QualType type = parameter->getType();
                       return type->isPointerType() && type->getPointeeType()->isVoidPointerType();
                     });
  if (gives && !callee->hasBody() && callee->getBuiltinID() == 0 && !looksUpSymbol(callee))
    if (const EntityIndex index = names.function(callee); index != none)
      flow(node(NodeKind::Result, index, 0), node(NodeKind::Untyped, none, 0));
}

void Flows::lookUp(const FunctionDecl *callee) {
  if (const EntityIndex index = names.function(callee); isActive && index != none)
    flow(node(NodeKind::Result, index, 0), node(NodeKind::Untyped, none, lookedUp));
}

void Flows::giveLookedUp(const FieldDecl *declaration) {
  if (isActive && holders.holds(declaration->getType()))
    store(node(NodeKind::Untyped, none, lookedUp), field(declaration));
}

void Flows::give(EntityIndex callee, const FieldDecl *declaration) {
  if (!isActive)
    return;
  if (const NodeIndex place = field(declaration); facts.nodes[place].kind == NodeKind::Field)
    flow(node(NodeKind::Result, callee, 0), place);
}

void Flows::convert(const CastExpr *conversion) {
  const Expr *operand = conversion->getSubExpr();
  if (!isActive || harmless.contains(conversion))
    return;
  CastKind kind = conversion->getCastKind();
  if (kind == CK_LValueToRValue || kind == CK_ToVoid || kind == CK_PointerToBoolean ||
      kind == CK_MemberPointerToBoolean || kind == CK_ConstructorConversion ||
      kind == CK_UserDefinedConversion)
    return;
  pun(operand->getType(), conversion->getType());
  if (!holders.holds(operand->getType()) || holders.holds(conversion->getType()))
    return;
  flow(valueOf(operand), unknown());
  if (holders.isPlace(operand->getType()))
    storeTo(operand, unknown());
}

void Flows::freeOrMove(const CallExpr *call, const FunctionDecl *callee) {
  if (!isMemoryOnly(callee) || call->getNumArgs() == 0)
    return;
  const Expr *each = call->getArg(0)->IgnoreParens();
  while (const auto *conversion = dyn_cast<CastExpr>(each)) {
    harmless.insert(conversion);
    each = conversion->getSubExpr()->IgnoreParens();
  }
}

/// Objects of one class that are looked at as another's: their fields are not apart.
void Flows::pun(QualType from, QualType to) {
  if (!from->isPointerType() || !to->isPointerType())
    return;
  const RecordDecl *a = definitionOf(from->getPointeeType());
  const RecordDecl *b = definitionOf(to->getPointeeType());
  auto isBytes = [](QualType type) { return type->isVoidType() || type->isAnyCharacterType(); };
  if ((!a && !b) ||
      (!a && (isBytes(from->getPointeeType()) || from->getPointeeType()->isRecordType())) ||
      (!b && (isBytes(to->getPointeeType()) || to->getPointeeType()->isRecordType())) ||
      (a && b && (a == b || beginsWith(a, b) || beginsWith(b, a))))
    return;
  std::vector<NodeIndex> fields;
  addFields(from, fields);
  addFields(to, fields);
  for (NodeIndex each : fields) {
    flow(unknown(), each);
    flow(each, unknown());
  }
}

} // namespace ripple::analyzer
