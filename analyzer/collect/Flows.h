//===- Flows.h - Where callables and objects go -----------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Which places of the program (Facts::nodes) hold what others hold, from what
// one function of the user's own does: initialisations, assignments, arguments,
// results. Order, conditions and elements are ignored; fields are apart by
// class, not by object. What is not followed flows from and to Unknown: through
// untyped pointers, unions, libraries' own classes.
//
// Taken for granted: a function does not change what it is given as an rvalue
// for its caller to see, and memory is not copied between fields of different
// classes by their bytes.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_ANALYZER_COLLECT_FLOWS_H
#define RIPPLE_ANALYZER_COLLECT_FLOWS_H

#include "analyzer/collect/Collector.h"
#include "analyzer/collect/Holders.h"

#include <clang/AST/ExprCXX.h>

namespace ripple::analyzer {

/// Of the function that TYPE is, or that a pointer, reference or member pointer of TYPE leads to.
std::vector<clang::QualType> parametersOf(clang::QualType type);

/// The function that CALLABLE names, or whose body it is: `f`, `&C::m`, a lambda, an object of a
/// class with one call operator; null where that is not one.
const clang::FunctionDecl *functionNamed(const clang::Expr *callable);
/// True if CALLABLE is nothing but a function's name.
bool isFunctionName(const clang::Expr *callable);

/// VALUE is a constant that no function's address is: NULL, SIG_DFL, SIG_IGN, SIG_ERR.
bool isNoAddress(const clang::Expr *value, clang::ASTContext &context);

/// The flows within one function's body. The walk over the body calls it at each expression once.
class Flows {
public:
  Flows(Collector &collector, EntityIndex current, const clang::FunctionDecl *function);

  /// VARIABLE is given its initial value, if it has one.
  void initialise(const clang::VarDecl *variable, const clang::Expr *value);
  void initialise(const clang::FieldDecl *field, const clang::Expr *value);
  void assign(const clang::Expr *place, const clang::Expr *value);
  /// An object is made where a pointer leads.
  void place(const clang::CXXNewExpr *made);
  void returns(const clang::Expr *value);
  /// CALLEE may be one that only gives memory back: what is in that goes nowhere.
  void freeOrMove(const clang::CallExpr *call, const clang::FunctionDecl *callee);
  /// The value goes where it is not followed.
  void convert(const clang::CastExpr *conversion);
  /// What VARIABLE holds is not known: a caught exception.
  void forget(const clang::VarDecl *variable);
  /// What may be done to the places that EXPRESSION's operands name is not known.
  void forget(const clang::Expr *expression);
  /// The field may be reached through a member pointer.
  void forget(const clang::FieldDecl *field);
  void capture(const clang::LambdaExpr *lambda);
  /// An aggregate of TYPE is made of VALUES; of a union, only ACTIVE is.
  void elements(clang::QualType type, const clang::FieldDecl *active,
                llvm::ArrayRef<const clang::Expr *> values);
  /// Who can name the function or variable gets to the fields of what it is given, gives or is.
  void expose(const clang::FunctionDecl *function);
  void expose(const clang::VarDecl *variable);
  /// Code that is not followed names PLACE, a field or variable, and may change it, if not ISREAD.
  void expose(const clang::ValueDecl *place, bool isRead = false);
  /// What CALLEE, which looks up symbols, returns is kept as `void *`.
  void lookUp(const clang::FunctionDecl *callee);
  /// FIELD may be in what was looked up and kept as `void *`.
  void giveLookedUp(const clang::FieldDecl *field);
  /// The place of FIELD in its class becomes a number: whoever has that may change it.
  void takeOffset(const clang::FieldDecl *field);
  /// FIELD is named: in a union, others begin with the same.
  void overlap(const clang::FieldDecl *field);
  /// A constructor or destructor runs on an object that is of this class yet, or still.
  void isOwnClass(const clang::CXXRecordDecl *record);

  /// A call of CALLEE, of the user's own or a library's. DISPATCHES: by its virtual table.
  PassedIndex call(const clang::CallExpr *call, const clang::FunctionDecl *callee, bool dispatches);
  /// A call through what CALLED holds; RECEIVER is the object, of a member pointer.
  PassedIndex callIndirectly(const clang::CallExpr *call, const clang::Expr *called,
                             llvm::ArrayRef<const clang::Expr *> arguments,
                             llvm::ArrayRef<clang::QualType> parameters,
                             const clang::Expr *receiver = nullptr);
  PassedIndex construct(const clang::CXXConstructExpr *construction);
  /// A std::function is made of POINTER: whoever gets it may call that.
  PassedIndex keep(const clang::Expr *pointer);
  PassedIndex destroy(const clang::Expr *object);

  /// WHOLE is a call of CALLEE, of a function as `calledArgument` knows them: what calls the
  /// argument, with those behind it; none where that is not known.
  EntityIndex given(const clang::Expr *whole, const clang::FunctionDecl *callee,
                    llvm::ArrayRef<const clang::Expr *> arguments);
  /// A handler that CALLABLE holds is registered: what calls it, whichever it is; none where
  /// CALLABLE is of a kind that is not known.
  EntityIndex handlerIn(const clang::Expr *callable);
  /// What BOUND, as `given` returned it, calls something with. `object` is that, or where it is a
  /// method known by its name, that one's object.
  const Passed *givenTo(EntityIndex bound) const;

  /// Of the user's own classes, and OFSYSTEM of libraries, fields that hold: code that is given a
  /// TYPE knows them.
  std::vector<const clang::FieldDecl *> fieldsOf(clang::QualType type, bool ofSystem = false,
                                                 unsigned depth = 0);
  /// CALLEE gives back a structure that it has made, with what it likes in DECLARATION.
  void give(EntityIndex callee, const clang::FieldDecl *declaration);
  /// What FIELD holds.
  PassedIndex keep(const clang::FieldDecl *field);
  /// VALUE, or what EXPRESSION holds; is handed to what BY holds.
  PassedIndex keep(NodeIndex value, NodeIndex by = none);
  PassedIndex keepBy(const clang::Expr *expression, NodeIndex by);
  /// What this function returns, and writes to where its parameter NUMBER leads.
  PassedIndex keepResult();
  PassedIndex keepWritten(unsigned number);
  /// What the program puts into PLACE, a field or variable of code that is not seen, or where such
  /// a function's result leads.
  PassedIndex keepPlace(EntityIndex place);
  /// What CALLABLE may be; unknown where that is not followed.
  NodeIndex called(const clang::Expr *callable);

private:
  NodeIndex valueOf(const clang::Expr *expression);
  NodeIndex valueOfCast(const clang::CastExpr *conversion);
  NodeIndex valueOfCall(const clang::CallExpr *call);
  NodeIndex valueOfOperation(const clang::BinaryOperator *operation);
  NodeIndex callable(const clang::CXXRecordDecl *functor, const clang::Expr *expression);
  NodeIndex callable(const clang::FunctionDecl *function);
  NodeIndex declared(const clang::ValueDecl *declaration);
  NodeIndex variable(const clang::VarDecl *variable);
  NodeIndex field(const clang::FieldDecl *field);
  NodeIndex thisObject();
  NodeIndex object(const clang::CXXRecordDecl *record);
  NodeIndex joined(const clang::Expr *expression, llvm::ArrayRef<const clang::Expr *> parts);
  NodeIndex temporary(const clang::Expr *expression);
  NodeIndex newTemporary();
  NodeIndex unknown() { return node(NodeKind::Unknown, none, 0); }
  NodeIndex untyped(const clang::CastExpr *conversion);
  void noteUntyped(const clang::FunctionDecl *callee);
  NodeIndex node(NodeKind kind, EntityIndex entity, std::uint32_t number);
  NodeIndex argument(const clang::Expr *expression);
  NodeIndex argumentOrNothing(const clang::Expr *expression);

  void flow(NodeIndex from, NodeIndex to);
  void store(NodeIndex value, NodeIndex place);
  static bool mayBeElsewhere(const Entity &place);
  void storeTo(const clang::Expr *place, NodeIndex value);
  void bind(const clang::Expr *value, clang::QualType type, NodeIndex place);
  void addStoredObjects(clang::QualType type, NodeIndex place, unsigned depth = 0);

  struct Parts {
    const clang::Expr *object = nullptr;
    llvm::ArrayRef<const clang::Expr *> arguments;
  };
  static Parts partsOf(const clang::CallExpr *call, const clang::FunctionDecl *callee);
  bool isUsers(const clang::FunctionDecl *callee);
  bool give(const clang::Expr *callable, llvm::ArrayRef<const clang::Expr *> arguments,
            EntityIndex bound, bool takesMore, SourceLine at);
  void giveAway(const Passed &row);
  NodeIndex boundArgument(const clang::Expr *expression, EntityIndex bound);
  void bindArguments(llvm::ArrayRef<const clang::Expr *> arguments,
                     llvm::ArrayRef<clang::QualType> parameters, EntityIndex bound, bool takesMore,
                     Passed &row);
  bool mayWrite(const clang::Expr *callable);
  NodeIndex resultOf(const Parts &parts, const clang::FunctionDecl *callee,
                     const clang::Expr *whole);
  std::vector<const clang::Expr *> holdingOf(const Parts &parts);
  void hand(const Parts &parts, const clang::FunctionDecl *callee, const clang::Expr *whole);
  void handAway(const Parts &parts, const clang::FunctionDecl *callee);
  void writeArguments(llvm::ArrayRef<const clang::Expr *> arguments,
                      const clang::FunctionDecl *callee, NodeIndex value, bool keepsPlaces);
  void passArguments(llvm::ArrayRef<const clang::Expr *> arguments,
                     llvm::ArrayRef<clang::QualType> parameters, Passed &row);
  void pun(clang::QualType from, clang::QualType to);
  void expose(EntityIndex entity, llvm::ArrayRef<clang::QualType> types);
  void addFields(clang::QualType type, std::vector<NodeIndex> &fields);
  PassedIndex add(Passed row);

  Collector &collector;
  Names &names;
  Facts &facts;
  Holders &holders;
  EntityIndex current;
  const clang::FunctionDecl *function;
  bool isActive; ///< False in libraries' code, which is not followed.
  std::uint32_t temporaries = 0;
  llvm::DenseMap<const clang::Expr *, NodeIndex> temporaryOf;
  llvm::DenseMap<const clang::Expr *, EntityIndex> givenBy, heldBy;
  llvm::DenseMap<EntityIndex, Passed> boundRows;
  llvm::DenseSet<const clang::CastExpr *> harmless;
  unsigned depth = 0;
};

} // namespace ripple::analyzer

#endif
