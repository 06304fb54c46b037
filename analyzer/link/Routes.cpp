//===- Routes.cpp - Registrations become request kinds --------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/link/Routes.h"

#include "analyzer/link/Expand.h"
#include "analyzer/link/Paths.h"

#include <algorithm>
#include <optional>
#include <set>
#include <tuple>

namespace ripple::analyzer {
namespace {

using Kind = model::HandlerRule::Kind;

class RouteMaker {
public:
  RouteMaker(const Program &program, const model::Catalog &catalog)
      : program(program), facts(program.facts), catalog(catalog), expander(facts), order(facts) {}

  std::vector<Route> run() {
    std::vector<Instance> instances;
    for (std::size_t i = 0; i < facts.registrations.size(); ++i)
      for (Instance &instance : expander.instancesOf(i))
        instances.push_back(std::move(instance));
    sortByOrder(instances);
    for (bool isItself : {false, true})
      for (const Instance &instance : instances)
        if (const model::HandlerRule &rule = ruleOf(instance);
            rule.isItself == isItself && (rule.needs.empty() || isCalled(rule.needs)))
          make(instance);
    addPossible();
    return std::move(routes);
  }

private:
  const model::HandlerRule &ruleOf(const Instance &instance) const {
    return catalog.handlers[facts.registrations[instance.registration].rule];
  }

  /// True if the program calls a function whose name GLOB fits, or may.
  bool isCalled(const std::string &glob) {
    auto [known, isNew] = called.try_emplace(glob, false);
    if (isNew)
      known->second =
          std::any_of(facts.entities.begin(), facts.entities.end(),
                      [&](const Entity &entity) { return model::matchesGlob(glob, entity.name); });
    return known->second;
  }

  void sortByOrder(std::vector<Instance> &instances) const {
    auto key = [&](const Instance &instance) {
      const Registration &row = facts.registrations[instance.registration];
      return std::tuple(order.rank(instance.registration, instance.calls), row.at, row.column,
                        instance.calls, instance.registration);
    };
    std::vector<std::pair<decltype(key(instances[0])), std::size_t>> keys;
    for (std::size_t i = 0; i < instances.size(); ++i)
      keys.emplace_back(key(instances[i]), i);
    std::sort(keys.begin(), keys.end());
    std::vector<Instance> sorted;
    for (const auto &[rank, index] : keys) {
      sorted.push_back(std::move(instances[index]));
      sorted.back().isComeBy = std::get<0>(rank) < order.metCount();
    }
    instances = std::move(sorted);
  }

  void make(const Instance &instance) {
    const Registration &row = facts.registrations[instance.registration];
    const model::HandlerRule &rule = catalog.handlers[row.rule];
    Route route;
    route.rule = row.rule;
    route.at = row.at;
    route.ambient = rule.ambient;
    route.startup = rule.startup;
    fillHandlers(route, instance, row);
    if (rule.perRequest)
      fillMakers(route);
    if (rule.ambient || rule.startup) {
      routes.push_back(std::move(route));
      return;
    }
    std::int64_t position = matchOrder++;
    for (const auto &[path, text] : pathsOf(instance, rule, route))
      for (const std::string &method : methodsOf(rule, row)) {
        Route each = route;
        name(each, rule, row, method, path);
        each.request.matchOrder = position;
        if (text)
          constant.push_back({each.request.id, *text, method, row.rule, instance.isComeBy});
        else if (!path.empty())
          unsaid.push_back({each, method, instance.path, instance.isComeBy});
        add(std::move(each));
      }
  }

  void fillHandlers(Route &route, const Instance &instance, const Registration &row) const {
    Callables callables = catalog.handlers[row.rule].inLoop
                              ? loopsOf(catalog.handlers[row.rule].framework)
                              : expander.handlersOf(instance);
    // Not where nobody is known to call the function around it: that may give it something else.
    if (!callables.isComplete && row.held != none && neededBy(instance.handler) == none) {
      callables.functions.insert(row.held);
      callables.bindings.clear();
      callables.isComplete = true;
    }
    keep(callables, route);
    if (!row.doubt.empty() || !callables.isComplete || route.handlers.empty()) {
      route.complete = false;
      route.incomplete.push_back(
          row.doubt.empty() ? "the handler that is registered here could not be found" : row.doubt);
    }
    for (EntityIndex index : route.handlers) {
      const Entity &entity = facts.entities[index];
      SourceLine at = entity.defined.file == none ? entity.declared : entity.defined;
      route.request.handlers.push_back(
          {entity.signature.empty() ? entity.name : entity.signature, pathOf(at), at.line});
    }
    if (route.request.handlers.empty())
      route.request.handlers.push_back({"<unknown>", pathOf(row.at), row.at.line});
    route.request.handler = route.request.handlers.front();
  }

  /// What makes and destroys objects of the classes whose methods the handlers are.
  void fillMakers(Route &route) const {
    std::set<RecordIndex> classes;
    for (EntityIndex handler : route.handlers)
      classes.insert(facts.entities[handler].record);
    for (EntityIndex i = 0; i < facts.entities.size(); ++i)
      if (const Entity &entity = facts.entities[i];
          (entity.kind == EntityKind::Constructor || entity.kind == EntityKind::Destructor) &&
          classes.count(entity.record))
        route.makes.push_back(i);
  }

  /// What serves the requests that FRAMEWORK's loops take.
  Callables loopsOf(const std::string &framework) const {
    Callables loops;
    for (const Registration &row : facts.registrations)
      if (const model::HandlerRule &rule = catalog.handlers[row.rule];
          rule.kind == Kind::AcceptLoop && rule.framework == framework) {
        loops.isComplete &= row.doubt.empty();
        if (row.handler.kind == ValueKind::Function)
          loops.functions.insert(row.handler.entity);
      }
    return loops;
  }

  /// A path of a request kind, and what the source says it is; nothing where it is not constant.
  using Path = std::pair<std::string, std::optional<std::string>>;

  std::vector<Path> pathsOf(const Instance &instance, const model::HandlerRule &rule,
                            const Route &route) {
    if (!hasPath(rule) && !isNamed(rule))
      return {{"", std::nullopt}};
    std::vector<Path> paths;
    if (rule.pathUnless.empty() || !isCalled(rule.pathUnless))
      for (std::string &text : expander.textsOf(instance.path)) {
        std::string path = isNamed(rule) ? text : requestPath(text, rule.pathSyntax);
        paths.emplace_back(std::move(path), std::move(text));
      }
    const bool isSaid = std::none_of(paths.begin(), paths.end(), [&](const Path &each) {
      return !isNamed(rule) && each.first.empty();
    });
    if (!paths.empty() && isSaid)
      return paths;
    // One that cannot be said is as good as none. Each call of a helper is a request kind of its
    // own.
    SourceLine at = instance.calls.empty() ? route.at : instance.calls.back().second;
    return {{"<dynamic:" + pathOf(at) + ":" + std::to_string(at.line) + ">", std::nullopt}};
  }

  static bool hasPath(const model::HandlerRule &rule) {
    return rule.path || rule.pathOfObject || rule.kind == Kind::Table;
  }

  /// What the source names a request by is no path.
  static bool isNamed(const model::HandlerRule &rule) {
    return (rule.kind == Kind::Table && rule.method.empty()) ||
           (rule.kind == Kind::Call && rule.key);
  }

  std::vector<std::string> methodsOf(const model::HandlerRule &rule,
                                     const Registration &row) const {
    std::vector<std::string> methods = row.methods;
    if (!rule.method.empty() && methods.empty())
      methods.push_back(rule.method);
    for (const auto &[glob, method] : rule.methodByParameter)
      if (model::matchesGlob(glob, row.handler.type))
        methods.push_back(method);
    if (methods.empty())
      methods.push_back("*");
    methods.insert(methods.end(), rule.alsoMethods.begin(), rule.alsoMethods.end());
    return methods;
  }

  void name(Route &route, const model::HandlerRule &rule, const Registration &row,
            const std::string &method, const std::string &path) const {
    model::RequestKind &request = route.request;
    if (!hasPath(rule) || isNamed(rule)) {
      request.protocol = rule.protocol.empty() ? "transaction" : rule.protocol;
      std::string name = row.name.empty() ? path : row.name;
      request.id = request.protocol + " " + (name.empty() ? transactionName(route, rule) : name);
      return;
    }
    request.method = method;
    request.path = path;
    request.id = method + " " + path;
  }

  std::string transactionName(const Route &route, const model::HandlerRule &rule) const {
    if (route.handlers.empty())
      return "<dynamic:" + pathOf(route.at) + ":" + std::to_string(route.at.line) + ">";
    const std::string &qualified = facts.entities[route.handlers.front()].name;
    std::size_t cut = qualified.rfind("::");
    if (cut == std::string::npos)
      return qualified;
    return rule.kind == Kind::Override ? qualified.substr(0, cut) : qualified.substr(cut + 2);
  }

  void add(Route route) {
    auto [known, isNew] = byId.try_emplace(route.request.id, routes.size());
    if (isNew) {
      routes.push_back(std::move(route));
      return;
    }
    Route &same = routes[known->second];
    for (const model::Handler &handler : route.request.handlers)
      if (std::find(same.request.handlers.begin(), same.request.handlers.end(), handler) ==
          same.request.handlers.end())
        same.request.handlers.push_back(handler);
    addHandlers(same, route);
    same.complete &= route.complete;
    same.incomplete.insert(same.incomplete.end(), route.incomplete.begin(), route.incomplete.end());
  }

  /// What serves ROUTE may serve SAME.
  static void addHandlers(Route &same, const Route &route) {
    Callables callables = callablesOf(same);
    unite(callables, callablesOf(route));
    keep(callables, same);
    same.makes.insert(same.makes.end(), route.makes.begin(), route.makes.end());
    std::sort(same.makes.begin(), same.makes.end());
    same.makes.erase(std::unique(same.makes.begin(), same.makes.end()), same.makes.end());
  }

  /// A request kind whose path is constant.
  struct Constant {
    std::string id, text, method;
    RuleIndex rule;
    bool isComeBy; ///< Its place in the order is known.
  };
  /// One whose path is not.
  struct Unsaid {
    Route route;
    std::string method;
    Value path;
    bool isComeBy;
  };

  /// A path that is not constant may be one that is registered by its text as well.
  void addPossible() {
    for (const Unsaid &each : unsaid)
      if (!each.route.handlers.empty())
        for (const Constant &known : constant)
          if (mayBeSame(each, known))
            addHandlers(routes[byId.at(known.id)], each.route);
  }

  bool mayBeSame(const Unsaid &one, const Constant &other) const {
    const model::HandlerRule &rule = catalog.handlers[one.route.rule],
                             &otherRule = catalog.handlers[other.rule];
    if (rule.framework != otherRule.framework || rule.protocol != otherRule.protocol ||
        isNamed(rule) != isNamed(otherRule) ||
        (one.method != other.method && one.method != "*" && other.method != "*"))
      return false;
    // Patterns are tried one after the other: what comes first serves.
    const bool isBehind = one.isComeBy && other.isComeBy && otherRule.pathSyntax == "regex" &&
                          matchOrderOf(other.id) < *one.route.request.matchOrder;
    return !isBehind && expander.mayBe(one.path, other.text);
  }

  std::int64_t matchOrderOf(const std::string &id) const {
    return *routes[byId.at(id)].request.matchOrder;
  }

  static Callables callablesOf(const Route &route) {
    Callables found;
    found.functions = {route.handlers.begin(), route.handlers.end()};
    for (const auto &[parameter, held] : route.bindings)
      found.bindings[parameter] = {held.begin(), held.end()};
    return found;
  }

  static void keep(const Callables &callables, Route &route) {
    route.handlers.assign(callables.functions.begin(), callables.functions.end());
    route.bindings.clear();
    for (const auto &[parameter, held] : callables.bindings)
      route.bindings[parameter].assign(held.begin(), held.end());
  }

  std::string pathOf(SourceLine at) const {
    return at.file == none ? "" : documentPath(facts.files[at.file], program.sourceRoot);
  }

  const Program &program;
  const Facts &facts;
  const model::Catalog &catalog;
  Expander expander;
  RegistrationOrder order;
  std::vector<Route> routes;
  std::map<std::string, std::size_t> byId; ///< Into routes, but for ambient ones.
  std::map<std::string, bool> called;      ///< By glob.
  std::vector<Constant> constant;
  std::vector<Unsaid> unsaid;
  std::int64_t matchOrder = 0;
};

} // namespace

std::vector<Route> routesOf(const Program &program, const model::Catalog &catalog) {
  return RouteMaker(program, catalog).run();
}

} // namespace ripple::analyzer
