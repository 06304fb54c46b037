//===- LibraryCalls.cpp - What the standard library does with values ------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/collect/LibraryCalls.h"
#include "analyzer/collect/Holders.h"

#include <llvm/ADT/StringSwitch.h>

using namespace clang;

namespace ripple::analyzer {

bool isTransparent(const FunctionDecl *callee) {
  if (const auto *method = dyn_cast<CXXMethodDecl>(callee))
    return Holders::isKeeper(method->getParent());
  return Holders::isLibrary(callee) && !Holders::isRanges(callee) &&
         (callee->isTemplateInstantiation() || callee->isOverloadedOperator());
}

Handling handlingOf(const FunctionDecl *callee) {
  llvm::StringRef name = callee->getIdentifier() ? callee->getName() : "";
  if (const auto *method = dyn_cast<CXXMethodDecl>(callee)) {
    llvm::StringRef record =
        method->getParent()->getIdentifier() ? method->getParent()->getName() : "";
    if (record == "move_only_function" || record.starts_with("_Bind"))
      return Handling::Calls;
    return llvm::StringSwitch<Handling>(name)
        .Cases("sort", "merge", "remove_if", "unique", "visit", Handling::Calls)
        .Cases("and_then", "or_else", "transform", "transform_error", Handling::Calls)
        .Default(Handling::Keeps);
  }
  if (callee->isOverloadedOperator() || isMaker(callee))
    return Handling::Keeps;
  return llvm::StringSwitch<Handling>(name)
      .Cases("move", "forward", "as_const", "ref", "cref", "addressof", "__addressof",
             Handling::Keeps)
      .Cases("swap", "exchange", "iter_swap", "reverse", "rotate", "fill", Handling::Keeps)
      .Cases("copy", "copy_n", "copy_backward", "move_backward", "reverse_copy", "rotate_copy",
             Handling::Keeps)
      .Cases("back_inserter", "front_inserter", "inserter", "swap_ranges", "move_if_noexcept",
             Handling::Keeps)
      .Cases("tie", "get", "forward_as_tuple", "tuple_cat", Handling::Keeps)
      .Cases("get_if", "holds_alternative", Handling::Keeps)
      .Cases("begin", "end", "cbegin", "cend", "next", "prev", "advance", "distance",
             Handling::Keeps)
      .Cases("rbegin", "rend", "crbegin", "crend", Handling::Keeps)
      .Cases("size", "ssize", "empty", "data", Handling::Keeps)
      .Cases("static_pointer_cast", "dynamic_pointer_cast", "const_pointer_cast", Handling::Keeps)
      .Cases("for_each", "for_each_n", "call_once", Handling::Looks)
      .Cases("find", "find_if", "find_if_not", "lower_bound", "upper_bound", Handling::Looks)
      .Cases("any_of", "all_of", "none_of", "count_if", Handling::Looks)
      .Cases("min", "max", "minmax", "clamp", Handling::Looks)
      .Cases("min_element", "max_element", "minmax_element", Handling::Looks)
      .Cases("nth_element", "partial_sort", Handling::Looks)
      .Cases("sort", "stable_sort", "partition", "stable_partition", Handling::Looks)
      .Cases("remove_if", "erase_if", "copy_if", "unique", Handling::Looks)
      .Default(Handling::Calls);
}

std::optional<unsigned> calledArgument(const FunctionDecl *callee) {
  if (!callee->isTemplateInstantiation() || !Holders::isLibrary(callee))
    return std::nullopt;
  if (const auto *constructor = dyn_cast<CXXConstructorDecl>(callee)) {
    const bool isThread = constructor->getParent()->isInStdNamespace() &&
                          constructor->getParent()->getIdentifier() &&
                          constructor->getParent()->getName() == "thread";
    return isThread ? std::optional(0u) : std::nullopt;
  }
  if (isa<CXXMethodDecl>(callee) || !callee->getIdentifier() || !callee->isInStdNamespace())
    return std::nullopt;
  const bool hasPolicy =
      callee->getNumParams() > 0 && callee->getParamDecl(0)->getType()->isEnumeralType();
  return llvm::StringSwitch<std::optional<unsigned>>(callee->getName())
      .Cases("invoke", "invoke_r", "bind", "bind_front", 0)
      .Case("call_once", 1)
      .Case("async", hasPolicy ? 1 : 0)
      .Default(std::nullopt);
}

bool looksUpSymbol(const FunctionDecl *callee) {
  return callee->isExternC() && callee->getIdentifier() &&
         (callee->getName() == "dlsym" || callee->getName() == "dlvsym");
}

bool isBound(const CXXRecordDecl *record) {
  return record && Holders::isLibrary(record) && record->getIdentifier() &&
         (record->getName() == "_Bind" || record->getName() == "_Bind_result" ||
          record->getName() == "_Bind_front");
}

const FieldDecl *invokerOf(const CXXRecordDecl *record) {
  if (!record->isInStdNamespace() || !record->getIdentifier() || record->getName() != "function")
    return nullptr;
  for (const FieldDecl *field : record->fields())
    if (field->getName() == "_M_invoker")
      return field;
  return nullptr;
}

std::vector<const CXXMethodDecl *> runnersOf(const CXXRecordDecl *record) {
  if (!record->isInStdNamespace() || !record->getIdentifier() ||
      record->getName() != "packaged_task" || !record->hasDefinition())
    return {};
  IdentifierTable &known = record->getASTContext().Idents;
  const auto states = record->getDefinition()->lookup(&known.get("_State_type"));
  const auto *state = states.isSingleResult() ? dyn_cast<TypedefNameDecl>(states.front()) : nullptr;
  const CXXRecordDecl *held = state ? state->getUnderlyingType()->getAsCXXRecordDecl() : nullptr;
  std::vector<const CXXMethodDecl *> runners;
  if (!held || !held->hasDefinition())
    return runners;
  for (llvm::StringRef name : {"_M_run", "_M_run_delayed"})
    for (const NamedDecl *each : held->getDefinition()->lookup(&known.get(name)))
      if (const auto *runner = dyn_cast<CXXMethodDecl>(each))
        runners.push_back(runner);
  return runners;
}

bool holdsTarget(const CXXRecordDecl *record) {
  return invokerOf(record) || !runnersOf(record).empty();
}

bool isMaker(const FunctionDecl *callee) {
  llvm::StringRef name = callee->getIdentifier() ? callee->getName() : "";
  return !isa<CXXMethodDecl>(callee) &&
         (name.starts_with("make_") || name.starts_with("allocate_"));
}

} // namespace ripple::analyzer
