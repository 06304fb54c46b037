//===- TestTable.h - Gate tables for tests -----------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_SESSION_TESTING_TESTTABLE_H
#define RIPPLE_AGENT_SESSION_TESTING_TESTTABLE_H

#include "agent/gate/RippleGate.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace ripple::agent::test {

/// What a test's application serves: request kinds in match order, each with its components.
struct TestKind {
  std::string id, method, path;
  std::vector<std::string> components;
};

struct TestTable {
  std::string application = "shop";
  std::string buildId; ///< "": this program's own.
  std::vector<std::string> components{"shop", "pricing", "catalog"};
  std::vector<TestKind> kinds{{"GET /price", "GET", "/price", {"pricing"}},
                              {"GET /list", "GET", "/list", {"catalog"}},
                              {"GET /hi", "GET", "/hi", {}}};

  /// Of which kind (1 is the first of `kinds`), which component, by number; sorted.
  std::vector<std::pair<std::uint32_t, std::uint32_t>> releasePoints;

  /// The table as docs/formats/gate-table.md says.
  std::string bytes() const;
};

/// A directory of its own for one test, gone after it.
class TestDirectory {
public:
  TestDirectory();
  ~TestDirectory();
  std::string path() const { return Path.string(); }
  std::string write(const std::string &name, const std::string &text) const;

private:
  std::filesystem::path Path;
};

/// The build-id of the running program.
std::string ownBuildId();

/// Opens a gate in DIRECTORY with TABLE. Fails the test where it cannot.
ripple::gate::Gate openGate(const TestDirectory &directory, const TestTable &table = {},
                            std::uint32_t holdMs = 2000, std::uint32_t recordsMax = 0);

} // namespace ripple::agent::test

#endif
