//===- RoutingClasses.cpp -------------------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/check/RoutingClasses.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>
#include <unordered_map>
#include <unordered_set>

namespace ripple::check {

namespace {

using model::RequestKind;
using model::RoutingClass;

constexpr std::string_view Plain =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_~-/";

/// What every path of KIND begins with, and it is that alone if WHOLE. No more than is certain.
struct Beginning {
  explicit Beginning(const RequestKind &kind) {
    std::string_view path = kind.path;
    const bool isRegex = path.starts_with("~ ");
    if (isRegex) {
      path.remove_prefix(2);
      if (!path.starts_with("^") || path.find('|') != std::string_view::npos)
        return;
      path.remove_prefix(1);
    }
    std::size_t end = std::min(path.find_first_not_of(Plain), path.size());
    isWhole = !isRegex && end == path.size();
    if (isRegex && end > 0)
      --end; // A repetition is of the character before it.
    text = path.substr(0, end);
    if (isWhole && text.ends_with('/'))
      text.remove_suffix(1);
  }

  std::string_view text;
  bool isWhole = false;
};

/// Of plain characters, or of whole segments `{name}` among them?
bool isPlainPath(std::string_view path) {
  while (true) {
    const std::size_t open = path.find_first_not_of(Plain);
    if (open == std::string_view::npos)
      return true;
    const std::size_t close = path.find('}', open);
    if (path[open] != '{' || open == 0 || path[open - 1] != '/' ||
        close == std::string_view::npos || close == open + 1)
      return false;
    const std::string_view name = path.substr(open + 1, close - open - 1);
    path.remove_prefix(close + 1);
    if (name.find_first_not_of(Plain) != std::string_view::npos ||
        name.find_first_of("0123456789~-/") != std::string_view::npos ||
        (!path.empty() && path[0] != '/'))
      return false;
  }
}

/// Can the router tell KIND by itself, whatever else there is? Of those that it can, most.
bool isPlain(const RequestKind &kind) {
  constexpr std::size_t charactersMost = 1000;
  return kind.protocol == "http" && kind.path.starts_with('/') &&
         kind.path.size() <= charactersMost && kind.path.find("//") == std::string::npos &&
         (kind.method == "GET" || kind.method == "POST" || kind.method == "PUT" ||
          kind.method == "DELETE") &&
         isPlainPath(kind.path);
}

/// May a request be meant for either? For all that is said here.
bool mayMeet(const RequestKind &one, const RequestKind &other) {
  if (one.method != other.method && other.method != "*")
    return false;
  const Beginning a(one), b(other);
  return (a.isWhole && b.isWhole && a.text == b.text) ||
         (!b.isWhole && a.text.starts_with(b.text)) || (!a.isWhole && b.text.starts_with(a.text));
}

using Uses = std::set<std::string_view>;

/// What request kinds of one application use or may use: the same place for the same.
class Distinct {
public:
  explicit Distinct(const model::Application &application)
      : application(application), bySet(application.componentSets.size()) {}

  const Uses *of(const RequestKind &kind) {
    const bool isOnlyASet = kind.componentSet && kind.complete && kind.unresolved.empty();
    if (!isOnlyASet)
      return &*all.insert(usesOf(kind)).first;
    const Uses *&known = bySet[*kind.componentSet];
    if (!known)
      known = &*all.insert(usesOf(kind)).first;
    return known;
  }

private:
  Uses usesOf(const RequestKind &kind) const {
    Uses names;
    for (const model::ComponentUse &use : application.usesOf(kind))
      names.insert(use.component);
    for (const model::Unresolved &unresolved : kind.unresolved)
      names.insert(unresolved.couldReach.begin(), unresolved.couldReach.end());
    if (!kind.complete || names.count("*") > 0)
      return {"*"};
    return names;
  }

  const model::Application &application;
  std::set<Uses> all;
  std::vector<const Uses *> bySet;
};

class Classes {
public:
  Classes(const model::Plan &plan, const Documents &documents) : plan(plan), documents(documents) {}

  std::vector<std::string> run() {
    for (const RoutingClass &one : plan.routingClasses)
      ofApplication[one.application].push_back(&one);
    for (const model::PlannedApplication &application : plan.applications)
      ofApplication[application.policy.name];
    for (const auto &[name, classes] : ofApplication) {
      onlyOneEach(name, classes);
      names(name, classes);
      if (const model::Application *application = documents.components.application(name))
        finest(*application, classes);
    }
    return std::move(found);
  }

private:
  using List = std::vector<const RoutingClass *>;

  template <typename... Values> void add(fmt::format_string<Values...> text, Values &&...values) {
    found.push_back(fmt::format(text, std::forward<Values>(values)...));
  }

  /// Each request kind is in one class at most, and each application has one class *other*.
  void onlyOneEach(const std::string &name, const List &classes) {
    std::unordered_set<std::string_view> kinds;
    for (const model::Application &application : documents.components.applications)
      if (application.name == name)
        for (const RequestKind &kind : application.requests)
          kinds.insert(kind.id);
    std::unordered_map<std::string_view, const RoutingClass *> classOf;
    long others = 0;
    for (const RoutingClass *one : classes) {
      others += one->requests.empty() ? 1 : 0;
      for (const std::string &id : one->requests) {
        if (auto [first, isNew] = classOf.try_emplace(id, one); !isNew)
          add("{} {} is in routing class {}, and in {}", name, id, one->id, first->second->id);
        if (kinds.count(id) == 0)
          add("routing class {} has {}, which {} has not", one->id, id, name);
      }
    }
    if (others != 1)
      add("{} has {} routing classes for whatever the router cannot match", name, others);
  }

  /// "shop.1", "shop.2", "shop.other": of the finest classes; of others with a digest behind, of
  /// all the ids.
  void names(const std::string &name, const List &classes) {
    std::string ids;
    for (const RoutingClass *one : classes) {
      for (const std::string &id : one->requests)
        ids += id + "\n";
      ids += "\n";
    }
    const std::string tag = "-" + model::sha256(ids).substr(0, 8);
    const bool tagged = isTagged(classes);
    unsigned number = 0;
    for (const RoutingClass *one : classes) {
      const std::string place = one->requests.empty() ? "other" : std::to_string(++number);
      if (one->id != name + "." + place + (tagged ? tag : ""))
        add("routing class {} is not what it is called, or others are not", one->id);
      if (one->backend != one->id)
        add("routing class {} of {} has the back end {}, which is another's", one->id, name,
            one->backend);
    }
  }

  static bool isTagged(const List &classes) {
    return !classes.empty() && !classes.back()->id.ends_with(".other");
  }

  /// What an untagged class may not join or leave out.
  void finest(const model::Application &application, const List &classes) {
    if (isTagged(classes))
      return;
    std::unordered_map<std::string_view, const RoutingClass *> classOf;
    for (const RoutingClass *one : classes)
      for (const std::string &id : one->requests)
        classOf.emplace(id, one);
    std::map<const Uses *, const RoutingClass *> classByUses;
    std::map<const RoutingClass *, const Uses *> usesByClass;
    Distinct distinct(application);
    for (const RequestKind &kind : application.requests) {
      auto place = classOf.find(kind.id);
      if (place == classOf.end()) {
        if (isPlain(kind) && !mayBeAnother(application, kind))
          add("{} {} is in no routing class", application.name, kind.id);
        continue;
      }
      const RoutingClass *its = place->second;
      const Uses *uses = distinct.of(kind);
      if (usesByClass.try_emplace(its, uses).first->second != uses ||
          classByUses.try_emplace(uses, its).first->second != its)
        add("{} {} is in routing class {}, with others that have other components, or not with "
            "those that have the same",
            application.name, kind.id, its->id);
    }
  }

  static bool mayBeAnother(const model::Application &application, const RequestKind &kind) {
    return std::any_of(
        application.requests.begin(), application.requests.end(),
        [&](const RequestKind &other) { return &other != &kind && mayMeet(kind, other); });
  }

  const model::Plan &plan;
  const Documents &documents;
  std::map<std::string, List> ofApplication;
  std::vector<std::string> found;
};

} // namespace

std::vector<std::string> wrongClasses(const model::Plan &plan, const Documents &documents) {
  return Classes(plan, documents).run();
}

} // namespace ripple::check
