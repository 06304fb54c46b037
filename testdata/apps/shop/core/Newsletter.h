//===- Newsletter.h - Welcomes subscribers in the background ----*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef SHOP_CORE_NEWSLETTER_H
#define SHOP_CORE_NEWSLETTER_H

#include "core/Database.h"

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <thread>

namespace shop {

/// Subscriptions are accepted at once and worked on by a thread of this object's own, which
/// finishes what it was given before it ends.
class Newsletter {
public:
  explicit Newsletter(Database &database);
  ~Newsletter();

  /// Accepts ADDRESS. CLAIM is let go, on the other thread, when the work is over, whatever came
  /// of it.
  void subscribe(std::string address, std::shared_ptr<void> claim);

private:
  void work();
  void welcome(const std::string &address);

  Database &database;
  std::mutex mutex;
  std::condition_variable wake;
  std::deque<std::function<void()>> jobs;
  bool ending = false;
  std::thread worker;
};

} // namespace shop

#endif
