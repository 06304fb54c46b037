//===- EveryLeafTest.cpp - Whatever is changed in a plan, check finds it --===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Each value of a plan's document is changed, each element and key left out, one
// at a time. As it is, the plan's id gives every change away. Here the id is
// made anew, as somebody would who wants it to go unnoticed: what is then not
// found is on a list, with why.
//
//===----------------------------------------------------------------------===//
#include "planner/Planning.h"
#include "planner/RandomInstance.h"
#include "planner/check/Check.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <set>

using namespace ripple;
using namespace ripple::planner;
using Json = nlohmann::json;

namespace {

/// What only planning anew could tell, or nothing at all does.
const std::map<std::string, std::string> NotFound{
    {"/inputs[] left out", "compared before, by digest (`stale`)"},
    {"/inputs[]/format", "compared before, by digest (`stale`)"},
    {"/inputs[]/sha256", "compared before, by digest (`stale`)"},
    {"/inputs[]/path", "where they were; nobody is bound to it"},
    {"/steps[]/id", "a name, as good as any where nothing refers to it"},
    {"/steps[]/after[]", "what it comes after by others anyway"},
    {"/steps[]/after[] left out", "what it comes after by others anyway"},
    {"/steps[]/timeout left out", "a gate that waits for nothing"},
    {"/summary/lowerBound", "to be told from planning anew; never above the waves"},
    {"/summary/boundBy", "words; to be told from planning anew"},
    {"/summary/remarks left out", "words; to be told from planning anew"},
    {"/summary/remarks[]", "words; to be told from planning anew"},
    {"/summary/remarks[] left out", "words; to be told from planning anew"},
    {"/summary/withdrawn/assumed", "a forecast: no input says it"},
    {"/summary/withdrawn/assumed left out", "a forecast: no input says it"},
    {"/summary/withdrawn/serverSeconds", "a forecast: no input says it"},
    {"/summary/withdrawn/wholeServerDrain", "a forecast: no input says it"},
    {"/order[]/reason", "words of the planner, where a pair must not meet"},
    {"/order[]/reason left out", "words of the planner, where a pair must not meet"},
    {"/quiesce[]/reasons[](other)/why", "of any request kind: each that is true"},
    {"/quiesce[]/reasons[](other)/via left out", "of any request kind: each that is true"},
    {"/routingClasses[]/requests[] left out", "the router may not tell it from others"}};

/// Values that stand under the same key elsewhere in the document are the ones that go unnoticed.
void collect(const Json &json, const std::string &key, std::map<std::string, std::set<Json>> &all) {
  if (json.is_object())
    for (const auto &[name, value] : json.items())
      collect(value, name, all);
  else if (json.is_array())
    for (const Json &value : json)
      collect(value, key, all);
  else
    all[key].insert(json);
}

class Leaves {
public:
  explicit Leaves(const Inputs &inputs) : inputs(inputs) {}

  /// Paths of changes to PLAN that `check` does not find, without the places in lists.
  std::set<std::string> notFound(const model::Plan &plan) {
    document = Json::parse(model::writePlan(plan));
    id = plan.id;
    collect(document, "", values);
    change(document, "", "");
    return std::move(missed);
  }

  unsigned tried = 0;

private:
  void change(Json &json, std::string path, const std::string &key) {
    if (json.is_object()) {
      if (json.contains("request") && json["request"] == "other")
        path += "(other)"; // Of the class *other*.
      std::vector<std::string> keys;
      for (const auto &[name, value] : json.items())
        keys.push_back(name);
      for (const std::string &name : keys) {
        const Json whole = json;
        json.erase(name);
        judge(path + "/" + name + " left out");
        json = whole;
        if (path + name != "id") // It is made anew.
          change(json[name], path + "/" + name, name);
      }
    } else if (json.is_array()) {
      for (std::size_t i = 0; i < json.size(); ++i) {
        const Json whole = json;
        json.erase(json.begin() + static_cast<std::ptrdiff_t>(i));
        judge(path + "[] left out");
        json = whole;
        change(json[i], path + "[]", key);
      }
    } else {
      changeValue(json, path, key);
    }
  }

  void changeValue(Json &json, const std::string &path, const std::string &key) {
    const Json was = json;
    std::vector<Json> others;
    for (const Json &other : values[key])
      if (other != was && others.size() < 4)
        others.push_back(other);
    if (was.is_string())
      others.push_back(was.get<std::string>() + "x");
    else if (was.is_number())
      others.push_back(was.get<double>() + 1);
    else if (was.is_boolean())
      others.push_back(!was.get<bool>());
    if (key == "why")
      for (const char *why : {"touches", "ambient", "restart-domain", "unresolved"})
        others.push_back(why);
    for (const Json &other : others) {
      json = other;
      judge(path);
    }
    json = was;
  }

  void judge(const std::string &what) {
    auto read = model::parsePlan(document.dump(), "plan.json");
    if (!read)
      return; // The reader finds it.
    const std::string its = model::planId(*read);
    if (its == id)
      return; // It says the same.
    ++tried;
    EXPECT_NE(read->id, its) << what << ": the id would give nothing away";
    read->id = its;
    if (check::violations(*read, {inputs.components, inputs.servers, inputs.change}).empty())
      missed.insert(what);
  }

  const Inputs &inputs;
  Json document;
  std::string id;
  std::map<std::string, std::set<Json>> values;
  std::set<std::string> missed;
};

/// What the reader wants and instances for planning alone lack.
Inputs readable(Inputs inputs) {
  unsigned port = 0;
  for (model::Server &server : inputs.servers.servers)
    for (model::HostedApplication &hosted : server.applications)
      hosted.address = "127.0.0.1:" + std::to_string(++port);
  for (model::Application &application : inputs.components.applications)
    application.binary.buildId = "00ff";
  return inputs;
}

void expectFound(const Inputs &inputs, unsigned &tried) {
  auto plan = makePlan(inputs);
  if (!plan || plan->steps.empty())
    return;
  const std::string text = model::writePlan(*plan);
  auto read = model::parsePlan(text, "plan.json");
  ASSERT_TRUE(read) << model::describe(read.error());
  Leaves leaves(inputs);
  for (const std::string &what : leaves.notFound(*plan))
    EXPECT_TRUE(NotFound.count(what)) << what;
  tried += leaves.tried;
}

} // namespace

TEST(EveryLeaf, OfARealPlanThatIsChangedIsFound) {
  const std::string folder = RIPPLE_SOURCE_DIR "/testdata/planner/";
  auto inputs =
      readInputs({{folder + "shop.yaml"}, folder + "servers.yaml", folder + "change.yaml", "", 0});
  ASSERT_TRUE(inputs);
  unsigned tried = 0;
  expectFound(*inputs, tried);
  EXPECT_GT(tried, 100U);
}

TEST(EveryLeaf, OfARandomPlanThatIsChangedIsFound) {
  unsigned tried = 0;
  for (unsigned seed = 1; seed <= 25; ++seed)
    expectFound(readable(planner::random::Instance(seed).inputs), tried);
  EXPECT_GT(tried, 3'000U);
}
