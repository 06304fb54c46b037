// RUN: %expect %s
// What another compiler than Clang makes of code that asks which one it is.
#include "world.h"
#ifdef __has_feature
void asksFeatures() { a::use(); }
#else
#define __has_feature(x) 0
void asksFeatures() { b::use(); }
#endif

#include "compilers.h"
#include <string>

#if __has_feature(cxx_rvalue_references)
void knowsFeatures() { a::use(); }
#else
void knowsFeatures() { b::use(); }
#endif

#ifdef __clang__
void byName() { a::use(); }
#else
void byName() { b::use(); }
#endif

#if __GNUC__ >= 5
void byVersion() { b::use(); }
#else
void byVersion() { a::use(); }
#endif

#if __GNUC_PREREQ(5, 0)
void byLibrary() { b::use(); }
#else
void byLibrary() { a::use(); }
#endif

int main() {
  route("/features", [] { asksFeatures(); }); // GET /features: b
  route("/feature", [] { knowsFeatures(); }); // GET /feature: b
  route("/name", [] { byName(); }); // GET /name: b
  route("/version", [] { byVersion(); }); // GET /version: b
  route("/library", [] { byLibrary(); }); // GET /library: b
  route("/words", [] { // GET /words: c
    if (std::string_view(__VERSION__).find("lang") == std::string_view::npos)
      c::use();
  });
  route("/header", [] { inHeader(); }); // GET /header: b
  serve();
}
