//===- Serving.h - What runs before, beside and around requests -*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_ANALYZER_REACH_SERVING_H
#define RIPPLE_ANALYZER_REACH_SERVING_H

#include "analyzer/reach/Walk.h"

#include <map>

namespace ripple::analyzer {

/// Tells start-up code from the serving loop. Both are walked at once from main and the static
/// initialisers; request handlers are not entered. Threads that this code starts, and the calls
/// that the catalog names as serving, are the serving side.
///
/// Where main comes to no such call, nobody knows when serving begins: all that it runs may run
/// beside requests, and is on the serving side. An accept loop tells, too. Where start-up code
/// starts serving on another thread, it runs beside requests from that line on, or from the start
/// of the loop around it, and so do its callers.
///
/// What ends with a thread (`thread_local` variables, pthread_key_create) is on the serving side,
/// whatever made it: threads that have served a request end when they like. So is what ends with
/// the program (static variables, atexit), where main may return while others serve.
///
/// A callable that only requests' own code makes is not called here, nor is a virtual method of an
/// object that only they make: a worker thread that runs jobs from a queue does so for the request
/// that made the job, and it is that request's.
class ServingWalk : public Walk {
public:
  ServingWalk(const Program &program, const Resolved &resolved, const model::Catalog &catalog);

  /// The serving side: what every request has around it.
  const std::vector<EntityIndex> &serving(bool provenOnly);
  /// Start-up code.
  const std::vector<EntityIndex> &startup(bool provenOnly);
  /// Methods that the serving side calls on objects of classes that only requests make, after
  /// `serving`: by the constructor of such an object.
  std::vector<std::pair<EntityIndex, EntityIndex>> leftToRequests() const;
  /// There is a main, and it comes to no call that is known to start serving.
  bool isMainUnknown() const { return mainServes; }
  /// Some of the serving side is what start-up code does after it has started serving.
  bool runsBeside() const { return mainServes || !besideFrom.empty(); }

private:
  struct Deferred {
    EntityIndex to, from;
    SourceLine at;
    bool fromServing, isServing;
  };
  void runBoth(bool provenOnly, bool wantServing);
  bool isLoop(EntityIndex entity) const;
  bool startsServing();
  bool startsThread(EntityIndex entity, const Edge &edge) const;
  std::vector<bool> leadingToServing() const;
  void findBeside();
  void findLoopsAround();
  /// ROW is a stretch of source, and AT in it.
  static bool isWithin(const auto &row, SourceLine at) {
    return row.from.file == at.file && row.from <= at && at <= row.to;
  }
  bool isAroundServing(EntityIndex entity, const Edge &edge) const;
  bool isBeside(EntityIndex entity, const Edge &edge) const;
  bool isAtEnd(EntityIndex entity, const Edge &edge) const;
  void arriveAtEnds(const std::vector<End> &ends);
  bool isInitialisedBefore(EntityIndex first, EntityIndex second) const;
  void meet(EntityIndex handler);
  void follow(EntityIndex entity, bool isServing, bool provenOnly);
  void follow(EntityIndex entity, const std::vector<Edge> &edges, bool isServing, bool provenOnly);
  /// FROM calls ENTITY; each of them is on one side.
  void arrive(EntityIndex entity, EntityIndex from, SourceLine at, bool fromServing,
              bool isServing);
  void markMade(EntityIndex function);
  void release(std::map<std::uint32_t, std::vector<Deferred>> &waiting, std::uint32_t made);
  bool isMadeByRequests(EntityIndex method) const;

  const Handlers handlers;
  std::vector<bool> servesHere, isMade, isTaken;
  std::vector<std::vector<EntityIndex>> makes; ///< Callables that a function makes.
  std::map<RecordIndex, std::vector<EntityIndex>> constructors; ///< That somebody calls.
  std::vector<EntityIndex> roots;
  EntityIndex mainFunction = none;
  /// From the line FROM on, what a function calls runs beside requests. Up to the line TO, this may
  /// be what stands around calls that start serving, but not those.
  struct Beside {
    SourceLine from;
    std::uint32_t to = 0;
    bool operator==(const Beside &) const = default;
  };
  Beside besideOf(EntityIndex entity, EntityIndex callee, SourceLine at) const;
  static Beside both(const Beside &one, const Beside &other);
  bool startsBeside(EntityIndex entity, const Edge &edge) const;
  void joinBeside(EntityIndex entity, Beside &beside) const;
  std::vector<bool> leads;                  ///< To what starts serving.
  std::vector<bool> servesInside;           ///< By loop: serving is called in it.
  std::map<EntityIndex, Beside> besideFrom; ///< Where a function has serving started beside it.

  // Of the present run.
  std::vector<bool> inStartup, inServing;
  std::vector<bool> followedStartup, followedServing; ///< By list of Resolved::shared.
  std::vector<std::pair<EntityIndex, bool>> queue;
  std::map<EntityIndex, std::vector<Deferred>> deferred;  ///< By callable not yet made.
  std::map<RecordIndex, std::vector<Deferred>> onObjects; ///< By class of which none is made yet.
  bool mainServes = false;
  bool meetsLoop = false;   ///< An accept loop, or main is a handler itself.
  bool keepServing = false; ///< Which side `order` and evidence are kept for.
};

} // namespace ripple::analyzer

#endif
