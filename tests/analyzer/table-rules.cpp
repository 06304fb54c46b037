// RUN: %handlers --catalog %S/Inputs/kinds.yaml %s
// Handlers in tables: rows of an aggregate, of objects, of a map; keys of all kinds.
#include <functional>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

void get() {}
void put() {}
bool check() { return true; }

struct command_t {
  const char *name;
  int arity;
  void (*run)();
  bool (*allowed)();
};
static command_t commands[] = {
    {"get", 1, get, nullptr}, // handler: transaction get = get, by table
    {"put", 2, put, check}, // handler: transaction put = put + check, by table
    {nullptr, 0, nullptr, nullptr},
};

namespace modern {
struct Command {
  Command(std::string name, int arity, std::function<void()> run);
  std::string name;
};
enum class Code { Show = 3, Hide };
using Codes = std::unordered_map<int, void (*)()>;
struct Server {
  std::unordered_map<std::string, void (Server::*)()> routes = {
      {"/items", &Server::items}, // handler: GET /items = modern::Server::items, by table
      {"/orders", &Server::orders}, // handler: GET /orders = modern::Server::orders, by table
  };
  void items() {}
  void orders() {}
  void more(const std::string &path) {
    routes["/more"] = &Server::items; // handler: GET /more = modern::Server::items, by table
    routes.emplace(path, &Server::orders); // handler: GET <dynamic> = modern::Server::orders, by table
    routes.insert({"/last", &Server::orders}); // handler: GET /last = modern::Server::orders, by table
    routes.erase("/last");
  }
};
std::vector<Command> list = {
    {"list", 1, get}, // handler: transaction list = get, by table
    Command("lambda", 2, [] {}), // handler: transaction lambda = modern::lambda, by table
};
} // namespace modern

struct Row {
  void (*run)();
  int cost;
};
std::map<int, std::string> others = {{1, "one"}};
std::map<std::string, int, std::function<bool(const std::string &, const std::string &)>> ordered(
    [](const std::string &a, const std::string &b) { return a < b; });

using Named = std::unordered_map<std::string, void (*)()>;
Named namedTable;
void fill(Named &table) { table["filled"] = get; }
void look(const Named &table) { (void)table.size(); }
void fillRow(Row &row) { row.run = get; } // handler: transaction <dynamic> = get, by table
void fillNamed() {
  namedTable["named"] = put; // handler: transaction named = put, by table
  fill(namedTable); // not understood: transaction <dynamic> = *, by table
  look(namedTable);
  auto *pointer = &namedTable; // not understood: transaction <dynamic> = *, by table
  (void)pointer;
}

int main(int count, char **words) {
  std::map<std::string, Row> rows = {
      {"row", {get, 1}}, // handler: transaction row = get, by table
  };
  rows["other"] = Row{put, 2}; // handler: transaction other = put, by table
  rows["field"].run = get; // handler: transaction field = get, by table
  auto &slot = rows["slot"];
  slot = Row{put, 1}; // handler: transaction slot = put, by table
  auto &part = rows["part"].run;
  part = get; // handler: transaction part = get, by table
  fillRow(rows["handed"]); // not understood: transaction <dynamic> = *, by table
  rows.insert(std::make_pair(words[1], Row{get, count})); // handler: transaction <dynamic> = get, by table
  std::map<std::string, Row> copy(rows.begin(), rows.end()); // not understood: transaction <dynamic> = *, by table
  rows.swap(copy); // not understood: transaction <dynamic> = *, by table
  modern::Codes codes;
  codes[static_cast<int>(modern::Code::Show)] = get; // handler: transaction Show = get, by table
  codes.try_emplace(5, put); // handler: transaction 5 = put, by table
  modern::Server server;
  server.more(words[0]);
  commands[0].run();
  return others.size() + ordered.size() + modern::list.size();
}
