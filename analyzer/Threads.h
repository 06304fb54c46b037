//===- Threads.h - What starts threads --------------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_ANALYZER_THREADS_H
#define RIPPLE_ANALYZER_THREADS_H

#include "model/Document.h"

#include <algorithm>
#include <iterator>
#include <string_view>

namespace ripple::analyzer {

/// True for functions that start a thread or hand a callable to one, by their qualified names; of C
/// and of the C++ library also by their symbols.
inline bool startsThread(std::string_view name) {
  static constexpr std::string_view Starters[] = {"std::thread::thread",
                                                  "_ZNSt6thread15_M_start_thread*",
                                                  "std::jthread::jthread",
                                                  "std::async",
                                                  "pthread_create",
                                                  "thrd_create",
                                                  "boost::thread::thread",
                                                  "boost::asio::post",
                                                  "boost::asio::defer",
                                                  "boost::asio::dispatch",
                                                  "boost::asio::spawn",
                                                  "boost::asio::co_spawn",
                                                  "boost::asio::async_*",
                                                  "boost::asio::*::async_*",
                                                  "boost::beast::*async_*",
                                                  "g_thread_new",
                                                  "g_thread_try_new",
                                                  "uv_thread_create",
                                                  "uv_queue_work",
                                                  "asio::post",
                                                  "asio::defer",
                                                  "asio::dispatch",
                                                  "asio::spawn",
                                                  "asio::co_spawn",
                                                  "asio::async_*",
                                                  "asio::*::async_*",
                                                  "uv_timer_start",
                                                  "event_base_once",
                                                  "event_new",
                                                  "event_assign",
                                                  "evhttp_request_new",
                                                  "Poco::Thread::start*",
                                                  "Poco::ThreadPool::start*",
                                                  "Poco::TaskManager::start*",
                                                  "Poco::Timer::start*",
                                                  "Poco::Util::Timer::schedule*",
                                                  "timer_create",
                                                  "tbb::*::task_group::run",
                                                  "crow::Crow::run_async",
                                                  "Pistache::Http::Endpoint::serveThreaded",
                                                  "grpc::ServerBuilder::BuildAndStart",
                                                  "MHD_start_daemon",
                                                  "MHD_start_daemon_va",
                                                  "mg_start",
                                                  "mg_start2",
                                                  "CivetServer::CivetServer",
                                                  "Poco::Net::TCPServer::start"};
  return std::any_of(std::begin(Starters), std::end(Starters),
                     [&](std::string_view glob) { return model::matchesGlob(glob, name); });
}

} // namespace ripple::analyzer

#endif
