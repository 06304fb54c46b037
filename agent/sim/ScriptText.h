//===- ScriptText.h - Plans for tests, in a line a thing ---------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//   servers app1 app2 app3
//   class shop.2 keeps 2 requests GET /quote
//   task t1 app1 plugin pricing 1.0.0 1.1.0 classes shop.2 shop.other [after STEP…]
//   task t2 app2 process catalog 1.0.0 2.0.0 classes … [norollback]
//   gate STEP wait 100 after STEP…      gate STEP approve after STEP…
//   order pricing catalog                the first is everywhere before the second is anywhere
//   budget 2
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_SIM_SCRIPTTEXT_H
#define RIPPLE_AGENT_SIM_SCRIPTTEXT_H

#include "agent/core/Script.h"

namespace ripple::agent::sim {

class ScriptText {
public:
  /// "" or what is wrong with LINE.
  std::string add(const std::string &line);
  const core::Script &script() const { return made; }

private:
  std::string addTask(const std::vector<std::string> &words);

  core::Script made;
  std::vector<std::string> servers;
};

} // namespace ripple::agent::sim

#endif
