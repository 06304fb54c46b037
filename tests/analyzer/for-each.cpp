// RUN: %handlers --catalog %S/Inputs/calls.yaml %s
// Algorithms and views over a table that nobody changes, with the registration in a lambda; tables that are fields. Bug: no row was known.
#include <algorithm>
#include <array>
#include <functional>
#include <iterator>
#include <ranges>
#include <span>
#include <string>
#include <vector>

namespace rest {
using Plain = std::function<void()>;
void command(const std::string &name, Plain handler);
} // namespace rest

void one() {}
void two() {}
struct Row {
  const char *name;
  void (*run)();
};
static const Row rows[] = {{"a", one}, {"b", two}};
static const Row more[] = {{"g", one}, {"h", two}};
static const Row shown[] = {{"i", one}}, viewed[] = {{"j", two}}, piped[] = {{"k", two}};
static const std::vector<Row> list = {{"c", one}, {"d", two}};
static std::vector<Row> changed = {{"e", one}};

struct Open {
  const std::vector<Row> rows = {{"m", one}};
  void setUp() const {
    for (const Row &row : rows)
      rest::command(row.name, row.run); // handler: transaction <dynamic> = what row.run holds, by key
  }
};
class Service {
public:
  void setUp() {
    std::ranges::for_each(table, [this](const auto &row) { add(row); });
    std::for_each(table.begin(), table.end(), [](const Row &row) {
      rest::command(row.name, row.run); // handler: transaction f = one, by key
    });
    for (const Row &row : fixed)
      rest::command(row.name, row.run); // handler: transaction l = one, by key
  }
  void add(const Row &row) {}

private:
  static constexpr std::array<Row, 1> table = {{{"f", one}}};
  const std::vector<Row> fixed = {{"l", one}};
};

int main() {
  std::for_each(std::begin(rows), std::end(rows), [](const Row &row) {
    rest::command(row.name, row.run); // handler: transaction a = one, by key; transaction b = two, by key
  });
  std::ranges::for_each(more, [](const auto &row) {
    rest::command(row.name, row.run); // handler: transaction g = one, by key; transaction h = two, by key
  });
  std::for_each(list.begin(), list.end(), [](const auto &row) {
    const auto &[name, run] = row;
    rest::command(name, run); // handler: transaction c = one, by key; transaction d = two, by key
  });
  std::for_each(list.begin(), list.end(), [](Row row) {
    row.name = "other";
    rest::command(row.name, one); // handler: transaction <dynamic> = one, by key
  });
  std::for_each(changed.begin(), changed.end(), [](const Row &row) {
    rest::command(row.name, one); // handler: transaction <dynamic> = one, by key
  });
  changed.clear();
  for (const Row &row : std::span(shown))
    rest::command(row.name, row.run); // handler: transaction i = one, by key
  std::span<const Row> view = viewed;
  for (const Row &row : view)
    rest::command(row.name, row.run); // handler: transaction j = two, by key
  for (const Row &row : piped | std::views::reverse)
    rest::command(row.name, row.run); // handler: transaction k = two, by key
  Open{{{"other", two}}}.setUp();
  Service().setUp();
}
