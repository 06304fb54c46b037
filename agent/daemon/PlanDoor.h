//===- PlanDoor.h - What this agent carries out -------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Where the configuration has `signedPlans`, a manager commands nothing here but
// what a plan says that somebody has signed whom this server trusts:
//
//   POST /v1/plans   the statement of a signed plan: kept where its signature,
//                    cluster, number and time are good
//   drain, seal      of a task that is not known yet: of the newest plan, and not
//                    after it has expired
//   actions          the same, or of a task that is known; and only what the
//                    plan's upgrades say
//   unseal           always: nobody is kept away by a rule
//
// Times are the wall clock's. The loop's thread.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_DAEMON_PLANDOOR_H
#define RIPPLE_AGENT_DAEMON_PLANDOOR_H

#include "agent/core/SignedPlans.h"
#include "agent/daemon/AgentJournal.h"
#include "model/AgentConfig.h"
#include "model/Signature.h"

namespace ripple::agent {

/// Why something is not done.
struct DoorRefusal {
  enum class Kind {
    NeedsStatement, ///< The plan was not shown here, or not as it is signed now.
    Refused,
    OwnFailure, ///< The journal cannot be written.
  } kind = Kind::Refused;
  std::string error, remedy;
};

class PlanDoor {
public:
  using Answer = tl::expected<void, DoorRefusal>;

  PlanDoor(const model::AgentConfig &config, AgentJournal &journal)
      : Config(config), Journal(journal) {}

  /// Reads the journal; says what is wrong with the keys.
  JournalResult<void> begin();
  bool asksForSignatures() const { return Config.signedPlans.has_value(); }

  /// Takes the `ripple.statement` DOCUMENT. Only says whether it would, where DRYRUN.
  Answer show(const std::string &document, bool dryRun);
  /// May a task of PLAN begin, or (KNOWN) go on, to be made quiescent?
  Answer mayDrain(const std::string &plan, bool known) const;
  /// May ACTION be carried out? KNOWN: its task is.
  Answer mayAct(const ActionRequest &action, bool known) const;

private:
  JournalResult<void> load();
  Answer hasGoodSignature(const model::Statement &statement) const;

  const model::AgentConfig &Config;
  AgentJournal &Journal;
  core::SignedPlan Newest;
  std::map<std::string, model::Statement> Shown; ///< By plan; those whose tasks may be known.
};

/// What is wrong with the files of CONFIG's keys.
model::Mistakes mistakesOfKeys(const model::AgentConfig &config);

/// What of STATEMENT does not allow ACTION on SERVER; "" where it does.
std::string problemOf(const model::Statement &statement, const std::string &server,
                      const ActionRequest &action);

} // namespace ripple::agent

#endif
