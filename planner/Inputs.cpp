//===- Inputs.cpp ---------------------------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/Inputs.h"

#include "model/Nearest.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <set>

namespace ripple::planner {

namespace {

/// Collects what does not fit.
class Fit {
public:
  Fit(Inputs &inputs, const InputFiles &files) : inputs(inputs), files(files) {}

  model::Mistakes run() {
    for (const model::ApplicationPolicy &policy : inputs.servers.applications)
      checkPolicy(policy);
    for (const model::Upgrade &upgrade : inputs.change.upgrades)
      checkUpgrade(upgrade);
    if (inputs.classesFor)
      for (const model::Upgrade &upgrade : inputs.classesFor->upgrades)
        checkKnown(files.classesFor, upgrade);
    checkRules();
    return std::move(mistakes);
  }

private:
  void add(const std::string &file, const std::string &pointer, std::string what,
           std::string remedy) {
    mistakes.push_back({{file, 0, pointer}, std::move(what), std::move(remedy)});
  }

  void checkPolicy(const model::ApplicationPolicy &policy) {
    if (!inputs.components.application(policy.name)) {
      std::vector<std::string> names;
      for (const model::Application &application : inputs.components.applications)
        names.push_back(application.name);
      std::string near = model::nearest(policy.name, names);
      add(files.servers, "/applications",
          fmt::format("no Components List has the application '{}'", policy.name),
          near.empty() ? "give the list that `ripple analyze` made of it with --components"
                       : fmt::format("did you mean '{}'?", near));
    }
    bool hosted = std::any_of(
        inputs.servers.servers.begin(), inputs.servers.servers.end(), [&](const auto &server) {
          return std::any_of(server.applications.begin(), server.applications.end(),
                             [&](const auto &one) { return one.name == policy.name; });
        });
    if (!hosted)
      inputs.warnings.push_back(fmt::format("application '{}' is on no server", policy.name));
  }

  /// The component that UPGRADE of the change set FILE is about; null where there is none.
  const model::Component *checkKnown(const std::string &file, const model::Upgrade &upgrade) {
    const model::Component *component = inputs.components.component(upgrade.component);
    if (component)
      return component;
    std::vector<std::string> names;
    for (const model::Component &known : inputs.components.components)
      names.push_back(known.id);
    std::string near = model::nearest(upgrade.component, names);
    add(file, "/upgrades",
        fmt::format("no Components List has the component '{}'", upgrade.component),
        near.empty() ? "`ripple query COMPONENTS --touching ID` knows the names in the lists"
                     : fmt::format("did you mean '{}'?", near));
    return nullptr;
  }

  void checkUpgrade(const model::Upgrade &upgrade) {
    const model::Component *component = checkKnown(files.change, upgrade);
    if (!component)
      return;
    if (component->kind == model::ComponentKind::StaticLibrary ||
        component->kind == model::ComponentKind::HeaderOnly)
      add(files.change, "/upgrades",
          fmt::format("'{}' is part of the binaries that use it (kind {})", upgrade.component,
                      toString(component->kind)),
          "to upgrade it, build those applications anew and upgrade them");
    checkRestart(upgrade);
    if (upgrade.phaseIn)
      checkPhaseIn(upgrade);
    checkServers(upgrade);
    if (!component->version.empty() && component->version != upgrade.from)
      inputs.warnings.push_back(
          fmt::format("{}: the analyzed version is {}, the change set's `from` is {}",
                      upgrade.component, component->version, upgrade.from));
  }

  /// A server that is named has the component.
  void checkServers(const model::Upgrade &upgrade) {
    Impact impact(inputs, upgrade.component);
    for (const std::string &name : upgrade.servers) {
      const model::Server *server = inputs.servers.server(name);
      bool has = server && std::any_of(server->applications.begin(), server->applications.end(),
                                       [&](const model::HostedApplication &hosted) {
                                         const auto *application =
                                             inputs.components.application(hosted.name);
                                         return application && impact.loads(*application);
                                       });
      if (!has)
        add(files.change, "/upgrades",
            server ? fmt::format("{}: {} has nothing that uses it", upgrade.component, name)
                   : fmt::format("{}: there is no server '{}'", upgrade.component, name),
            "take it out of 'servers'");
    }
  }

  /// Only the gate can load a plug-in beside the one that is in use.
  void checkPhaseIn(const model::Upgrade &upgrade) {
    if (auto domain = domainOf(inputs, upgrade); domain != model::RestartDomain::Plugin)
      add(files.change, "/upgrades",
          fmt::format("'{}' cannot be phased in: its restart domain is {}", upgrade.component,
                      toString(domain)),
          "remove 'phaseIn', or write 'restart: plugin' where the gate loads it");
    auto loads = [](const std::vector<model::Action> &actions) {
      return std::any_of(actions.begin(), actions.end(), [](const model::Action &action) {
        return std::holds_alternative<model::PluginAction>(action);
      });
    };
    if (!loads(upgrade.install))
      add(files.change, "/upgrades",
          fmt::format("'{}' cannot be phased in: no action of its install has the gate load it",
                      upgrade.component),
          "add {plugin: NAME, path: PATH} to 'install', or remove 'phaseIn'");
    if (!upgrade.rollback.empty() && !loads(upgrade.rollback))
      add(files.change, "/upgrades",
          fmt::format("'{}' cannot be phased in: no action of its rollback has the gate load it",
                      upgrade.component),
          "add {plugin: NAME, path: PATH} to 'rollback', or remove 'phaseIn'");
  }

  /// Where processes have to start again, it must be known which.
  void checkRestart(const model::Upgrade &upgrade) {
    if (domainOf(inputs, upgrade) < model::RestartDomain::Process || upgrade.restartWith)
      return;
    Impact impact(inputs, upgrade.component);
    for (const model::Server &server : inputs.servers.servers)
      for (const model::HostedApplication &hosted : server.applications)
        if (const auto *application = inputs.components.application(hosted.name);
            application && hosted.process.empty() && impact.loads(*application))
          add(files.servers, "/servers",
              fmt::format("{}: replacing {} restarts {}, and nothing says which process that is",
                          server.name, upgrade.component, hosted.name),
              "name it there (process), or in the change set (restartWith)");
  }

  /// Rules name components that exist.
  void checkRules() {
    const model::ChangeSet &change = inputs.change;
    auto known = [&](const char *pointer, const std::string &component) {
      if (!inputs.components.component(component))
        add(files.change, pointer,
            fmt::format("no Components List has the component '{}'", component),
            "write it as the lists do, or take the rule out");
    };
    for (const model::OrderRule &rule : change.order)
      for (const model::ComponentVersion &side : {rule.before, rule.after})
        known("/order", side.component);
    for (const auto &[one, two] : change.forbidTogether)
      for (const model::ComponentVersion &side : {one, two})
        known("/forbidTogether", side.component);
    for (const model::DistanceRule &rule : change.versionDistance)
      for (const std::string &component : {rule.component, rule.of})
        known("/versionDistance", component);
  }

  Inputs &inputs;
  const InputFiles &files;
  model::Mistakes mistakes;
};

void take(model::Mistakes &all, const model::Mistakes &more) {
  all.insert(all.end(), more.begin(), more.end());
}

model::PlanInput inputOf(const std::string &file, const char *format, std::string digest) {
  return {std::filesystem::absolute(file).lexically_normal().string(), format, std::move(digest)};
}

} // namespace

model::Result<Inputs> readInputs(const InputFiles &files) {
  Inputs inputs;
  model::Mistakes mistakes;
  std::vector<model::ComponentsList> lists;
  for (const std::string &file : files.components) {
    auto list = model::readComponentsList(file);
    if (!list) {
      take(mistakes, list.error());
      continue;
    }
    inputs.digests.push_back(inputOf(file, "ripple.components", model::digest(*list)));
    lists.push_back(std::move(*list));
  }
  auto servers = model::readServerList(files.servers);
  if (servers) {
    inputs.digests.push_back(inputOf(files.servers, "ripple.servers", model::digest(*servers)));
    inputs.servers = std::move(*servers);
  } else {
    take(mistakes, servers.error());
  }
  if (!files.change.empty()) {
    auto change = model::readChangeSet(files.change);
    if (change) {
      inputs.digests.push_back(inputOf(files.change, "ripple.change", model::digest(*change)));
      inputs.change = std::move(*change);
    } else {
      take(mistakes, change.error());
    }
  }
  inputs.maxClasses = files.maxClasses;
  if (!files.classesFor.empty()) {
    auto change = model::readChangeSet(files.classesFor);
    if (change)
      inputs.classesFor = std::move(*change);
    else
      take(mistakes, change.error());
  }
  if (!mistakes.empty())
    return tl::make_unexpected(std::move(mistakes));
  auto merged = model::mergeComponentsLists(std::move(lists), files.components, inputs.warnings);
  if (!merged)
    return tl::make_unexpected(merged.error());
  inputs.components = std::move(*merged);
  inputs.uses = UseIndex(inputs.components);
  // The same plan whatever order the files were given in.
  std::sort(inputs.digests.begin(), inputs.digests.end(), [](const auto &a, const auto &b) {
    return std::tie(a.format, a.path) < std::tie(b.format, b.path);
  });
  mistakes = Fit(inputs, files).run();
  if (!mistakes.empty())
    return tl::make_unexpected(std::move(mistakes));
  return inputs;
}

model::RestartDomain domainOf(const Inputs &inputs, const model::Upgrade &upgrade) {
  if (upgrade.restart)
    return *upgrade.restart;
  const model::Component *component = inputs.components.component(upgrade.component);
  return component ? component->restart : model::RestartDomain::Process;
}

double weightOf(const model::ApplicationPolicy &policy, const model::HostedApplication &hosted) {
  return policy.minimum.unit == model::Minimum::Unit::Servers ? 1 : hosted.capacity;
}

Spare spareOf(const model::ServerList &servers, const model::ApplicationPolicy &policy) {
  Spare result;
  for (const model::Server &server : servers.servers)
    for (const model::HostedApplication &hosted : server.applications)
      if (hosted.name == policy.name)
        result.total += weightOf(policy, hosted);
  result.minimum = policy.minimum.unit == model::Minimum::Unit::CapacityShare
                       ? policy.minimum.value * result.total
                       : policy.minimum.value;
  return result;
}

} // namespace ripple::planner
