//===- Bodies.h - What one function's body does -----------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Every call that running a body may make, written in the source or not:
// conversions, operators, temporaries' and locals' destructors, default
// arguments and initialisers. The walk ignores order and conditions.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_ANALYZER_COLLECT_BODIES_H
#define RIPPLE_ANALYZER_COLLECT_BODIES_H

#include "analyzer/collect/Collector.h"
#include "analyzer/collect/Flows.h"
#include "analyzer/collect/Registrar.h"

#include <clang/AST/ExprCXX.h>
#include <clang/AST/StmtCXX.h>
#include <clang/AST/StmtVisitor.h>

namespace ripple::analyzer {

class BodyWalker : public clang::ConstStmtVisitor<BodyWalker> {
public:
  /// FUNCTION is null while the initialiser of a static variable is walked.
  BodyWalker(Collector &collector, EntityIndex current, const clang::FunctionDecl *function);

  void walkFunction(const clang::FunctionDecl *definition);
  void walkVariable(const clang::VarDecl *variable);

  // What the walk does at each kind of expression; the rest is walked through.
  void VisitStmt(const clang::Stmt *statement);
  void VisitDeclStmt(const clang::DeclStmt *statement);
  void VisitIfStmt(const clang::IfStmt *statement);
  void VisitForStmt(const clang::ForStmt *loop) { walkLoop(loop); }
  void VisitWhileStmt(const clang::WhileStmt *loop) { walkLoop(loop); }
  void VisitDoStmt(const clang::DoStmt *loop) { walkLoop(loop); }
  void VisitCXXForRangeStmt(const clang::CXXForRangeStmt *loop);
  void VisitGotoStmt(const clang::GotoStmt *jump);
  void VisitCompoundStmt(const clang::CompoundStmt *block);
  void VisitUnaryOperator(const clang::UnaryOperator *operation);
  void VisitReturnStmt(const clang::ReturnStmt *statement);
  void VisitCXXCatchStmt(const clang::CXXCatchStmt *statement);
  void VisitCallExpr(const clang::CallExpr *call);
  void VisitCXXConstructExpr(const clang::CXXConstructExpr *construction);
  void VisitCXXInheritedCtorInitExpr(const clang::CXXInheritedCtorInitExpr *construction);
  void VisitCXXBindTemporaryExpr(const clang::CXXBindTemporaryExpr *temporary);
  void VisitMaterializeTemporaryExpr(const clang::MaterializeTemporaryExpr *temporary);
  void VisitCXXNewExpr(const clang::CXXNewExpr *allocation);
  void VisitCXXDeleteExpr(const clang::CXXDeleteExpr *deletion);
  void VisitCXXThrowExpr(const clang::CXXThrowExpr *raise);
  void VisitCXXDefaultArgExpr(const clang::CXXDefaultArgExpr *argument);
  void VisitCXXDefaultInitExpr(const clang::CXXDefaultInitExpr *initialiser);
  void VisitInitListExpr(const clang::InitListExpr *list);
  void VisitLambdaExpr(const clang::LambdaExpr *lambda);
  void VisitDeclRefExpr(const clang::DeclRefExpr *reference);
  void VisitBinaryOperator(const clang::BinaryOperator *operation);
  void VisitAtomicExpr(const clang::AtomicExpr *operation);
  void VisitCXXParenListInitExpr(const clang::CXXParenListInitExpr *list);
  void VisitMemberExpr(const clang::MemberExpr *member);
  void VisitCastExpr(const clang::CastExpr *cast);
  void VisitGenericSelectionExpr(const clang::GenericSelectionExpr *selection);
  void VisitCXXTypeidExpr(const clang::CXXTypeidExpr *query);
  void VisitCoroutineBodyStmt(const clang::CoroutineBodyStmt *coroutine);
  void VisitCoroutineSuspendExpr(const clang::CoroutineSuspendExpr *expression);
  void VisitUnaryExprOrTypeTraitExpr(const clang::UnaryExprOrTypeTraitExpr *query);
  void VisitCapturedStmt(const clang::CapturedStmt *region);
  void VisitOMPExecutableDirective(const clang::OMPExecutableDirective *directive);
  void VisitOffsetOfExpr(const clang::OffsetOfExpr *offset);
  void VisitVAArgExpr(const clang::VAArgExpr *argument);
  // Not evaluated.
  void VisitCXXNoexceptExpr(const clang::CXXNoexceptExpr *) {}
  void VisitRequiresExpr(const clang::RequiresExpr *) {}
  void VisitConceptSpecializationExpr(const clang::ConceptSpecializationExpr *) {}

private:
  void walk(const clang::Stmt *statement);
  void walkArguments(llvm::ArrayRef<const clang::Expr *> arguments, EntityIndex callee,
                     const clang::FunctionDecl *function);
  void walkCallee(const clang::Expr *callee);
  void walkClause(const clang::OMPClause *clause);
  void walkReduction(const clang::Expr *operation);
  void walkLoop(const clang::Stmt *loop);
  /// What TYPE evaluates where it is written: how long arrays are.
  void walkSizes(clang::QualType type);
  void walkConstructor(const clang::CXXConstructorDecl *constructor);
  /// The destructor that ends an object of TYPE; none where that does nothing.
  EntityIndex destroy(clang::QualType type, SourceLine at);
  std::vector<End> *endsOf(clang::StorageDuration duration);
  void destroyLocal(const clang::VarDecl *variable, SourceLine at);
  bool endsAt(SourceLine end, SourceLine line) const;
  void noteSpread(const clang::Expr *whole);
  Spread spreadOf(const clang::Expr *whole);
  void noteMembers(const clang::CXXConstructorDecl *constructor);
  void noteLoop(clang::SourceLocation from, clang::SourceLocation to);
  void destroyParts(const clang::CXXRecordDecl *record, SourceLine at);

  EntityIndex call(const clang::FunctionDecl *callee, SourceLine at,
                   CallKind kind = CallKind::Direct, PassedIndex passed = none);
  void noteForEach(const clang::CallExpr *call, const clang::FunctionDecl *callee);
  void callDirectly(const clang::CallExpr *call, const clang::FunctionDecl *callee);
  void callIndirectly(const clang::CallExpr *call);
  bool giveTo(const clang::Expr *whole, const clang::FunctionDecl *callee, EntityIndex index,
              const clang::Expr *object, llvm::ArrayRef<const clang::Expr *> arguments,
              SourceLine at);
  void callBound(const clang::CallExpr *call, const clang::FunctionDecl *callee);
  bool callTarget(const clang::CallExpr *call, const clang::FunctionDecl *callee);
  void keepPointer(const clang::CXXRecordDecl *keeper, const clang::Expr *pointer, SourceLine at);
  void take(const clang::FunctionDecl *callable, TypeIndex type, SourceLine at);
  void becomes(const clang::Expr *operand, TypeIndex from, TypeIndex to, SourceLine at);
  void takeLambda(const clang::CXXRecordDecl *closure, TypeIndex type, SourceLine at);
  void resume(const clang::FunctionDecl *callee, SourceLine at);
  bool isFollowed(const clang::FunctionDecl *callee);
  void handOver(PassedIndex value, clang::QualType type, EntityIndex to, SourceLine at,
                unsigned depth = 0);
  void handOver(const clang::FunctionDecl *callee, EntityIndex to, const clang::Expr *object,
                llvm::ArrayRef<const clang::Expr *> arguments, SourceLine at);
  void handFields(const clang::FunctionDecl *callee, EntityIndex to, SourceLine at);
  void handObject(const clang::Expr *object, EntityIndex to, SourceLine at);
  void handObject(PassedIndex value, const clang::CXXRecordDecl *record, EntityIndex to,
                  SourceLine at);
  void handBound(const clang::FunctionDecl *callee, EntityIndex to, EntityIndex bound,
                 SourceLine at);
  void handBound(const clang::Expr *callable, EntityIndex bound, SourceLine at);
  void handThrough(const clang::Expr *called, llvm::ArrayRef<const clang::Expr *> arguments,
                   const IndirectCall &call);
  void handToCallables(const clang::FunctionDecl *callee, const clang::Expr *object,
                       llvm::ArrayRef<const clang::Expr *> arguments, SourceLine at);
  void handBack();
  void handPlace(const clang::ValueDecl *place);
  void handBack(const clang::Expr *value);
  void handOver(const clang::ValueDecl *place, const clang::Expr *value, SourceLine at);
  void handOver(const clang::Expr *place, const clang::Expr *value, SourceLine at);
  void handOver(clang::QualType aggregate, const clang::FieldDecl *active,
                llvm::ArrayRef<const clang::Expr *> values, SourceLine at);
  void use(const clang::VarDecl *variable, SourceLine at);
  bool isRead() const;
  void lookUp(const clang::CallExpr *call, const clang::FunctionDecl *callee, SourceLine at);
  void openTable(const clang::CastExpr *conversion);
  void forEachCalled(const clang::RecordDecl *record,
                     llvm::function_ref<void(const clang::FieldDecl *)> visit, unsigned depth = 0);
  void noteArguments(llvm::ArrayRef<const clang::Expr *> arguments,
                     const clang::FunctionDecl *callee, EntityIndex index, SourceLine line);
  Value callableIn(const clang::Expr *expression);

  SourceLine at(clang::SourceLocation location);

  Collector &collector;
  Names &names;
  Facts &facts;
  EntityIndex current;
  const clang::FunctionDecl *function;
  bool isUsersOwn;
  Flows flows;
  Registrar registrar;
  SourceLine last;     ///< For what has no place of its own.
  SourceLine wholeEnd; ///< Where the present expression ends that is a part of no other.
  bool isInExpression = false;
  SourceLine blockEnd; ///< Where the present block's variables are destroyed.
  const clang::LambdaExpr *calledByName = nullptr; ///< A local variable that is only called.
  bool isPinned = false;         ///< `last` stands for all: a default argument is being walked.
  bool maySuspend = false;       ///< Of the coroutine that is being walked, as far as it was.
  EntityIndex argumentOf = none; ///< The function whose argument is being walked.
  const clang::CastExpr *castOf = nullptr; ///< The cast directly around what is being walked.
};

} // namespace ripple::analyzer

#endif
