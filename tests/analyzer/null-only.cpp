// RUN: %expect %s
// Fields that only ever hold null, of types that no function of the program has: nothing is called there. Bug: each
// was a call of which nothing is known, and every request that may come there incomplete.
#include "world.h"

struct Archive {
  const char *name;
  bool (*init)(int);
  void (*open)(char **);
};
static void openB(char **) { b::use(); }
const Archive zip = {"zip", nullptr, openB}, bz2 = {"bz2", nullptr, openB};
const Archive *const archives[] = {&zip, &bz2, nullptr};

struct Decoder {
  const char *name;
  void (*decode)(float *) = nullptr;
  void (*scan)(double *);
  explicit Decoder(const char *text, void (*other)(double *) = nullptr) : name(text), scan(other) {}
};
static void scanC(double *) { c::use(); }
static Decoder flac("flac", scanC), mad("mad");

struct Assigned {
  void (*hook)(short *);
};
static Assigned assigned;

struct Partly {
  void (*first)(unsigned *), (*second)(unsigned **);
};
static Partly partly = {nullptr};

struct Given {
  void (*hook)(long **);
};
static void set(Given *given, void (*hook)(long **)) { given->hook = hook; }
static Given given;

struct Open {
  void (*hook)(char *) = nullptr;
};
static Open opened;
namespace d {
void fill(Open *);
}

int main() {
  assigned.hook = nullptr;
  set(&given, nullptr);
  d::fill(&opened);
  route("/init", [] { // GET /init:
    for (const Archive *const *each = archives; *each; ++each)
      if ((*each)->init)
        (*each)->init(1);
  });
  route("/open", [] { archives[0]->open(nullptr); }); // GET /open: b
  route("/decode", [] {                               // GET /decode:
    if (flac.decode)
      flac.decode(nullptr);
  });
  route("/scan", [] { mad.scan(nullptr); }); // GET /scan: c
  route("/assigned", [] {                    // GET /assigned:
    if (assigned.hook)
      assigned.hook(nullptr);
  });
  route("/partly", [] { // GET /partly:
    if (partly.first)
      partly.first(nullptr);
    if (partly.second)
      partly.second(nullptr);
  });
  route("/given", [] { // GET /given:
    if (given.hook)
      given.hook(nullptr);
  });
  route("/opened", [] { opened.hook(nullptr); }); // GET /opened: !
  serve();
}
// startup: d
