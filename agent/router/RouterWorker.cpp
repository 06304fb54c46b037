//===- RouterWorker.cpp - One thread for each router ----------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/router/RouterWorker.h"

#include <boost/asio/post.hpp>

namespace ripple::agent {

RouterWorker::RouterWorker(boost::asio::io_context &home, std::unique_ptr<Router> driver)
    : loop(home), router(std::move(driver)), thread([this] { work(); }) {}

RouterWorker::~RouterWorker() {
  {
    std::lock_guard lock(mutex);
    ends = true;
    queue.clear();
  }
  changed.notify_all();
  thread.join();
}

void RouterWorker::setState(RouterTarget target, RouterState state, model::Sessions sessions,
                            std::function<void(RouterResult<void>)> done) {
  add([this, target = std::move(target), state, sessions, done = std::move(done)] {
    auto result = router->setState(target, state, sessions);
    boost::asio::post(loop, [done, result = std::move(result)] { done(result); });
  });
}

void RouterWorker::observe(std::function<void(RouterResult<RouterView>)> done) {
  add([this, done = std::move(done)] {
    auto result = router->observe();
    boost::asio::post(loop, [done, result = std::move(result)] { done(result); });
  });
}

std::size_t RouterWorker::waiting() {
  std::lock_guard lock(mutex);
  return queue.size();
}

void RouterWorker::add(std::function<void()> job) {
  {
    std::lock_guard lock(mutex);
    queue.push_back(std::move(job));
  }
  changed.notify_one();
}

void RouterWorker::work() {
  std::unique_lock lock(mutex);
  while (true) {
    changed.wait(lock, [this] { return ends || !queue.empty(); });
    if (ends)
      return;
    auto job = std::move(queue.front());
    queue.pop_front();
    lock.unlock();
    job();
    lock.lock();
  }
}

} // namespace ripple::agent
