// The requests of idioms.c.
#include "world.h"

extern "C" {
void i_ops(); void i_copied(); void i_memcpy(); void i_memcpy_array(); void i_x_macro(int);
void i_void_pointer(); void i_closure(); void i_user_data(); void i_integer(); void i_signal();
void i_qsort(int *); void i_bsearch(int *); void i_sort_with(int *); void i_once(); void i_cleanup_push();
void i_variadic(); void i_cleanup(); void i_alias(); void i_weak_alias(); void i_weak(); void i_ifunc();
void i_asm_label(); void i_ternary(int); void i_comma(); void i_statement(); void i_returned(int);
void i_returned_twice(int); void i_generic(); void i_jump(); void i_hooks(); void i_stack(); void i_va_arg();
void i_union(); void i_union_raw(); void i_states(); void i_with_a(); void i_with_b();
}
int main() {
  static int n[2];
  route("/ops", [] { i_ops(); }); // GET /ops: a?
  route("/copied", [] { i_copied(); }); // GET /copied: b
  route("/memcpy", [] { i_memcpy(); }); // GET /memcpy: a? b?
  route("/memcpy-array", [] { i_memcpy_array(); }); // GET /memcpy-array: a
  route("/x-macro", [] { i_x_macro(1); }); // GET /x-macro: a? b?
  route("/void-pointer", [] { i_void_pointer(); }); // GET /void-pointer: a? b?
  route("/closure", [] { i_closure(); }); // GET /closure: a? b?
  route("/user-data", [] { i_user_data(); }); // GET /user-data: a
  route("/integer", [] { i_integer(); }); // GET /integer: a? b?
  route("/signal", [] { i_signal(); }); // GET /signal: a
  route("/qsort", [] { i_qsort(n); }); // GET /qsort: a
  route("/bsearch", [] { i_bsearch(n); }); // GET /bsearch: b
  route("/sort-with", [] { i_sort_with(n); }); // GET /sort-with: b
  route("/once", [] { i_once(); }); // GET /once: a b
  route("/cleanup-push", [] { i_cleanup_push(); }); // GET /cleanup-push: b
  route("/variadic", [] { i_variadic(); }); // GET /variadic: b
  route("/cleanup", [] { i_cleanup(); }); // GET /cleanup: a
  route("/alias", [] { i_alias(); }); // GET /alias: b
  route("/weak-alias", [] { i_weak_alias(); }); // GET /weak-alias: a
  route("/weak", [] { i_weak(); }); // GET /weak: a
  route("/ifunc", [] { i_ifunc(); }); // GET /ifunc: b
  route("/asm-label", [] { i_asm_label(); }); // GET /asm-label: b
  route("/ternary", [] { i_ternary(1); }); // GET /ternary: a? b?
  route("/comma", [] { i_comma(); }); // GET /comma: a
  route("/statement", [] { i_statement(); }); // GET /statement: b
  route("/returned", [] { i_returned(1); }); // GET /returned: a? b?
  route("/returned-twice", [] { i_returned_twice(1); }); // GET /returned-twice: a? b?
  route("/generic", [] { i_generic(); }); // GET /generic: a
  route("/jump", [] { i_jump(); }); // GET /jump: b
  route("/hooks", [] { i_hooks(); }); // GET /hooks: a
  route("/stack", [] { i_stack(); }); // GET /stack: b
  route("/va-arg", [] { i_va_arg(); }); // GET /va-arg: a? b?
  route("/union", [] { i_union(); }); // GET /union: b?
  route("/union-raw", [] { i_union_raw(); }); // GET /union-raw: b?
  route("/states", [] { i_states(); }); // GET /states: a? b?
  route("/with-a", [] { i_with_a(); }); // GET /with-a: a
  route("/with-b", [] { i_with_b(); }); // GET /with-b: b
  serve();
}
