//===- ImpactTest.cpp - With an index or without, the same impact ---------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/RandomInstance.h"

#include <gtest/gtest.h>

using namespace ripple;
using namespace ripple::planner;

namespace {

/// Every second request kind of each application gets its components from a set.
model::ComponentsList interned(model::ComponentsList list, unsigned seed) {
  for (model::Application &application : list.applications)
    for (std::size_t i = 0; i < application.requests.size(); ++i) {
      model::RequestKind &request = application.requests[i];
      request.complete = (seed + i) % 7 != 0;
      if ((seed + i) % 2 == 0)
        continue;
      const auto known = std::find(application.componentSets.begin(),
                                   application.componentSets.end(), request.components);
      request.componentSet = static_cast<unsigned>(known - application.componentSets.begin());
      if (known == application.componentSets.end())
        application.componentSets.push_back(std::move(request.components));
      request.components.clear();
    }
  return list;
}

/// "why via", or "" for what is not touched.
std::string textOf(const std::optional<Touch> &touch) {
  return touch ? fmt::format("{} {}", toString(touch->why), touch->via) : "";
}

} // namespace

TEST(Impact, IsTheSameWithAnIndex) {
  constexpr unsigned seeds = 500;
  unsigned touched = 0, through = 0, untouched = 0;
  for (unsigned seed = 1; seed <= seeds; ++seed) {
    const Inputs plain = random::Instance(seed).inputs;
    Inputs inputs = plain;
    inputs.components = interned(plain.components, seed);
    inputs.uses = UseIndex(inputs.components);
    const Inputs copy = inputs;
    for (const model::Component &component : plain.components.components) {
      const Impact slow(inputs.components, component.id), fast(copy, component.id);
      for (std::size_t i = 0; i < copy.components.applications.size(); ++i) {
        const model::Application &application = copy.components.applications[i];
        EXPECT_EQ(slow.loads(inputs.components.applications[i]), fast.loads(application));
        ImpactOn on(fast, application);
        for (std::size_t j = 0; j < application.requests.size(); ++j) {
          const auto expected = slow.touch(inputs.components.applications[i],
                                           &inputs.components.applications[i].requests[j]);
          const auto found = on.touch(&application.requests[j]);
          EXPECT_EQ(textOf(expected), textOf(found)) << "seed " << seed << " " << component.id;
          through += found && !found->via.empty();
          (found ? touched : untouched) += 1;
        }
        EXPECT_EQ(textOf(slow.touch(inputs.components.applications[i], nullptr)),
                  textOf(on.touch(nullptr)));
      }
    }
  }
  EXPECT_GT(touched, 1000U);
  EXPECT_GT(through, 100U);
  EXPECT_GT(untouched, 1000U);
}
