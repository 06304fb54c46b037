//===- Newsletter.cpp - Welcomes subscribers in the background ------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "core/Newsletter.h"

#include "core/Gzip.h"

#include <spdlog/spdlog.h>

namespace shop {

Newsletter::Newsletter(Database &database) : database(database), worker([this] { work(); }) {}

Newsletter::~Newsletter() {
  {
    std::lock_guard lock(mutex);
    ending = true;
  }
  wake.notify_one();
  worker.join();
}

void Newsletter::subscribe(std::string address, std::shared_ptr<void> claim) {
  {
    std::lock_guard lock(mutex);
    jobs.push_back(
        [this, address = std::move(address), claim = std::move(claim)] { welcome(address); });
  }
  wake.notify_one();
}

void Newsletter::work() {
  for (;;) {
    std::function<void()> job;
    {
      std::unique_lock lock(mutex);
      wake.wait(lock, [this] { return ending || !jobs.empty(); });
      if (jobs.empty())
        return;
      job = std::move(jobs.front());
      jobs.pop_front();
    }
    try {
      job();
    } catch (const std::exception &failure) {
      spdlog::error("newsletter: {}", failure.what());
    }
  }
}

void Newsletter::welcome(const std::string &address) {
  std::string letter = gzip("Welcome, " + address + "!\nYour first letter is on its way.\n");
  Transaction transaction(database);
  transaction
      ->prepare("INSERT INTO subscribers (address, welcome) VALUES (?, ?) "
                "ON CONFLICT (address) DO UPDATE SET welcome = excluded.welcome")
      .bind(1, address)
      .bindBytes(2, letter)
      .step();
  transaction.commit();
}

} // namespace shop
