#include "world.h"

extern "C" {
void a_use() { a::use(); }
void b_use() { b::use(); }
void c_use() { c::use(); }
int i_variable();
int i_inner();
int i_named();
int i_sizeof();
int i_object();
int i_cast(void *);
int i_parameter();
int i_pointer();
int i_fixed();
}

int main() {
  route("/variable", [] { i_variable(); }); // GET /variable: a
  route("/inner", [] { i_inner(); }); // GET /inner: a b
  route("/named", [] { i_named(); }); // GET /named: a
  route("/sizeof", [] { i_sizeof(); }); // GET /sizeof: b
  route("/object", [] { i_object(); }); // GET /object: a b
  route("/cast", [] { i_cast(nullptr); }); // GET /cast: c
  route("/parameter", [] { i_parameter(); }); // GET /parameter: a
  route("/pointer", [] { i_pointer(); }); // GET /pointer: b
  route("/fixed", [] { i_fixed(); }); // GET /fixed:
  serve();
}
