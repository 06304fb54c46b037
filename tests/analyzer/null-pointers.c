// RUN: %expect %s %S/Inputs/null-pointers-main.cpp
// What C compares pointers to functions with is no function, and one that becomes a "void *" by its name does not bring
// all of its type along: see the requests in null-pointers-main.cpp. All of these types used to be one.
#include <dlfcn.h>
#include <signal.h>
#include <stddef.h>

void a_use(void);
void b_use(void);

typedef void (*compared)(long *);
typedef void (*ignored)(int *);
typedef void (*tag)(char *);
typedef void (*back)(unsigned *);

static void compared_b(long *n) { (void)n, b_use(); }
static void ignored_b(int *n) { (void)n, b_use(); }
static void tag_a(char *n) { (void)n, a_use(); }
static void tag_b(char *n) { (void)n, b_use(); }
compared compared_hook = compared_b;
ignored ignored_hook = ignored_b;
tag tag_hook = tag_b;
void *key = (void *)tag_a;
const char *const *names;

void n_compared(compared *hook) {
  if (*hook != NULL && (NULL != compared_hook || hook[1] == ((void *)0)))
    (*hook)(0);
}
void n_ignored(ignored *hook) {
  if (*hook != (ignored)1 && *hook != (ignored)-1)
    (*hook)(0);
}
void n_tag(void *memory) { ((back)memory)(0); }
/* Data that a library has is not called by itself. */
void n_names(void *library) { names = (const char *const *)dlsym(library, "names"); }
