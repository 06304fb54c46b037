// RUN: %expect %s
// What start-up code only stores, it does not run. Bug: what commands of a table gave to a library
// counted as given at start-up, and so for whatever else runs that library's code.
#include "world.h"

#include <map>

namespace lib {
struct Ops {
  void (*done)(long);
};
void with(Ops *ops);
} // namespace lib

void row(void *) { a::use(); }
void count() { lib::each(row, nullptr); }
void size() { b::use(); }
struct Command {
  const char *name;
  void (*run)();
};
const Command commands[] = {{"count", count}, {"size", size}};
void run(const std::string &name) {
  for (const Command &each : commands)
    if (name == each.name)
      each.run();
}
std::map<std::string, std::function<void()>> more;
void otherRow(void *) { c::use(); }
// What it gives to the library it keeps.
void done(long) { lib::each([](void *) { e::use(); }, nullptr); }
lib::Ops ops = {done};

// Only a request makes the job: its thread runs it for that.
struct Job {
  void (*work)();
} job;
void later() { d::use(); }
void start() { job.work = later; }
const Command starters[] = {{"start", start}};

int main() {
  more["each"] = [] { lib::each([](void *) { d::use(); }, nullptr); };
  std::thread([] {
    if (job.work)
      job.work();
  }).detach();
  lib::with(&ops);
  route("/rpc", [] { run("x"); });                               // GET /rpc: a? b? d?& e?
  route("/more", [] { more["each"](); });                        // GET /more: d e?
  route("/other", [] { lib::each(otherRow, nullptr); });         // GET /other: c e?
  route("/start", [] { starters[0].run(); });                    // GET /start: a? b? d?& e?
  serve();
}
// ambient: e?
