// RUN: %expect %s %S/Inputs/instantiated-elsewhere-other.cpp
// Templates whose code is in another unit, which instantiates them.
#include "instantiated-elsewhere.h"

int main() {
  route("/class", [] { Whole<int> x; x.run(); }); // GET /class: a b
  route("/inner", [] { Whole<int>::Inner().deep(); }); // GET /inner: c
  route("/method", [] { Parts<int>().run(); }); // GET /method: d
  route("/static", [] { Parts<int>::all(); }); // GET /static: e
  route("/template", [] { Parts<int>().with('x'); }); // GET /template: a
  route("/function", [] { function(1); }); // GET /function: c
  serve();
}
