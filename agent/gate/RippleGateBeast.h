//===- RippleGateBeast.h - The gate for Boost.Beast --------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Puts the gate before what a Boost.Beast server does with a request that it has
// read. The server's threads do not wait where a component is being replaced; the
// request does:
//
//   middleware.asyncEnter(stream.get_executor(), request, [self](BeastEntry entry) {
//     if (entry.refused)
//       return self->write(entry.refusal(self->request));
//     self->handle(std::move(entry.claim));   // keep it until the response is written
//   });
//
// The request is active until its last claim is gone: the one in the entry, and
// those that another() made of it. Move it with the work: into handlers of
// operations, to other threads, into the handler of async_write. An exception that
// unwinds it ends the request. A server with a thread for each connection calls
// enter(), which waits.
//
// Header only; C++17; Boost 1.74 or later.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_GATE_BEAST_H
#define RIPPLE_GATE_BEAST_H

#include "agent/gate/RequestMatcher.hpp"
#include "agent/gate/RippleGate.hpp"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/http.hpp>

#include <cerrno>
#include <chrono>
#include <functional>
#include <set>

namespace ripple::gate {

struct BeastOptions {
  std::set<std::string> exempt = {}; ///< Paths that never enter the gate: the health check's.
  std::string sessionHeader = {};    ///< Header that names the client's session; "" none.
  std::string sessionCookie = {};    ///< Cookie that does, where that header does not; "" none.
  unsigned retryAfterSeconds = 1;    ///< What a refused client is told.
  /// How long a request may be held, and how often it is looked whether it may go on. Of enter(),
  /// the gate's own hold_ms holds.
  std::chrono::milliseconds hold{10000}, look{10};
  /// The path that your code routes a request target by. Without it, the target up to the query;
  /// and where that and what it is without percent-encoding are of different kinds, *other*.
  std::function<std::string(const std::string &target)> path = {};
};

/// What became of a request at the gate. One that is exempt has no claim and is not refused.
struct BeastEntry {
  Claim claim;
  bool refused = false;
  std::string what; ///< What was refused: the request kind's id.
  unsigned retryAfterSeconds = 1;

  /// The answer to a request that was refused. It closes the connection, since a part of the
  /// request may still be unread.
  template <class Fields>
  boost::beast::http::response<boost::beast::http::string_body>
  refusal(const boost::beast::http::request_header<Fields> &request) const {
    namespace http = boost::beast::http;
    http::response<http::string_body> answer{http::status::service_unavailable, request.version()};
    answer.set(http::field::retry_after, std::to_string(retryAfterSeconds));
    answer.set(http::field::content_type, "text/plain");
    answer.keep_alive(false);
    std::string text = "The server software that " + what +
                       " needs here is being replaced. Nothing of this request was run: "
                       "it is safe to send it again, or to another server.\n";
    answer.content_length(text.size());
    if (request.method() != http::verb::head)
      answer.body() = std::move(text);
    return answer;
  }
};

class BeastMiddleware {
public:
  explicit BeastMiddleware(Gate gate, BeastOptions options = {})
      : Shared(std::make_shared<const State>(std::move(gate), std::move(options))) {}

  /// Enters REQUEST, which need not outlive the call, and hands a BeastEntry to TOKEN, never from
  /// inside of this call. TOKEN is any completion token of Asio; a handler without an executor of
  /// its own runs on EXECUTOR. The middleware itself need not live on.
  template <class Executor, class Fields, class Token>
  auto asyncEnter(const Executor &executor,
                  const boost::beast::http::request_header<Fields> &request, Token &&token) const {
    Wanted wanted = Shared->wantedBy(request);
    return boost::asio::async_initiate<Token, void(BeastEntry)>(
        [shared = Shared, executor](auto handler, Wanted asked) {
          using Handler = std::decay_t<decltype(handler)>;
          auto waiter = std::make_shared<Waiter<Executor, Handler>>(
              std::move(shared), executor, std::move(handler), std::move(asked));
          boost::asio::post(executor, [waiter] { waiter->look(); });
        },
        token, std::move(wanted));
  }

  /// Enters REQUEST on this thread, which waits while a component is being replaced.
  template <class Fields>
  BeastEntry enter(const boost::beast::http::request_header<Fields> &request) const {
    Wanted wanted = Shared->wantedBy(request);
    if (wanted.exempt)
      return {};
    return Shared->entryOf(Shared->gate.enter(wanted.kind, wanted.sessionOrNull()), wanted);
  }

  /// Which request kind a request with that method and target is.
  std::uint32_t match(const std::string &method, const std::string &target) const {
    return Shared->kindOf(method, target);
  }

private:
  struct Wanted {
    bool exempt = false;
    std::uint32_t kind = 0;
    std::string session;
    const char *sessionOrNull() const { return session.empty() ? nullptr : session.c_str(); }
  };

  struct State {
    State(Gate opened, BeastOptions given)
        : gate(std::move(opened)), options(std::move(given)), matcher(gate.get()) {}

    std::string pathOf(const std::string &target) const {
      return options.path ? options.path(target) : target.substr(0, target.find('?'));
    }

    std::uint32_t kindOf(const std::string &method, const std::string &target) const {
      std::string path = pathOf(target);
      std::uint32_t kind = matcher.match(method, path);
      bool same = options.path || matcher.match(method, decoded(path)) == kind;
      return same ? kind : 0;
    }

    template <class Fields>
    Wanted wantedBy(const boost::beast::http::request_header<Fields> &request) const {
      std::string target(request.target());
      Wanted wanted;
      wanted.exempt = options.exempt.count(pathOf(target)) != 0;
      wanted.kind = kindOf(std::string(request.method_string()), target);
      if (!options.sessionHeader.empty())
        wanted.session = std::string(request[options.sessionHeader]);
      if (wanted.session.empty() && !options.sessionCookie.empty())
        wanted.session = cookieOf(std::string(request[boost::beast::http::field::cookie]),
                                  options.sessionCookie);
      return wanted;
    }

    BeastEntry entryOf(Claim claim, const Wanted &wanted) const {
      BeastEntry entry;
      entry.retryAfterSeconds = options.retryAfterSeconds;
      if (claim) {
        entry.claim = std::move(claim);
        return entry;
      }
      ripple_gate_kind row{};
      ripple_gate_kind_at(gate.get(), wanted.kind, &row);
      entry.refused = true;
      entry.what = row.id;
      return entry;
    }

    Gate gate;
    BeastOptions options;
    RequestMatcher matcher;
  };

  /// A request between asyncEnter and its handler. Its looks follow each other, so no two threads
  /// are in it at one time.
  template <class Executor, class Handler>
  struct Waiter : std::enable_shared_from_this<Waiter<Executor, Handler>> {
    Waiter(std::shared_ptr<const State> state, const Executor &executor, Handler given,
           Wanted asked)
        : shared(std::move(state)), timer(executor), handler(std::move(given)),
          wanted(std::move(asked)),
          deadline(std::chrono::steady_clock::now() + shared->options.hold) {}

    void look() {
      if (wanted.exempt)
        return complete({});
      int error = shared->gate.tryEnter(wanted.kind, wanted.sessionOrNull(), claim);
      if (error == 0)
        return complete(shared->entryOf(std::move(claim), wanted));
      if (std::chrono::steady_clock::now() >= deadline) {
        claim.release();
        return complete(shared->entryOf({}, wanted));
      }
      timer.expires_after(shared->options.look);
      timer.async_wait(
          [self = this->shared_from_this()](boost::system::error_code) { self->look(); });
    }

    void complete(BeastEntry entry) {
      auto executor = boost::asio::get_associated_executor(handler, timer.get_executor());
      boost::asio::dispatch(executor,
                            [handler = std::move(handler), entry = std::move(entry)]() mutable {
                              handler(std::move(entry));
                            });
    }

    std::shared_ptr<const State> shared;
    boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                      boost::asio::wait_traits<std::chrono::steady_clock>, Executor>
        timer;
    Handler handler;
    Wanted wanted;
    Claim claim;
    std::chrono::steady_clock::time_point deadline;
  };

  static int digitOf(char c) {
    if (c >= '0' && c <= '9')
      return c - '0';
    c = static_cast<char>(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
  }

  /// PATH with each %XX as the byte that it stands for; what is none stays.
  static std::string decoded(const std::string &path) {
    std::string text;
    for (std::size_t i = 0; i < path.size(); ++i) {
      bool escape = path[i] == '%' && i + 2 < path.size() && digitOf(path[i + 1]) >= 0 &&
                    digitOf(path[i + 2]) >= 0;
      text +=
          escape ? static_cast<char>(digitOf(path[i + 1]) * 16 + digitOf(path[i + 2])) : path[i];
      i += escape ? 2 : 0;
    }
    return text;
  }

  std::shared_ptr<const State> Shared;
};

} // namespace ripple::gate

#endif
