//===- Library.h - What is known of the standard library --------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// libstdc++ hides the types of what std::function and std::shared_ptr hold
// behind one function pointer and one virtual function that all share. Taken
// literally, whoever destroys one would run every destructor in the program.
// Here those calls are resolved by the types that the outer classes were made
// with.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_ANALYZER_RESOLVE_LIBRARY_H
#define RIPPLE_ANALYZER_RESOLVE_LIBRARY_H

#include "analyzer/Facts.h"

#include <vector>

namespace ripple::analyzer {

/// True for a virtual call that `ownerEdges` stands in for.
bool isModelled(const Facts &facts, const Call &call);
/// The same for an indirect call.
bool isModelled(const Facts &facts, const IndirectCall &call);

/// True for what calls the target of a std::function.
bool callsTarget(const Entity &function);
/// True for what calls the target of a std::function that is made of a pointer. Who makes one in
/// the program's own code is charged with what the pointer may be (IndirectCall::isKept).
bool callsPointer(const Entity &function);

struct OwnerEdge {
  EntityIndex from = none, to = none;
  auto operator<=>(const OwnerEdge &) const = default;
};

/// From what ends or replaces a std::exception_ptr to the destructors of what is thrown anywhere;
/// from the destructors (and copies) of std::function<S> to those of what was put into one of the
/// same S; from what lets go of a std::shared_ptr<T> or std::weak_ptr<T> to what ends those that
/// were made of T, or of a type that was converted to T.
std::vector<OwnerEdge> ownerEdges(const Facts &facts);

/// True for functions of the standard library that call what they are given before they return,
/// and do not keep it.
bool callsAtOnce(const Entity &function);

/// False for functions of the C library without source that call what they are given before they
/// return and do not keep it, or when the program ends.
bool mayKeep(const Entity &function);

/// True for functions that keep what they are given for when the calling thread ends.
bool runsAtThreadEnd(const Entity &function);

/// The same for when the program ends.
bool runsAtProgramEnd(const Entity &function);

/// True for functions that end the program, with all that is to run then.
bool endsProgram(const Entity &function);

/// The same two of std::quick_exit, which leaves out all else.
bool runsAtQuickExit(const Entity &function);
bool endsQuickly(const Entity &function);

/// True for what calls the targets of std::function and its like.
bool isInvoker(const Entity &function);

/// True for a call of what std::bind has made.
bool callsBound(const Entity &function);

/// True for the virtual functions that run a std::packaged_task: only its callers call them.
bool runsTask(const Entity &function);

/// True for what the standard library declares.
bool isStandard(const Entity &entity);

/// True for the interface of Ripple's own gate. What lies behind it is not followed: its thread
/// starts, stops and opens plug-ins, but never while a request that uses one is active.
bool isGate(const Entity &function);

/// dlsym and dlvsym.
bool looksUpSymbol(const Entity &function);

} // namespace ripple::analyzer

#endif
