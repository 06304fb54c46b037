//===- ComponentsListScan.cpp - `ripple.components`, read in one go -------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// For each struct the keys that the strict reader takes (ComponentsList.cpp), and
// the same defaults. Where that one would report something, this one gives up.
//
//===----------------------------------------------------------------------===//
#include "model/ComponentsListParts.h"
#include "model/JsonScanner.h"
#include "model/Records.h"

#include <algorithm>

namespace ripple::model {
namespace {

using Uses = std::vector<ComponentUse>;
using Names = std::vector<std::string>;

class Scan {
public:
  explicit Scan(std::string_view text) : json(text) {}

  std::optional<ComponentsList> run() {
    ComponentsList list;
    read(list);
    json.end();
    if (json.hasGivenUp())
      return std::nullopt;
    normalize(list);
    if (hasTwice(list))
      return std::nullopt;
    return list;
  }

private:
  // Each `read` begins at the value and ends behind it.
  void read(ComponentsList &out);
  void read(Application &out);
  void read(Binary &out);
  void read(RequestKind &out);
  void read(ComponentUse &out);
  void read(Component &out);
  void read(Unresolved &out);
  void read(Ignored &out);
  void read(EvidenceStep &out) { readLocation(out); }
  void read(Handler &out) { readLocation(out); }
  void read(std::string &out) { text(out); }
  template <typename T> void readLocation(T &out);

  template <typename T> void read(std::vector<T> &out) {
    out.clear();
    json.array([&] { read(out.emplace_back()); });
    // There may be a million small lists, which grow by doubling; a big one had better stay.
    if (out.capacity() - out.size() > out.size() / 8)
      out.shrink_to_fit();
  }

  void text(std::string &out, Text rule = Text::Line);
  void set(Names &out);
  void header(std::string_view wanted, bool isVersion);
  /// The one of T's values, from 0 to LAST, that the text names.
  template <typename T> void word(T &out, T last);
  void require(bool holds) {
    if (!holds)
      json.giveUp();
  }
  /// KEYS is what `object` returned, and MUST has a bit for each key that may not be left out.
  void require(std::uint32_t keys, std::uint32_t must) { require((keys & must) == must); }

  /// A name that may be there once only; in what is sorted by it.
  static bool hasTwice(const ComponentsList &list);
  static bool hasTwice(const Application &application);

  JsonScanner json;
};

/// A set of keys by their indices.
template <typename... Keys> constexpr std::uint32_t bits(Keys... keys) {
  return ((std::uint32_t{1} << keys) | ...);
}

template <typename T, typename Key> bool hasEqualNeighbours(const std::vector<T> &sorted, Key key) {
  return std::ranges::adjacent_find(sorted, {}, key) != sorted.end();
}

} // namespace

void Scan::text(std::string &out, Text rule) {
  const JsonScanner::Text found = json.string();
  out.assign(found.text);
  require(rule == Text::Any || (!out.empty() && !found.hasControl));
  if (rule == Text::Name)
    require(std::ranges::all_of(out, isNameCharacter));
}

void Scan::set(Names &out) {
  read(out);
  std::vector<std::string_view> sorted(out.begin(), out.end());
  std::ranges::sort(sorted);
  require(!hasEqualNeighbours(sorted, std::identity()));
}

template <typename T> void Scan::word(T &out, T last) {
  const std::string_view found = json.string().text;
  for (int i = 0; i <= static_cast<int>(last); ++i)
    if (toString(static_cast<T>(i)) == found) {
      out = static_cast<T>(i);
      return;
    }
  json.giveUp();
}

template <typename T> void Scan::readLocation(T &out) {
  enum { Function, File, Line };
  static constexpr std::array<std::string_view, 3> names = {"function", "file", "line"};
  const std::uint32_t keys = json.object(names, [&](std::size_t key) {
    if (key == Line)
      out.line = json.number();
    else
      text(key == Function ? out.function : out.file, Text::Any);
  });
  require(keys, bits(Function, File, Line));
}

void Scan::read(ComponentUse &out) {
  enum { Name, Certainty, When, Via, Evidence };
  static constexpr std::array<std::string_view, 5> names = {"component", "confidence", "phase",
                                                            "via", "evidence"};
  const std::uint32_t keys = json.object(names, [&](std::size_t key) {
    switch (key) {
    case Name:
      return text(out.component);
    case Certainty:
      return word(out.confidence, Confidence::Unknown);
    case When:
      return word(out.phase.emplace(), Phase::Async);
    case Via:
      return text(out.via);
    default:
      return read(out.evidence);
    }
  });
  require(keys, bits(Name));
}

void Scan::read(Ignored &out) {
  enum { Where, File, Line, Name, Reason, Requests };
  static constexpr std::array<std::string_view, 6> names = {"application", "file",   "line",
                                                            "component",   "reason", "requests"};
  const std::uint32_t keys = json.object(names, [&](std::size_t key) {
    switch (key) {
    case Where:
      return text(out.application);
    case File:
      return text(out.file);
    case Line:
      out.line = json.number();
      return;
    case Name:
      return text(out.component);
    case Reason:
      return text(out.reason);
    default:
      return set(out.requests);
    }
  });
  require(keys, bits(Where, File, Line, Name, Reason));
}

void Scan::read(Unresolved &out) {
  enum { Where, File, Line, Reason, CouldReach };
  static constexpr std::array<std::string_view, 5> names = {"application", "file", "line", "reason",
                                                            "couldReach"};
  const std::uint32_t keys = json.object(names, [&](std::size_t key) {
    switch (key) {
    case Where:
      return text(out.application);
    case File:
      return text(out.file, Text::Any);
    case Line:
      out.line = json.number();
      return;
    case Reason:
      return text(out.reason, Text::Any);
    default:
      return set(out.couldReach);
    }
  });
  require(keys, bits(File, Line, Reason, CouldReach));
}

void Scan::read(RequestKind &out) {
  enum { Id, Protocol, Method, Path, Order, One, Several, Complete, Listed, Interned, Unknown };
  static constexpr std::array<std::string_view, 11> names = {
      "id",       "protocol", "method",     "path",         "matchOrder", "handler",
      "handlers", "complete", "components", "componentSet", "unresolved"};
  const std::uint32_t keys = json.object(names, [&](std::size_t key) {
    switch (key) {
    case Id:
      return text(out.id);
    case Protocol:
      return text(out.protocol);
    case Method:
      return text(out.method);
    case Path:
      return text(out.path);
    case Order:
      out.matchOrder = json.number();
      return;
    case One:
      return read(out.handler);
    case Several:
      return read(out.handlers);
    case Complete:
      out.complete = json.boolean();
      return;
    case Listed:
      return read(out.components);
    case Interned:
      out.componentSet = json.number();
      return;
    default:
      return read(out.unresolved);
    }
  });
  require(keys, bits(Id));
  const std::uint32_t uses = keys & bits(Listed, Interned);
  require(uses == bits(Listed) || uses == bits(Interned));
  if (keys & bits(Several)) {
    require(!out.handlers.empty());
    if (!out.handlers.empty() && !(keys & bits(One)))
      out.handler = out.handlers.front();
    require(!out.handlers.empty() && out.handler == out.handlers.front());
  }
  if (!(keys & bits(Complete)))
    out.complete = out.unresolved.empty();
}

void Scan::read(Binary &out) {
  enum { Path, BuildId };
  static constexpr std::array<std::string_view, 3> names = {"path", "buildId", "sha256"};
  json.object(names, [&](std::size_t key) {
    text(key == Path ? out.path : key == BuildId ? out.buildId : out.sha256);
  });
}

void Scan::read(Application &out) {
  enum { Name, File, Complete, Ambient, Startup, Sets, Requests };
  static constexpr std::array<std::string_view, 7> names = {
      "name", "binary", "complete", "ambient", "startup", "componentSets", "requests"};
  const std::uint32_t keys = json.object(names, [&](std::size_t key) {
    switch (key) {
    case Name:
      return text(out.name, Text::Name);
    case File:
      return read(out.binary);
    case Complete:
      out.complete = json.boolean();
      return;
    case Ambient:
      return read(out.ambient);
    case Startup:
      return read(out.startup);
    case Sets:
      return read(out.componentSets);
    default:
      return read(out.requests);
    }
  });
  require(keys, bits(Name, Requests));
  for (const RequestKind &request : out.requests)
    require(!request.componentSet || *request.componentSet < out.componentSets.size());
  if (!(keys & bits(Complete)))
    out.complete = std::ranges::all_of(out.requests, &RequestKind::complete);
}

void Scan::read(Component &out) {
  enum { Id, Kind, Version, Soname, Origin, Needs, Restart, Path, BuildId, Sha256 };
  static constexpr std::array<std::string_view, 10> names = {
      "id",        "kind",    "version", "soname",  "origin",
      "dependsOn", "restart", "path",    "buildId", "sha256"};
  const std::uint32_t keys = json.object(names, [&](std::size_t key) {
    switch (key) {
    case Id:
      return text(out.id);
    case Kind:
      return word(out.kind, ComponentKind::Application);
    case Version:
      return text(out.version);
    case Soname:
      return text(out.soname);
    case Origin:
      return text(out.origin);
    case Needs:
      return set(out.dependsOn);
    case Restart:
      return word(out.restart, RestartDomain::Server);
    case Path:
      return text(out.path);
    case BuildId:
      return text(out.buildId);
    default:
      return text(out.sha256);
    }
  });
  require(keys, bits(Id, Kind));
  if (!(keys & bits(Restart)))
    out.restart = usualRestart(out.kind);
}

void Scan::header(std::string_view wanted, bool isVersion) {
  const std::string_view found = json.string().text;
  constexpr std::string_view digits = "0123456789";
  constexpr std::size_t digitsMax = 6;
  if (!isVersion)
    return require(found == wanted);
  // Any minor version: what it has more is a key that is not known.
  require(found.starts_with(wanted) && found.size() > wanted.size() &&
          found.size() <= wanted.size() + digitsMax &&
          found.find_first_not_of(digits, wanted.size()) == std::string_view::npos);
}

void Scan::read(ComponentsList &out) {
  enum { Format, Version, Applications, Components, Unknown };
  static constexpr std::array<std::string_view, 6> names = {
      "format", "version", "applications", "components", "unresolved", "ignored"};
  const std::uint32_t keys = json.object(names, [&](std::size_t key) {
    switch (key) {
    case Format:
      return header("ripple.components", false);
    case Version:
      return header("1.", true);
    case Applications:
      return read(out.applications);
    case Components:
      return read(out.components);
    case Unknown:
      return read(out.unresolved);
    default:
      return read(out.ignored);
    }
  });
  require(keys, bits(Format, Version, Applications, Components));
}

bool Scan::hasTwice(const Application &application) {
  auto twice = [](const Uses &uses) { return hasEqualNeighbours(uses, &ComponentUse::component); };
  return twice(application.ambient) || twice(application.startup) ||
         std::ranges::any_of(application.componentSets, twice) ||
         std::ranges::any_of(application.requests, twice, &RequestKind::components) ||
         hasEqualNeighbours(application.requests, &RequestKind::id);
}

bool Scan::hasTwice(const ComponentsList &list) {
  return hasEqualNeighbours(list.components, &Component::id) ||
         hasEqualNeighbours(
             list.applications,
             [](const Application &one) { return std::tie(one.name, one.binary.buildId); }) ||
         std::ranges::any_of(list.applications,
                             [](const Application &one) { return hasTwice(one); });
}

std::optional<ComponentsList> scanComponentsList(std::string_view text) { return Scan(text).run(); }

} // namespace ripple::model
