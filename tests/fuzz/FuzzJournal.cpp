//===- FuzzJournal.cpp - Bytes to what was written down before a crash ----===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// The first byte says what the rest is: e an event of the manager's journal, t a
// task of the agent's (its seals, a NUL, what it has restarted), a an action of the
// agent's, d and m damage to a whole journal of the agent's or the manager's.
//
//===----------------------------------------------------------------------===//
#include "agent/daemon/ApiMessages.h"
#include "agent/daemon/Tasks.h"
#include "agent/journal/EventJson.h"
#include "agent/journal/Journal.h"
#include "tests/fuzz/FuzzReader.h"
#include "tests/fuzz/Patches.h"

#include <filesystem>
#include <fstream>

using namespace ripple;
using namespace ripple::agent;
using ripple::fuzz::require;

namespace {

void readEvent(std::string_view text) {
  auto event = parseEvent(text);
  if (!event)
    return;
  std::string written = writeEvent(*event);
  auto again = parseEvent(written);
  require(again && writeEvent(*again) == written, "an event is not the same again", written);
}

void readTaskRow(std::string_view text) {
  std::size_t end = std::min(text.find('\0'), text.size());
  TaskRow row{"plan", "task", true, std::string(text.substr(0, end)),
              std::string(text.substr(std::min(end + 1, text.size())))};
  auto task = readTask(row);
  if (!task) {
    require(!task.error().empty(), "refused without a reason");
    return;
  }
  row.seal = writeSeals(task->seal);
  auto again = readTask(row);
  require(again && writeSeals(again->seal) == row.seal, "a seal is not the same again", row.seal);
}

void readAction(std::string_view text) {
  auto action = parseActionRequest(text);
  if (!action) {
    require(!action.error().empty(), "refused without a mistake");
    return;
  }
  std::string written = writeActionRequest(*action);
  auto again = parseActionRequest(written);
  require(again && writeActionRequest(*again) == written, "an action is not the same again",
          written);
}

/// What a call says where it fails.
template <typename T> void requireReason(const JournalResult<T> &result) {
  require(result || !result.error().empty(), "failed without a reason");
}

void readAgentJournal(const std::string &folder) {
  auto journal = AgentJournal::open(folder + "/journal.db");
  requireReason(journal);
  if (!journal)
    return;
  requireReason((*journal)->term());
  requireReason((*journal)->unfinishedActions());
  requireReason((*journal)->processes());
  if (auto action = (*journal)->action("a1"); action && *action)
    require(!toString((*action)->state).empty(), "an action without a state");
  if (auto tasks = (*journal)->tasks())
    for (const TaskRow &row : *tasks)
      requireReason(readTask(row));
  requireReason((*journal)->setTerm(2));
  requireReason((*journal)->pruneActions(1));
}

void readManagersJournal(const std::string &folder) {
  auto journal = Journal::open(folder, Journal::Mode::Write);
  requireReason(journal);
  if (!journal)
    return;
  requireReason((*journal)->plans());
  requireReason((*journal)->plan("p"));
  requireReason((*journal)->events("p"));
  requireReason((*journal)->effects("p"));
  requireReason((*journal)->installed("app1", "pricing"));
  requireReason((*journal)->nextTerm(7));
}

std::string readFile(const std::string &file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// A folder in memory where there is one: SQLite writes to the disk and waits.
class Folder {
public:
  Folder() {
    Path = (std::filesystem::exists("/dev/shm") ? "/dev/shm" : "/tmp") +
           std::string("/ripple-fuzz-XXXXXX");
    require(::mkdtemp(Path.data()) != nullptr, "no folder");
  }
  ~Folder() { std::filesystem::remove_all(Path); }
  const std::string &path() const { return Path; }
  void clear() const {
    for (const auto &entry : std::filesystem::directory_iterator(Path))
      std::filesystem::remove(entry.path());
  }

private:
  std::string Path;
};

std::string goodAgentJournal() {
  Folder folder;
  auto journal = AgentJournal::open(folder.path() + "/journal.db");
  require(journal.has_value(), "no journal");
  requireReason((*journal)->setTerm(1));
  requireReason(
      (*journal)->putTask({"p", "t1", true, writeSeals({{"shop", {"pricing"}}}), "[\"shop\"]"}));
  ActionRow action;
  action.id = "a1";
  action.request = "{}";
  requireReason((*journal)->putAction(action));
  requireReason((*journal)->putProcess("shop", {42, 7, "boot"}));
  journal->reset(); // which puts all into the one file
  return readFile(folder.path() + "/journal.db");
}

std::string goodManagersJournal() {
  Folder folder;
  {
    auto journal = Journal::open(folder.path(), Journal::Mode::Write);
    require(journal.has_value(), "no journal");
    PlanRow row;
    row.id = "p";
    requireReason((*journal)->addPlan(row));
    requireReason((*journal)->record("p", {1, core::Begin{}}, {}));
    requireReason((*journal)->setInstalled("app1", "pricing", "1.0.0", "p"));
  }
  return readFile(folder.path() + "/journal.sqlite");
}

/// What a crash may leave beside the file is not there: SQLite's own tests have that.
void damageAndRead(const std::string &good, const std::string &name, std::string_view input,
                   void (*read)(const std::string &)) {
  static const Folder folder;
  folder.clear();
  std::ofstream(folder.path() + "/" + name, std::ios::binary) << fuzz::damaged(good, input);
  read(folder.path());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *bytes, std::size_t size) {
  if (size == 0)
    return 0;
  std::string_view rest(reinterpret_cast<const char *>(bytes) + 1, size - 1);
  switch (bytes[0]) {
  case 'e':
    readEvent(rest);
    break;
  case 't':
    readTaskRow(rest);
    break;
  case 'a':
    readAction(rest);
    break;
  case 'd': {
    static const std::string good = goodAgentJournal();
    damageAndRead(good, "journal.db", rest, readAgentJournal);
    break;
  }
  case 'm': {
    static const std::string good = goodManagersJournal();
    damageAndRead(good, "journal.sqlite", rest, readManagersJournal);
    break;
  }
  default:
    break;
  }
  return 0;
}
