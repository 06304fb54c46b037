//===- StagesTest.cpp - link, resolve and reach on facts made by hand -----===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/Pipeline.h"

#include <functional>
#include <gmock/gmock.h>

using namespace ripple;
using namespace ripple::analyzer;
using testing::ElementsAre;
using testing::IsEmpty;

namespace {

/// Facts of one unit, by names: line N of "unit.cpp" is where the Nth thing stands.
class UnitMaker {
public:
  explicit UnitMaker(std::string file) {
    unit.unit = "/src/" + file;
    unit.facts.files = {unit.unit};
  }

  EntityIndex function(const std::string &name, bool hasBody = true) {
    for (EntityIndex i = 0; i < unit.facts.entities.size(); ++i)
      if (unit.facts.entities[i].key == name)
        return i;
    Entity entity;
    entity.key = entity.name = name;
    entity.isLinkable = true;
    entity.hasBody = hasBody;
    entity.declared = next();
    unit.facts.entities.push_back(entity);
    return unit.facts.entities.size() - 1;
  }
  EntityIndex method(const std::string &name, bool isPure = false) {
    EntityIndex index = function(name, !isPure);
    unit.facts.entities[index].isVirtual = true;
    unit.facts.entities[index].isPure = isPure;
    return index;
  }
  TypeIndex type(const std::string &name) {
    auto &types = unit.facts.types;
    auto found = std::find(types.begin(), types.end(), name);
    if (found == types.end())
      found = types.insert(types.end(), name);
    return found - types.begin();
  }
  void call(EntityIndex from, EntityIndex to, CallKind kind = CallKind::Direct) {
    unit.facts.calls.push_back({from, to, kind, next()});
  }
  void callPointer(EntityIndex from, const std::string &pointee,
                   std::vector<EntityIndex> through = {}) {
    unit.facts.indirectCalls.push_back({from, type(pointee), std::move(through), none, 0, next()});
  }
  void take(EntityIndex in, EntityIndex callable, const std::string &pointee,
            EntityIndex to = none) {
    unit.facts.taken.push_back({in, callable, type(pointee), to, next()});
  }
  void handle(EntityIndex in, const std::string &path, EntityIndex handler) {
    Registration row;
    row.rule = 0;
    row.in = in;
    row.at = next();
    row.path.kind = ValueKind::Text;
    row.path.text = path;
    row.handler.kind = ValueKind::Function;
    row.handler.entity = handler;
    unit.facts.registrations.push_back(row);
  }
  SourceLine next() { return {0, ++line}; }

  UnitFacts unit;

private:
  std::uint32_t line = 0;
};

model::Catalog catalogWithOneRule() {
  model::Catalog catalog;
  model::HandlerRule rule;
  rule.method = "GET";
  rule.path = 0;
  rule.handler = 1;
  catalog.handlers.push_back(rule);
  catalog.serving = {"serve"};
  return catalog;
}

/// Entities named "lib…" belong to the component of that name.
Owners ownersByName(const Program &program) {
  Owners owners;
  for (const Entity &entity : program.facts.entities) {
    owners.ownerOf.push_back(none);
    if (entity.name.starts_with("lib")) {
      model::Component component;
      component.id = entity.name;
      owners.ownerOf.back() = owners.components.size();
      owners.components.push_back(component);
    }
  }
  return owners;
}

struct Result {
  Program program;
  Owners owners;
  Reached reached;

  std::vector<std::string> usesOf(const std::string &id) const {
    for (const model::RequestKind &request : reached.application.requests)
      if (request.id == id)
        return words(request.components);
    return {"no such request"};
  }
  static std::vector<std::string> words(const std::vector<model::ComponentUse> &uses) {
    std::vector<std::string> words;
    for (const model::ComponentUse &use : uses)
      words.push_back(use.component + (use.confidence == model::Confidence::Proven ? "" : "?") +
                      (use.phase == model::Phase::Async ? "&" : "") +
                      (use.via.empty() ? "" : "<" + use.via));
    return words;
  }
};

Result analyze(
    const std::vector<const UnitFacts *> &units,
    const std::map<std::string, std::vector<std::string>> &dependencies = {},
    const std::function<void(Owners &)> &adjust = [](Owners &) {}) {
  model::Catalog catalog = catalogWithOneRule();
  Result result;
  result.program = link(units, catalog, "/src");
  result.owners = ownersByName(result.program);
  for (model::Component &component : result.owners.components)
    if (auto found = dependencies.find(component.id); found != dependencies.end())
      component.dependsOn = found->second;
  adjust(result.owners);
  result.reached = reach(result.program, resolve(result.program), result.owners, catalog);
  return result;
}

TEST(Stages, UnitsMeetByKey) {
  UnitMaker first("a.cpp"), second("b.cpp");
  first.handle(first.function("main"), "/x", first.function("handler", false));
  second.call(second.function("handler"), second.function("libx", false));
  Result result = analyze({&first.unit, &second.unit});
  EXPECT_THAT(result.usesOf("GET /x"), ElementsAre("libx"));
  Result reversed = analyze({&second.unit, &first.unit});
  EXPECT_EQ(result.program.facts, reversed.program.facts);
}

TEST(Stages, EvidenceIsTheShortestWay) {
  UnitMaker unit("a.cpp");
  EntityIndex handler = unit.function("handler"), detour = unit.function("detour");
  EntityIndex library = unit.function("libx", false);
  unit.handle(unit.function("main"), "/x", handler);
  unit.call(handler, detour);
  unit.call(detour, library);
  unit.call(handler, library);
  Result result = analyze({&unit.unit});
  const model::ComponentUse &use = result.reached.application.requests[0].components[0];
  ASSERT_EQ(use.evidence.size(), 2U);
  EXPECT_EQ(use.evidence[0].function, "handler");
  EXPECT_EQ(use.evidence[0].file, "a.cpp");
  EXPECT_EQ(use.evidence[0].line, unit.unit.facts.calls[2].at.line);
  EXPECT_EQ(use.evidence[1].function, "libx");
}

TEST(Stages, VirtualCallsReachEveryOverrider) {
  UnitMaker unit("a.cpp");
  EntityIndex base = unit.method("B::f", true), one = unit.method("D::f");
  EntityIndex two = unit.method("E::f"), handler = unit.function("handler");
  unit.unit.facts.overrides = {{one, base}, {two, one}};
  unit.handle(unit.function("main"), "/x", handler);
  unit.call(handler, base, CallKind::Virtual);
  unit.call(one, unit.function("lib1", false));
  unit.call(two, unit.function("lib2", false));
  EXPECT_THAT(analyze({&unit.unit}).usesOf("GET /x"), ElementsAre("lib1?", "lib2?"));
}

TEST(Stages, PointersReachWhatIsTakenAsTheirType) {
  UnitMaker unit("a.cpp");
  EntityIndex main = unit.function("main"), handler = unit.function("handler");
  EntityIndex f = unit.function("f"), g = unit.function("g"), h = unit.function("h");
  unit.call(f, unit.function("libf", false));
  unit.call(g, unit.function("libg", false));
  unit.call(h, unit.function("libh", false));
  unit.take(main, f, "void ()");
  unit.take(main, g, "void (int)");
  unit.take(main, h, "void (long)");
  unit.unit.facts.typeFlows = {{unit.type("void (long)"), unit.type("void (int)")}};
  unit.handle(main, "/x", handler);
  unit.callPointer(handler, "void (int)");
  EXPECT_THAT(analyze({&unit.unit}).usesOf("GET /x"), ElementsAre("libg?", "libh?"));
}

TEST(Stages, NoTargetIsUnresolvedUnlessAComponentOwnsTheDeclaration) {
  UnitMaker unit("a.cpp");
  EntityIndex main = unit.function("main"), handler = unit.function("handler");
  EntityIndex other = unit.function("other");
  EntityIndex field = unit.function("lib::field");
  unit.unit.facts.entities[field].kind = EntityKind::Field;
  unit.handle(main, "/x", handler);
  unit.handle(main, "/y", other);
  unit.callPointer(handler, "void ()");
  unit.callPointer(other, "void ()", {field});
  Result result = analyze({&unit.unit});
  const auto &requests = result.reached.application.requests;
  EXPECT_FALSE(requests[0].complete);
  ASSERT_EQ(requests[0].unresolved.size(), 1U);
  EXPECT_THAT(requests[0].unresolved[0].couldReach, ElementsAre("*"));
  EXPECT_TRUE(requests[1].complete);
  EXPECT_THAT(result.usesOf("GET /y"), ElementsAre("lib::field"));
  EXPECT_FALSE(result.reached.application.complete);
}

TEST(Stages, ThreadsAreAsynchronous) {
  UnitMaker unit("a.cpp");
  EntityIndex handler = unit.function("handler"), job = unit.function("job");
  EntityIndex start = unit.function("pthread_create", false);
  unit.handle(unit.function("main"), "/x", handler);
  unit.take(handler, job, "void ()", start);
  unit.call(job, unit.function("lib1", false));
  Result result = analyze({&unit.unit});
  EXPECT_THAT(result.usesOf("GET /x"), testing::Contains("lib1&"));
  unit.call(handler, job); // and at once, too
  EXPECT_THAT(analyze({&unit.unit}).usesOf("GET /x"), testing::Contains("lib1"));
}

TEST(Stages, StartupServingAndRequestsAreApart) {
  UnitMaker unit("a.cpp");
  EntityIndex main = unit.function("main"), serve = unit.function("serve");
  EntityIndex handler = unit.function("handler");
  unit.call(main, unit.function("libstart", false));
  unit.call(main, unit.function("libboth", false));
  unit.call(serve, unit.function("libserve", false));
  unit.take(main, handler, "void ()");
  unit.callPointer(serve, "void ()"); // the loop calls handlers: not its own
  unit.call(handler, unit.function("librequest", false));
  unit.call(handler, unit.function("libboth", false));
  unit.handle(main, "/x", handler);
  unit.call(main, serve);
  Result result = analyze({&unit.unit});
  EXPECT_THAT(Result::words(result.reached.application.startup), ElementsAre("libstart"));
  EXPECT_THAT(Result::words(result.reached.application.ambient), ElementsAre("libserve"));
  EXPECT_THAT(result.usesOf("GET /x"), ElementsAre("libboth", "librequest"));
}

TEST(Stages, JobsOfRequestsAreNotTheWorkers) {
  UnitMaker unit("a.cpp");
  EntityIndex main = unit.function("main"), worker = unit.function("worker");
  EntityIndex handler = unit.function("handler"), job = unit.function("job");
  EntityIndex ownJob = unit.function("ownJob");
  unit.take(main, worker, "void *(void *)", unit.function("pthread_create", false));
  unit.callPointer(worker, "void ()");
  unit.take(handler, job, "void ()");
  unit.take(main, ownJob, "void ()");
  unit.call(job, unit.function("lib1", false));
  unit.call(ownJob, unit.function("lib2", false));
  unit.handle(main, "/x", handler);
  Result result = analyze({&unit.unit});
  EXPECT_THAT(Result::words(result.reached.application.ambient), ElementsAre("lib2?"));
  EXPECT_THAT(result.usesOf("GET /x"), ElementsAre("lib1?&"));
}

TEST(Stages, DependenciesOfUnseenCode) {
  UnitMaker unit("a.cpp");
  EntityIndex handler = unit.function("handler"), seen = unit.function("libseen");
  unit.handle(unit.function("main"), "/x", handler);
  unit.call(handler, unit.function("libopaque", false));
  unit.call(handler, seen);
  unit.function("libdeep", false);
  unit.function("libother", false);
  Result result = analyze({&unit.unit}, {{"libopaque", {"libdeep"}}, {"libseen", {"libother"}}});
  EXPECT_THAT(result.usesOf("GET /x"), ElementsAre("libdeep?<libopaque", "libopaque", "libseen"));
}

TEST(Stages, CopiesThatTheLoaderTakesFromAnotherLibrary) {
  UnitMaker unit("a.cpp");
  EntityIndex handler = unit.function("handler");
  unit.handle(unit.function("main"), "/x", handler);
  unit.call(handler, unit.function("libopaque", false));
  unit.call(handler, unit.function("libheader")); // Inlined: it runs from the program's file.
  unit.call(handler, unit.function("libown"));    // A library of this build.
  for (const char *name : {"libfirst", "libsecond", "libthird", "libdeep"})
    unit.function(name, false);
  Result result = analyze({&unit.unit}, {{"libfirst", {"libdeep"}}}, [](Owners &owners) {
    owners.bindings = {
        {"libopaque", {"libfirst"}}, {"libheader", {"libsecond"}}, {"libown", {"libthird"}}};
    for (model::Component &component : owners.components)
      if (component.id == "libown")
        component.origin = "target:own";
  });
  EXPECT_THAT(result.usesOf("GET /x"), ElementsAre("libfirst?<libopaque", "libheader", "libopaque",
                                                   "libown", "libthird?<libown"));
}

TEST(Stages, OneIdIsOneRequestWithAllItsHandlers) {
  UnitMaker unit("a.cpp");
  EntityIndex main = unit.function("main"), one = unit.function("one");
  EntityIndex two = unit.function("two");
  unit.call(one, unit.function("lib1", false));
  unit.call(two, unit.function("lib2", false));
  unit.handle(main, "/x", one);
  unit.handle(main, "/y", one);
  unit.handle(main, "/x", two);
  Result result = analyze({&unit.unit});
  const auto &requests = result.reached.application.requests;
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(requests[0].handlers.size(), 2U);
  EXPECT_EQ(requests[0].matchOrder, 0);
  EXPECT_EQ(requests[1].matchOrder, 1);
  EXPECT_THAT(requests[1].handlers, IsEmpty());
  EXPECT_THAT(result.usesOf("GET /x"), ElementsAre("lib1", "lib2"));
}

TEST(Stages, HelpersParametersAreFollowed) {
  UnitMaker unit("a.cpp");
  EntityIndex main = unit.function("main"), helper = unit.function("helper");
  EntityIndex one = unit.function("one"), two = unit.function("two");
  unit.call(one, unit.function("lib1", false));
  unit.call(two, unit.function("lib2", false));
  Registration row;
  row.rule = 0;
  row.in = helper;
  row.at = unit.next();
  row.path.kind = row.handler.kind = ValueKind::Parameter;
  row.path.entity = row.handler.entity = helper;
  row.handler.number = 1;
  unit.unit.facts.registrations.push_back(row);
  for (auto [path, handler] : {std::pair("/b", two), std::pair("/a", one)}) {
    Value text, callable;
    text.kind = ValueKind::Text;
    text.text = path;
    callable.kind = ValueKind::Function;
    callable.entity = handler;
    SourceLine at = unit.next();
    unit.unit.facts.arguments.push_back({main, helper, at, {text, callable}});
    unit.unit.facts.calls.push_back({main, helper, CallKind::Direct, at});
  }
  Result result = analyze({&unit.unit});
  EXPECT_THAT(result.usesOf("GET /a"), ElementsAre("lib1"));
  EXPECT_THAT(result.usesOf("GET /b"), ElementsAre("lib2"));
  EXPECT_EQ(result.program.routes[0].request.id, "GET /b"); // registered first
}

TEST(Stages, AnIncompleteUnitMakesEveryRequestIncomplete) {
  UnitMaker unit("a.cpp"), broken("b.cpp");
  broken.unit.complete = false;
  unit.handle(unit.function("main"), "/x", unit.function("handler"));
  Result result = analyze({&unit.unit, &broken.unit});
  EXPECT_FALSE(result.reached.application.complete);
  EXPECT_FALSE(result.reached.application.requests[0].complete);
  EXPECT_EQ(result.reached.application.requests[0].unresolved[0].file, "b.cpp");
}

} // namespace
