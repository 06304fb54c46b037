//===- HAProxyAnswers.cpp - The runtime API's answers, read ---------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/router/HAProxy.h"

#include <fmt/format.h>

#include <charconv>

using namespace ripple;
using namespace ripple::agent;
using namespace ripple::agent::haproxy;

namespace {

// srv_admin_state, as HAProxy documents it.
constexpr unsigned ForcedMaint = 0x01, InheritedMaint = 0x02, ConfiguredMaint = 0x04,
                   ForcedDrain = 0x08, InheritedDrain = 0x10, ResolutionMaint = 0x20,
                   HostMaint = 0x40;
constexpr unsigned AnyMaint =
    ForcedMaint | InheritedMaint | ConfiguredMaint | ResolutionMaint | HostMaint;

/// An answer is a table of fields; garbage is cut before it reaches a message.
std::string shortened(std::string_view text) {
  auto line = text.substr(0, text.find('\n'));
  return line.size() > 80 ? std::string(line.substr(0, 80)) + "…" : std::string(line);
}

std::string_view takeLine(std::string_view &text) {
  auto end = text.find('\n');
  auto line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (!line.empty() && line.back() == '\r')
    line.remove_suffix(1);
  return line;
}

/// Fields between commas; a field may stand in double quotes, with "" for a quote in it (HAProxy
/// quotes what would break the table, as the texts of checks).
std::vector<std::string> splitCsv(std::string_view line) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    char c = line[i];
    if (quoted && c == '"' && i + 1 < line.size() && line[i + 1] == '"') {
      fields.back() += '"';
      ++i;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  return fields;
}

std::vector<std::string> splitBlanks(std::string_view line) {
  std::vector<std::string> fields;
  while (!line.empty()) {
    auto end = line.find(' ');
    if (end != 0)
      fields.emplace_back(line.substr(0, end));
    line.remove_prefix(end == std::string_view::npos ? line.size() : end + 1);
  }
  return fields;
}

/// Which column has which name.
class Columns {
public:
  explicit Columns(const std::vector<std::string> &names) {
    for (std::size_t i = 0; i < names.size(); ++i)
      Index.emplace(names[i], i);
  }
  /// The first of NAMES that there is no column of, or "".
  std::string missing(std::initializer_list<const char *> names) const {
    for (const char *name : names)
      if (!Index.count(name))
        return name;
    return {};
  }
  /// The field of column NAME; "" in a row that is too short.
  const std::string &of(const std::vector<std::string> &row, const char *name) const {
    static const std::string Empty;
    auto at = Index.at(name);
    return at < row.size() ? row[at] : Empty;
  }

private:
  std::map<std::string, std::size_t> Index;
};

template <typename T> bool readNumber(std::string_view text, T &value) {
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

} // namespace

RouterState haproxy::adminState(unsigned admin) {
  return admin & (AnyMaint | ForcedDrain | InheritedDrain) ? RouterState::Forbidden
                                                           : RouterState::Permitted;
}

std::string haproxy::adminWord(unsigned admin) {
  if (admin & ForcedMaint)
    return "maint";
  if (admin & InheritedMaint)
    return "maint (inherited from the server that it tracks)";
  if (admin & (ConfiguredMaint | ResolutionMaint | HostMaint))
    return admin & ConfiguredMaint ? "maint (by configuration)" : "maint (name resolution)";
  if (admin & ForcedDrain)
    return "drain";
  return admin & InheritedDrain ? "drain (inherited from the server that it tracks)" : "ready";
}

Parsed<RouterIdentity> haproxy::parseIdentity(std::string_view answer) {
  RouterIdentity identity;
  for (auto text = answer; !text.empty();) {
    auto line = takeLine(text);
    auto colon = line.find(": ");
    if (colon == std::string_view::npos)
      continue;
    auto value = line.substr(colon + 2);
    if (line.substr(0, colon) == "Pid" && !readNumber(value, identity.pid))
      return tl::make_unexpected(fmt::format("`show info` has Pid '{}'", shortened(value)));
    if (line.substr(0, colon) == "Start_time_sec" && !readNumber(value, identity.startTime))
      return tl::make_unexpected(
          fmt::format("`show info` has Start_time_sec '{}'", shortened(value)));
  }
  if (identity.pid <= 0)
    return tl::make_unexpected(
        fmt::format("`show info` names no Pid but begins with '{}'", shortened(answer)));
  return identity;
}

Parsed<std::map<RouterTarget, ServerAdmin>> haproxy::parseServersState(std::string_view answer) {
  auto text = answer;
  if (takeLine(text) != "1")
    return tl::make_unexpected(fmt::format(
        "`show servers state` begins with '{}', not with its version 1", shortened(answer)));
  auto header = takeLine(text);
  if (header.substr(0, 2) != "# ")
    return tl::make_unexpected(
        fmt::format("`show servers state` has '{}' for its columns", shortened(header)));
  Columns columns(splitBlanks(header.substr(2)));
  if (auto name = columns.missing({"be_name", "srv_name", "srv_op_state", "srv_admin_state"});
      !name.empty())
    return tl::make_unexpected("`show servers state` has no column " + name);
  std::map<RouterTarget, ServerAdmin> states;
  while (!text.empty()) {
    auto line = takeLine(text);
    if (line.empty())
      continue;
    auto row = splitBlanks(line);
    ServerAdmin state;
    if (!readNumber(columns.of(row, "srv_op_state"), state.operation) ||
        !readNumber(columns.of(row, "srv_admin_state"), state.admin))
      return tl::make_unexpected(
          fmt::format("`show servers state` has the row '{}'", shortened(line)));
    states[{columns.of(row, "be_name"), columns.of(row, "srv_name")}] = state;
  }
  return states;
}

Parsed<Statistics> haproxy::parseStatistics(std::string_view answer) {
  auto text = answer;
  auto header = takeLine(text);
  if (header.substr(0, 2) != "# ")
    return tl::make_unexpected(
        fmt::format("`show stat` begins with '{}', not with its columns", shortened(answer)));
  Columns columns(splitCsv(header.substr(2)));
  if (auto name = columns.missing(
          {"pxname", "svname", "qcur", "scur", "status", "type", "check_status", "tracked"});
      !name.empty())
    return tl::make_unexpected("`show stat` has no column " + name);
  Statistics statistics;
  while (!text.empty()) {
    auto line = takeLine(text);
    if (line.empty())
      continue;
    auto row = splitCsv(line);
    const auto &type = columns.of(row, "type");
    if (type != "1" && type != "2") // 0: a front end, 3: a listener
      continue;
    Counts counts{0, 0, columns.of(row, "status"), columns.of(row, "check_status"),
                  columns.of(row, "tracked")};
    if (!readNumber(columns.of(row, "scur"), counts.active) ||
        !readNumber(columns.of(row, "qcur"), counts.queued))
      return tl::make_unexpected(fmt::format("`show stat` has the row '{}'", shortened(line)));
    const auto &backend = columns.of(row, "pxname");
    if (type == "1")
      statistics.backends[backend] = std::move(counts);
    else
      statistics.servers[{backend, columns.of(row, "svname")}] = std::move(counts);
  }
  return statistics;
}

namespace {

/// "* L7OK" is a check under way, its word the last result's.
std::string checkWord(const std::string &status) {
  return status.rfind("* ", 0) == 0 ? status.substr(2) : status;
}

/// The counts of the server that is checked for TARGET: itself, or the end of what it tracks.
const Counts *checkedFor(const Counts &counts, const Statistics &statistics) {
  const Counts *at = &counts;
  for (unsigned hops = 0; !at->tracks.empty() && hops < 16; ++hops) {
    auto slash = at->tracks.find('/');
    auto found = statistics.servers.find(
        {at->tracks.substr(0, slash),
         slash == std::string::npos ? std::string() : at->tracks.substr(slash + 1)});
    if (found == statistics.servers.end())
      return nullptr;
    at = &found->second;
  }
  return at;
}

} // namespace

Parsed<RouterView> haproxy::join(const RouterIdentity &identity,
                                 const std::map<RouterTarget, ServerAdmin> &states,
                                 const Statistics &statistics) {
  RouterView view;
  view.identity = identity;
  for (const auto &[target, counts] : statistics.servers) {
    auto state = states.find(target);
    if (state == states.end())
      return tl::make_unexpected(
          fmt::format("`show stat` has the server {}/{} and `show servers state` has not",
                      target.backend, target.server));
    RouterServer server;
    server.target = target;
    server.admin = adminState(state->second.admin);
    server.adminWord = adminWord(state->second.admin);
    // 1 is starting (slow start) and 3 stopping: it answers, and 3 takes no new requests.
    server.up = state->second.operation == 1 || state->second.operation == 2;
    if (const Counts *checked = checkedFor(counts, statistics)) {
      server.checkStatus = checkWord(checked->checkStatus);
      server.checked = !server.checkStatus.empty();
    }
    server.tracks = counts.tracks;
    server.active = counts.active;
    server.queued = counts.queued;
    view.servers.push_back(std::move(server));
  }
  for (const auto &[name, counts] : statistics.backends)
    view.backends.push_back({name, counts.queued, counts.active});
  return view;
}
