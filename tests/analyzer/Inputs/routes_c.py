"""The same in C: tables of structures, ended by null, by address, in other units; and what it has for helpers."""
from random_programs import C
from routes_cpp import Program

RULES = """
{call: net_route, method: GET, path: 0, handler: 1}
{call: net_give, method: GET, path: 0, handler: 1}
{call: "net_host::add", method: GET, path: 0, handler: 1}
{store: "net_slot::on_request", method: GET, path: 0, pathIn: net_slot_at}
{table: net_row, key: 0, handler: 2, method: GET}
""".strip().splitlines()

HEADER = """
#pragma once
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
typedef void (*P)(void);
typedef void (*D)(void *);
struct net_row { const char *path; int flags; P handler; };
struct net_slot { const char *path; P on_request; };
struct net_host { int (*add)(const char *path, P handler); };
int chance(void);
int net_route(const char *path, P handler);
void net_give(const char *path, D handler, void *data);
struct net_slot *net_slot_at(const char *path);
void net_rows(const struct net_row *rows);
const struct net_host *net_host(void);
void net_serve(void);
"""

WORLD = """
#include "world.h"
static struct { char *path; P handler; D given; void *data; } all[500];
static struct net_slot slots[100];
static int count, slotCount;
static char entered[2000];
int chance(void) {
  static unsigned state;
  if (!state) state = atoi(getenv("CHANCE") ? getenv("CHANCE") : "1") * 77777u + 1;
  state = state * 1664525u + 1013904223u;
  return state >> 31;
}
int net_route(const char *path, P handler) {
  all[count].path = strdup(path);
  all[count++].handler = handler;
  return 0;
}
void net_give(const char *path, D handler, void *data) {
  all[count].path = strdup(path);
  all[count].data = data;
  all[count++].given = handler;
}
struct net_slot *net_slot_at(const char *path) {
  slots[slotCount].path = strdup(path);
  return &slots[slotCount++];
}
void net_rows(const struct net_row *rows) {
  for (; rows->path; ++rows) if (rows->handler) net_route(rows->path, rows->handler);
}
const struct net_host *net_host(void) {
  static const struct net_host host = {net_route};
  return &host;
}
static void call(const char *path, P handler, D given, void *data) {
  for (int i = 0; i < 4; ++i) {
    memset(entered, 0, sizeof entered);
    if (handler) handler();
    if (given) given(data);
    printf("GET %s", path);
    for (int n = 0; n < 2000; ++n) if (entered[n]) printf("\\t%d", n);
    printf("\\n");
  }
}
void net_serve(void) {
  for (int i = 0; i < count; ++i) call(all[i].path, all[i].handler, all[i].given, all[i].data);
  for (int i = 0; i < slotCount; ++i) if (slots[i].on_request) call(slots[i].path, slots[i].on_request, 0, 0);
}
void enter(int number) { entered[number] = 1; }
"""

SHARED = """
#define PATH_OF(name) "/m" #name
#define ROUTE(path, handler) net_route((path), (handler))
struct own { const char *path; P handler; };
struct deep { int n; struct own in[2]; };
struct nested { const struct own *rows; int count; };
extern const char *const far_path;
extern const char *far_text;
extern const struct own far_rows[];
extern struct own far_changed[];
extern const struct net_row far_table[];
extern P far_handlers[2];
extern int (*far_route)(const char *, P);
void reg_far(const char *path, P handler);
void reg_nested(const char *path, P handler);
void reg_list(const struct own *rows);
void reg_count(const struct own *rows, int count);
void reg_one(struct own row);
void reg_all(int count, ...);
void reg_change(struct own *rows);
const char *far_made(const char *path);
P far_pick(int kind);
static inline void reg_here(const char *path, P handler) { net_route(path, handler); }
static inline void reg_if(const char *path, P handler, P other) { net_route(path, chance() ? handler : other); }
static inline void reg_pair(const struct own *row) { net_route(row->path, row->handler); }
static inline void reg_prefix(const char *prefix, const char *path, P handler) {
  char whole[100];
  snprintf(whole, sizeof whole, "%s%s", prefix, path);
  net_route(whole, handler);
}
static inline void reg_deep(int depth, const char *path, P handler) {
  if (depth) reg_deep(depth - 1, path, handler);
  else net_route(path, handler);
}
static inline void reg_skip(const char *path, P handler) { ++path; net_route(path, handler); }
static inline void reg_other(const char *path, P handler) { if (chance()) handler = far_pick(1); net_route(path, handler); }
static inline P picked(P one, P other) { return chance() ? one : other; }
static inline void put(P *place, P handler) { *place = handler; }
static inline void called(void *handler) { @ (*(P *)handler)(); }
static inline void give(const char *path, P handler) { P *kept = malloc(sizeof *kept); *kept = handler; net_give(path, called, kept); }
"""

FAR = """
static void far_one(void) { @ }
static void far_two(void) { @ }
static void far_three(void) { @ }
const char *const far_path = "/far";
const char *far_text = "/ftext";
const struct own far_rows[] = {{.handler = far_one, .path = "/far1"}, {"/far2", far_two}, {NULL}};
struct own far_changed[] = {{"/fc1", far_one}, {"/fc2", far_three}, {0, 0}};
const struct net_row far_table[] = {[1] = {.path = "/ft2", .handler = far_three}, [0] = {"/ft1", 3, far_two}, [2] = {0}};
P far_handlers[2] = {far_one, far_three};
int (*far_route)(const char *, P) = net_route;
void reg_far(const char *path, P handler) { net_route(path, handler); }
static void reg_inner(const char *path, P handler) { reg_far(path, handler); }
void reg_nested(const char *path, P handler) { if (handler) reg_inner(path, handler); else reg_inner(path, far_one); }
void reg_list(const struct own *rows) { for (; rows->path; ++rows) net_route(rows->path, rows->handler); }
void reg_count(const struct own *rows, int count) { for (int i = 0; i < count; ++i) net_route(rows[i].path, rows[i].handler); }
void reg_one(struct own row) { net_route(row.path, row.handler); }
void reg_all(int count, ...) {
  va_list list;
  va_start(list, count);
  while (count--) { const char *path = va_arg(list, const char *); P handler = va_arg(list, P); net_route(path, handler); }
  va_end(list);
}
void reg_change(struct own *rows) { rows[0].handler = far_two; rows[1].path = "/changed"; }
const char *far_made(const char *path) { char *made = malloc(100); snprintf(made, 100, "/made%s", path); return made; }
P far_pick(int kind) { return kind == 0 ? far_one : kind == 1 ? far_two : far_three; }
"""


class CProgram(Program):
    """Two units in C."""

    language = (*C[:3], "c")
    rules, framework = RULES, (HEADER, WORLD)
    shared, far = SHARED, FAR

    def use(self):
        self.uses += 1
        return f"c{self.uses - 1}_use();"

    def declared(self, number):
        return f"void c{number}_use(void);\n"

    def function(self):
        n = self.name()
        if self.chance(0.3):
            self.globals[1 - self.unit].append(f"void {n}(void) {{ {self.use()} }}")
            self.header.append(f"void {n}(void);")
        else:
            self.top(f"static void {n}(void) {{ @ }}")
        return n

    def path(self, depth=0):
        label, n, m = self.label(), self.name(), self.name()
        literal = f'"{label}"'
        if self.early:
            return literal
        return self.choose("path", 3, [
            lambda: literal, lambda: literal, lambda: literal, lambda: f"PATH_OF({label[1:]})", lambda: f'"{label}" "/adj"',
            lambda: f'"{label}\\0zero"',
            lambda: self.above(f"static const char *const {n} = {literal};", n),
            lambda: self.above(f"static const char {n}[] = {literal};", n),
            lambda: self.above(f"static const char *{n} = {literal};", self.before(self.pick("", f'{n} = "/new{n}";', f"++{n};"), n)),
            lambda: self.above(f"static char {n}[64] = {literal};", self.before(self.rewritten(n), n)),
            lambda: self.above(f'static const char *const {n}[] = {{"/n0{n}", {literal}}};', f"{n}[1]"),
            lambda: self.above(f'static const char *{n}[] = {{"/n0{n}", {literal}}};', self.before(self.pick("", f'{n}[1] = "/n1{n}";'), f"{n}[1]")),
            lambda: self.above(f"static const struct own {n} = {{.path = {literal}}};", n + ".path"),
            lambda: self.above(f"static struct own {n} = {{.path = {literal}}};", self.before(self.pick("", f'{n}.path = "/ns{n}";'), n + ".path")),
            lambda: "far_path", lambda: "far_text", lambda: f"far_made({literal})", lambda: f'(chance() ? {literal} : "/q{n}")',
            lambda: f'"xx{label}" + 2', lambda: f'&"xx{label}"[2]', lambda: f"(chance(), {literal})", lambda: f"strdup({literal})",
            lambda: self.before(f"const char *{n} = {literal}; "
                                f"{self.pick('', f'if (chance()) {n} = far_text;', f'{n}++;', f'const char **p{n} = &{n}; *p{n} = far_path;')}", n),
            lambda: self.before(f"char {n}[64] = {literal}; {self.rewritten(n)}", n),
            lambda: self.before(f"char {n}[64] = {literal}; const char *{m} = {n}; {self.rewritten(n)}", m),
            lambda: self.before(f'char {n}[64]; snprintf({n}, sizeof {n}, "/s%s", {literal});', n),
            lambda: self.before(f"static const char *{n} = {literal};", n),
            lambda: self.above(f"static const char *{n}(int k) {{ return k ? {literal} : \"/k{n}\"; }}", f"{n}({self.pick('0', '1', 'chance()')})"),
            lambda: self.before(f"struct own {n} = {{{literal}}}; {self.pick('', f'{n}.path = far_text;')}", n + ".path"),
            lambda: f"(const char *[]){{\"/cl{n}\", {literal}}}[1]",
            lambda: self.before(f"char *{n} = strdup({literal}); {self.pick('', f'{n}[1] = 81;')}", n),
            lambda: self.before(f"char {n}[] = {{'/', 'b', {self.random.randrange(97, 122)}, 0}};", n)])

    def rewritten(self, n):
        return self.pick("", f'strcat({n}, "/sc");', f"{n}[2] = 'b';", f'snprintf({n} + 1, 60, "%d", 42);', f'memcpy({n}, "/mem", 5);',
            f"*({n} + 1) = 'c';", f"char *q{n} = {n}; q{n}[1] = 'd';",
                         f"for (char *c = {n}; *c; ++c) if (*c == 'r') *c = 's';", f'strcpy(&{n}[1], "cpy");', f"1[{n}] = 'i';", f"{n}[strlen({n}) - 1] = 0;")

    def handler(self, depth=0):
        n, m = self.name(), self.name()
        f = self.function
        if self.early:
            return f()
        return self.choose("handler", 3, [
            f, f, lambda: "&" + f(), lambda: f"(chance() ? {f()} : {f()})", lambda: f"picked({f()}, {f()})", lambda: f"far_pick({self.random.randrange(3)})", lambda: "far_handlers[1]", lambda: "far_rows[0].handler", lambda: f"*{f()}",
            lambda: self.before(f"{self.pick('P', 'const P')} {n} = {f()};", n), lambda: self.before(f"P {n} = {f()}; {n} = {f()};", n),
            lambda: self.before(f"P {n} = {f()}; P *{m} = &{n}; *{m} = {f()};", self.pick(n, "*" + m)),
            lambda: self.before(f"P {n} = {f()}; put(&{n}, {f()});", n),
            lambda: self.before(f"P {n}; if (chance()) {n} = {f()}; else {n} = {f()};", n),
            lambda: self.before(f"void *{n} = (void *){f()};", f"(P){n}"), lambda: self.before(f"static P {n}; {n} = {f()};", n),
            lambda: self.above(f"static P {n};", self.before(f"{n} = {f()};", n)),
            lambda: self.above(f"static P const {n}[] = {{[1] = {f()}, [0] = {f()}}};", f"{n}[1]"),
            lambda: self.above(f"static P {n}[2] = {{{f()}, {f()}}};", self.before(self.pick("", f"{n}[0] = {f()};"), f"{n}[0]")),
            lambda: self.above(f"static const struct own {n} = {{.handler = {f()}}};", n + ".handler"),
            lambda: self.above(f"static struct own {n} = {{.handler = {f()}}};",
                self.before(self.pick("", f"{n}.handler = {f()};", f"struct own *p{n} = &{n}; p{n}->handler = {f()};"), n + ".handler")),
            lambda: self.before(f"struct own {n} = {{.handler = {f()}}}, {m} = {n}; {n}.handler = {f()};", self.pick(n, m) + ".handler"),
            lambda: f"(P[]){{{f()}, {f()}}}[1]", lambda: f"((struct own){{.handler = {f()}}}).handler", lambda: f"(0, {f()})",
            lambda: self.above(f"static P {n}(void) {{ return {f()}; }}", n + "()"),
            lambda: self.above(f"static P {n}(int k) {{ switch (k) {{ case 0: return {f()}; default: return {f()}; }} }}", n + "(1)"),
            lambda: self.above(f"static void {n}(P *place) {{ *place = {f()}; }}", self.before(f"P {m} = {f()}; {n}(&{m});", m)),
            lambda: self.before(f"P {n}[2] = {{{f()}, {f()}}}, {m} = {n}[1];", m),
            lambda: self.before(f"P {n} = {f()}, {m}; memcpy(&{m}, &{n}, sizeof {n});", m)])

    def register(self, path, handler, depth=0):
        n, m, k = self.name(), self.name(), self.name()
        inner = lambda: self.block(lambda: self.register(path, handler, depth + 1))
        pair = f"{path}, {handler}"
        if self.early or depth > 2 or self.chance(0.3):
            return self.say(f"net_route({pair});")
        self.say(self.choose("register", 3, [
            lambda: f"reg_here({pair});", lambda: f"reg_far({pair});", lambda: f"if (chance()) {inner()}", lambda: f"reg_nested({pair});",
            lambda: f"reg_if({pair}, {self.function()});", lambda: f"ROUTE({pair});" if "{" not in pair else f"net_route({pair});",
            lambda: f"give({pair});",
            lambda: f"reg_pair(&(struct own){{{pair}}});", lambda: f"reg_one((struct own){{.handler = {handler}, .path = {path}}});",
            lambda: f"struct own {n} = {{{pair}}}; {self.pick('', f'{n}.handler = {self.function()};')} "
                    f"{self.pick(f'reg_pair(&{n})', f'reg_one({n})', f'net_route({n}.path, {n}.handler)')};",
            lambda: f"reg_prefix(\"/pre\", {pair});", lambda: f"reg_deep(2, {pair});", lambda: f"reg_deep(20, {pair});",
            lambda: f"reg_skip({pair});", lambda: f"reg_other({pair});", lambda: f"reg_all(2, {pair}, \"/va{n}\", {self.function()});",
            lambda: f"net_host()->add({pair});", lambda: f"const struct net_host *{n} = net_host(); {n}->add({pair});",
            lambda: f"struct net_host {n} = *net_host(); {n}.add({pair});", lambda: f"(*net_host()->add)({pair});",
            lambda: f"int (*{n})(const char *, P) = net_host()->add; {n}({pair});",
            lambda: f"int (*{n})(const char *, P) = net_route; {n}({pair});", lambda: f"far_route({pair});",
            lambda: f"void (*{n})(const char *, P) = {self.pick('reg_far', 'reg_here', 'reg_nested')}; {n}({pair});",
            lambda: f"static void (*const {n}[])(const char *, P) = {{reg_far, reg_other}}; {n}[{self.pick('0', '1', 'chance()')}]({pair});",
            lambda: f"net_slot_at({path})->on_request = {handler};",
            lambda: f"struct net_slot *{n} = net_slot_at({path}); {n}->on_request = {handler}; "
                    f"{self.pick('', f'if (chance()) {n}->on_request = {self.function()};')}",
            lambda: f"put(&net_slot_at({path})->on_request, {handler});",
            lambda: f"struct net_slot *{n} = net_slot_at({path}); P *{m} = &{n}->on_request; *{m} = {handler};",
            lambda: f"net_rows((struct net_row[]){{{{{path}, 0, {handler}}}, {{0}}}});",
            lambda: f"struct net_row {n}[2] = {{{{.path = {path}, .handler = {handler}}}}}; net_rows({n});",
            lambda: f"static struct net_row {n}[2]; {n}[0].path = {path}; {n}[0].handler = {handler}; net_rows({n});",
            lambda: f"struct net_row *{n} = calloc(2, sizeof *{n}); {n}->path = {path}; {n}->handler = {handler}; net_rows({n});",
            lambda: f"struct net_row {n}[3] = {{{{{path}, 0, {handler}}}}}; {n}[1] = (struct net_row){{\"/as{n}\", 1, {self.function()}}}; "
                    f"net_rows({n});",
            lambda: f"switch (chance()) {{ case 0: {inner()} break; default: {inner()} }}",
            lambda: f"for (int {n} = 0; {n} < 1; ++{n}) {inner()}", lambda: f"do {inner()} while (0);",
            lambda: self.above(f"static void {n}(void) {self.elsewhere(depth)}", f"{n}();"),
            lambda: self.above(f"static void {n}(void) {self.elsewhere(depth)} static void {m}(void) {self.elsewhere(depth)} static void "
                               f"(*const {k}[])(void) = {{{n}, {m}, 0}};", f"for (P const *each = {k}; *each; ++each) (*each)();"),
            lambda: self.above(f"static int {n}(const char *path, P handler) {{ return net_route(path, handler); }} static const struct "
                               f"net_host {m} = {{{n}}};", f"{m}.add({pair});"),
            lambda: f"({{ const char *{n} = {path}; net_route({n}, {handler}); }});",
        ]))

    def several(self):
        n, m, r = self.name(), self.name(), self.name()
        count = self.random.randrange(2, 5)
        handlers, paths = [self.function() for _ in range(count)], [f'"{self.label()}"' for _ in range(count)]
        rows = ", ".join(self.pick(f"{{{p}, {h}}}", f"{{.handler = {h}, .path = {p}}}") for p, h in zip(paths, handlers))
        const = self.pick("", "const ")
        edit = "" if const else self.pick("", "", f"{n}[0].handler = {self.function()};", f'{n}[1].path = "/ed{n}";',
            f"struct own *e{n} = {n}; e{n}[1].handler = {self.function()};", f"reg_change({n});", f"{n}[0] = {n}[1];", f"put(&{n}[0].handler, {self.function()});", f"if (chance()) memcpy(&{n}[0], &far_rows[1], sizeof {n}[0]);")
        one = lambda p, h: self.block(lambda: self.register(p, h, 2))
        loop = lambda t, size: self.choose("loop", 3, [
            lambda: f"for (int {r} = 0; {r} < {size}; ++{r}) {one(f'{t}[{r}].path', f'{t}[{r}].handler')}",
            lambda: f"for (const struct own *{r} = {t}; {r}->path; ++{r}) {one(r + '->path', r + '->handler')}",
            lambda: f"reg_count({t}, {size});", lambda: f"reg_list({t});",
            lambda: f"for (int {r} = 0; {t}[{r}].path; {r}++) net_route({t}[{r}].path, {t}[{r}].handler);",
            lambda: f"for (int {r} = 0; {r} < {size}; ++{r}) reg_pair(&{t}[{r}]);",
            lambda: f"for (int {r} = 0; {r} < {size}; ++{r}) reg_one({t}[{r}]);",
            lambda: f"int {r} = 0; while ({t}[{r}].path) {{ net_route({t}[{r}].path, {t}[{r}].handler); {r}++; }}",
            lambda: f"const struct own *{r} = {t}; while ({r}->path) {{ reg_far({r}->path, {r}->handler); {r}++; }}",
            lambda: f"for (int {r} = {size}; {r}-- > 0;) {{ const struct own *each = &{t}[{r}]; net_route(each->path, each->handler); }}",
            lambda: f"for (int {r} = 0; {r} < {size}; ++{r}) {{ struct own each = {t}[{r}]; if (chance()) each.handler = far_pick(0); "
                    f"net_route(each.path, each.handler); }}",
            lambda: f"for (int {r} = 0; {r} + 1 < {size}; ++{r}) net_route({t}[{r}].path, {t}[{r} + 1].handler);",
            lambda: f"net_route({t}->path, {t}->handler); net_route((*({t} + 1)).path, {t}[1].handler);",
            lambda: f"for (const struct own *{r} = {t}, *end = {t} + {size}; {r} != end; ++{r}) net_route({r}->path, {r}->handler);"])
        size = f"(int)(sizeof {n} / sizeof *{n}) - 1"
        self.say(self.choose("table", 2, [
            lambda: self.above(f"static {const}struct own {n}[] = {{{rows}, {{0}}}};", f"{{ {edit} {loop(n, size)} }}"),
            lambda: f"{{ {const}struct own {n}[] = {{{rows}, {{0}}}}; {edit} {loop(n, size)} }}",
            lambda: f"{{ {loop('far_rows', '2')} }}",
            lambda: f"{{ {self.pick('', f'far_changed[1].handler = {self.function()};')} {loop('far_changed', '2')} }}",
            lambda: "net_rows(far_table);",
            lambda: self.above(f"static const struct net_row {n}[] = "
                               f"{{{', '.join(f'{{.handler = {h}, .path = {p}}}' for p, h in zip(paths, handlers))}, {{0}}}};", f"net_rows({n});"),
            lambda: self.above(f"static struct net_row {n}[] = {{{', '.join(f'{{{p}, 1, {h}}}' for p, h in zip(paths, handlers))}, {{0}}}};", f"{self.pick('', f'{n}[1].path = {chr(34)}/nr{n}{chr(34)};')} net_rows({n});"),
            lambda: self.above(f"static const struct own {n}[] = {{{rows}, {{0}}}}; static const struct own *const {m}[] = {{{n}, "
                               f"far_rows, 0}};", f"for (int {r} = 0; {m}[{r}]; ++{r}) for (const struct own *each = {m}[{r}]; each->path; "
                                       f"++each) net_route(each->path, each->handler);"),
            lambda: self.above(f"static const struct own {n}[] = {{{rows}, {{0}}}}; static const struct nested {m}[] = {{{{{n}, 2}}, "
                               f"{{far_rows, 1}}}};", f"for (int {r} = 0; {r} < 2; ++{r}) for (int j = 0; j < {m}[{r}].count; ++j) "
                                       f"net_route({m}[{r}].rows[j].path, {m}[{r}].rows[j].handler);"),
            lambda: self.above(f"static const struct deep {n}[] = {{{{1, {{{{{paths[0]}, {handlers[0]}}}, {{{paths[1]}, "
                               f"{handlers[1]}}}}}}}}};", f"for (int {r} = 0; {r} < 2; ++{r}) net_route({n}[0].in[{r}].path, "
                                       f"{n}[0].in[{r}].handler);"),
            lambda: self.above(f"static const char *const {n}[] = {{{', '.join(paths)}}}; static P const {m}[] = {{{', '.join(handlers)}}};", f"for (int {r} = 0; {r} < {count}; ++{r}) net_route({n}[{r}], {m}[{r}]);"),
            lambda: self.above(f"#define {n}_ROWS(X) X({paths[0]}, {handlers[0]}) X({paths[1]}, {handlers[1]})\n#define {n}_ONE(path, "
                               f"handler) net_route(path, handler);\n#define {n}_TWO(path, handler) {{path, handler}},\nstatic const "
                               f"struct own {n}[] = {{{n}_ROWS({n}_TWO) {{0}}}};", self.pick(f"{n}_ROWS({n}_ONE)", f"reg_list({n});",
                                   f"for (const struct own *{r} = {n}; {r}->path; ++{r}) net_route({r}->path, {r}->handler);")),
            lambda: f"{{ struct own *{n} = malloc({count + 1} * sizeof *{n}); "
                    f"{' '.join(f'{n}[{i}] = (struct own){{{p}, {h}}};' for i, (p, h) in enumerate(zip(paths, handlers)))} "
                    f"{n}[{count}].path = 0; {loop(n, count)} }}",
            lambda: f"{{ struct own {n}[] = {{{rows}, {{0}}}}; struct own {m}[{count + 1}]; memcpy({m}, {n}, sizeof {n}); "
                    f"{self.pick('', f'{m}[0].handler = {self.function()};')} reg_list({m}); }}"]))

    def registerEarly(self):
        n = self.name()
        self.early = True
        body = self.block(lambda: self.register(self.path(), self.handler()))
        self.top(f"__attribute__((constructor)) static void {n}(void) {body}")
        self.early = False
