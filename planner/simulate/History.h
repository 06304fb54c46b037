//===- History.h - What was away before a drain, as expected ----*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_PLANNER_SIMULATE_HISTORY_H
#define RIPPLE_PLANNER_SIMULATE_HISTORY_H

#include "planner/simulate/Traffic.h"

namespace ripple::planner::simulate {

/// When a drain is expected to begin and to end.
struct ExpectedDrain {
  double begins = 0;
  double seconds = 0; ///< On average, with its actions.
  double actions = 0; ///< Seconds of its actions, which begin when it is quiet.
  /// At the times of the grid: the chance that it is quiet.
  const std::vector<double> *quiet = nullptr;
  /// The drain whose end it waits for, if it is one; NoDrain: several, or nothing.
  unsigned after = NoDrain;

  double ends() const { return begins + seconds; } ///< On average.
};

/// For ages of requests, the youngest first: up to which age, and how many times as many as usually
/// came then to a server that is there. From the age at which the server itself was away 0: the
/// end.
using Ages = std::vector<std::pair<double, double>>;

/// How much more than usual the servers that stay have of each group's requests, over the time of
/// an upgrade.
class History {
public:
  /// GRID: seconds, from 0.
  History(const Traffic &traffic, const std::vector<ExpectedDrain> &expected,
          const std::vector<double> &grid);

  /// What happened before drain NUMBER begins, at moments of which each is as likely: where it
  /// begins with the end of another one, that one was away until then, and the others as they are
  /// on average after as long as it took.
  std::vector<Ages> before(std::size_t number, unsigned group) const;

private:
  void addDrain(std::size_t number);
  void sumUp();
  /// One over what is left when AWAY is, on average, with that variance.
  double timesAsMany(unsigned group, double away, double variance) const;
  /// On average from FROM to TO; before the upgrade, and after it, 1.
  double meanBetween(unsigned group, double from, double to) const;
  /// The same while drain NUMBER waits for the one before it, which was away for certain.
  double meanBeside(std::size_t number, unsigned group, double from, double to) const;
  double partOf(std::size_t number, unsigned group) const;
  /// At NOW, which is when drain NUMBER begins, for ages up to OLDEST: there the server WASAWAY, or
  /// nothing had begun.
  Ages agesAt(std::size_t number, double now, double oldest, bool wasAway, unsigned group) const;
  /// The chance that drain NUMBER takes longer than SECONDS. One that hands on to another is over
  /// when that one begins: of a lane there is always exactly one away.
  double lasts(std::size_t number, double seconds) const;
  /// How long DRAIN takes with a chance of PART or less.
  double quantile(const ExpectedDrain &drain, double part) const;

  const Traffic &traffic;
  const std::vector<ExpectedDrain> &expected;
  const std::vector<double> &grid;
  double cell = 1;                                  ///< Seconds.
  std::vector<double> leastPart;                    ///< By group: of a server.
  std::vector<std::vector<double>> away, uncertain; ///< By group and cell: mean, variance.
  std::vector<std::vector<double>> more;            ///< By group: sums up to the cell.
  std::vector<bool> handsOn;                        ///< By drain: another one waits for it alone.
  std::map<std::pair<std::string, unsigned>, std::vector<std::size_t>> drainsAt; ///< By begin.
};

} // namespace ripple::planner::simulate

#endif
