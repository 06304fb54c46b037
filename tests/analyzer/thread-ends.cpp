// RUN: %expect %s
// What a request leaves in its thread ends when the thread does, beside other requests.
#include "world.h"
#include <memory>
#include <pthread.h>

thread_local a::Object named;
thread_local std::unique_ptr<e::Object> owned;
static pthread_key_t key;
static void endKey(void *) { c::use(); }

int main() {
  route("/named", [] { (void)&named; }); // GET /named: a e
  route("/local", [] { static thread_local b::Object local; }); // GET /local: b
  route("/key", [] { pthread_key_create(&key, endKey); }); // GET /key: c
  route("/static", [] { static d::Object object; }); // GET /static: d
  serve();
}
// ambient: a? b? c? e?
