// RUN: %expect %s
// What start-up code got from one library and a request gives to another, which calls it. Bug: only the other one was
// listed.
#include "system.h"
#include "world.h"

namespace a {
void (*hooked())();
d::Hook *object();
const d::Ops *table();
std::function<void()> callable();
const d::system::Table *systemTable();
} // namespace a
namespace d {
void run(Hook *hook);
void run(std::vector<std::function<void()>> &all);
} // namespace d

static void mine() { b::use(); }
void (*pointer)();
void (*either)() = mine;
d::Hook *object;
const d::Ops *table;
std::function<void()> callable;
const d::system::Table *systemTable;
std::vector<std::function<void()>> callables;
struct Mine : d::Hook {
  void step() override { b::use(); }
};
d::Hook *anObject;
void (*variable)();
void (*own)() = mine;

int main(int argc, char **) {
  pointer = a::hooked();
  if (argc > 1)
    either = a::hooked();
  object = a::object();
  table = a::table();
  callable = a::callable();
  callables.push_back(a::callable());
  anObject = argc > 2 ? a::object() : new Mine;
  systemTable = a::systemTable();
  variable = a::hook;
  route("/pointer", [] { d::now(pointer); }); // GET /pointer: a? b? d
  route("/either", [] { d::now(either); }); // GET /either: a? b? d
  route("/object", [] { d::run(object); }); // GET /object: a? b? d
  route("/either-object", [] { d::run(anObject); }); // GET /either-object: a? b? d
  route("/table", [] { d::keep(table); }); // GET /table: a? b? d
  route("/callable", [] { d::keep(callable); }); // GET /callable: a? b? d
  route("/callables", [] { d::run(callables); }); // GET /callables: a? b? d
  route("/variable", [] { d::now(variable); }); // GET /variable: a? b? d
  route("/own", [] { d::now(own); }); // GET /own: b d
  route("/thread", [] { std::thread(pointer).join(); }); // GET /thread: a?& b?&
  route("/system-call", [] { systemTable->open(); }); // GET /system-call: a? b? d
  serve();
}
