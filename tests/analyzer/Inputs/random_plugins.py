"""Random programs with plug-ins, and with libraries that register themselves, are run and analyzed.

usage: random_plugins.py FIRST COUNT [FOLDER]

Writes a program for each seed from FIRST on, its plug-ins, and the libraries that these need. Nothing but
the program is read by the analyzer. A plug-in is linked, or opened by a name that is constant or not; what
it has comes into the program by dlsym, or by what the plug-in finds there: functions, variables, tables,
objects. Each library records for whom it runs. What a request enters has to be in its list or ambient;
what runs beside requests, ambient; all else anywhere. Where a plug-in's name is not constant, the list may
say instead that it is not known; where all of them are, it has to name them. FOLDER keeps the programs of
which something was missed. The analyzer is $RIPPLE_ANALYZER, the compilers are $CC and $CXX.
"""
import json
import os
import random
import subprocess

from random_programs import run, write

CATALOG = """format: ripple.catalog
version: "1.0"
components:
  - {id: framework, library: libworld.so}
%s
handlers:
  - {framework: world, call: "route", method: GET, path: 0, handler: 1}
serving: ["serve"]
"""

ENTER = """
#include <atomic>
#include <cstdio>
#include <mutex>
#include <set>
#include <string>
#include <unistd.h>
static thread_local const char *whom;
static std::atomic<int> state, fuel{3000};
extern "C" {
int tick() { return --fuel > 0; }
const char *current() { return whom; }
void work_for(const char *path) { whom = path; }
int serves() { return state; }
void change(int now) { state = now; }
void enter(const char *label) {
  static std::mutex *lock = new std::mutex;
  static std::set<std::string> *said = new std::set<std::string>;
  std::lock_guard<std::mutex> guard(*lock);
  std::string line = std::string(whom ? whom : state == 1 ? "beside" : "else") + " " + label + "\\n";
  if (said->insert(line).second)
    (void)!write(1, line.data(), line.size());
}
}
"""
WORLD = """
void change(int);
void work_for(const char *);
static struct { const char *path; void (*run)(void); } handlers[64];
static int count;
void route(const char *path, void (*handler)(void)) { handlers[count].path = path; handlers[count++].run = handler; }
void serve(void) {
  change(1);
  for (int turn = 0; turn < 3; ++turn)
    for (int i = 0; i < count; ++i) {
      work_for(handlers[i].path);
      handlers[i].run();
      work_for(0);
    }
}
void finish(void) { change(2); }
"""
HEADER = """
#pragma once
extern "C" {
void enter(const char *label);
int tick(void);
const char *current(void);
void work_for(const char *path);
int serves(void);
void route(const char *path, void (*handler)(void));
void serve(void);
void finish(void);
}
"""


class Plugin:
    def __init__(self, name, how, when):
        self.name, self.how, self.when = name, how, when
        self.code, self.early, self.late = [], [], []  # its functions; what runs when it is loaded, and unloaded
        self.load = []           # what the program does when it has opened it
        self.needs = set()
        self.helps = []          # tools that it has itself
        self.api = None          # an expression that leads to what the program gave it

    @property
    def label(self):
        return self.name + ".so"


class Program:
    LEAVES, HELPERS = 7, 4

    def __init__(self, seed, folder):
        self.random, self.folder = random.Random(seed), folder
        self.shared = []   # what the program and plug-ins both include
        self.code = []     # the program's
        self.own = []      # what the program does at start-up, besides opening
        self.uses = []     # statements that use what was registered
        self.rooms = {}    # libraries that others register in: their code
        self.isKnown = self.chance(0.65)
        self.given = {}    # which plug-ins register in one by themselves: only the catalog can say that
        self.tools = []    # libraries of which plug-ins have functions as well
        self.plugins = []
        for i in range(self.random.randint(2, 5)):
            how = self.pick(("linked", "constant", "constant") if self.isKnown else
                            ("linked", "constant", "word", "folder", "setting", "built", "given", "row"))
            when = self.pick(("main", "main", "static", "first", "request", "thread"))
            self.plugins.append(Plugin(f"p{i}", how, when))

    def chance(self, p):
        return self.random.random() < p

    def pick(self, things):
        return self.random.choice(list(things))

    # ---- what plug-ins do

    def body(self, plugin):
        text = f'enter("{plugin.label}"); if (!tick()) return;'
        for _ in range(self.random.randrange(3)):
            how = self.random.random()
            if how < 0.55:
                leaf = self.random.randrange(self.LEAVES)
                plugin.needs.add(f"c{leaf}")
                text += f" c{leaf}_use();"
            elif how < 0.75:
                text += f" help{self.random.randrange(self.HELPERS)}();"
            elif how < 0.85:
                text += " if (perhaps) perhaps();"  # weak
            elif plugin.api:
                text += " " + plugin.api
        return text

    def function(self, plugin, name, linkage="static "):
        plugin.code.append(f"{linkage}void {name}(void) {{ {self.body(plugin)} }}")
        return name

    def object(self, plugin, number, base):
        """A class of PLUGIN's that implements BASE."""
        name = f"Mine{number}"
        plugin.code.append(f"struct {name} : {base} {{ void go() override {{ {self.body(plugin)} }}"
                           + (f" ~{name}() {{ {self.body(plugin)} }}" if self.chance(0.3) else "") + " };")
        return name

    # ---- how what they have comes into the program

    def bySymbol(self, plugin, name, type_):
        """An expression of TYPE, a pointer, for what PLUGIN exports as NAME."""
        if plugin.how == "linked":
            return f"&{name}"
        handle = f"handle_{plugin.name}"
        return f'({type_})dlsym({handle}, "{name}")'

    def declared(self, plugin, text):
        if plugin.how == "linked":
            self.code.append(f'extern "C" {text};')

    def symbolFunction(self, s, plugin):
        name = self.function(plugin, f"{plugin.name}_run{s}", 'extern "C" ')
        self.declared(plugin, f"void {name}(void)")
        found = self.bySymbol(plugin, name, "void (*)(void)")
        how = self.random.randrange(6)
        if how == 0:
            self.code.append(f"static std::map<std::string, void (*)()> names{s};")
            plugin.load.append(f'names{s}["x"] = {found};')
            return f'if (names{s}.count("x")) names{s}["x"]();'
        if how == 1:
            self.code.append(f"static std::function<void()> function{s};")
            plugin.load.append(f"function{s} = {found};")
            return f"if (function{s}) function{s}();"
        if how == 2 and plugin.how != "linked":
            self.code.append(f"static void (*pointer{s})();")
            plugin.load.append(f'*(void **)&pointer{s} = dlsym(handle_{plugin.name}, "{name}");')
        elif how == 3 and plugin.how != "linked":
            self.code.append(f"template <class T> static T find{s}(void *handle, const char *name) {{ return reinterpret_cast<T>(dlsym(handle, name)); }}\n"
                             f"static void (*pointer{s})();")
            plugin.load.append(f'pointer{s} = find{s}<void (*)()>(handle_{plugin.name}, "{name}");')
        elif how == 4 and plugin.how != "linked":
            self.code.append(f"static void (*pointer{s})();\n"
                             f"static void set{s}(void *symbol) {{ memcpy(&pointer{s}, &symbol, sizeof symbol); }}")
            plugin.load.append(f'set{s}(dlsym(handle_{plugin.name}, "{name}"));')
        else:
            own = self.chance(0.4)
            self.code.append(f"static void own{s}() {{ {self.statement(True)} }}\nstatic void (*pointer{s})(){f' = own{s}' * own};")
            plugin.load.append(f"pointer{s} = {found};")
        return f"if (pointer{s}) pointer{s}();"

    def symbolTable(self, s, plugin):
        self.shared.append(f"struct Table{s} {{ const char *name; void (*run)(void); void (*stop)(void); }};")
        first, second = self.function(plugin, f"run{s}"), self.function(plugin, f"stop{s}")
        name = f"{plugin.name}_table{s}"
        plugin.code.append(f'extern "C" {{ extern const Table{s} {name}; const Table{s} {name} = {{"x", {first}, {second}}}; }}')
        self.declared(plugin, f"const Table{s} {name}")
        found = self.bySymbol(plugin, name, f"const Table{s} *")
        field = self.pick(("run", "stop"))
        own = self.chance(0.5)
        if own:
            self.code.append(f"static void own{s}() {{ {self.statement(True)} }}\nstatic const Table{s} builtin{s} = {{\"own\", own{s}, own{s}}};")
        start = f" = &builtin{s}" if own else ""
        how = self.random.randrange(6)
        if how == 0:
            self.code.append(f"static std::vector<const Table{s} *> tables{s};")
            plugin.load.append(f"tables{s}.push_back({found});")
            return f"for (auto *each : tables{s}) each->{field}();"
        if how == 1:
            self.code.append(f"static const void *data{s}{start};")
            plugin.load.append(f"data{s} = {found};")
            return f"if (data{s}) ((const Table{s} *)data{s})->{field}();"
        if how == 2:
            self.code.append(f"static Table{s} copy{s}{f' = builtin{s}' * own};")
            plugin.load.append(f"if (const Table{s} *found = {found}) copy{s} = *found;")
            return f"if (copy{s}.{field}) copy{s}.{field}();"
        if how == 3 and plugin.how != "linked":
            self.code.append(f"static const Table{s} *table{s}{start};\nstatic void *look{s}(void *handle) {{ return dlsym(handle, \"{name}\"); }}")
            plugin.load.append(f"void *found = look{s}(handle_{plugin.name}); table{s} = static_cast<const Table{s} *>(found);")
        elif how == 4:
            self.code.append(f"struct Holder{s} {{ const char *name; const void *table; }};\nstatic Holder{s} holder{s};"
                             f"\nstatic const Table{s} *table{s}{start};")
            plugin.load.append(f"holder{s}.table = {found}; table{s} = (const Table{s} *)holder{s}.table;")
        else:
            self.code.append(f"static const Table{s} *table{s}{start};")
            plugin.load.append(f"table{s} = {found};")
        return f"if (table{s}) table{s}->{field}();"

    def factory(self, s, plugin):
        self.shared.append(f"struct Base{s} {{ virtual ~Base{s}() = default; virtual void go() = 0; }};")
        class_ = self.object(plugin, s, f"Base{s}")
        name = f"{plugin.name}_create{s}"
        plugin.code.append(f'extern "C" Base{s} *{name}() {{ {self.body(plugin).replace("return;", "return new " + class_ + ";")} return new {class_}; }}')
        self.declared(plugin, f"Base{s} *{name}()")
        found = f"({self.bySymbol(plugin, name, f'Base{s} *(*)()')})()"
        own = self.chance(0.5)
        if own:
            self.code.append(f"struct Own{s} : Base{s} {{ void go() override {{ {self.statement(True)} }} }};")
        how = self.random.randrange(6)
        if how == 0:
            self.code.append(f"static std::vector<std::unique_ptr<Base{s}>> objects{s};")
            plugin.load.append(f"objects{s}.emplace_back({found});")
            return f"for (auto &each : objects{s}) each->go();"
        if how == 1:
            self.code.append(f"static std::shared_ptr<Base{s}> object{s}{f' = std::make_shared<Own{s}>()' * own};")
            plugin.load.append(f"object{s}.reset({found});")
        elif how == 2:
            self.code.append(f"static void *object{s};")
            plugin.load.append(f"object{s} = {found};")
            return f"if (object{s}) static_cast<Base{s} *>(object{s})->go();"
        elif how == 3 and plugin.how != "linked":
            self.code.append(f"static Base{s} *(*create{s})();")
            plugin.load.append(f"create{s} = {self.bySymbol(plugin, name, f'Base{s} *(*)()')};")
            return f"if (create{s}) {{ Base{s} *made = create{s}(); made->go(); delete made; }}"
        elif how == 4:
            plugin.code.append(f"static {class_} kept{s}; extern \"C\" void {plugin.name}_fill{s}(Base{s} **out) {{ *out = &kept{s}; }}")
            self.declared(plugin, f"void {plugin.name}_fill{s}(Base{s} **)")
            self.code.append(f"static Base{s} *object{s}{f' = new Own{s}' * own};")
            plugin.load.append(f"({self.bySymbol(plugin, f'{plugin.name}_fill{s}', f'void (*)(Base{s} **)')})(&object{s});")
        else:
            self.code.append(f"static Base{s} *object{s}{f' = new Own{s}' * own};")
            plugin.load.append(f"object{s} = {found};")
        return f"if (object{s}) object{s}->go();"

    def init(self, s, plugin):
        """The plug-in is handed a table of functions, or an object, of the program's, and registers by that."""
        self.shared.append(f"struct Base{s} {{ virtual ~Base{s}() = default; virtual void go() = 0; }};\n"
                           f"struct Api{s} {{ int version; void (*add)(void (*)(void)); void (*object)(Base{s} *); void (*tell)(void); void *data; }};\n"
                           f"struct Host{s} {{ virtual void add(void (*)(void)) = 0; virtual void object(Base{s} *) = 0; virtual void tell() = 0; }};")
        isObject = self.chance(0.4)
        type_ = f"Host{s}" if isObject else f"const Api{s}"
        plugin.code.append(f"static {type_} *api{s};")
        isKept = self.chance(0.7)
        if isKept:
            plugin.api = f"if (api{s}) api{s}->tell();"
        run_, class_ = self.function(plugin, f"run{s}"), self.object(plugin, s, f"Base{s}")
        self.shared.append(f"")
        name = f"{plugin.name}_init{s}"
        keeps = f"api{s} = api; " if isKept else ""
        does = self.pick((f"api->add(run{s});", f"api->object(new {class_});", f"api->add(run{s}); api->object(new {class_}); api->tell();"))
        plugin.code.append(f'extern "C" void {name}({type_} *api) {{ enter("{plugin.label}"); {keeps}{does} }}')
        self.declared(plugin, f"void {name}({type_} *)")
        self.code.append(f"static void (*added{s}[8])(); static int count{s};\nstatic Base{s} *given{s};\n"
                         f"static void add{s}(void (*run)()) {{ if (count{s} < 8) added{s}[count{s}++] = run; }}\n"
                         f"static void object{s}(Base{s} *object) {{ given{s} = object; }}\n"
                         f"static void tell{s}() {{ {self.statement(True)} }}")
        if isObject:
            self.code.append(f"static struct : Host{s} {{ void add(void (*run)()) override {{ add{s}(run); }} void object(Base{s} *one) override {{ object{s}(one); }} "
                             f"void tell() override {{ tell{s}(); }} }} api{s};")
        elif self.chance(0.5):
            self.code.append(f"static const Api{s} api{s} = {{1, add{s}, object{s}, tell{s}, nullptr}};")
        else:
            self.code.append(f"static Api{s} api{s};")
            plugin.load.append(f"api{s}.add = add{s}; api{s}.object = object{s}; api{s}.tell = tell{s};")
        if self.chance(0.3):
            self.own.append(f"add{s}([] {{ {self.statement(True)} }});")
        plugin.load.append(f"({self.bySymbol(plugin, name, f'void (*)({type_} *)')})(&api{s});")
        return self.pick((f"for (int i = 0; i < count{s}; ++i) added{s}[i]();", f"if (given{s}) given{s}->go();"))

    def byItself(self, s, plugin):
        """The plug-in registers itself when it is loaded, by what the program exports."""
        how = self.pick(("function", "object", "class", "variable", "array", "list", "map", "base", "inline", "template"))
        run_ = self.function(plugin, f"run{s}") if how not in ("object", "base", "inline") else None
        own = f"[] {{ {self.statement(True)} }}"
        hasOwn = self.chance(0.4)
        if how == "function":
            self.shared.append(f'extern "C" void add{s}(void (*)(void));')
            self.code.append(f"static void (*added{s}[8])(); static int count{s};\nvoid add{s}(void (*run)()) {{ if (count{s} < 8) added{s}[count{s}++] = run; }}")
            plugin.early.append(f"add{s}(run{s});")
            if hasOwn:
                self.own.append(f"add{s}({own});")
            return f"for (int i = 0; i < count{s}; ++i) added{s}[i]();"
        if how == "object":
            self.shared.append(f"struct Base{s} {{ virtual void go() = 0; }};\nvoid put{s}(Base{s} &);")
            class_ = self.object(plugin, s, f"Base{s}")
            self.code.append(f"static std::vector<Base{s} *> &all{s}() {{ static std::vector<Base{s} *> all; return all; }}\nvoid put{s}(Base{s} &object) {{ all{s}().push_back(&object); }}")
            plugin.code.append(f"static {class_} object{s};")
            plugin.early.append(f"put{s}(object{s});")
            if hasOwn:
                self.code.append(f"static struct : Base{s} {{ void go() override {{ {self.statement(True)} }} }} own{s};")
                self.own.append(f"put{s}(own{s});")
            return f"for (auto *each : all{s}()) each->go();"
        if how == "class":
            self.shared.append(f"class Registry{s} {{ public: static Registry{s} &instance(); void add(const std::string &name, std::function<void()> run); void run(); private: std::map<std::string, std::function<void()>> all; }};")
            self.code.append(f"Registry{s} &Registry{s}::instance() {{ static Registry{s} one; return one; }}\n"
                             f"void Registry{s}::add(const std::string &name, std::function<void()> run) {{ all[name] = std::move(run); }}\n"
                             f"void Registry{s}::run() {{ for (auto &[name, each] : all) each(); }}")
            plugin.early.append(f'Registry{s}::instance().add("x", {self.pick(("run" + str(s), "[] { run" + str(s) + "(); }"))});')
            if hasOwn:
                self.own.append(f'Registry{s}::instance().add("own", {own});')
            return f"Registry{s}::instance().run();"
        if how == "variable":
            self.shared.append(f"extern void (*hook{s})(void);")
            self.code.append(f"static void own{s}() {{ {self.statement(True)} }}\nvoid (*hook{s})(){f' = own{s}' * hasOwn};")
            plugin.early.append(f"hook{s} = run{s};")
            return f"if (hook{s}) hook{s}();"
        if how == "array":
            self.shared.append(f'extern "C" {{ struct Row{s} {{ const char *name; void (*run)(void); }}; extern Row{s} rows{s}[4]; extern int count{s}; }}')
            self.code.append(f"static void own{s}() {{ {self.statement(True)} }}\nRow{s} rows{s}[4]{f' = {{{{{chr(34)}own{chr(34)}, own{s}}}}}' * hasOwn}; int count{s}{' = 1' * hasOwn};")
            plugin.early.append(f'rows{s}[count{s}++] = {{"x", run{s}}};')
            return f"for (int i = 0; i < count{s}; ++i) rows{s}[i].run();"
        if how == "list":
            self.shared.append(f"struct Node{s} {{ Node{s} *next; void (*run)(void); }};\nextern Node{s} *head{s};\nvoid link{s}(Node{s} *);")
            self.code.append(f"Node{s} *head{s};\nvoid link{s}(Node{s} *node) {{ node->next = head{s}; head{s} = node; }}")
            plugin.code.append(f"static Node{s} node{s} = {{nullptr, run{s}}};")
            plugin.early.append(self.pick((f"link{s}(&node{s});", f"node{s}.next = head{s}; head{s} = &node{s};")))
            if hasOwn:
                self.code.append(f"static Node{s} mine{s} = {{nullptr, {own}}};")
                self.own.append(f"link{s}(&mine{s});")
            return f"for (Node{s} *each = head{s}; each; each = each->next) each->run();"
        if how == "map":
            self.shared.append(f"std::map<std::string, std::function<void()>> &names{s}();")
            self.code.append(f"std::map<std::string, std::function<void()>> &names{s}() {{ static std::map<std::string, std::function<void()>> all; return all; }}")
            plugin.early.append(f'names{s}()["x"] = run{s};')
            if hasOwn:
                self.own.append(f'names{s}()["own"] = {own};')
            return self.pick((f"for (auto &[name, each] : names{s}()) each();", f'if (auto at = names{s}().find("x"); at != names{s}().end()) at->second();'))
        if how == "base":
            self.shared.append(f"struct Base{s} {{ Base{s}(); virtual ~Base{s}(); virtual void go() = 0; Base{s} *next; }};")
            class_ = self.object(plugin, s, f"Base{s}")
            self.code.append(f"static Base{s} *first{s};\nBase{s}::Base{s}() : next(first{s}) {{ first{s} = this; }}\nBase{s}::~Base{s}() {{}}")
            plugin.code.append(f"static {class_} object{s};")
            return f"for (Base{s} *each = first{s}; each; each = each->next) each->go();"
        if how == "inline":
            self.shared.append(f"struct Base{s} {{ Base{s}() {{ all().push_back(this); }} virtual ~Base{s}() = default; virtual void go() = 0; "
                               f"static std::vector<Base{s} *> &all() {{ static std::vector<Base{s} *> all; return all; }} }};")
            class_ = self.object(plugin, s, f"Base{s}")
            plugin.code.append(f"static {class_} object{s};")
            if hasOwn:
                self.code.append(f"static struct : Base{s} {{ void go() override {{ {self.statement(True)} }} }} own{s};")
            return f"for (auto *each : Base{s}::all()) each->go();"
        self.shared.append(f"template <class T> struct Registry{s} {{ static Registry{s} &one() {{ static Registry{s} it; return it; }} std::vector<T> all; "
                           f"static bool add(T what) {{ one().all.push_back(what); return true; }} }};")
        plugin.early.append(f"Registry{s}<void (*)(void)>::add(run{s});")
        if hasOwn:
            self.own.append(f"Registry{s}<void (*)(void)>::add({own});")
        return f"for (auto each : Registry{s}<void (*)(void)>::one().all) each();"

    def inRoom(self, s, plugin):
        """A library that is none of the program's keeps what others have."""
        room = f"r{s}"
        how = self.pick(("function", "object", "variable", "program", "program"))
        self.shared.append(f'extern "C" {{ void {room}_add(void (*)(void)); void {room}_run(void); extern void (*{room}_hook)(void); }}\n'
                           f"struct Base{s} {{ virtual ~Base{s}() = default; virtual void go() = 0; }};\nvoid {room}_object(Base{s} *);")
        self.rooms[room] = f"""
struct Base{s} {{ virtual ~Base{s}() = default; virtual void go() = 0; }};
extern "C" void enter(const char *);
static void (*added[8])(void); static int count; static Base{s} *object;
extern "C" void (*{room}_hook)(void); void (*{room}_hook)(void);
extern "C" void {room}_add(void (*run)(void)) {{ enter("{room}.so"); if (count < 8) added[count++] = run; }}
void {room}_object(Base{s} *one) {{ enter("{room}.so"); object = one; }}
extern "C" void {room}_run(void) {{ enter("{room}.so"); for (int i = 0; i < count; ++i) added[i](); if (object) object->go(); if ({room}_hook) {room}_hook(); }}
"""
        run_ = self.function(plugin, f"run{s}")
        if how == "function":
            name = f"{plugin.name}_all{s}"
            plugin.code.append(f'extern "C" void {name}(void) {{ {room}_add(run{s}); }}')
        elif how == "object":
            class_ = self.object(plugin, s, f"Base{s}")
            name = f"{plugin.name}_all{s}"
            plugin.code.append(f'extern "C" void {name}(void) {{ {room}_object(new {class_}); }}')
        elif how == "variable":
            name = f"{plugin.name}_all{s}"
            plugin.code.append(f'extern "C" void {name}(void) {{ {room}_hook = run{s}; }}')
        else:
            # The program gives one what it got from the other.
            name = self.function(plugin, f"{plugin.name}_give{s}", 'extern "C" ')
            self.declared(plugin, f"void {name}(void)")
            plugin.load.append(f"{room}_add({self.bySymbol(plugin, name, 'void (*)(void)')});")
            return f"{room}_run();"
        plugin.needs.add(room)
        self.given.setdefault(room, []).append(plugin)
        if self.chance(0.5):
            plugin.early.append(f"{name}();")
        else:
            self.declared(plugin, f"void {name}(void)")
            plugin.load.append(f"({self.bySymbol(plugin, name, 'void (*)(void)')})();")
        return f"{room}_run();"

    def perRequest(self, s, plugin):
        """Opened, asked and closed by a request."""
        if plugin.how == "linked":
            return self.symbolFunction(s, plugin)
        name = self.function(plugin, f"{plugin.name}_once{s}", 'extern "C" ')
        if self.chance(0.5):
            plugin.code.append(f'__attribute__((destructor)) static void bye{s}() {{ {self.body(plugin)} }}')
        found = f'(void (*)())dlsym(file, "{name}")'
        call = self.pick((f"({found})();", f"auto run = {found}; if (run) run();", f"static void (*kept)(); kept = {found}; kept();"))
        return f"{{ void *file = {self.opening(plugin)}; {call} dlclose(file); }}"

    def interposed(self, s, plugin):
        """The plug-in has a function of a library's that the program or others call."""
        other = f"t{s}"
        self.shared.append(f'extern "C" void {other}_use(void);')
        self.tools.append(other)
        body = self.body(plugin)
        if self.chance(0.5):
            body += f' if (auto next = (void (*)(void))dlsym(RTLD_NEXT, "{other}_use")) next();'
        plugin.code.append(f'extern "C" void {other}_use(void) {{ {body} }}')
        plugin.helps.append(other)
        return f"{other}_use();"

    def statement(self, isLeaf=False):
        """What the program does: at the ends, only that which is sure to end."""
        if isLeaf or not self.uses or self.chance(0.2):
            return f"c{self.random.randrange(self.LEAVES)}_use();" if self.chance(0.8) else ";"
        how = self.random.random()
        if how < 0.1:
            return f"help{self.random.randrange(self.HELPERS)}();"
        if how < 0.18:
            return f"{{ std::thread other([on = current()] {{ work_for(on); {self.pick(self.uses)} }}); other.join(); }}"
        return self.pick(self.uses)

    # ---- the program

    def opening(self, plugin):
        """The call that opens PLUGIN."""
        flags = self.pick(("RTLD_NOW", "RTLD_LAZY", "RTLD_NOW | RTLD_GLOBAL", "RTLD_LAZY | RTLD_NODELETE"))
        file = plugin.label
        own = f"{plugin.name}_{len(self.code)}"  # A plug-in may be opened at two places.
        if plugin.how == "constant":
            name = self.pick((f'"{file}"', f'"{os.path.join(self.folder, file)}"', f"name_{own}"))
            if name.startswith("name_"):
                self.code.append(self.pick((f'static constexpr const char *{name} = "{file}";', f'#define {name} "{file}"', f'static const char {name}[] = "{file}";')))
        elif plugin.how == "word":
            name = f"words[{1 + self.plugins.index(plugin)}]"
        elif plugin.how == "setting":
            name = f'getenv("FILE_{plugin.name}")'
        elif plugin.how == "built":
            self.code.append(f'static std::string text_{own}(const char *name) {{ return std::string(name) + ".so"; }}')
            name = f'text_{own}("{plugin.name}").c_str()'
        elif plugin.how == "given":
            self.code.append(f"static void *open_given_{own}(const char *name) {{ return dlopen(name, {flags}); }}")
            return f'open_given_{own}("{file}")'
        elif plugin.how == "row":
            self.code.append(f'static const char *row_{own}[] = {{"{file}", nullptr}};')
            name = f"row_{own}[0]"
        else:
            self.code.append(f"static std::string in_folder_{own}() {{ DIR *all = opendir(\"{self.folder}/all_{plugin.name}\"); std::string found; "
                             f"while (dirent *each = readdir(all)) if (each->d_name[0] != '.') found = \"{self.folder}/all_{plugin.name}/\" + std::string(each->d_name); closedir(all); return found; }}")
            name = f"in_folder_{own}().c_str()"
        return f"dlopen({name}, {flags})"

    def make(self):
        shapes = [self.symbolFunction, self.symbolTable, self.factory, self.init, self.byItself, self.byItself,
                  self.inRoom, self.perRequest, self.interposed]
        for s in range(self.random.randint(3, 7)):
            plugin = self.pick(self.plugins)
            self.uses.append(self.pick(shapes)(s, plugin))
        handlers = [[self.statement() for _ in range(self.random.randint(1, 2))] for _ in range(self.random.randint(5, 9))]
        main, static = [], []
        for plugin in self.plugins:
            load = " ".join(f"{{ {each} }}" for each in plugin.load)
            call = self.opening(plugin) if plugin.how != "linked" else "(void *)1"
            self.code.append(f"void *handle_{plugin.name};\nstatic void open_{plugin.name}() {{ if (handle_{plugin.name}) return; handle_{plugin.name} = {call}; "
                             f"if (!handle_{plugin.name}) {{ fprintf(stderr, \"%s\\n\", dlerror()); _exit(3); }} {load} }}")
            open_ = f"open_{plugin.name}();"
            if plugin.when == "static" and plugin.how not in ("word",):
                static.append(f"static struct Early_{plugin.name} {{ Early_{plugin.name}() {{ {open_} }} }} early_{plugin.name};")
            elif plugin.when == "first":
                for each in handlers:
                    each.insert(0, open_)
            elif plugin.when == "request":
                self.pick(handlers).insert(0, open_)
            elif plugin.when == "thread":
                main.append(f"std::thread([] {{ {open_} }}).join();")
            else:
                main.append(open_)
        self.random.shuffle(main)
        if self.chance(0.3):
            main.append(self.statement())
        worker = self.chance(0.3)
        if worker:
            main.append(f"std::thread worker([] {{ while (!serves()) std::this_thread::yield(); {self.statement()} }});")
        text = "\n".join(self.code) + "\n"
        for i in range(self.HELPERS):
            text += f'void help{i}(void) {{ if (!tick()) return; {self.statement(self.chance(0.7))} }}\n'
        text += "static void never() { none_use(); }\n"
        for i, each in enumerate(handlers):
            text += f"static void handle{i}() {{ {' '.join(each)} }}\n"
        text += "\n".join(static)
        text += "\nint main(int count, char **all) {\n  words = all;\n  if (count == 0) never();\n"
        lines = [*self.own, *main, *(f'route("/{i}", handle{i});' for i in range(len(handlers))), 'route("/nothing", [] {});', "serve();"]
        lines += ["worker.join();"] * worker + ["finish();"]
        for plugin in self.plugins:
            if plugin.how != "linked" and self.chance(0.2):
                lines.append(f"if (handle_{plugin.name}) dlclose(handle_{plugin.name});")
        # What objects of plug-ins that are closed do at the end is nobody's.
        lines += ["_exit(0);"]
        return text + "".join(f"  {each}\n" for each in lines) + "}\n"

    def compile(self, seed, *arguments):
        compiler = [os.environ.get("CC", "cc")] if any(each.endswith(".c") for each in arguments) else [os.environ.get("CXX", "c++"), "-std=c++20"]
        built = subprocess.run([*compiler, "-w", "-g0", "-O0", "-pthread", *arguments],
                               cwd=self.folder, capture_output=True, text=True)
        if built.returncode:
            raise SystemExit(f"seed {seed}: the program that was made does not compile: {self.folder}\n{built.stderr[:3000]}")

    def build(self, seed):
        library = ["-shared", "-fPIC", "-Wl,-rpath,$ORIGIN", "-Wl,--no-as-needed"]
        write(self.folder, "enter.cpp", ENTER)
        write(self.folder, "world.c", WORLD)
        self.compile(seed, *library, "enter.cpp", "-Wl,-soname,libenter.so", "-o", "libenter.so")
        self.compile(seed, *library, "world.c", "libenter.so", "-Wl,-soname,libworld.so", "-o", "libworld.so")
        for i in reversed(range(self.LEAVES)):
            other = f"c{i + 1}" if i + 1 < self.LEAVES and self.chance(0.3) else None
            write(self.folder, f"c{i}.c", f'void enter(const char *); {f"void {other}_use(void);" if other else ""} '
                  f'void c{i}_use(void) {{ enter("c{i}.so"); {f"{other}_use();" if other else ""} }}\n')
            self.compile(seed, *library, f"c{i}.c", "libenter.so", *([f"{other}.so"] if other else []), f"-Wl,-soname,c{i}.so", "-o", f"c{i}.so")
        write(self.folder, "none.c", "void none_use(void) {}\n")
        self.compile(seed, *library, "none.c", "-Wl,-soname,none.so", "-o", "none.so")
        text = self.make()
        for name, code in self.rooms.items():
            write(self.folder, name + ".cpp", code)
            self.compile(seed, *library, name + ".cpp", "libenter.so", f"-Wl,-soname,{name}.so", "-o", name + ".so")
        for name in self.tools:
            write(self.folder, name + ".c", f'void enter(const char *); void {name}_use(void) {{ enter("{name}.so"); }}\n')
            self.compile(seed, *library, name + ".c", "libenter.so", f"-Wl,-soname,{name}.so", "-o", name + ".so")
        head = HEADER + "#include <dlfcn.h>\n#include <functional>\n#include <map>\n#include <memory>\n#include <string>\n#include <vector>\n"
        head += 'extern "C" {\n' + "".join(f"void c{i}_use(void);\n" for i in range(self.LEAVES)) + "void none_use(void);\n"
        head += "".join(f"void help{i}(void);\n" for i in range(self.HELPERS)) + "}\n" + "\n".join(self.shared) + "\n"
        write(self.folder, "made.h", head)
        self.compile(seed, "-fPIC", "-x", "c++-header", "made.h", "-o", "made.h.gch")
        for plugin in self.plugins:
            lines = ['#include "made.h"', 'extern "C" __attribute__((weak)) void perhaps(void);', *plugin.code]
            early = " ".join(plugin.early)
            how = self.random.randrange(3)
            if how == 0:
                lines.append(f"__attribute__((constructor)) static void load() {{ enter(\"{plugin.label}\"); {early} }}")
            elif how == 1:
                lines.append(f"static struct Load {{ Load() {{ enter(\"{plugin.label}\"); {early} }} }} load;")
            else:
                lines.append(f"static bool loaded = (enter(\"{plugin.label}\"), [] {{ {early} return true; }}());")
            write(self.folder, plugin.name + ".cpp", "\n".join(lines) + "\n")
            name = [f"-Wl,-soname,{plugin.label}"] * (plugin.how == "linked" or self.chance(0.5))
            file = plugin.label
            if plugin.how == "folder":
                os.makedirs(os.path.join(self.folder, f"all_{plugin.name}"))
                file = f"all_{plugin.name}/{file}"
            self.compile(seed, *library, plugin.name + ".cpp", "-Wl,-rpath," + self.folder, *(f"{n}.so" for n in sorted(plugin.needs)), "libenter.so", *name, "-o", file)
        program = "#include \"made.h\"\n" + "".join(f"#include <{n}>\n" for n in (
            "cstdio", "cstdlib", "cstring", "dirent.h", "dlfcn.h", "thread", "unistd.h")) + "static char **words;\n"
        if self.chance(0.5):
            program += 'extern "C" void perhaps(void) { c0_use(); }\n'
        write(self.folder, "made.cpp", program + text)
        linked = [p.label for p in self.plugins if p.how == "linked"]
        line = ["-rdynamic", "-Wl,--no-as-needed", "libworld.so", *linked, *(f"{n}.so" for n in self.rooms), *(f"{n}.so" for n in self.tools),
                *(f"c{i}.so" for i in range(self.LEAVES)), "none.so", "libenter.so", "-ldl", "-Wl,-rpath,$ORIGIN"]
        self.compile(seed, "-fPIC", "made.cpp", *line, "-o", "app")
        self.describe(line)

    def describe(self, line):
        """CMake's answer: without the link line, anything may be in the program."""
        reply = os.path.join(self.folder, ".cmake/api/v1/reply")
        os.makedirs(reply)
        for name, document in (
                ("app.json", {
                    "name": "app", "id": "app", "type": "EXECUTABLE", "artifacts": [{"path": "app"}],
                    "paths": {"source": ".", "build": "."}, "compileGroups": [{"language": "CXX"}],
                    "sources": [{"path": "made.cpp", "compileGroupIndex": 0}],
                    "link": {"commandFragments": [{"role": "libraries", "fragment": word} for word in line]}}),
                ("model.json", {"paths": {"source": self.folder, "build": self.folder},
                                "configurations": [{"targets": [{"name": "app", "jsonFile": "app.json"}]}]}),
                ("index-1.json", {"objects": [{"kind": "codemodel", "version": {"major": 2}, "jsonFile": "model.json"}]})):
            write(reply, name, json.dumps(document))

    def execute(self, seed):
        words = [p.label for p in self.plugins]
        settings = {f"FILE_{p.name}": p.label for p in self.plugins}
        ran = subprocess.run(["timeout", "20", os.path.join(self.folder, "app"), *words], cwd=self.folder,
                             env={**os.environ, **settings}, capture_output=True, text=True)
        if ran.returncode:
            raise SystemExit(f"seed {seed}: the program that was made ended with {ran.returncode}: {self.folder}\n{ran.stderr[:500]}")
        return ran.stdout

    def analyze(self, seed):
        said = {each for plugins in self.given.values() for each in plugins}
        named = [f"c{i}" for i in range(self.LEAVES)] + ["none", *self.tools, *self.rooms]
        named += [p.name for p in self.plugins if p in said or self.chance(0.5)]
        rows = []
        for name in named:
            users = ", ".join(p.label for p in self.given.get(name, ()))
            rows.append(f"  - {{id: {name}.so, library: {name}.so{f', dependsOn: [{users}]' if users else ''}}}")
        write(self.folder, "catalog.yaml", CATALOG % "\n".join(rows))
        write(self.folder, "compile_commands.json", json.dumps([
            {"directory": self.folder, "file": "made.cpp", "output": "CMakeFiles/app.dir/made.cpp.o", "arguments": ["c++", "-std=c++20", "-w", "-c", "made.cpp"]}]))
        analyzed = subprocess.run(
            [os.environ["RIPPLE_ANALYZER"], "-p", self.folder, "--target", "app", "--no-cache", "--source-root", self.folder, "--catalog", os.path.join(self.folder, "catalog.yaml")], capture_output=True, text=True)
        if analyzed.returncode:
            raise SystemExit(f"seed {seed}: the analyzer ended with {analyzed.returncode}: {self.folder}\n{analyzed.stderr[:2000]}")
        write(self.folder, "list.json", analyzed.stdout)
        return json.loads(analyzed.stdout)


def idOf(document, folder):
    """By label: the component that the file is."""
    out = {}
    for component in document["components"]:
        if component.get("path"):
            out[os.path.basename(component["path"])] = component["id"]
    return out


def try_seed(seed, folder):
    program = Program(seed, folder)
    program.build(seed)
    output = program.execute(seed)
    document = program.analyze(seed)
    application = document["applications"][0]
    names = idOf(document, folder)

    def idsOf(rows):  # but for all that there is, where something is not known
        return {row["component"] for row in rows if row["confidence"] != "unknown"}

    ambient = idsOf(application["ambient"])
    rows = {r["id"]: r for r in application["requests"]}
    anywhere = ambient.union(idsOf(application["startup"]), *(idsOf(r["components"]) for r in rows.values()))
    isOpen = {id_: not r["complete"] or bool(r["unresolved"]) for id_, r in rows.items()}
    somewhere = not application["complete"] or any(isOpen.values()) or bool(document["unresolved"])
    for id_, row in rows.items():
        if names.get("none.so") in idsOf(row["components"]) | ambient:
            raise SystemExit(f"seed {seed}: {id_} has what nothing calls: {folder}")
    missing, pairs = [], 0
    for line in sorted(set(output.splitlines())):
        where, label = line.split()
        id_ = names.get(label, label)
        pairs += where != "else"
        if where.startswith("/"):
            known, says = idsOf(rows["GET " + where]["components"]) | ambient, isOpen["GET " + where]
        elif where == "beside":
            # What only requests open is theirs, whoever calls it.
            known, says = anywhere if any(p.when in ("first", "request") for p in program.plugins) else ambient, somewhere
        else:
            known, says = anywhere, somewhere
        if id_ not in known and (program.isKnown or not says):
            missing.append(f"seed {seed}: {where} enters {label}, which is not in its list" + (" (it says that it does not know all)" if says else ""))
    ours = set(names.values()) | {p.label for p in program.plugins}
    ours = {id_ for id_ in ours if id_[0] in "cprt" and id_.endswith(".so") and id_[1:-3].isdigit()}
    listed = sum(len((idsOf(r["components"]) | ambient) & ours) for r in rows.values()) + len(ambient & ours)
    if program.isKnown:
        counts["of requests where all is known that say so all the same"] += sum(isOpen.values())
    return missing, pairs, listed, sum(isOpen.values())


counts = {"of requests where all is known that say so all the same": 0}
run(try_seed, counts)
