// RUN: %expect %s
// Exceptions that one request keeps and another one lets go of: who does so last, ends them.
#include "world.h"

#include <exception>
#include <future>
#include <stdexcept>

struct Thrown {
  ~Thrown() { a::use(); }
};
struct Made {
  Made() = default;
  Made(const Made &) { c::use(); }
  ~Made() { b::use(); }
};
struct Error : std::runtime_error {
  using runtime_error::runtime_error;
  ~Error() override { d::use(); }
};
struct Other {
  ~Other() { e::use(); } // nobody throws it
};
std::exception_ptr kept, more;
std::shared_future<int> result;

int main() {
  route("/throw", [] { try { throw Thrown(); } catch (...) { kept = std::current_exception(); } }); // GET /throw: a b? d?
  route("/make", [] { kept = std::make_exception_ptr(Made()); }); // GET /make: a? b c d?
  route("/error", [] { throw Error(""); }); // GET /error: d
  route("/other", [] { Other other; }); // GET /other: e
  route("/end", [] { kept = nullptr; }); // GET /end: a? b? d?
  route("/copy", [] { more = kept; }); // GET /copy: a? b? d?
  route("/again", [] { std::rethrow_exception(kept); }); // GET /again: a? b? d?
  route("/catch", [] { try { std::rethrow_exception(kept); } catch (Made made) {} }); // GET /catch: a? b c d?
  route("/look", [] { if (kept) f::use(); }); // GET /look: f
  route("/future", [] { result = {}; }); // GET /future: a? b? d?
  route("/promise", [] { std::promise<int> promise; result = promise.get_future(); promise.set_exception(kept); }); // GET /promise: a? b? d?
  serve();
}
