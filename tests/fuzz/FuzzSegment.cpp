//===- FuzzSegment.cpp - Bytes to a gate's segment ------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// The input damages the segment of a gate with active requests and a plug-in; then
// the agent does with it all that it ever does.
//
//===----------------------------------------------------------------------===//
#include "agent/gate/Layout.h"
#include "agent/session/GateControl.h"
#include "agent/session/testing/PriceHost.h"
#include "agent/session/testing/TestTable.h"
#include "tests/fuzz/FuzzReader.h"
#include "tests/fuzz/Patches.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sys/file.h>
#include <unistd.h>

using namespace ripple;
using namespace ripple::agent;
using namespace ripple::agent::test;
using ripple::fuzz::require;
using namespace std::chrono_literals;

namespace {

constexpr std::uint32_t RecordsMax = 16;
const std::vector<Seal> pricing{{"shop", {"pricing"}}};

/// The segment of a gate of this process, with some of everything; the gate itself is closed.
std::string goodSegment() {
  // The plug-in is built like all else here: libFuzzer counts in it, and so it must never go.
  require(::dlopen(RIPPLE_TEST_PLUGINS "/price-1.so", RTLD_NOW | RTLD_LOCAL), "no plug-in");
  TestDirectory directory;
  PriceHost host;
  auto gate = openGate(directory, {}, 1, RecordsMax);
  ripple_gate_plugin plugin = host.plugin("pricing", RIPPLE_TEST_PLUGINS "/price-1.so");
  std::uint32_t index = 0;
  require(ripple_gate_plugin_add(gate.get(), &plugin, &index, nullptr, 0) == 0, "no plug-in");
  auto list = gate.enter(gate.kindOf("GET /list"), "somebody"),
       hi = gate.enter(gate.kindOf("GET /hi"));
  auto late = gate.enter(gate.kindOf("GET /hi"));
  late.use("catalog");
  std::string file = directory.path() + "/shop." + std::to_string(::getpid()) + ".gate";
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// The file as its gate has it: open, and locked by this process.
class SegmentFile {
public:
  void write(const std::string &bytes) {
    if (Fd < 0 || ::access(File.c_str(), F_OK) != 0) // the agent took it for a dead process's
      make();
    bool whole = ::ftruncate(Fd, 0) == 0 &&
                 ::pwrite(Fd, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size());
    require(whole, "the segment cannot be written");
  }
  std::string folder() const { return Folder.path(); }
  const std::string &file() const { return File; }

private:
  void make() {
    if (Fd >= 0)
      ::close(Fd);
    Fd = ::open(File.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    struct flock lock = {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    require(Fd >= 0 && ::fcntl(Fd, F_OFD_SETLK, &lock) == 0, "the segment cannot be made");
  }
  TestDirectory Folder;
  std::string File = Folder.path() + "/shop.1.gate";
  int Fd = -1;
};

void requireText(const std::string &text) { (void)nlohmann::json(text).dump(); } // or it throws

void readTexts(const SessionList &list) {
  for (const GateState &gate : list.gates()) {
    requireText(gate.application + gate.buildId + gate.problem);
    require(gate.readable == gate.problem.empty(), "a segment that cannot be read, and no reason");
    for (const GatePlugin &plugin : gate.plugins)
      requireText(plugin.name + plugin.path + plugin.buildId + plugin.message);
  }
  for (const model::Session &session : list.sessions()) {
    requireText(session.id + session.application + session.request + session.session.value_or(""));
    require(session.startedMsAgo >= 0, "a request that has not begun");
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *bytes, std::size_t size) {
  static const std::string good = goodSegment();
  static SegmentFile segment;
  segment.write(fuzz::damaged(good, {reinterpret_cast<const char *>(bytes), size}));
  SessionList list(segment.folder());
  GateControl control(list);
  bool refused = !list.refresh().empty();
  bool isGone = ::access(segment.file().c_str(), F_OK) != 0;
  require(refused == !list.unreadable().empty(),
          "refused without a word, or a word without refusal");
  require(isGone == !list.takeRemoved().empty(),
          "removed without a word, or a word without removal");
  require(refused + isGone + !list.segments().empty() == 1, "neither read nor refused nor removed");
  readTexts(list);
  control.drain(pricing);
  bool sealed = control.seal(pricing).sealed;
  Quiescence found = control.count(pricing);
  require(!sealed || (found.active == 0 && found.unreadable.empty()), "sealed over a request");
  control.unseal(pricing);
  (void)control.swapPlugin("pricing", "/nowhere.so", PluginSwapMode::Closed, 0ms);
  list.waitActivity(0ms);
  return 0;
}
