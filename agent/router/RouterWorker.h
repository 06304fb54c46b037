//===- RouterWorker.h - One thread for each router --------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Drivers block; the loops of manager and agent must not. What is asked of one
// router is done one after another, in the order in which it was asked; answers come
// back on the loop.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_ROUTER_ROUTERWORKER_H
#define RIPPLE_AGENT_ROUTER_ROUTERWORKER_H

#include "agent/router/Router.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace ripple::agent {

class RouterWorker {
public:
  RouterWorker(boost::asio::io_context &loop, std::unique_ptr<Router> router);
  ~RouterWorker();
  RouterWorker(const RouterWorker &) = delete;
  RouterWorker &operator=(const RouterWorker &) = delete;

  void setState(RouterTarget target, RouterState state, model::Sessions sessions,
                std::function<void(RouterResult<void>)> done);
  void observe(std::function<void(RouterResult<RouterView>)> done);
  /// How many jobs have not begun.
  std::size_t waiting();

private:
  void add(std::function<void()> work);
  void work();

  boost::asio::io_context &loop;
  std::unique_ptr<Router> router;
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::function<void()>> queue;
  bool ends = false;
  std::thread thread; ///< Last: it uses all of the above.
};

} // namespace ripple::agent

#endif
