//===- CycloneDx.cpp - A Components List as a bill of materials -*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// https://cyclonedx.org/docs/1.6/json/. What has no field of its own there is a
// property whose name starts with "ripple:".
//
//===----------------------------------------------------------------------===//
#include "analyzer/Reports.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>

namespace ripple::analyzer {
namespace {

using Json = nlohmann::ordered_json;
using model::Application;
using model::Component;
using model::ComponentUse;
using model::EvidenceStep;
using model::RequestKind;
using model::Unresolved;

std::string componentRef(const std::string &id) { return "component:" + id; }
std::string serviceRef(const Application &application) { return "service:" + application.name; }
std::string requestRef(const Application &application, const RequestKind &request) {
  return fmt::format("request:{} {}", application.name, request.id);
}

/// TEXT as a part of a package URL (https://github.com/package-url/purl-spec).
std::string purlPart(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       std::string_view("-._~:").find(c) != std::string_view::npos;
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", byte);
  }
  return out;
}

void addProperty(Json &properties, std::string_view name, std::string_view value) {
  if (!value.empty())
    properties.push_back({{"name", fmt::format("ripple:{}", name)}, {"value", value}});
}

std::string described(const Unresolved &entry) {
  return fmt::format("{}:{}: {}; could reach {}", entry.file, entry.line, entry.reason,
                     fmt::join(entry.couldReach, ", "));
}

/// Where a component is called from: the last step before its own declaration.
using Site = std::tuple<std::string, unsigned, std::string>; ///< File, line, what is called there.

Site siteOf(const std::vector<EvidenceStep> &evidence) {
  const EvidenceStep &called = evidence.back();
  const EvidenceStep &from = evidence.size() > 1 ? evidence[evidence.size() - 2] : called;
  return {from.file, from.line, called.function};
}

/// All that the list knows of why one component is there.
struct Evidence {
  std::set<Site> sites;
  const ComponentUse *use = nullptr; ///< The surest one that has a path.
  std::string application;           ///< Of `use`.
};

class Bom {
public:
  Bom(const model::ComponentsList &everything, std::string linux, std::string_view version)
      : list(everything), distribution(std::move(linux)), toolVersion(version) {}

  std::string write() {
    for (const Application &application : list.applications)
      addEvidence(application);
    for (const Component &component : list.components)
      add(component);
    for (const Application &application : list.applications)
      add(application);
    Json bom = {{"$schema", "http://cyclonedx.org/schema/bom-1.6.schema.json"},
                {"bomFormat", "CycloneDX"},
                {"specVersion", "1.6"},
                {"version", 1}};
    const Json tool = {
        {"type", "application"}, {"name", "ripple-analyzer"}, {"version", toolVersion}};
    bom["metadata"] = {{"lifecycles", Json::array({{{"phase", "build"}}})},
                       {"tools", {{"components", Json::array({tool})}}}};
    bom["components"] = std::move(components);
    bom["services"] = std::move(services);
    bom["dependencies"] = std::move(dependencies);
    bom["compositions"] = compositions();
    // What is no UTF-8 (a file's name, say) is replaced: JSON cannot hold it.
    return bom.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
  }

private:
  void addEvidence(const Application &application) {
    auto take = [&](const std::vector<ComponentUse> &uses) {
      for (const ComponentUse &use : uses)
        addEvidence(application, use);
    };
    take(application.ambient);
    take(application.startup);
    for (const RequestKind &request : application.requests)
      take(application.usesOf(request));
  }

  void addEvidence(const Application &application, const ComponentUse &use) {
    if (use.evidence.empty())
      return;
    Evidence &found = evidence[use.component];
    found.sites.insert(siteOf(use.evidence));
    if (!found.use || use.confidence < found.use->confidence) {
      found.use = &use;
      found.application = application.name;
    }
  }

  void add(const Component &component) {
    const bool isProgram = component.kind == model::ComponentKind::Application ||
                           component.kind == model::ComponentKind::Sidecar;
    Json out = {{"type", isProgram ? "application" : "library"},
                {"bom-ref", componentRef(component.id)},
                {"name", component.id}};
    if (!component.version.empty())
      out["version"] = component.version;
    if (!component.sha256.empty())
      out["hashes"] = Json::array({{{"alg", "SHA-256"}, {"content", component.sha256}}});
    if (component.origin.starts_with("package:") && !component.version.empty() &&
        !distribution.empty())
      out["purl"] = fmt::format("pkg:deb/{}/{}@{}", distribution, purlPart(component.id),
                                purlPart(component.version));
    if (auto found = evidence.find(component.id); found != evidence.end())
      out["evidence"] = written(component, found->second);
    Json properties = Json::array();
    addProperty(properties, "kind", model::toString(component.kind));
    addProperty(properties, "restart", model::toString(component.restart));
    addProperty(properties, "origin", component.origin);
    addProperty(properties, "soname", component.soname);
    addProperty(properties, "path", component.path);
    addProperty(properties, "buildId", component.buildId);
    out["properties"] = std::move(properties);
    components.push_back(std::move(out));
    std::set<std::string> on(component.dependsOn.begin(), component.dependsOn.end());
    addDependency(componentRef(component.id), on);
  }

  static Json written(const Component &component, const Evidence &found) {
    Json occurrences = Json::array(), frames = Json::array();
    for (const auto &[file, line, function] : found.sites)
      occurrences.push_back({{"location", file}, {"line", line}, {"symbol", function}});
    for (const EvidenceStep &step : found.use->evidence) {
      const bool last = &step == &found.use->evidence.back();
      frames.push_back({{"module", last ? component.id : found.application},
                        {"function", step.function},
                        {"line", step.line},
                        {"fullFilename", step.file}});
    }
    return {{"occurrences", std::move(occurrences)},
            {"callstack", {{"frames", std::move(frames)}}}};
  }

  void add(const Application &application) {
    Json requests = Json::array(), properties = Json::array();
    for (const RequestKind &request : application.requests)
      requests.push_back(written(application, request));
    addProperty(properties, "binary", application.binary.path);
    addProperty(properties, "buildId", application.binary.buildId);
    for (const Unresolved &entry : list.unresolved)
      if (entry.application == application.name)
        addProperty(properties, "unresolved", described(entry));
    Json out = {{"bom-ref", serviceRef(application)}, {"name", application.name}};
    if (!requests.empty())
      out["services"] = std::move(requests);
    out["properties"] = std::move(properties);
    services.push_back(std::move(out));
    (application.complete ? complete : incomplete).push_back(serviceRef(application));
    std::set<std::string> on = {application.name};
    for (const auto *uses : {&application.ambient, &application.startup})
      for (const ComponentUse &use : *uses)
        on.insert(use.component);
    addDependency(serviceRef(application), on);
  }

  /// REQUEST as a service inside its application's, with all that it touches.
  Json written(const Application &application, const RequestKind &request) {
    const std::string ref = requestRef(application, request);
    Json properties = Json::array();
    addProperty(properties, "protocol", request.protocol);
    addProperty(properties, "handler",
                fmt::format("{} ({}:{})", request.handler.function, request.handler.file,
                            request.handler.line));
    for (const Unresolved &entry : request.unresolved)
      addProperty(properties, "unresolved", described(entry));
    (request.complete ? complete : incomplete).push_back(ref);
    std::set<std::string> on = {application.name};
    for (const auto *uses : {&application.ambient, &application.usesOf(request)})
      for (const ComponentUse &use : *uses)
        on.insert(use.component);
    addDependency(ref, on);
    return {{"bom-ref", ref}, {"name", request.id}, {"properties", std::move(properties)}};
  }

  void addDependency(const std::string &ref, const std::set<std::string> &on) {
    Json refs = Json::array();
    for (const std::string &id : on)
      if (list.component(id))
        refs.push_back(componentRef(id));
    dependencies.push_back({{"ref", ref}, {"dependsOn", std::move(refs)}});
  }

  /// Of which services it is known that nothing is missing, and of which that something is.
  Json compositions() const {
    Json out = Json::array();
    for (const auto &[aggregate, refs] :
         {std::pair("complete", &complete), std::pair("incomplete", &incomplete)})
      if (!refs->empty())
        out.push_back({{"aggregate", aggregate}, {"dependencies", *refs}});
    return out;
  }

  const model::ComponentsList &list;
  std::string distribution;
  std::string_view toolVersion;
  std::map<std::string, Evidence> evidence; ///< By component.
  Json components = Json::array(), services = Json::array(), dependencies = Json::array();
  Json complete = Json::array(), incomplete = Json::array(); ///< Refs of services.
};

} // namespace

std::string cycloneDxReport(const model::ComponentsList &list, const std::string &distribution,
                            std::string_view toolVersion) {
  return Bom(list, distribution, toolVersion).write();
}

std::string distributionOf(std::string_view osRelease) {
  for (std::size_t at = 0; at < osRelease.size();) {
    const std::size_t end = std::min(osRelease.find('\n', at), osRelease.size());
    std::string_view line = osRelease.substr(at, end - at);
    at = end + 1;
    if (!line.starts_with("ID="))
      continue;
    line.remove_prefix(3);
    if (line.size() > 1 && (line.front() == '"' || line.front() == '\''))
      line = line.substr(1, line.size() - 2);
    return std::string(line);
  }
  return {};
}

} // namespace ripple::analyzer
