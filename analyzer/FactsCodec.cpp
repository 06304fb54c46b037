//===- FactsCodec.cpp - Facts as bytes --------------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// One function for each struct lists its fields; the writer and the reader are
// two kinds of archive that the same list is given to. The lists are made with
// structured bindings: a field that is added to a struct does not compile here
// until it is listed too.
//
//===----------------------------------------------------------------------===//
#include "analyzer/FactsCodec.h"

#include <llvm/ADT/SmallVector.h>
#include <llvm/ADT/StringExtras.h>
#include <llvm/Support/Compression.h>
#include <llvm/Support/Error.h>
#include <type_traits>

namespace ripple::analyzer {
namespace {

template <typename T, typename U>
concept Is = std::is_same_v<std::remove_const_t<T>, U>;

template <typename Archive> void fields(Archive &io, Is<SourceLine> auto &value) {
  auto &[file, line] = value;
  io(file, line);
}

template <typename Archive> void fields(Archive &io, Is<Entity> auto &value) {
  auto &[kind, key, name, signature, isLinkable, declared, defined, hasBody, isSystem, isVirtual,
         isPure, isInstance, isBound, isThrown, record, enclosing, classArgument, functionArgument,
         layout] = value;
  io(kind, key, name, signature, isLinkable, declared, defined, hasBody, isSystem, isVirtual,
     isPure, isInstance, isBound, isThrown, record, enclosing, classArgument, functionArgument,
     layout);
}

template <typename Archive> void fields(Archive &io, Is<Record> auto &value) {
  auto &[key, name, declared, isSystem, bases] = value;
  io(key, name, declared, isSystem, bases);
}

template <typename Archive> void fields(Archive &io, Is<Call> auto &value) {
  auto &[caller, callee, kind, at, passed] = value;
  io(caller, callee, kind, at, passed);
}

template <typename Archive> void fields(Archive &io, Is<IndirectCall> auto &value) {
  auto &[caller, type, through, slotOf, slotParameter, at, passed, isKept, to, objectClass] = value;
  io(caller, type, through, slotOf, slotParameter, at, passed, isKept, to, objectClass);
}

template <typename Archive> void fields(Archive &io, Is<Node> auto &value) {
  auto &[kind, entity, number] = value;
  io(kind, entity, number);
}

template <typename Archive> void fields(Archive &io, Is<Flow> auto &value) {
  auto &[from, to] = value;
  io(from, to);
}

template <typename Archive> void fields(Archive &io, Is<Passed> auto &value) {
  auto &[object, arguments, written, result, resultIsPlace, fields, isMember, receiver] = value;
  io(object, arguments, written, result, resultIsPlace, fields, isMember, receiver);
}

template <typename Archive> void fields(Archive &io, Is<Taken> auto &value) {
  auto &[in, callable, type, to, at] = value;
  io(in, callable, type, to, at);
}

template <typename Archive> void fields(Archive &io, Is<TypeFlow> auto &value) {
  auto &[from, to] = value;
  io(from, to);
}

template <typename Archive> void fields(Archive &io, Is<Override> auto &value) {
  auto &[method, overridden] = value;
  io(method, overridden);
}

template <typename Archive> void fields(Archive &io, Is<Value> auto &value) {
  auto &[kind, text, entity, number, type, arguments] = value;
  io(kind, text, entity, number, type, arguments);
}

template <typename Archive> void fields(Archive &io, Is<Arguments> auto &value) {
  auto &[caller, callee, at, values] = value;
  io(caller, callee, at, values);
}

template <typename Archive> void fields(Archive &io, Is<Returned> auto &value) {
  auto &[function, returned] = value;
  io(function, returned);
}

template <typename Archive> void fields(Archive &io, Is<Constant> auto &value) {
  auto &[variable, held] = value;
  io(variable, held);
}

template <typename Archive> void fields(Archive &io, Is<Registration> auto &value) {
  auto &[rule, in, callee, at, column, path, handler, held, methods, name, doubt] = value;
  io(rule, in, callee, at, column, path, handler, held, methods, name, doubt);
}

template <typename Archive> void fields(Archive &io, Is<UnresolvedSite> auto &value) {
  auto &[in, at, reason, unlessOwned, library, isOpening] = value;
  io(in, at, reason, unlessOwned, library, isOpening);
}

template <typename Archive> void fields(Archive &io, Is<Ignore> auto &value) {
  auto &[at, component, reason] = value;
  io(at, component, reason);
}

template <typename Archive> void fields(Archive &io, Is<Loop> auto &value) {
  auto &[in, from, to] = value;
  io(in, from, to);
}

template <typename Archive> void fields(Archive &io, Is<Spread> auto &value) {
  auto &[in, from, to, last, at] = value;
  io(in, from, to, last, at);
}

template <typename Archive> void fields(Archive &io, Is<End> auto &value) {
  auto &[in, runs, at] = value;
  io(in, runs, at);
}

template <typename Archive> void fields(Archive &io, Is<Exposed> auto &value) {
  auto &[entity, passed] = value;
  io(entity, passed);
}

template <typename Archive> void fields(Archive &io, Is<Facts> auto &value) {
  auto &[files, types, entities, records, calls, indirectCalls, taken, typeFlows, overrides, nodes,
         flows, passed, exposed, arguments, returned, constants, registrations, unresolved, ignores,
         loops, spreads, threadEnds, programEnds, initialisers] = value;
  io(files, types, entities, records, calls, indirectCalls, taken, typeFlows, overrides, nodes,
     flows, passed, exposed, arguments, returned, constants, registrations, unresolved, ignores,
     loops, spreads, threadEnds, programEnds, initialisers);
}

template <typename Archive> void fields(Archive &io, Is<Diagnostic> auto &value) {
  auto &[file, line, message] = value;
  io(file, line, message);
}

template <typename Archive> void fields(Archive &io, Is<UnitFacts> auto &value) {
  auto &[unit, complete, diagnostics, dependencies, machine, facts] = value;
  io(unit, complete, diagnostics, dependencies, machine, facts);
}

template <typename Archive> void fields(Archive &io, Is<PackedFacts> auto &value) {
  auto &[complete, dependencies, size, bytes] = value;
  io(complete, dependencies, size, bytes);
}

template <typename T> inline constexpr bool isVector = false;
template <typename T> inline constexpr bool isVector<std::vector<T>> = true;

class Writer {
public:
  template <typename... T> void operator()(const T &...values) { (write(values), ...); }
  std::string out;

private:
  template <typename T> void write(const T &value) {
    if constexpr (std::is_same_v<T, std::string>) {
      number(value.size());
      out += value;
    } else if constexpr (isVector<T>) {
      number(value.size());
      for (const auto &element : value)
        write(element);
    } else if constexpr (std::is_enum_v<T> || std::is_integral_v<T>) {
      number(static_cast<std::uint64_t>(value));
    } else {
      fields(*this, value);
    }
  }
  /// Seven bits a byte, the low ones first (LEB128): most numbers are small.
  void number(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7)
      out.push_back(static_cast<char>(value | 0x80));
    out.push_back(static_cast<char>(value));
  }
};

class Reader {
public:
  explicit Reader(std::string_view text) : bytes(text) {}
  template <typename... T> void operator()(T &...values) { (read(values), ...); }
  bool good = true;
  std::string_view bytes;

private:
  /// Vectors inside each other: those of Facts, and the parts of a value, which nest.
  static constexpr unsigned depthMax = 200;
  unsigned depth = 0;

  template <typename T> void read(T &value) {
    if constexpr (std::is_same_v<T, std::string>) {
      const std::size_t size = count();
      value = bytes.substr(0, size);
      bytes.remove_prefix(size);
    } else if constexpr (isVector<T>) {
      // One after the other, and not deeper than facts ever are: what damaged bytes claim must not
      // take memory that they do not back.
      good &= ++depth <= depthMax;
      for (std::size_t left = count(); good && left > 0; --left)
        read(value.emplace_back());
      --depth;
    } else if constexpr (std::is_enum_v<T> || std::is_integral_v<T>) {
      value = static_cast<T>(number());
    } else {
      fields(*this, value);
    }
  }
  std::uint64_t number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && !bytes.empty(); shift += 7) {
      const auto byte = static_cast<unsigned char>(bytes.front());
      bytes.remove_prefix(1);
      value |= std::uint64_t(byte & 0x7f) << shift;
      if (byte < 0x80)
        return value;
    }
    good = false;
    return 0;
  }
  /// A size: every element takes a byte at least, so a larger one is damage.
  std::size_t count() {
    const std::uint64_t value = number();
    if (value <= bytes.size())
      return value;
    good = false;
    return 0;
  }
};

template <typename T> std::string encode(const T &value) {
  Writer writer;
  writer(value);
  return std::move(writer.out);
}

template <typename T> std::optional<T> decode(std::string_view bytes) {
  T value;
  Reader reader(bytes);
  reader(value);
  if (!reader.good || !reader.bytes.empty())
    return std::nullopt;
  return value;
}

/// No facts are smaller than this part of themselves: what damaged bytes claim must not take memory
/// that they do not back.
constexpr std::uint64_t packedAtLeast = 10000;

} // namespace

std::string encodeFacts(const UnitFacts &facts) { return encode(facts); }

std::optional<UnitFacts> decodeFacts(std::string_view bytes) { return decode<UnitFacts>(bytes); }

PackedFacts packFacts(UnitFacts facts) {
  PackedFacts packed;
  packed.complete = facts.complete;
  packed.dependencies = std::move(facts.dependencies);
  facts.dependencies.clear();
  const std::string bytes = encodeFacts(facts);
  llvm::SmallVector<std::uint8_t, 0> out;
  llvm::compression::zstd::compress(llvm::arrayRefFromStringRef(bytes), out,
                                    llvm::compression::zstd::BestSpeedCompression);
  packed.size = bytes.size();
  packed.bytes = llvm::toStringRef(out);
  return packed;
}

std::optional<UnitFacts> unpackFacts(PackedFacts packed) {
  if (packed.size / packedAtLeast > packed.bytes.size())
    return std::nullopt;
  llvm::SmallVector<std::uint8_t, 0> out;
  if (llvm::errorToBool(llvm::compression::zstd::decompress(
          llvm::arrayRefFromStringRef(packed.bytes), out, packed.size)) ||
      out.size() != packed.size)
    return std::nullopt;
  auto facts = decodeFacts(llvm::toStringRef(out));
  if (facts)
    facts->dependencies = std::move(packed.dependencies);
  return facts;
}

std::string encodePacked(const PackedFacts &packed) { return encode(packed); }

std::optional<PackedFacts> decodePacked(std::string_view bytes) {
  return decode<PackedFacts>(bytes);
}

} // namespace ripple::analyzer
