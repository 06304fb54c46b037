//===- TestTable.cpp - Gate tables for tests ------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/session/testing/TestTable.h"

#include "agent/session/SessionList.h"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <gtest/gtest.h>

using namespace ripple::agent;
using namespace ripple::agent::test;

namespace {

/// Builds the file front to back; strings go to its end.
class Writer {
public:
  void u32(std::uint64_t value) { put(value, 4); }
  void u64(std::uint64_t value) { put(value, 8); }
  /// A place for the offset of TEXT, which `finish` writes.
  void string(const std::string &text) {
    Strings.emplace_back(Bytes.size(), text);
    u32(0);
  }
  void set(std::size_t at, std::uint32_t value) { std::memcpy(Bytes.data() + at, &value, 4); }
  std::size_t size() const { return Bytes.size(); }
  std::string finish() {
    for (const auto &[at, text] : Strings) {
      set(at, static_cast<std::uint32_t>(Bytes.size()));
      Bytes += text + '\0';
    }
    set(12, static_cast<std::uint32_t>(Bytes.size()));
    return Bytes;
  }
  std::string Bytes;

private:
  void put(std::uint64_t value, unsigned size) {
    Bytes.append(reinterpret_cast<const char *>(&value), size);
  }
  std::vector<std::pair<std::size_t, std::string>> Strings;
};

std::vector<std::uint64_t> setOf(const TestTable &table, const TestKind *kind) {
  std::vector<std::uint64_t> words((table.components.size() + 63) / 64);
  for (std::size_t i = 0; i < table.components.size(); ++i)
    if (!kind || i == 0 ||
        std::find(kind->components.begin(), kind->components.end(), table.components[i]) !=
            kind->components.end())
      words[i / 64] |= std::uint64_t(1) << i % 64;
  return words;
}

} // namespace

std::string TestTable::bytes() const {
  Writer out;
  out.Bytes = "RIPPLEGT";
  out.u32(1);
  out.u32(0);
  out.string(application);
  out.string(buildId.empty() ? ownBuildId() : buildId);
  out.u32(components.size());
  out.u32(0); // 28: component ids
  out.u32(kinds.size() + 1);
  out.u32(56);
  out.u32(kinds.size() + 1);
  out.u32(0); // 44: kinds
  out.u32((components.size() + 63) / 64);
  out.u32(0); // 52: release points
  for (std::size_t i = 0; i <= kinds.size(); ++i)
    for (std::uint64_t word : setOf(*this, i == 0 ? nullptr : &kinds[i - 1]))
      out.u64(word);
  out.set(28, static_cast<std::uint32_t>(out.size()));
  for (const std::string &component : components)
    out.string(component);
  out.set(44, static_cast<std::uint32_t>(out.size()));
  for (std::size_t i = 0; i <= kinds.size(); ++i) {
    out.string(i == 0 ? "other" : kinds[i - 1].id);
    out.string(i == 0 ? "*" : kinds[i - 1].method);
    out.string(i == 0 ? "/**" : kinds[i - 1].path);
    out.u32(i == 0 ? 0xffffffffu : i - 1);
    out.u32(i);
  }
  if (!releasePoints.empty()) {
    out.set(52, static_cast<std::uint32_t>(out.size()));
    out.u32(releasePoints.size());
    for (auto [kind, component] : releasePoints) {
      out.u32(kind);
      out.u32(component);
    }
  }
  return out.finish();
}

TestDirectory::TestDirectory() {
  std::string name = (std::filesystem::temp_directory_path() / "ripple-gate-XXXXXX").string();
  Path = ::mkdtemp(name.data()) ? name : throw std::runtime_error("no temporary directory");
}

TestDirectory::~TestDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(Path, ignored);
}

std::string TestDirectory::write(const std::string &name, const std::string &text) const {
  std::ofstream(Path / name, std::ios::binary) << text;
  return (Path / name).string();
}

std::string ripple::agent::test::ownBuildId() {
  static const std::string id = [] {
    TestDirectory directory;
    std::string path = directory.path();
    auto gate = ripple::gate::Gate::open({.application = "self", .directory = path.c_str()});
    SessionList list(path);
    list.refresh();
    return gate && list.gates().size() == 1 ? list.gates().front().buildId : std::string();
  }();
  EXPECT_FALSE(id.empty()) << "this program has no build-id";
  return id;
}

ripple::gate::Gate ripple::agent::test::openGate(const TestDirectory &directory,
                                                 const TestTable &table, std::uint32_t holdMs,
                                                 std::uint32_t recordsMax) {
  std::string file = directory.write("table", table.bytes());
  std::string path = directory.path();
  auto gate = ripple::gate::Gate::open({.table = file.c_str(),
                                        .directory = path.c_str(),
                                        .records_max = recordsMax,
                                        .hold_ms = holdMs});
  EXPECT_TRUE(gate) << std::strerror(gate.error());
  return gate ? std::move(gate) : throw std::runtime_error("no gate");
}
