//===- RuntimeSocket.h - One question to a router, one answer ---*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// HAProxy's runtime API closes the connection after the answer to one line, so
// an exchange is: connect, send, read to the end. All of it within a deadline.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_ROUTER_RUNTIMESOCKET_H
#define RIPPLE_AGENT_ROUTER_RUNTIMESOCKET_H

#include "agent/router/Router.h"

namespace ripple::agent {

/// An answer that is longer than this is not one: 64 MiB, some 300,000 servers.
inline constexpr std::size_t RuntimeAnswerMax = std::size_t{64} << 20;

/// Sends TEXT to ADDRESS, the path of a unix socket or host:port, and returns everything up to the
/// end of the connection. Blocks at most TIMEOUT. Messages begin with WHO.
RouterResult<std::string> exchange(const std::string &address, std::string_view text,
                                   model::Milliseconds timeout, const std::string &who);

/// The same with LINE, to which a newline is added.
RouterResult<std::string> askRuntime(const std::string &address, std::string_view line,
                                     model::Milliseconds timeout, const std::string &who);

} // namespace ripple::agent

#endif
