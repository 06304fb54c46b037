//===- Database.cpp - SQLite, as the shop uses it -------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "core/Database.h"

#include <sqlite3.h>
#include <stdexcept>

namespace shop {
namespace {

constexpr const char *Schema = R"(
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  CREATE TABLE IF NOT EXISTS cart_items (
    cart TEXT NOT NULL, product INTEGER NOT NULL, quantity INTEGER NOT NULL,
    PRIMARY KEY (cart, product));
  CREATE TABLE IF NOT EXISTS orders (
    id INTEGER PRIMARY KEY, customer TEXT NOT NULL, items INTEGER NOT NULL, note TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS executions (
    token TEXT PRIMARY KEY, order_id INTEGER NOT NULL, count INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS subscribers (
    address TEXT PRIMARY KEY, welcome BLOB NOT NULL);
)";

[[noreturn]] void fail(sqlite3 *connection) {
  throw std::runtime_error(std::string("SQLite: ") + sqlite3_errmsg(connection));
}

void check(sqlite3 *connection, int result) {
  if (result != SQLITE_OK)
    fail(connection);
}

} // namespace

Statement::Statement(sqlite3 *on, std::string_view sql) : connection(on) {
  check(connection, sqlite3_prepare_v2(connection, sql.data(), static_cast<int>(sql.size()),
                                       &statement, nullptr));
}

Statement::~Statement() { sqlite3_finalize(statement); }

Statement &Statement::bind(int parameter, std::int64_t value) {
  check(connection, sqlite3_bind_int64(statement, parameter, value));
  return *this;
}

Statement &Statement::bind(int parameter, std::string_view text) {
  check(connection, sqlite3_bind_text(statement, parameter, text.data(),
                                      static_cast<int>(text.size()), SQLITE_TRANSIENT));
  return *this;
}

Statement &Statement::bindBytes(int parameter, std::string_view bytes) {
  check(connection, sqlite3_bind_blob(statement, parameter, bytes.data(),
                                      static_cast<int>(bytes.size()), SQLITE_TRANSIENT));
  return *this;
}

bool Statement::step() {
  int result = sqlite3_step(statement);
  if (result != SQLITE_ROW && result != SQLITE_DONE)
    fail(connection);
  return result == SQLITE_ROW;
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement, column);
}

std::string Statement::text(int column) const {
  auto *bytes = reinterpret_cast<const char *>(sqlite3_column_text(statement, column));
  return bytes
             ? std::string(bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement, column)))
             : std::string();
}

Database::Connection::Connection(Database &from) : database(from) {
  {
    std::lock_guard lock(database.mutex);
    if (!database.idle.empty()) {
      handle = database.idle.back();
      database.idle.pop_back();
      return;
    }
  }
  handle = database.open();
}

Database::Connection::~Connection() {
  std::lock_guard lock(database.mutex);
  database.idle.push_back(handle);
}

void Database::Connection::run(const char *sql) {
  check(handle, sqlite3_exec(handle, sql, nullptr, nullptr, nullptr));
}

std::int64_t Database::Connection::lastId() const { return sqlite3_last_insert_rowid(handle); }

Database::Database(std::string path) : file(std::move(path)) { Connection(*this).run(Schema); }

Database::~Database() {
  for (sqlite3 *connection : idle)
    sqlite3_close(connection);
}

sqlite3 *Database::open() {
  sqlite3 *connection = nullptr;
  if (sqlite3_open(file.c_str(), &connection) != SQLITE_OK) {
    std::string message = file + ": " + sqlite3_errmsg(connection);
    sqlite3_close(connection);
    throw std::runtime_error(message);
  }
  sqlite3_busy_timeout(connection, 10'000);
  return connection;
}

Transaction::Transaction(Database &database)
    : lock(database.lockForWriting()), connection(database) {
  connection.run("BEGIN IMMEDIATE");
}

Transaction::~Transaction() {
  try {
    if (open)
      connection.run("ROLLBACK");
  } catch (const std::runtime_error &) {
    // SQLite has rolled back by itself.
  }
}

void Transaction::commit() {
  connection.run("COMMIT");
  open = false;
}

} // namespace shop
