// RUN: %handlers --catalog %S/Inputs/calls.yaml %s
// Registrations in loops over tables of the user's own: each row whose table nobody can change is a request kind.
#include <array>
#include <functional>
#include <initializer_list>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace rest {
enum Method { Get, Post };
using Plain = std::function<void()>;
struct GetCall {};
struct Api {
  void Register(const std::string &path, std::function<void(GetCall &)> handler);
  void get(const char *path, Plain handler);
  void add(Method method, const char *path, Plain handler);
  void files(const char *path, Plain handler);
};
void command(const std::string &name, Plain handler);
} // namespace rest

void one() {}
void two() {}
void three() {}

struct Row {
  const char *path;
  void (*run)();
};
static const Row rows[] = {{"/a", one}, {"/b", two}, {nullptr, nullptr}};
constexpr std::array<Row, 2> fixed = {{{"/c", one}, {"/d", two}}};
const std::vector<std::pair<std::string, rest::Plain>> pairs = {{"e", one}, {"f", [] {}}, std::make_pair("g", two)};
const std::map<std::string, rest::Plain> byName = {{"h", one}, {"i", two}};
const std::vector<std::tuple<rest::Method, const char *, rest::Plain>> tuples = {{rest::Get, "/j", one}, {rest::Post, "/k", two}};
static Row changing[] = {{"/x", one}, {"/y", two}};
void change() { changing[0].run = three; }

struct Base {
  int number = 0;
};
struct Made : Base {
  Made(const char *p, rest::Plain r) : path(p), run(std::move(r)) {}
  const char *path;
  rest::Plain run;
};
struct Fickle {
  Fickle(const char *p, void (*r)()) : path(p), run(r) { path = "/other"; }
  const char *path;
  mutable void (*run)();
};
struct Nested {
  struct {
    const char *path;
    void (*run)();
  } inner;
  const char *more = "/more";
};
const Nested nested[] = {{{"/l", one}}, {.inner = {"/m", two}, .more = "/else"}};

const std::vector<Row> &kept() {
  static const std::vector<Row> all = {{"/v", one}, {"/w", two}};
  return all;
}
std::vector<Row> made() { return {{"/x", one}, {"/y", two}}; }
std::vector<Row> grown() {
  std::vector<Row> all = {{"/z", one}};
  all.push_back({"/more", two});
  return all;
}

void fill(std::vector<Row> &rows) { rows.push_back({"/filled", three}); }
void (*filler)(std::vector<Row> &) = fill;
struct Filler {
  explicit Filler(std::vector<Row> &rows) { fill(rows); }
};

/// The program's own function around a registering one.
void own(const std::string &name, rest::Plain handler) {
  rest::command(name, std::move(handler)); // handler: transaction n = one, by key; transaction o = two, by key; transaction e = one, by key; transaction f = lambda, by key; transaction g = two, by key; transaction /c/c = one, by key; transaction /c/d = two, by key; transaction /d/c = one, by key; transaction /d/d = two, by key
}

/// Without an argument it is one row; with one, any.
void preset(const std::vector<Row> &given = {{"/preset", one}}) {
  for (const Row &row : given)
    rest::Api().files(row.path, row.run); // handler: GET <dynamic> = what row.run holds, by below
}

int main() {
  rest::Api api;
  preset({{"/given", two}});
  for (const Row &row : rows)
    api.files(row.path, row.run); // handler: GET /a/** = one, by below; GET /b/** = two, by below
  for (const auto &row : fixed)
    if (row.run)
      api.files(row.path, row.run); // handler: GET /c/** = one, by below; GET /d/** = two, by below
  for (std::size_t i = 0; i < sizeof rows / sizeof *rows; ++i)
    api.files((std::string("/api") + rows[i].path).c_str(), rows[i].run); // handler: GET /api/a/** = one, by below; GET /api/b/** = two, by below
  api.files((std::string("/one") + rows[1].path).c_str(), rows[1].run); // handler: GET /one/b/** = two, by below
  for (const Row *row = rows; row->path; ++row)
    api.files((std::string("/moved") + row->path).c_str(), row->run); // handler: GET /moved/a/** = one, by below; GET /moved/b/** = two, by below
  for (const auto &[name, handler] : pairs)
    own(name, handler);
  for (const auto &each : byName)
    rest::command(each.first, each.second); // handler: transaction h = one, by key; transaction i = two, by key
  for (const auto &[method, path, handler] : tuples)
    api.add(method, path, handler); // handler: GET /j = one, by listed; POST /k = two, by listed
  for (const auto &each : tuples)
    api.add(std::get<0>(each), (std::string("/got") + std::get<1>(each)).c_str(), std::get<2>(each)); // handler: GET /got/j = one, by listed; POST /got/k = two, by listed
  for (const char *path : {"/p", "/q"})
    for (rest::Method method : {rest::Get, rest::Post})
      api.add(method, path, one); // handler: GET /p = one, by listed; POST /p = one, by listed; GET /q = one, by listed; POST /q = one, by listed
  std::vector<Row> local = {{"n", one}, {"o", two}};
  for (auto row : local)
    own(row.path, row.run);
  const Made builtRows[] = {{"/r", one}, Made("/s", two)};
  for (auto &each : builtRows)
    api.files(each.path, each.run); // handler: GET /r/** = one, by below; GET /s/** = two, by below
  for (const Nested &each : nested) {
    const auto &inner = each.inner;
    api.files(inner.path, inner.run); // handler: GET /l/** = one, by below; GET /m/** = two, by below
    api.files(each.more, each.inner.run); // handler: GET /more/** = one, by below; GET /else/** = two, by below
  }
  for (const auto &[path, run] : kept())
    api.files(path, run); // handler: GET /v/** = one, by below; GET /w/** = two, by below
  for (const Row &row : made())
    api.files(row.path, row.run); // handler: GET /x/** = one, by below; GET /y/** = two, by below
  for (auto each = byName.begin(); each != byName.end(); ++each)
    rest::command("at " + each->first, (*each).second); // handler: transaction at h = one, by key; transaction at i = two, by key
  for (const Row &row : grown())
    api.files(row.path, row.run); // handler: GET <dynamic> = what row.run holds, by below
  for (int i = 2; i-- > 0;)
    api.files((std::string("/down") + fixed[i].path).c_str(), fixed[i].run); // handler: GET /down/c/** = one, by below; GET /down/d/** = two, by below
  int at = 0;
  while (rows[at].path) {
    const Row &row = rows[at];
    api.files((std::string("/while") + row.path).c_str(), rows[at].run); // handler: GET /while/a/** = one, by below; GET /while/b/** = two, by below
    ++at;
  }
  // Each number is a row of its own, and one that changes meanwhile is none.
  for (int i = 0; i < 2; ++i)
    for (int j = 0; j < 2; ++j)
      own(std::string(fixed[i].path) + fixed[j].path, fixed[j].run);
  for (int i = 0; i < 2; ++i)
    api.files((std::string(fixed[0].path) + "-" + fixed[i].path).c_str(), fixed[i].run); // handler: GET /c-/c/** = one, by below; GET /c-/d/** = two, by below
  for (int i = 0; i < 2; ++i)
    api.files((std::string("/next") + fixed[i].path).c_str(), fixed[1 - i].run); // handler: GET /next/c/** = what fixed[1 - i].run holds, by below; GET /next/d/** = what fixed[1 - i].run holds, by below
  int moving = 0;
  for (;;) {
    const Row &row = fixed[moving];
    ++moving;
    api.files(row.path, fixed[moving].run); // handler: GET <dynamic> = what fixed[moving].run holds, by below
    if (moving == 1)
      break;
  }
  // What others may have changed is not what was written.
  for (const Row &row : changing)
    api.files(row.path, row.run); // handler: GET <dynamic> = what row.run holds, by below
  for (auto row : rows) {
    row.run = three;
    api.files(row.path, row.run); // handler: GET <dynamic> = what row.run holds, by below
  }
  for (auto [name, handler] : pairs) {
    name += "!";
    rest::command(name, handler); // handler: transaction <dynamic> = what handler holds, by key
  }
  std::vector<Row> aliased = {{"/1", one}}, looped = {{"/2", one}};
  auto &alias = aliased;
  alias.push_back({"/3", two});
  for (const Row &row : aliased)
    api.files(row.path, row.run); // handler: GET <dynamic> = what row.run holds, by below
  for (Row &row : looped)
    row.run = two;
  for (const Row &row : looped)
    api.files(row.path, row.run); // handler: GET <dynamic> = what row.run holds, by below
  std::vector<Row> filledThrough = {{"/5", one}}, filledBy = {{"/6", one}}, renamed = {{"/7", one}};
  filler(filledThrough);
  for (const Row &row : filledThrough)
    api.files(row.path, row.run); // handler: GET <dynamic> = what row.run holds, by below
  Filler keeps(filledBy);
  for (const Row &row : filledBy)
    api.files(row.path, row.run); // handler: GET <dynamic> = what row.run holds, by below
  [&other = renamed] { other.push_back({"/8", two}); }();
  for (const Row &row : renamed)
    api.files(row.path, row.run); // handler: GET <dynamic> = what row.run holds, by below
  static const Fickle fickle[] = {{"/4", one}};
  for (const Fickle &each : fickle)
    api.files(each.path, each.run); // handler: GET <dynamic> = what each.run holds, by below
  const Row *some = rows;
  some = changing;
  api.files(some->path, some->run); // handler: GET <dynamic> = what some->run holds, by below
  std::vector<Row> filled = {{"/t", one}};
  filled.push_back({"/u", two});
  for (const Row &row : filled)
    api.files(row.path, row.run); // handler: GET <dynamic> = what row.run holds, by below
}
