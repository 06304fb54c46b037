// RUN: %expect %s %S/Inputs/array-sizes-main.cpp
// How long an array is, is evaluated where its type is written; of sizeof only that. See the
// requests in array-sizes-main.cpp.
void a_use(void);
void b_use(void);
void c_use(void);

static int size_a(void) { return a_use(), 2; }
static int size_b(void) { return b_use(), 2; }
static int size_c(void) { return c_use(), 2; }

int i_variable(void) {
  char text[size_a()];
  return text[0] = 0;
}
int i_inner(void) {
  int rows[size_a()][size_b()];
  return rows[0][0] = 0;
}
int i_named(void) {
  typedef int row[size_a()];
  row one;
  return one[0] = 0;
}
int i_sizeof(void) { return sizeof(int[size_b()]); }
int i_object(void) {
  int row[2][size_a()];
  return sizeof row[size_b()] > 0 ? 0 : (int)sizeof(row);
}
int i_cast(void *what) { return what ? (*(int(*)[size_c()])what)[1] : 0; }
static int by_parameter(int count, int row[size_a()]) { return count + row[0]; }
int i_parameter(void) {
  int one = 1;
  return by_parameter(1, &one);
}
int i_pointer(void) {
  int(*row)[size_b()] = 0;
  return row == 0;
}
int i_fixed(void) { return sizeof(size_a()) + sizeof(int[sizeof(size_b())]); }
