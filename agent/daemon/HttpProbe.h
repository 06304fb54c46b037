//===- HttpProbe.h - Does it answer? ------------------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_DAEMON_HTTPPROBE_H
#define RIPPLE_AGENT_DAEMON_HTTPPROBE_H

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <functional>
#include <string>

namespace ripple::agent {

/// Asks URL (http://HOST:PORT/PATH) once by GET. DONE is called once, on the loop, with "" where a
/// status of 2xx came within TIMEOUT, else with what came instead.
void probe(boost::asio::io_context &loop, const std::string &url, std::chrono::milliseconds timeout,
           std::function<void(std::string)> done);

} // namespace ripple::agent

#endif
