//===- Database.h - SQLite, as the shop uses it -----------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef SHOP_CORE_DATABASE_H
#define SHOP_CORE_DATABASE_H

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace shop {

/// A prepared statement. Throws std::runtime_error where SQLite reports one.
class Statement {
public:
  Statement(sqlite3 *connection, std::string_view sql);
  ~Statement();
  Statement(const Statement &) = delete;
  Statement &operator=(const Statement &) = delete;

  Statement &bind(int parameter, std::int64_t value);
  Statement &bind(int parameter, std::string_view text);
  Statement &bindBytes(int parameter, std::string_view bytes);
  /// The next row; false after the last.
  bool step();
  std::int64_t integer(int column) const;
  std::string text(int column) const;

private:
  sqlite3 *connection;
  sqlite3_stmt *statement = nullptr;
};

/// The shop's database file. Connections are kept and lent out, one to a request.
class Database {
public:
  /// One connection, given back when this ends.
  class Connection {
  public:
    explicit Connection(Database &database);
    ~Connection();
    Connection(const Connection &) = delete;
    Connection &operator=(const Connection &) = delete;

    Statement prepare(std::string_view sql) { return Statement(handle, sql); }
    void run(const char *sql);
    std::int64_t lastId() const;

  private:
    Database &database;
    sqlite3 *handle;
  };

  /// Opens FILE, and makes its tables where they are missing. Throws std::runtime_error.
  explicit Database(std::string file);
  ~Database();

  /// One writer at a time: waiting here is fair, SQLite's own lock is not.
  std::unique_lock<std::mutex> lockForWriting() { return std::unique_lock(writing); }

private:
  sqlite3 *open();

  std::string file;
  std::mutex mutex, writing;
  std::vector<sqlite3 *> idle;
};

/// A transaction, rolled back where it is left without commit().
class Transaction {
public:
  explicit Transaction(Database &database);
  ~Transaction();
  void commit();
  Database::Connection *operator->() { return &connection; }
  Database::Connection &operator*() { return connection; }

private:
  std::unique_lock<std::mutex> lock;
  Database::Connection connection;
  bool open = true;
};

} // namespace shop

#endif
