// RUN: %expect %s %S/Inputs/idioms-types-other.cpp
// Idioms of real C++ code by which calls are dispatched: each has one request that runs it.
#include "world.h"

#include <any>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>

using F = std::function<void()>;
using P = void (*)();
void useA() { a::use(); }
void useB() { b::use(); }
void useC() { c::use(); }
void useD() { d::use(); }
bool chance();

// ---- CRTP -------------------------------------------------------------------
template <typename T> struct Crtp {
  void run() { static_cast<T *>(this)->impl(); }
  void impl() { f::use(); } // hidden by those that have one
};
struct CrtpA : Crtp<CrtpA> {
  void impl() { a::use(); }
};
struct CrtpB : Crtp<CrtpB> {
  void impl() { b::use(); }
};
struct CrtpDefault : Crtp<CrtpDefault> {};
/// CRTP over a virtual interface: clone.
struct Cloned {
  virtual ~Cloned() = default;
  virtual std::unique_ptr<Cloned> clone() const = 0;
  virtual void go() const = 0;
};
template <typename T> struct Cloning : Cloned {
  std::unique_ptr<Cloned> clone() const override {
    return std::make_unique<T>(static_cast<const T &>(*this));
  }
};
struct CloneA : Cloning<CloneA> {
  void go() const override { a::use(); }
};
struct CloneB : Cloning<CloneB> {
  void go() const override { b::use(); }
};

// ---- virtual inheritance, covariant results, thunks ---------------------------
struct Node {
  virtual ~Node() = default;
  virtual Node *self() { return this; }
  virtual void visit() { f::use(); }
};
struct LeftNode : virtual Node {
  LeftNode *self() override { return this; }
};
struct RightNode : virtual Node {
  void visit() override { c::use(); }
};
struct BothNode : LeftNode, RightNode {
  BothNode *self() override { return this; }
};
struct OtherNode : Node {
  void visit() override { d::use(); }
};
Node *otherNode = new OtherNode;
struct Readable {
  virtual ~Readable() = default;
  virtual void read() = 0;
};
struct Writable {
  virtual ~Writable() = default;
  virtual void write() = 0;
};
struct Stream : Readable, Writable {
  void read() override { a::use(); }
  void write() override { b::use(); }
};
struct Sink : Writable {
  void write() override { c::use(); }
};
Sink sink;
void cross(Readable &r) {
  if (auto *w = dynamic_cast<Writable *>(&r))
    w->write();
}

// ---- tables of member pointers ----------------------------------------------
struct Machine {
  void start() { a::use(); }
  void stop() { b::use(); }
  void idle() { c::use(); }
  virtual void tick() { d::use(); }
  using Step = void (Machine::*)();
  static constexpr Step steps[] = {&Machine::start, &Machine::stop};
  Step next = &Machine::idle;
  void run(int i) { (this->*steps[i])(); }
  void advance() { (this->*next)(); }
};
struct Faster : Machine {
  void tick() override { e::use(); }
};
std::map<std::string, void (Machine::*)()> byName = {{"idle", &Machine::idle}};
void (Machine::*ticking)() = &Machine::tick;

// ---- variant, any, optional ----------------------------------------------------
struct OpenFile {
  void run() { a::use(); }
};
struct CloseFile {
  void run() { b::use(); }
};
template <class... T> struct Overloaded : T... {
  using T::operator()...;
};
template <class... T> Overloaded(T...) -> Overloaded<T...>;
std::variant<OpenFile, CloseFile> command;
std::variant<F, P> either = F(useA);
std::any anything = F(useB);
std::any anyPointer = P(useC);
std::optional<F> maybe;
std::variant<std::unique_ptr<Readable>, int> ownedEither;

// ---- registries of objects ----------------------------------------------------
struct Plugin {
  virtual ~Plugin() = default;
  virtual void run() = 0;
};
std::map<std::string, std::unique_ptr<Plugin>> plugins;
using Factory = std::unique_ptr<Plugin> (*)();
std::map<std::string, Factory> &factories() {
  static std::map<std::string, Factory> all;
  return all;
}
template <typename T> struct Registered {
  static std::unique_ptr<Plugin> make() { return std::make_unique<T>(); }
  Registered(const char *name) { factories()[name] = &make; }
};
struct PluginA : Plugin {
  void run() override { a::use(); }
};
struct PluginB : Plugin {
  void run() override { b::use(); }
};
struct PluginC : Plugin {
  void run() override { c::use(); }
};
Registered<PluginA> registeredA("a");
Registered<PluginB> registeredB("b");

// ---- type erasure of one's own ------------------------------------------------
class Drawable {
  struct Concept {
    virtual ~Concept() = default;
    virtual void draw() const = 0;
  };
  template <typename T> struct Model final : Concept {
    explicit Model(T t) : value(std::move(t)) {}
    void draw() const override { value.draw(); }
    T value;
  };
  std::unique_ptr<Concept> self;

public:
  template <typename T> Drawable(T value) : self(std::make_unique<Model<T>>(std::move(value))) {}
  void draw() const { self->draw(); }
};
struct Circle {
  void draw() const { a::use(); }
};
struct Line {
  void draw() const { b::use(); }
};
/// Hand-made table: pointers to functions that know the type.
class FunctionView {
  void *object;
  void (*call)(void *);

public:
  template <typename T>
  FunctionView(T &t) : object(&t), call([](void *o) { (*static_cast<T *>(o))(); }) {}
  void operator()() const { call(object); }
};
void viewed(FunctionView view) { view(); }
struct Table {
  void (*run)(void *);
  void (*destroy)(void *);
};
template <typename T>
inline constexpr Table tableOf = {[](void *o) { static_cast<T *>(o)->draw(); },
                                  [](void *o) { static_cast<T *>(o)->~T(); }};
class Small {
  alignas(16) char buffer[32];
  const Table *table;

public:
  template <typename T> Small(T t) : table(&tableOf<T>) { new (buffer) T(std::move(t)); }
  ~Small() { table->destroy(buffer); }
  void run() { table->run(buffer); }
};
struct Drawn {
  void draw() { c::use(); }
  ~Drawn() { d::use(); }
};

// ---- functions and members as template arguments --------------------------------
template <P Function> void fixed() { Function(); }
template <auto Member, typename T> void onMember(T &t) { (t.*Member)(); }
template <typename T, void (T::*M)()> struct Delegate {
  static void call(void *o) { (static_cast<T *>(o)->*M)(); }
};
struct Slot {
  void *object;
  void (*stub)(void *);
  void emit() { stub(object); }
};
template <typename Policy> struct Host : private Policy {
  void run() { Policy::act(); }
};
struct PolicyA {
  void act() { a::use(); }
};

// ---- names: inline namespaces, hidden friends, ADL ------------------------------
namespace shapes {
inline namespace v2 {
struct Tag {
  friend void touch(Tag) { e::use(); }
};
} // namespace v2
namespace v1 {
void render() { a::use(); }
} // namespace v1
inline namespace v2 {
void render() { b::use(); }
} // namespace v2
} // namespace shapes

// ---- singletons -----------------------------------------------------------------
struct Config {
  Config() { a::use(); }
  ~Config() { b::use(); }
  static Config &get() {
    static Config one;
    return one;
  }
  F onChange = useC;
};
template <typename T> T &singleton() {
  static T one;
  return one;
}
struct Registry {
  std::unique_ptr<Plugin> current = std::make_unique<PluginC>();
};
struct Lazy {
  void init() { d::use(); }
};

// ---- pimpl, templates of another unit ----------------------------------------------
class Hidden {
public:
  Hidden();
  ~Hidden();
  void run();

private:
  struct Impl;
  std::unique_ptr<Impl> impl;
};
template <typename T> void elsewhere(T);
extern template void elsewhere<int>(int);
template <typename T> struct External {
  void run();
  virtual void dispatched();
  virtual ~External() = default;
};
extern template struct External<int>;
Plugin *makeElsewhere();

// ---- expression and operator idioms ---------------------------------------------
struct Pipe {
  F f;
  Pipe &operator>>(F next) {
    f = [f = std::move(f), next = std::move(next)] { (f ? f() : void()), next(); };
    return *this;
  }
  Pipe *operator->() { return this; }
  void operator()() { f(); }
};
struct Proxy {
  Plugin *plugin;
  Plugin *operator->() const { return (d::use(), plugin); }
};
struct ToPointer {
  operator P() const { return useD; }
};
struct Recursive {
  std::vector<Recursive> children;
  F action;
  void run() {
    if (action)
      action();
    for (auto &child : children)
      child.run();
  }
};
auto fix = [](auto f) { return [=](int n) { f(f, n); }; };

int main() {
  maybe = useD;
  plugins["a"] = std::make_unique<PluginA>();
  plugins.emplace("b", new PluginB);
  plugins.try_emplace("c", factories()["a"]());
  route("/crtp-a", [] { CrtpA x; x.run(); }); // GET /crtp-a: a
  route("/crtp-b", [] { CrtpB x; x.run(); }); // GET /crtp-b: b
  route("/crtp-default", [] { CrtpDefault x; x.run(); }); // GET /crtp-default: f
  route("/clone", [] { CloneA x; const Cloned &y = x; y.clone()->go(); }); // GET /clone: a
  route("/covariant", [] { BothNode both; Node *n = &both; n->self()->visit(); }); // GET /covariant: c? f?
  route("/covariant-left", [] { BothNode both; LeftNode *n = both.self(); n->visit(); }); // GET /covariant-left: c? f?
  route("/other-node", [] { otherNode->self()->visit(); }); // GET /other-node: d
  route("/cross-cast", [] { Stream s; cross(s); }); // GET /cross-cast: b
  route("/sink", [] { Writable *w = &sink; w->write(); }); // GET /sink: c
  route("/steps", [] { Machine m; m.run(0); }); // GET /steps: a? b? c?&
  route("/advance", [] { Machine m; m.advance(); }); // GET /advance: c
  route("/by-name", [] { Machine m; (m.*byName.at("idle"))(); }); // GET /by-name: c
  route("/ticking", [] { Faster m; (m.*ticking)(); }); // GET /ticking: c?& d? e?
  route("/command", [] { std::visit([](auto &c) { c.run(); }, command); }); // GET /command: a b
  route("/overloaded", [] { std::visit(Overloaded{[](OpenFile &) { c::use(); }, [](CloseFile &) { d::use(); }}, command); }); // GET /overloaded: c d
  route("/either", [] { std::visit([](auto &f) { f(); }, either); }); // GET /either: a? b? c? d? e? f?
  route("/get", [] { std::get<F>(either)(); }); // GET /get: a
  route("/get-if", [] { if (auto *p = std::get_if<F>(&either)) (*p)(); }); // GET /get-if: a
  route("/any", [] { std::any_cast<F &>(anything)(); }); // GET /any: a? b? c? d? e? f?
  route("/any-pointer", [] { std::any_cast<P>(anyPointer)(); }); // GET /any-pointer: a? b? c? d?
  route("/maybe", [] { maybe.value()(); }); // GET /maybe: d
  route("/owned-either", [] { ownedEither = std::make_unique<Stream>(); std::get<0>(ownedEither)->read(); }); // GET /owned-either: a
  route("/plugins", [] { plugins.at("a")->run(); }); // GET /plugins: a? b?
  route("/factories", [] { factories().at("b")()->run(); }); // GET /factories: a? b?
  route("/drawable", [] { Drawable d = Circle(); d.draw(); }); // GET /drawable: a? b?
  route("/drawables", [] { std::vector<Drawable> v; v.emplace_back(Circle()); v.emplace_back(Line()); for (auto &d : v) d.draw(); }); // GET /drawables: a? b?
  route("/view-a", [] { auto l = [] { a::use(); }; viewed(l); }); // GET /view-a: a? b?
  route("/view-b", [] { auto l = [] { b::use(); }; viewed(l); }); // GET /view-b: a? b?
  route("/small", [] { Small s = Drawn(); s.run(); }); // GET /small: c d
  route("/fixed", [] { fixed<useA>(); }); // GET /fixed: a
  route("/on-member", [] { Machine m; onMember<&Machine::stop>(m); }); // GET /on-member: b c?&
  route("/delegate", [] { Machine m; Slot s{&m, &Delegate<Machine, &Machine::start>::call}; s.emit(); }); // GET /delegate: a c?&
  route("/policy", [] { Host<PolicyA> h; h.run(); }); // GET /policy: a
  route("/friend", [] { touch(shapes::Tag()); }); // GET /friend: e
  route("/inline-namespace", [] { shapes::render(); }); // GET /inline-namespace: b
  route("/singleton", [] { Config::get(); }); // GET /singleton: a b c?&
  route("/singleton-callback", [] { Config::get().onChange(); }); // GET /singleton-callback: a b c
  route("/templated-singleton", [] { singleton<Registry>().current->run(); }); // GET /templated-singleton: c
  route("/lazy", [] { static const bool once = [] { Lazy().init(); return true; }(); (void)once; }); // GET /lazy: d
  route("/hidden", [] { Hidden h; h.run(); }); // GET /hidden: a b
  route("/elsewhere", [] { elsewhere(1); }); // GET /elsewhere: c
  route("/external", [] { External<int> x; x.run(); }); // GET /external: d
  route("/external-virtual", [] { External<int> x; External<int> *y = &x; y->dispatched(); }); // GET /external-virtual: e
  route("/made-elsewhere", [] { makeElsewhere()->run(); }); // GET /made-elsewhere: f
  route("/pipe", [] { Pipe p; p >> useA >> useB; p->operator()(); }); // GET /pipe: a? b?
  route("/proxy", [] { PluginA x; Proxy{&x}->run(); }); // GET /proxy: a d
  route("/to-pointer", [] { ToPointer x; x(); }); // GET /to-pointer: d
  route("/recursive", [] { Recursive r; r.children.push_back({{}, useC}); r.run(); }); // GET /recursive: c
  route("/fix", [] { fix([](auto self, int n) -> void { if (n) self(self, n - 1); d::use(); })(3); }); // GET /fix: d
  serve();
}
