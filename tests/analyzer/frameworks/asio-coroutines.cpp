// REQUIRES: beast-headers
// RUN: %expect %s
// Boost.Asio looks for coroutines in one way for GCC and in another for Clang. Bug: where GCC builds, each such unit did
// not compile for the analyzer, and its requests were not complete.
#include "world.h"

#include <utility> // awaitable.hpp of 1.74 takes it for granted.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

boost::asio::io_context context;
boost::asio::awaitable<void> answer() {
  a::use();
  co_return;
}
int main() {
  route("/spawned", [] { boost::asio::co_spawn(context, answer(), boost::asio::detached); }); // GET /spawned: a& libboost1.74-dev
  route("/nothing", [] {}); // GET /nothing:
  serve();
}
