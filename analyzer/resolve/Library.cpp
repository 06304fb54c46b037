//===- Library.cpp - What is known of the standard library ----------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/resolve/Library.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace ripple::analyzer {
namespace {

bool startsWith(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

/// "const Foo *", "Foo[]" -> "Foo": what a control block or owner is about.
std::string elementOf(std::string type) {
  if (std::size_t bracket = type.find('['); bracket != std::string::npos)
    type.resize(bracket);
  while (!type.empty() && (type.back() == '*' || type.back() == ' '))
    type.pop_back();
  for (std::string_view word : {"const ", "volatile "})
    if (startsWith(type, word))
      type.erase(0, word.size());
  return type;
}

/// The same of what an owner is about that keeps its object as another one does.
std::string ownedElement(const std::string &type) {
  for (std::string_view owner : {"std::shared_ptr<", "std::weak_ptr<"})
    if (startsWith(type, owner) && type.back() == '>')
      return elementOf(type.substr(owner.size(), type.size() - owner.size() - 1));
  return elementOf(type);
}

bool isControlBlock(const Entity &entity) {
  return startsWith(entity.name, "std::_Sp_counted_ptr") ||
         startsWith(entity.name, "std::_Sp_counted_deleter");
}

bool endsWith(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

void functionEdges(const Facts &facts, std::vector<OwnerEdge> &edges) {
  std::map<std::string, std::vector<EntityIndex>> managers; // by signature
  for (EntityIndex i = 0; i < facts.entities.size(); ++i)
    if (facts.entities[i].name == "std::_Function_handler::_M_manager")
      managers[facts.entities[i].classArgument].push_back(i);
  for (EntityIndex i = 0; i < facts.entities.size(); ++i) {
    const Entity &entity = facts.entities[i];
    bool isCopy = entity.name == "std::function::function" && entity.functionArgument.empty();
    if (entity.name != "std::function::~function" && !isCopy)
      continue;
    for (EntityIndex manager : managers[entity.classArgument])
      edges.push_back({i, manager});
  }
}

/// Which element types may be found in an owner of each element type.
std::map<std::string, std::set<std::string>> heldTypes(const Facts &facts) {
  std::map<std::string, std::set<std::string>> from;
  for (const Entity &entity : facts.entities) {
    bool isOwner = startsWith(entity.name, "std::__shared_ptr::") ||
                   startsWith(entity.name, "std::__weak_ptr::");
    if (isOwner && !entity.functionArgument.empty() &&
        !startsWith(entity.functionArgument, "std::allocator"))
      from[elementOf(entity.classArgument)].insert(elementOf(entity.functionArgument));
  }
  std::map<std::string, std::set<std::string>> held;
  for (const auto &[type, unused] : from) {
    std::vector<std::string> next{type};
    while (!next.empty()) {
      std::string element = std::move(next.back());
      next.pop_back();
      if (!held[type].insert(element).second)
        continue;
      if (auto sources = from.find(element); sources != from.end())
        next.insert(next.end(), sources->second.begin(), sources->second.end());
    }
  }
  return held;
}

/// The classes that count who shares an object.
bool isCount(std::string_view name) {
  return startsWith(name, "std::__shared_count::") || startsWith(name, "std::__weak_count::") ||
         startsWith(name, "std::_Sp_counted_base::");
}

/// What a call of a function of theirs may let go of: the object, or only what it is counted by.
enum class Release { None, Count, Object };

Release releaseOf(std::string_view name) {
  if (name == "std::__weak_count::~__weak_count" || name == "std::__weak_count::operator=" ||
      name == "std::_Sp_counted_base::_M_weak_release")
    return Release::Count;
  return name == "std::__shared_count::~__shared_count" ||
                 name == "std::__shared_count::operator=" ||
                 startsWith(name, "std::_Sp_counted_base::_M_release")
             ? Release::Object
             : Release::None;
}

void pointerEdges(const Facts &facts, std::vector<OwnerEdge> &edges) {
  std::map<std::string, std::vector<EntityIndex>> disposers; // by element
  for (EntityIndex i = 0; i < facts.entities.size(); ++i)
    if (const Entity &entity = facts.entities[i];
        isControlBlock(entity) &&
        (endsWith(entity.name, "::_M_dispose") || endsWith(entity.name, "::_M_destroy")))
      disposers[elementOf(entity.classArgument)].push_back(i);
  std::map<std::string, std::set<std::string>> held = heldTypes(facts);
  for (const Call &call : facts.calls) {
    const Entity &owner = facts.entities[call.caller];
    const Release release = releaseOf(facts.entities[call.callee].name);
    // A constructor that throws lets go of what it has not got.
    if (release == Release::None || isCount(owner.name) || owner.kind == EntityKind::Constructor)
      continue;
    auto add = [&](const std::vector<EntityIndex> &all) {
      for (EntityIndex disposer : all)
        if (release == Release::Object || endsWith(facts.entities[disposer].name, "::_M_destroy"))
          edges.push_back({call.caller, disposer});
    };
    if (owner.classArgument.empty()) {
      for (const auto &[element, all] : disposers)
        add(all);
      continue;
    }
    const std::string element = ownedElement(owner.classArgument);
    std::set<std::string> elements = held[element];
    elements.insert(element);
    for (const std::string &each : elements)
      add(disposers[each]);
  }
}

/// Who lets go of an exception last ends it, whoever threw it.
void exceptionEdges(const Facts &facts, std::vector<OwnerEdge> &edges) {
  static constexpr std::string_view Enders[] = {
      "std::__exception_ptr::exception_ptr::~exception_ptr",
      "std::__exception_ptr::exception_ptr::operator=", "std::rethrow_exception",
      // In the library: what they hold ends there.
      "std::nested_exception::~nested_exception",
      "std::__future_base::_Result_base::~_Result_base"};
  std::vector<EntityIndex> thrown;
  for (EntityIndex i = 0; i < facts.entities.size(); ++i)
    if (facts.entities[i].isThrown ||
        facts.entities[i].name == "std::__exception_ptr::__dest_thunk")
      thrown.push_back(i);
  for (EntityIndex i = 0; i < facts.entities.size(); ++i)
    if (std::find(std::begin(Enders), std::end(Enders), facts.entities[i].name) != std::end(Enders))
      for (EntityIndex each : thrown)
        edges.push_back({i, each});
}

/// What sets a future's result gives the state a std::function that it makes right there.
void resultEdges(const Facts &facts, std::vector<OwnerEdge> &edges) {
  std::set<EntityIndex> setters;
  std::multimap<EntityIndex, EntityIndex> makes; // by caller: constructors of std::function
  for (const Call &call : facts.calls) {
    const std::string &callee = facts.entities[call.callee].name;
    if (callee == "std::__future_base::_State_baseV2::_M_set_result" ||
        callee == "std::__future_base::_State_baseV2::_M_set_delayed_result")
      setters.insert(call.caller);
    else if (callee == "std::function::function")
      makes.emplace(call.callee, call.caller);
  }
  for (const Taken &row : facts.taken)
    if (callsTarget(facts.entities[row.callable]))
      for (auto [made, last] = makes.equal_range(row.in); made != last; ++made)
        if (setters.contains(made->second))
          edges.push_back({made->second, row.callable});
}

} // namespace

bool isModelled(const Facts &facts, const Call &call) {
  return call.kind == CallKind::Virtual &&
         startsWith(facts.entities[call.caller].name, "std::_Sp_counted_base::") &&
         startsWith(facts.entities[call.callee].name, "std::_Sp_counted_base::");
}

bool isModelled(const Facts &facts, const IndirectCall &call) {
  const Entity &caller = facts.entities[call.caller];
  if (caller.name == "std::__future_base::_State_baseV2::_M_do_set")
    return true;
  if (caller.kind != EntityKind::Constructor && caller.kind != EntityKind::Destructor)
    return false;
  if (!startsWith(caller.name, "std::_Function_base::") &&
      !startsWith(caller.name, "std::function::"))
    return false;
  return std::any_of(call.through.begin(), call.through.end(), [&](EntityIndex index) {
    return facts.entities[index].name == "std::_Function_base::_M_manager";
  });
}

bool callsTarget(const Entity &function) {
  return function.name == "std::_Function_handler::_M_invoke";
}

bool callsPointer(const Entity &function) {
  return callsTarget(function) && !function.functionArgument.empty();
}

std::vector<OwnerEdge> ownerEdges(const Facts &facts) {
  std::vector<OwnerEdge> edges;
  exceptionEdges(facts, edges);
  resultEdges(facts, edges);
  functionEdges(facts, edges);
  pointerEdges(facts, edges);
  std::sort(edges.begin(), edges.end());
  edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
  return edges;
}

bool isGate(const Entity &function) { return startsWith(symbolOf(function), "ripple_gate_"); }

bool looksUpSymbol(const Entity &function) {
  return function.name == "dlsym" || function.name == "dlvsym";
}

bool callsAtOnce(const Entity &function) {
  static constexpr std::string_view Names[] = {
      "std::accumulate",  "std::all_of",    "std::any_of",        "std::apply",
      "std::call_once",   "std::count_if",  "std::erase_if",      "std::find_if",
      "std::find_if_not", "std::for_each",  "std::for_each_n",    "std::generate",
      "std::generate_n",  "std::invoke",    "std::lower_bound",   "std::max_element",
      "std::min_element", "std::none_of",   "std::nth_element",   "std::partial_sort",
      "std::partition",   "std::remove_if", "std::replace_if",    "std::sort",
      "std::stable_sort", "std::transform", "std::unique",        "std::upper_bound",
      "std::visit",       "std::copy_if",   "std::adjacent_find", "std::stable_partition"};
  return std::find(std::begin(Names), std::end(Names), function.name) != std::end(Names);
}

bool mayKeep(const Entity &function) {
  static constexpr std::string_view Names[] = {
      "qsort", "qsort_r", "bsearch", "lfind", "lsearch", "tsearch", "tfind", "tdelete", "twalk",
      "twalk_r", "tdestroy", "ftw", "ftw64", "nftw", "nftw64", "scandir", "scandir64", "scandirat",
      "glob", "glob64", "fts_open", "dl_iterate_phdr", "pthread_once", "call_once", "std::qsort",
      "std::bsearch",
      // On the thread that they start, and nowhere else.
      "pthread_create", "thrd_create"};
  return std::find(std::begin(Names), std::end(Names), function.name) == std::end(Names);
}

bool runsAtProgramEnd(const Entity &function) {
  static constexpr std::string_view Names[] = {"atexit", "std::atexit", "on_exit", "__cxa_atexit"};
  return std::find(std::begin(Names), std::end(Names), function.name) != std::end(Names);
}

bool runsAtQuickExit(const Entity &function) {
  return function.name == "at_quick_exit" || function.name == "std::at_quick_exit";
}

bool endsProgram(const Entity &function) {
  static constexpr std::string_view Names[] = {"exit", "std::exit", "error", "error_at_line",
                                               "err",  "errx",      "verr",  "verrx"};
  return function.isSystem &&
         std::find(std::begin(Names), std::end(Names), function.name) != std::end(Names);
}

bool endsQuickly(const Entity &function) {
  return function.name == "quick_exit" || function.name == "std::quick_exit";
}

bool runsAtThreadEnd(const Entity &function) {
  static constexpr std::string_view Names[] = {"pthread_key_create", "tss_create",
                                               "__cxa_thread_atexit", "__cxa_thread_atexit_impl"};
  return std::find(std::begin(Names), std::end(Names), function.name) != std::end(Names);
}

bool isInvoker(const Entity &function) { return function.name == "std::__invoke_impl"; }

bool callsBound(const Entity &function) {
  return startsWith(function.name, "std::_Bind") && endsWith(function.name, "::operator()");
}

bool runsTask(const Entity &function) {
  return startsWith(function.name, "std::__future_base::_Task_state_base::_M_run");
}

bool isStandard(const Entity &entity) {
  return startsWith(entity.name, "std::") || startsWith(entity.name, "__gnu_cxx::") ||
         startsWith(entity.name, "__cxxabiv1::");
}

} // namespace ripple::analyzer
