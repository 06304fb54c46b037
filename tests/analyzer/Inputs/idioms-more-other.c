/* The other unit of idioms-more.c: what it shares with that, it declares for itself. */
void a_use(void);
void b_use(void);

extern void (*other_far_hook)(int **);
void (*far_given(void))(int **);
void m_far_set(void) { other_far_hook = far_given(); }

void other_function(void);
void chosen_function(void);
void pragma_function(void);
void m_other_function(void) { other_function(); }
void m_chosen_function(void) { chosen_function(); }
void m_pragma_function(void) { pragma_function(); }

struct twice_table {
  void (*run)(char *);
  int number;
};
extern struct twice_table twice_table;
static void twice_here(char *p) { (void)p, b_use(); }
static struct twice_table mine = {twice_here, 1};
void m_twice(void) { twice_table.run(0); }
void m_twice_mine(void) { mine.run(0); }

struct apart_table {
  void (*run)(signed char *);
};
static void apart_here(signed char *p) { (void)p, b_use(); }
static struct apart_table apart_mine = {apart_here};
void m_apart_mine(void) { apart_mine.run(0); }
