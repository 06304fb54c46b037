//===- HttpClient.h - One question to a daemon -------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// HTTP/1.1 over a unix socket or TLS, one connection a question, each with a time
// limit for all of it. Over TLS both sides show a certificate, and the host's name
// must be in the other side's.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_HTTP_HTTPCLIENT_H
#define RIPPLE_AGENT_HTTP_HTTPCLIENT_H

#include "model/Network.h"

#include <boost/asio/io_context.hpp>

#include <functional>
#include <tl/expected.hpp>

namespace ripple::agent {

struct HttpQuestion {
  std::string url;            ///< "unix:PATH" or "https://HOST:PORT"
  std::string method = "GET"; ///< Any.
  std::string target = "/";   ///< "/v1/server", escaped as a URL is.
  std::string body;           ///< "": none.
  std::string contentType = "application/json";
  model::Milliseconds timeout{5'000}; ///< From the first step to the last byte of the answer.
  model::TlsIdentity tls;             ///< Needed for https alone.
};

struct HttpAnswer {
  unsigned status = 0;
  std::string contentType, body;
};

/// Why there is no answer. Whether the question was carried out is then not known, but for
/// Unreachable.
struct HttpFailure {
  enum class Kind {
    Unreachable, ///< It got nothing of the question.
    Timeout,     ///< No answer in time.
    Broken,      ///< The connection ended before the answer had come; or it is no HTTP.
  };
  Kind kind = Kind::Unreachable;
  std::string message; ///< "https://app1:7443 cannot be reached: its certificate is not …"
};

using HttpResult = tl::expected<HttpAnswer, HttpFailure>;

/// Calls DONE once, from LOOP; at once where the question cannot be asked at all. Answers have at
/// most 64 MiB.
void askHttp(boost::asio::io_context &loop, HttpQuestion question,
             std::function<void(HttpResult)> done);

/// The same, and waits for it. From any thread.
HttpResult askHttp(HttpQuestion question);

/// "" where URL can be asked by one with IDENTITY, else what is wrong, with a remedy.
std::string refusedUrl(const std::string &url, const model::TlsIdentity &identity);

} // namespace ripple::agent

#endif
