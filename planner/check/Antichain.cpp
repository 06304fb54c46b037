//===- Antichain.cpp ------------------------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/check/Antichain.h"

#include <fmt/format.h>
#include <limits>
#include <map>
#include <numeric>
#include <queue>
#include <unordered_map>

namespace ripple::check {

bool After::build(const std::vector<model::Step> &steps, std::vector<std::string> &found) {
  std::size_t problems = found.size();
  std::unordered_map<std::string_view, std::size_t> indexOf;
  for (std::size_t i = 0; i < steps.size(); ++i)
    if (!indexOf.emplace(steps[i].id, i).second)
      found.push_back(fmt::format("two steps have the id {}", steps[i].id));
  direct.resize(steps.size());
  for (std::size_t i = 0; i < steps.size(); ++i)
    for (const std::string &earlier : steps[i].after) {
      auto at = indexOf.find(earlier);
      if (at == indexOf.end())
        found.push_back(fmt::format("{} comes after {}, which is no step", steps[i].id, earlier));
      else
        direct[i].push_back(at->second);
    }
  if (found.size() != problems)
    return false;
  sort();
  if (sorted.size() != steps.size()) {
    found.push_back("the steps' `after` goes in a circle");
    return false;
  }
  collect();
  return true;
}

void After::sort() {
  std::vector<std::vector<std::size_t>> next(direct.size());
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < direct.size(); ++i) {
    open.push_back(direct[i].size());
    for (std::size_t earlier : direct[i])
      next[earlier].push_back(i);
    if (direct[i].empty())
      sorted.push_back(i);
  }
  for (std::size_t at = 0; at < sorted.size(); ++at)
    for (std::size_t later : next[sorted[at]])
      if (--open[later] == 0)
        sorted.push_back(later);
}

void After::collect() {
  before.resize(direct.size());
  // All steps of a wave come after the same ones, often hundreds.
  std::map<std::vector<std::size_t>, std::size_t> withThese;
  for (std::size_t step : sorted) {
    auto [alike, isNew] = withThese.try_emplace(direct[step], step);
    if (!isNew) {
      before[step] = before[alike->second];
      continue;
    }
    before[step].resize((direct.size() + 63) / 64);
    for (std::size_t earlier : direct[step]) {
      if (has(step, earlier)) // So are those before it.
        continue;
      for (std::size_t word = 0; word < before[step].size(); ++word)
        before[step][word] |= before[earlier][word];
      before[step][earlier / 64] |= std::uint64_t(1) << (earlier % 64);
    }
  }
}

namespace {

/// Greatest flow between the two sides of the comparability graph: what chains can share.
/// Augmenting paths by breadth first search (Edmonds and Karp 1972).
class BipartiteFlow {
public:
  BipartiteFlow(const std::vector<double> &weights,
                const std::function<bool(std::size_t, std::size_t)> &precedes)
      : count(weights.size()), left(weights), right(weights), flow(count * count, 0),
        edge(count * count, false) {
    for (std::size_t a = 0; a < count; ++a)
      for (std::size_t b = 0; b < count; ++b)
        edge[a * count + b] = a != b && precedes(a, b);
  }

  double run() {
    double total = 0;
    for (double more = augment(); more > 0; more = augment())
      total += more;
    return total;
  }

private:
  static constexpr double Epsilon = 1e-12;
  static constexpr std::size_t Unseen = std::numeric_limits<std::size_t>::max();

  /// One shortest augmenting path; what it carries, 0 if there is none.
  double augment() {
    std::vector<std::size_t> fromRight(count, Unseen), fromLeft(count, Unseen);
    std::queue<std::size_t> queue;
    std::vector<bool> source(count, false);
    for (std::size_t a = 0; a < count; ++a)
      if (left[a] > Epsilon) {
        source[a] = true;
        queue.push(a);
      }
    auto seen = [&](std::size_t a) { return source[a] || fromRight[a] != Unseen; };
    while (!queue.empty()) {
      std::size_t a = queue.front();
      queue.pop();
      for (std::size_t b = 0; b < count; ++b) {
        if (!edge[a * count + b] || fromLeft[b] != Unseen)
          continue;
        fromLeft[b] = a;
        if (right[b] > Epsilon)
          return push(b, fromLeft, fromRight, source);
        for (std::size_t back = 0; back < count; ++back)
          if (flow[back * count + b] > Epsilon && !seen(back)) {
            fromRight[back] = b;
            queue.push(back);
          }
      }
    }
    return 0;
  }

  double push(std::size_t end, const std::vector<std::size_t> &fromLeft,
              const std::vector<std::size_t> &fromRight, const std::vector<bool> &source) {
    double amount = right[end];
    std::size_t b = end, a = fromLeft[b];
    for (; !source[a]; b = fromRight[a], a = fromLeft[b])
      amount = std::min(amount, flow[a * count + fromRight[a]]);
    amount = std::min(amount, left[a]);
    for (b = end, a = fromLeft[b];; b = fromRight[a], a = fromLeft[b]) {
      flow[a * count + b] += amount;
      if (source[a])
        break;
      flow[a * count + fromRight[a]] -= amount;
    }
    left[a] -= amount;
    right[end] -= amount;
    return amount;
  }

  std::size_t count;
  std::vector<double> left, right, flow;
  std::vector<bool> edge;
};

} // namespace

double heaviestAntichain(const std::vector<double> &weights,
                         const std::function<bool(std::size_t, std::size_t)> &precedes) {
  double all = std::accumulate(weights.begin(), weights.end(), 0.0);
  return all - BipartiteFlow(weights, precedes).run();
}

namespace {

/// Greatest flow from where spans end, along the order of the steps, to where others begin.
/// Blocking flows on shortest paths (Dinitz 1970).
class StepFlow {
public:
  StepFlow(const std::vector<Span> &spans, const After &after)
      : source(after.count()), sink(source + 1), first(sink + 1, None) {
    for (std::size_t step = 0; step < after.count(); ++step)
      for (std::size_t earlier : after.directlyBefore(step))
        join(earlier, step, std::numeric_limits<double>::infinity());
    for (const Span &span : spans) {
      join(source, span.end, span.weight);
      join(span.begin, sink, span.weight);
    }
  }

  double run() {
    double total = 0;
    while (findLevels()) {
      next = first;
      for (double more = push(); more > 0; more = push())
        total += more;
    }
    return total;
  }

private:
  static constexpr std::size_t None = std::numeric_limits<std::size_t>::max();
  static constexpr double Epsilon = 1e-12;

  /// Arcs come in pairs: each beside its way back.
  struct Arc {
    std::size_t to, nextOfNode;
    double left;
  };

  void join(std::size_t from, std::size_t to, double capacity) {
    arcs.push_back({to, first[from], capacity});
    first[from] = arcs.size() - 1;
    arcs.push_back({from, first[to], 0});
    first[to] = arcs.size() - 1;
  }

  /// How far each node is from the source; false where the sink cannot be reached.
  bool findLevels() {
    level.assign(first.size(), None);
    level[source] = 0;
    std::vector<std::size_t> line{source};
    for (std::size_t at = 0; at < line.size() && level[sink] == None; ++at)
      for (std::size_t arc = first[line[at]]; arc != None; arc = arcs[arc].nextOfNode)
        if (arcs[arc].left > Epsilon && level[arcs[arc].to] == None) {
          level[arcs[arc].to] = level[line[at]] + 1;
          line.push_back(arcs[arc].to);
        }
    return level[sink] != None;
  }

  /// One path of the levels; what it carries, 0 where there is none left. Without recursion: paths
  /// may be as long as the plan.
  double push() {
    std::vector<std::size_t> path;
    for (std::size_t node = source; node != sink;) {
      std::size_t &arc = next[node];
      while (arc != None && (arcs[arc].left <= Epsilon || level[arcs[arc].to] != level[node] + 1))
        arc = arcs[arc].nextOfNode;
      if (arc != None) {
        path.push_back(arc);
        node = arcs[arc].to;
      } else if (path.empty()) {
        return 0;
      } else { // Nothing leads on from here.
        node = arcs[path.back() ^ 1].to;
        path.pop_back();
        next[node] = arcs[next[node]].nextOfNode;
      }
    }
    double amount = std::numeric_limits<double>::infinity();
    for (std::size_t arc : path)
      amount = std::min(amount, arcs[arc].left);
    for (std::size_t arc : path) {
      arcs[arc].left -= amount;
      arcs[arc ^ 1].left += amount;
    }
    return amount;
  }

  std::size_t source, sink;
  std::vector<Arc> arcs;
  std::vector<std::size_t> first, next, level; ///< By node.
};

} // namespace

double heaviestTogether(const std::vector<Span> &spans, const After &after) {
  double all = 0;
  for (const Span &span : spans)
    all += span.weight;
  return all - StepFlow(spans, after).run();
}

} // namespace ripple::check
