//===- RippleGateHttplib.h - The gate for cpp-httplib ------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Puts the gate before the handlers of a cpp-httplib 0.11 server, which stay as
// they are:
//
//   auto gate = ripple::gate::Gate::open({});
//   ripple::gate::HttplibMiddleware middleware(gate);
//   middleware.install(server);
//
// A request is active from before the server's routing until its Response is
// destroyed: after the last byte was written or the client was found gone, and
// after what the handler gave to the Response is gone too. That holds for every
// way out of cpp-httplib's process_request: handlers that throw, no handler,
// bodies that cannot be read, content providers, clients that went away.
//
// The middleware occupies the server's pre-routing and post-routing handlers;
// give it your own as options. Loggers, error and exception handlers are yours.
// Compile with the flags of `pkg-config --cflags cpp-httplib`. Header only; C++17.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_GATE_HTTPLIB_H
#define RIPPLE_GATE_HTTPLIB_H

#include "agent/gate/RequestMatcher.hpp"
#include "agent/gate/RippleGate.hpp"

#include <httplib.h>
#include <set>

namespace ripple::gate {

struct HttplibOptions {
  std::set<std::string> exempt = {}; ///< Paths that never enter the gate: the health check's.
  std::string sessionHeader = {};    ///< Header that names the client's session; "" none.
  std::string sessionCookie = {};    ///< Cookie that does, where that header does not; "" none.
  unsigned retryAfterSeconds = 1;    ///< What a refused client is told.
  /// Your own handlers. Both run inside of the request: before its routing, before its writing.
  httplib::Server::HandlerWithResponse preRouting = {};
  httplib::Server::Handler postRouting = {};
};

class HttplibMiddleware {
public:
  explicit HttplibMiddleware(Gate gate, HttplibOptions options = {})
      : Shared(std::make_shared<const State>(std::move(gate), std::move(options))) {}

  /// Before the server listens. The middleware itself need not live on.
  void install(httplib::Server &server) const {
    server.set_pre_routing_handler(
        [shared = Shared](const httplib::Request &request, httplib::Response &response) {
          return shared->enter(request, response);
        });
    server.set_post_routing_handler(
        [shared = Shared](const httplib::Request &request, httplib::Response &response) {
          if (shared->options.postRouting)
            shared->options.postRouting(request, response);
          handOver(response);
        });
  }

  /// A claim of its own on the request that this thread is handling, for work that outlives the
  /// handler: move it into the work. Empty outside of a request that has entered the gate.
  static Claim claim() {
    auto request = current().request.lock();
    return request ? request->another() : Claim();
  }

  /// The interface of the gate's plug-in INDEX for the request that this thread is handling: the
  /// same one to its end. Null outside of a request. Work on other threads asks its own claim.
  static void *plugin(std::uint32_t index) {
    auto request = current().request.lock();
    return request ? request->plugin(index) : nullptr;
  }

  /// Which request kind a request with that method and decoded path is.
  std::uint32_t match(const std::string &method, const std::string &path) const {
    return Shared->matcher.match(method, path);
  }

private:
  /// The request that this thread handles. `entered` owns the claim until the Response does; what
  /// is left in it, because a handler took the thread down, goes with the thread or at the next
  /// enter.
  struct Current {
    std::shared_ptr<Claim> entered;
    std::weak_ptr<Claim> request;
  };
  static Current &current() {
    thread_local Current current;
    return current;
  }

  struct State {
    State(Gate opened, HttplibOptions given)
        : gate(std::move(opened)), options(std::move(given)), matcher(gate.get()) {}

    httplib::Server::HandlerResponse enter(const httplib::Request &request,
                                           httplib::Response &response) const {
      Current &mine = current();
      mine.entered.reset();
      mine.request.reset();
      if (options.exempt.count(request.path) == 0) {
        std::string session = sessionOf(request);
        std::uint32_t kind = matcher.match(request.method, request.path);
        Claim claim = gate.enter(kind, session.empty() ? nullptr : session.c_str());
        if (!claim) {
          refuse(request, response, kind);
          return httplib::Server::HandlerResponse::Handled;
        }
        mine.entered = std::make_shared<Claim>(std::move(claim));
        mine.request = mine.entered;
      }
      if (options.preRouting)
        return options.preRouting(request, response);
      return httplib::Server::HandlerResponse::Unhandled;
    }

    std::string sessionOf(const httplib::Request &request) const {
      std::string session;
      if (!options.sessionHeader.empty())
        session = request.get_header_value(options.sessionHeader);
      if (session.empty() && !options.sessionCookie.empty())
        session = cookieOf(request.get_header_value("Cookie"), options.sessionCookie);
      return session;
    }

    void refuse(const httplib::Request &request, httplib::Response &response,
                std::uint32_t kind) const {
      ripple_gate_kind row{};
      ripple_gate_kind_at(gate.get(), kind, &row);
      std::string text = std::string("The server software that ") + row.id +
                         " needs here is being replaced. Nothing of this request was run: "
                         "it is safe to send it again, or to another server.\n";
      response.status = 503;
      response.set_header("Retry-After", std::to_string(options.retryAfterSeconds));
      response.set_header("Connection", "close");
      if (request.method == "HEAD") {
        response.set_content(text, "text/plain");
        return;
      }
      // The request's body was not read, and cpp-httplib would take it for the next request. A
      // provider that ends with false makes it close the connection, after all was written.
      response.set_content_provider(
          text.size(), "text/plain",
          [text](std::size_t offset, std::size_t length, httplib::DataSink &sink) {
            sink.write(text.data() + offset, std::min(length, text.size() - offset));
            return false;
          });
    }

    Gate gate;
    HttplibOptions options;
    RequestMatcher matcher;
  };

  // Members are destroyed last to first: what the handler gave goes before the claim does.
  struct Provider {
    std::shared_ptr<Claim> request;
    httplib::ContentProvider given;
    bool operator()(std::size_t offset, std::size_t length, httplib::DataSink &sink) const {
      return given(offset, length, sink);
    }
  };
  struct Releaser {
    std::shared_ptr<Claim> request;
    bool last; ///< The request is over with this call: the Response holds nothing else.
    httplib::ContentProviderResourceReleaser given;
    void operator()(bool success) const {
      if (given)
        given(success);
      if (last)
        request->release();
    }
  };

  /// Ties the end of this thread's request to the end of RESPONSE.
  static void handOver(httplib::Response &response) {
    std::shared_ptr<Claim> request = std::move(current().entered);
    if (!request)
      return;
    bool provides = static_cast<bool>(response.content_provider_);
    if (provides)
      response.content_provider_ = Provider{request, std::move(response.content_provider_)};
    response.content_provider_resource_releaser_ =
        Releaser{request, !provides, std::move(response.content_provider_resource_releaser_)};
  }

  std::shared_ptr<const State> Shared;
};

} // namespace ripple::gate

#endif
