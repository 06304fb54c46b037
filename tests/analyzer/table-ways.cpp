// RUN: %handlers --catalog %S/Inputs/kinds.yaml %s
// Tables that are changed through iterators, pointers and references. Bug: nothing was registered, and nothing was said.
#include <algorithm>
#include <iterator>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>

struct Row {
  const char *name;
  void (*run)();
};
void get() {}
void put() {}
void drop() {}
void more() {}
void most() {}

static Row namedTable[8] = {{"get", get}}; // handler: transaction get = get, by table
struct Holder {
  Row *rows;
  Row &first;
};
void elsewhere(Row *rows);
void lookAt(const Row *rows);

// By what leads into a table that is known by its own name.
void write(Row *given) {
  given[2].run = put; // handler: transaction <dynamic> = put, by table
}
void decayed() {
  Row *rows = namedTable;
  rows[2].run = put; // handler: transaction <dynamic> = put, by table
  (rows + 3)->run = drop; // handler: transaction <dynamic> = drop, by table
  for (Row *each = namedTable; each->run; ++each)
    each->run = more; // handler: transaction <dynamic> = more, by table
  for (auto &each : namedTable)
    each.run = most; // handler: transaction <dynamic> = most, by table
  for (auto &[name, run] : namedTable)
    run = get; // handler: transaction <dynamic> = get, by table
  std::begin(namedTable)->run = put; // handler: transaction <dynamic> = put, by table
  auto found = std::find_if(std::begin(namedTable), std::end(namedTable), [](const Row &each) { return !each.name; });
  found->run = drop; // handler: transaction <dynamic> = drop, by table
  write(rows);
  elsewhere(rows); // not understood: transaction <dynamic> = *, by table
  elsewhere(namedTable); // not understood: transaction <dynamic> = *, by table
  lookAt(namedTable);
  std::swap(namedTable[1].run, rows[2].run); // not understood: transaction <dynamic> = *, by table
}
Row *given() {
  return namedTable; // not understood: transaction <dynamic> = *, by table
}
Row &first() {
  return namedTable[0]; // not understood: transaction <dynamic> = *, by table
}
Row *kept = namedTable; // not understood: transaction <dynamic> = *, by table
void held() {
  kept = namedTable; // not understood: transaction <dynamic> = *, by table
  Holder holder{nullptr, namedTable[0]}; // not understood: transaction <dynamic> = *, by table
  holder.rows = namedTable; // not understood: transaction <dynamic> = *, by table
  holder.rows->run = put; // handler: transaction <dynamic> = put, by table
  holder.first.run = drop; // handler: transaction <dynamic> = drop, by table
  Row own[2] = {};
  Row *other = own;
  own[0].run = put;
  other->run = put;
}

// Through iterators of maps.
void fillPair(std::map<std::string, Row>::iterator where) {
  where->second.run = put; // handler: transaction <dynamic> = put, by table
}
void maps(std::map<std::string, void (*)()> &given, const std::string &name) {
  auto it = given.find(name);
  if (it != given.end())
    it->second = get; // handler: transaction <dynamic> = get, by table
  (*it).second = put; // handler: transaction <dynamic> = put, by table
  given.begin()->second = drop; // handler: transaction <dynamic> = drop, by table
  for (auto &[key, run] : given)
    run = more; // handler: transaction <dynamic> = more, by table
  for (auto &each : given)
    each.second = most; // handler: transaction <dynamic> = most, by table
  std::map<std::string, Row> rows;
  auto row = rows.find(name);
  row->second = Row{"put", put}; // handler: transaction <dynamic> = put, by table
  row->second.run = drop; // handler: transaction <dynamic> = drop, by table
  auto &slot = row->second;
  slot.run = get; // handler: transaction <dynamic> = get, by table
  auto *pointer = &row->second; // not understood: transaction <dynamic> = *, by table
  pointer->run = more; // handler: transaction <dynamic> = more, by table
  fillPair(row);
  auto &alias = rows;
  alias["alias"].run = put; // handler: transaction alias = put, by table
  std::unordered_map<int, int> numbers;
  numbers.begin()->second = 1;
}
namespace modern {
struct Server {
  std::unordered_map<std::string, void (Server::*)()> routes;
  void items() {}
  void change() {
    auto it = routes.find("/x");
    it->second = &Server::items; // handler: GET <dynamic> = modern::Server::items, by table
  }
  auto &all() {
    return routes; // not understood: GET <dynamic> = *, by table
  }
};
} // namespace modern

int main(int count, char **words) {
  decayed();
  held();
  given();
  first();
  std::map<std::string, void (*)()> runs;
  maps(runs, words[0]);
  modern::Server().change();
  modern::Server().all();
  namedTable[count].run();
  runs["x"]();
}
