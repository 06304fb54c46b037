//===- Facts.h - What the source says, as plain values ----------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Facts are tables of plain values that point at each other by index: they can
// be compared, cached on disk and merged. `collect` fills one set for each
// translation unit, `link` merges them into one for the program. Nothing here
// knows Clang, components or requests.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_ANALYZER_FACTS_H
#define RIPPLE_ANALYZER_FACTS_H

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ripple::analyzer {

using FileIndex = std::uint32_t;   ///< Into Facts::files.
using EntityIndex = std::uint32_t; ///< Into Facts::entities.
using TypeIndex = std::uint32_t;   ///< Into Facts::types.
using RuleIndex = std::uint32_t;   ///< Into model::Catalog::handlers.
using RecordIndex = std::uint32_t; ///< Into Facts::records.
using NodeIndex = std::uint32_t;   ///< Into Facts::nodes.
using PassedIndex = std::uint32_t; ///< Into Facts::passed.
inline constexpr std::uint32_t none = ~std::uint32_t(0);

/// A line of a file. `file` is `none` where there is no such place.
struct SourceLine {
  FileIndex file = none;
  std::uint32_t line = 0;
  auto operator<=>(const SourceLine &) const = default;
};

enum class EntityKind : std::uint8_t {
  Function,    ///< Free or static member function, method, operator, lambda's call operator.
  Constructor, ///< Of `record`.
  Destructor,  ///< Of `record`.
  Variable,    ///< With static storage duration.
  Initialiser, ///< The code that runs to initialise static variables: not a real function.
  Field,       ///< Of a record: what an indirect call goes through.
  Type,        ///< A named type: what an indirect call goes through.
  Coroutine,   ///< What resuming a coroutine runs; `enclosing` is the function that makes it.
  Unknown,     ///< What `dlsym` and its like return: a function that nobody can name.
};

/// Something that code names. Two entities of one `key` are the same one.
struct Entity {
  EntityKind kind = EntityKind::Function;
  /// The mangled name; for what is not visible outside its unit, with the unit's file behind it.
  std::string key;
  std::string name;        ///< Qualified, without template arguments: what globs match.
  std::string signature;   ///< For people: "shop::showCart(const Request &, Response &)".
  bool isLinkable = false; ///< Other files can link to it, by its key: see symbolOf.
  SourceLine declared;     ///< Where it is first declared: the file that owns it.
  SourceLine defined;      ///< Where its body is, if a unit has it.
  bool hasBody = false;    ///< Some unit has its body (or it needs none), so its calls are known.
  bool isSystem = false;   ///< Declared in a system header.
  bool isVirtual = false;
  bool isPure = false;       ///< Virtual, and only for others to override.
  bool isInstance = false;   ///< A method that is called on an object; not what makes or ends one.
  bool isBound = false;      ///< What `enclosing` gives to a library to be called, with arguments.
  bool isThrown = false;     ///< The destructor of what some `throw` makes.
  RecordIndex record = none; ///< Class that it is a member of.
  /// Of a lambda's call operator: the function whose body it is in. Of a Coroutine: its function.
  EntityIndex enclosing = none;
  /// First template argument (a type, spelled canonically) of the class, and of the function; of
  /// what calls the target of a std::function, that one's type if it is a pointer.
  std::string classArgument, functionArgument;
  /// Of a Field: the names of all of its class, in order. Each unit may write a class of that name
  /// and layout in a file of its own and mean the same. "" where no other unit can.
  std::string layout;
  bool operator==(const Entity &) const = default;
};

/// The name that the linker has for ENTITY; "" for what no other file can link to.
inline std::string_view symbolOf(const Entity &entity) {
  return entity.isLinkable ? std::string_view(entity.key) : std::string_view();
}

enum class CallKind : std::uint8_t {
  Direct,      ///< Exactly this function (also constructors and destructors).
  Virtual,     ///< This method or any that overrides it.
  Use,         ///< A global variable is read, written, or its address taken.
  Initialises, ///< Static or thread-local initialisation that runs on first use.
};

struct Call {
  EntityIndex caller = none, callee = none;
  CallKind kind = CallKind::Direct;
  SourceLine at;
  PassedIndex passed = none; ///< None: what is handed over is not known.
  auto operator<=>(const Call &) const = default;
};

/// A call through a pointer, a member pointer or a std::function.
struct IndirectCall {
  EntityIndex caller = none;
  TypeIndex type = none; ///< Of the function that is called.
  /// The declaration that the call goes through: field, variable or named type; else none. Where
  /// a component owns it, the call touches that component.
  std::vector<EntityIndex> through;
  /// The parameter of a function whose value is called, possibly captured by a lambda in it.
  EntityIndex slotOf = none;
  std::uint32_t slotParameter = 0;
  SourceLine at;
  PassedIndex passed = none; ///< Its `object` is what is called. None: not known.
  bool isKept = false;       ///< Put into a std::function: whoever gets it may call it.
  /// What `object` of `passed` holds is given to this function, or kept in this field or variable,
  /// of code that is not seen: that may call it. The caller itself: only if such code gets it.
  EntityIndex to = none;
  RecordIndex objectClass = none; ///< Of such an object, as it is declared.
  auto operator<=>(const IndirectCall &) const = default;
};

/// Where callables and objects of the user's own classes are kept, as far as they are followed.
/// Containers, owners, references and pointers to such a place are one with it.
enum class NodeKind : std::uint8_t {
  Unknown,   ///< May hold anything; what comes here may be called by anybody, with anything.
  Callable,  ///< The function `entity` itself.
  Object,    ///< An object whose class is exactly the record `number`.
  Parameter, ///< The parameter `number` of the function `entity`.
  Written,   ///< What `entity` writes to where its parameter `number` points; or see thisParameter.
  Result,    ///< What the function `entity` returns.
  Local,     ///< A variable or temporary of the function `entity`; `number` tells them apart.
  Variable,  ///< The variable `entity`, of static storage duration.
  Field,     ///< The field `entity`, of all objects.
  Untyped,   ///< What libraries have given the program as `void *`: it may be code of theirs. Of
             ///< the `number` lookedUp, what dlsym has, where that is kept as `void *`.
  Nothing,   ///< A null pointer.
};

/// The `number` of a method's object; and of what the program writes to `entity`, a library's
/// place.
inline constexpr std::uint32_t thisParameter = ~std::uint32_t(0) - 1;

inline constexpr std::uint32_t lookedUp = 1;

struct Node {
  NodeKind kind = NodeKind::Unknown;
  EntityIndex entity = none;
  std::uint32_t number = 0;
  auto operator<=>(const Node &) const = default;
};

/// What FROM holds, TO may hold as well.
struct Flow {
  NodeIndex from = none, to = none;
  auto operator<=>(const Flow &) const = default;
};

/// What one call hands over. `none` stands for what cannot hold a callable or an object.
struct Passed {
  NodeIndex object = none; ///< That the method is called on; of an indirect call, what is called.
  std::vector<NodeIndex> arguments; ///< By parameter.
  std::vector<NodeIndex> written;   ///< By parameter: takes what the callee writes there.
  NodeIndex result = none;
  bool resultIsPlace = false; ///< What is written to the result goes where the callee keeps it.
  /// Fields that a callee without source may set: of the classes that its type names.
  std::vector<NodeIndex> fields;
  bool isMember = false; ///< Of a call through a member pointer, whose object is not among them:
  NodeIndex receiver = none; ///< this is it. Of what is handed over: to what it is given.
  auto operator<=>(const Passed &) const = default;
};

/// A callable becomes a value in IN: a lambda is made, a function's address is taken.
struct Taken {
  EntityIndex in = none, callable = none;
  TypeIndex type = none; ///< Pointers to it have this type; more rows where it is cast.
  EntityIndex to = none; ///< The function that it is an argument of; none where it is not one.
  SourceLine at;
  auto operator<=>(const Taken &) const = default;
};

/// A pointer to a function of type FROM becomes one to TO. "void *" takes part.
struct TypeFlow {
  TypeIndex from = none, to = none;
  auto operator<=>(const TypeFlow &) const = default;
};

/// METHOD overrides OVERRIDDEN.
struct Override {
  EntityIndex method = none, overridden = none;
  auto operator<=>(const Override &) const = default;
};

struct Record {
  std::string key, name;
  SourceLine declared;
  bool isSystem = false;
  std::vector<RecordIndex> bases; ///< In order of declaration.
  bool operator==(const Record &) const = default;
};

enum class ValueKind : std::uint8_t {
  Unknown,   ///< Not a constant, nor anything below.
  Text,      ///< A constant string: `text`.
  Function,  ///< A callable: `entity`.
  Method,    ///< A pointer to the virtual method `entity`: that, or one that overrides it.
  Parameter, ///< What the parameter `number` of function `entity` holds.
  Constant,  ///< The text that the constant variable `entity` has, which another unit defines.
  Returned,  ///< What a call of `entity` returns; `arguments` are its arguments.
  Several,   ///< Any of `arguments`.
  Joined,    ///< The texts of `arguments`, one after the other.
};

/// What an expression may hold, as far as handlers and paths need it.
struct Value {
  ValueKind kind = ValueKind::Unknown;
  std::string text;
  EntityIndex entity = none;
  std::uint32_t number = 0;
  std::string type; ///< Of a handler argument: its parameter's type (methodByParameter).
  std::vector<Value> arguments;
  bool operator==(const Value &) const = default;
};

/// The arguments of a call of the user's own function that takes a text or a callable.
struct Arguments {
  EntityIndex caller = none, callee = none;
  SourceLine at;
  std::vector<Value> values;
  bool operator==(const Arguments &) const = default;
};

/// What a function of the user's own returns, where that is a callable.
struct Returned {
  EntityIndex function = none;
  Value value;
  bool operator==(const Returned &) const = default;
};

/// The text that a constant variable has, which other units may name.
struct Constant {
  EntityIndex variable = none;
  Value value;
  bool operator==(const Constant &) const = default;
};

/// A handler rule of the catalog matched here.
struct Registration {
  RuleIndex rule = none;
  EntityIndex in = none;     ///< The function that registers; none for `override`, `function`.
  EntityIndex callee = none; ///< What the rule matched.
  SourceLine at;
  std::uint32_t column = 0; ///< Orders registrations of one line.
  Value path;               ///< Unknown where the rule names none. Of a table's row: its key.
  Value handler;
  EntityIndex held = none; ///< Calls what holds the handler, for where `handler` is not all.
  std::vector<std::string> methods; ///< That the source names; empty: the rule's.
  std::string name;  ///< Of the request, where generated code names it: "shop.Cart/Add".
  std::string doubt; ///< Why this is not understood; "" where it is.
  bool operator==(const Registration &) const = default;
};

/// Lines of IN that may run once more after the last of them.
struct Loop {
  EntityIndex in = none;
  SourceLine from, to;
  auto operator<=>(const Loop &) const = default;
};

/// An expression of IN over several lines: in which order its parts run, no line says. When all of
/// them have run, LAST does, called AT; none where that is no call.
struct Spread {
  EntityIndex in = none;
  SourceLine from, to;
  EntityIndex last = none;
  SourceLine at;
  auto operator<=>(const Spread &) const = default;
};

/// When a thread ends in which IN ran, or the program, RUNS does. IN may be RUNS itself.
struct End {
  EntityIndex in = none, runs = none;
  SourceLine at;
  auto operator<=>(const End &) const = default;
};

/// Something that is not known, and why.
struct UnresolvedSite {
  EntityIndex in = none;
  SourceLine at;
  std::string reason;
  /// Declarations (types, as a rule) of which one that a component owns resolves it.
  std::vector<EntityIndex> unlessOwned;
  std::string
      library; ///< A constant name given to dlopen; "" if none. The owner of it resolves it.
  bool isOpening = false; ///< A call of dlopen.
  bool operator==(const UnresolvedSite &) const = default;
};

/// `// ripple: ignore(COMPONENT) REASON`: the user says that this line does not use COMPONENT.
struct Ignore {
  SourceLine at;
  std::string component, reason; ///< "" where the comment does not say.
  auto operator<=>(const Ignore &) const = default;
};

/// Who names the function or variable ENTITY comes to objects, by its parameters, its result or its
/// type: to the `fields` of PASSED.
struct Exposed {
  EntityIndex entity = none;
  PassedIndex passed = none;
  auto operator<=>(const Exposed &) const = default;
};

/// The tables of one unit, or of one program.
struct Facts {
  std::vector<std::string> files; ///< Absolute, as normalised paths.
  std::vector<std::string> types; ///< Canonical spellings.
  std::vector<Entity> entities;
  std::vector<Record> records;
  std::vector<Call> calls;
  std::vector<IndirectCall> indirectCalls;
  std::vector<Taken> taken;
  std::vector<TypeFlow> typeFlows;
  std::vector<Override> overrides;
  std::vector<Node> nodes;
  std::vector<Flow> flows;
  std::vector<Passed> passed;
  std::vector<Exposed> exposed;
  std::vector<Arguments> arguments;
  std::vector<Returned> returned;
  std::vector<Constant> constants;
  std::vector<Registration> registrations;
  std::vector<UnresolvedSite> unresolved;
  std::vector<Ignore> ignores;
  std::vector<Loop> loops;
  std::vector<Spread> spreads;
  std::vector<End> threadEnds;           ///< Of variables that each thread has of its own.
  std::vector<End> programEnds;          ///< Of static variables; functions marked destructor.
  std::vector<EntityIndex> initialisers; ///< Run before main; also functions marked constructor.
  bool operator==(const Facts &) const = default;
};

/// Why a unit is not complete, as the front end says it.
struct Diagnostic {
  std::string file; ///< "" where there is no place.
  unsigned line = 0;
  std::string message;
  bool operator==(const Diagnostic &) const = default;
};

struct UnitFacts {
  std::string unit;     ///< The main source file, absolute.
  bool complete = true; ///< False where it did not compile; the facts are then a part.
  std::vector<Diagnostic> diagnostics;   ///< Errors only; at most 20.
  std::vector<std::string> dependencies; ///< Every file read, absolute, sorted.
  std::uint16_t machine = 0; ///< e_machine of what the command makes; 0 where it is not known.
  Facts facts;
  bool operator==(const UnitFacts &) const = default;
};

} // namespace ripple::analyzer

#endif
