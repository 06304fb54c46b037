// The requests of idioms-more.c.
#include "world.h"

extern "C" {
void m_size_local(); void m_size_sizeof(); void m_size_typedef(); void m_size_cast(void *); void m_size_pointer();
void m_size_typeof(); void m_size_parameter(int *);
void m_alias_set(); void m_alias_call(); void m_far_set(); void m_far_call();
void m_other_function(); void m_chosen_function(); void m_pragma_function();
void m_swapped(); void m_swapped_call(); void m_written(); void m_written_call();
void m_twice(); void m_twice_mine(); void m_apart(); void m_apart_mine();
void m_union_set(); void m_union_call(); void m_union_other(); void m_offset_set(); void m_offset_call();
}
int main() {
  static int n[2];
  m_alias_set();
  m_far_set();
  m_swapped();
  m_written();
  m_union_set();
  m_offset_set();
  route("/size/local", [] { m_size_local(); }); // GET /size/local: a
  route("/size/sizeof", [] { m_size_sizeof(); }); // GET /size/sizeof: a
  route("/size/typedef", [] { m_size_typedef(); }); // GET /size/typedef: a
  route("/size/cast", [] { m_size_cast(n); }); // GET /size/cast: a
  route("/size/pointer", [] { m_size_pointer(); }); // GET /size/pointer: a
  route("/size/typeof", [] { m_size_typeof(); }); // GET /size/typeof: a
  route("/size/parameter", [] { m_size_parameter(n); }); // GET /size/parameter: a
  route("/alias", [] { m_alias_call(); }); // GET /alias: a? b?
  route("/far-alias", [] { m_far_call(); }); // GET /far-alias: a? b?
  route("/other-function", [] { m_other_function(); }); // GET /other-function: a
  route("/chosen-function", [] { m_chosen_function(); }); // GET /chosen-function: a
  route("/pragma-function", [] { m_pragma_function(); }); // GET /pragma-function: a
  route("/swapped", [] { m_swapped_call(); }); // GET /swapped: a? b?
  route("/written", [] { m_written_call(); }); // GET /written: a? b?
  route("/twice", [] { m_twice(); }); // GET /twice: a? b?
  route("/twice/mine", [] { m_twice_mine(); }); // GET /twice/mine: a? b?
  route("/apart", [] { m_apart(); }); // GET /apart: a
  route("/apart/mine", [] { m_apart_mine(); }); // GET /apart/mine: b
  route("/union", [] { m_union_call(); }); // GET /union: a? b?
  route("/union/other", [] { m_union_other(); }); // GET /union/other: b
  route("/offset", [] { m_offset_call(); }); // GET /offset: a? b?
  serve();
}
