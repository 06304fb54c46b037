//===- GateTable.cpp - What the gate maps at start --------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/GateTable.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>

namespace ripple::analyzer {
namespace {

constexpr std::string_view magic = "RIPPLEGT";
constexpr std::uint32_t layoutVersion = 1;
constexpr std::size_t headerSize = 56, kindSize = 20;
constexpr std::uint32_t wordBits = 64;

using Set = std::set<std::uint32_t>;

/// Makes one table; remembers which sets there are.
class Builder {
public:
  Builder(const model::ComponentsList &everything, const model::Application &which)
      : list(everything), application(which) {}

  GateTable build() {
    table.application = application.name;
    table.buildId = application.binary.buildId;
    addComponents();
    Set all;
    for (std::uint32_t index = 0; index < table.components.size(); ++index)
      all.insert(index);
    setIndex(all);
    table.kinds.push_back({"other", "*", "/**", matchOrderOther, 0});
    for (const model::RequestKind &request : application.requests)
      addKind(request);
    std::sort(table.kinds.begin() + 1, table.kinds.end(), [](const GateKind &a, const GateKind &b) {
      return std::tie(a.matchOrder, a.id) < std::tie(b.matchOrder, b.id);
    });
    return std::move(table);
  }

private:
  void addComponent(const std::string &id) {
    if (indexOf.emplace(id, static_cast<std::uint32_t>(table.components.size())).second)
      table.components.push_back(id);
  }

  void addComponents() {
    addComponent(application.name);
    for (const model::Component &component : list.components)
      addComponent(component.id);
    for (const model::RequestKind &request : application.requests)
      for (const model::ComponentUse &use : application.usesOf(request))
        addComponent(use.component);
    for (const auto *uses : {&application.ambient, &application.startup})
      for (const model::ComponentUse &use : *uses)
        addComponent(use.component);
  }

  std::uint32_t setIndex(const Set &set) {
    auto [at, isNew] = indexOfSet.emplace(set, static_cast<std::uint32_t>(table.sets.size()));
    if (isNew)
      table.sets.push_back(set);
    return at->second;
  }

  /// Adds what NAMES say to SET; false where they could be anything.
  bool addReachable(const std::vector<std::string> &names, Set &set) const {
    for (const std::string &name : names) {
      auto at = indexOf.find(name);
      if (at == indexOf.end())
        return false;
      set.insert(at->second);
    }
    return !names.empty();
  }

  std::uint32_t setOf(const model::RequestKind &request) {
    Set set{0};
    for (const auto *uses : {&application.usesOf(request), &application.ambient})
      for (const model::ComponentUse &use : *uses)
        set.insert(indexOf.at(use.component));
    if (!request.complete && request.unresolved.empty())
      return 0;
    for (const model::Unresolved &part : request.unresolved)
      if (!addReachable(part.couldReach, set))
        return 0;
    return setIndex(set);
  }

  void addKind(const model::RequestKind &request) {
    GateKind kind{request.id, request.method, request.path, matchOrderNone, setOf(request)};
    if (request.matchOrder && *request.matchOrder < matchOrderNone)
      kind.matchOrder = static_cast<std::uint32_t>(*request.matchOrder);
    table.kinds.push_back(std::move(kind));
  }

  const model::ComponentsList &list;
  const model::Application &application;
  GateTable table;
  std::map<std::string, std::uint32_t> indexOf;
  std::map<Set, std::uint32_t> indexOfSet;
};

/// Appends little-endian numbers; strings follow after all that has a fixed place.
class Encoder {
public:
  void number(std::uint32_t value) {
    for (int shift = 0; shift < 32; shift += 8)
      out.push_back(static_cast<char>(value >> shift));
  }
  void string(const std::string &text) {
    places.emplace_back(out.size(), text);
    number(0);
  }
  void put(std::size_t at, std::uint32_t value) {
    for (int shift = 0; shift < 32; shift += 8)
      out[at++] = static_cast<char>(value >> shift);
  }
  void align(std::size_t to) { out.resize((out.size() + to - 1) / to * to); }

  std::string finish() {
    std::map<std::string, std::uint32_t> known;
    for (const auto &[at, text] : places) {
      auto [place, isNew] = known.emplace(text, static_cast<std::uint32_t>(out.size()));
      if (isNew)
        out.append(text.c_str(), text.size() + 1);
      put(at, place->second);
    }
    put(12, static_cast<std::uint32_t>(out.size()));
    return std::move(out);
  }

  std::string out;

private:
  std::vector<std::pair<std::size_t, std::string>> places;
};

/// Reads with every access checked; after the first bad one all read as zero.
class Decoder {
public:
  explicit Decoder(std::string_view text) : bytes(text) {}

  std::uint32_t number(std::uint64_t at) {
    if (at % 4 != 0 || at + 4 > bytes.size())
      return fail<std::uint32_t>();
    std::uint32_t value = 0;
    for (unsigned index = 0; index < 4; ++index)
      value |= std::uint32_t(static_cast<unsigned char>(bytes[at + index])) << (8 * index);
    return value;
  }
  std::uint64_t word(std::uint64_t at) {
    if (at % 8 != 0)
      return fail<std::uint64_t>();
    return number(at) | std::uint64_t(number(at + 4)) << 32;
  }
  std::string string(std::uint64_t at) {
    const std::uint32_t start = number(at);
    const std::size_t end = bytes.find('\0', start);
    if (start >= bytes.size() || end == std::string_view::npos)
      return fail<std::string>();
    return std::string(bytes.substr(start, end - start));
  }
  /// True where COUNT elements of SIZE bytes from AT are inside the file.
  bool holds(std::uint64_t at, std::uint64_t count, std::uint64_t size) {
    if (at > bytes.size() || count * size > bytes.size() - at)
      good = false;
    return good;
  }
  bool good = true;

private:
  template <typename T> T fail() {
    good = false;
    return T();
  }
  std::string_view bytes;
};

void decodeSets(Decoder &in, GateTable &table) {
  const std::uint32_t count = in.number(32), at = in.number(36), words = in.number(48);
  if (words != (table.components.size() + wordBits - 1) / wordBits)
    in.good = false;
  if (!in.holds(at, std::uint64_t(count) * words, 8))
    return;
  for (std::uint32_t set = 0; set < count; ++set) {
    Set members;
    for (std::uint32_t bit = 0; bit < table.components.size(); ++bit)
      if (in.word(at + 8 * (std::uint64_t(set) * words + bit / wordBits)) >> (bit % wordBits) & 1)
        members.insert(bit);
    table.sets.push_back(std::move(members));
  }
}

void decodeKinds(Decoder &in, GateTable &table) {
  const std::uint32_t count = in.number(40), at = in.number(44);
  if (!in.holds(at, count, kindSize))
    return;
  for (std::uint32_t index = 0; index < count; ++index) {
    const std::uint64_t row = at + std::uint64_t(index) * kindSize;
    table.kinds.push_back({in.string(row), in.string(row + 4), in.string(row + 8),
                           in.number(row + 12), in.number(row + 16)});
    if (table.kinds.back().set >= table.sets.size())
      in.good = false;
  }
}

} // namespace

GateTable gateTable(const model::ComponentsList &list, const model::Application &application) {
  return Builder(list, application).build();
}

std::string encode(const GateTable &table) {
  Encoder file;
  const auto words =
      static_cast<std::uint32_t>((table.components.size() + wordBits - 1) / wordBits);
  file.out = magic;
  file.number(layoutVersion);
  file.number(0); // The size, which finish() knows.
  file.string(table.application);
  file.string(table.buildId);
  const std::size_t counts = file.out.size();
  file.out.resize(headerSize);
  file.put(counts, static_cast<std::uint32_t>(table.components.size()));
  file.put(counts + 8, static_cast<std::uint32_t>(table.sets.size()));
  file.put(counts + 16, static_cast<std::uint32_t>(table.kinds.size()));
  file.put(counts + 24, words);

  file.put(counts + 4, static_cast<std::uint32_t>(file.out.size()));
  for (const std::string &component : table.components)
    file.string(component);
  file.align(8);
  file.put(counts + 12, static_cast<std::uint32_t>(file.out.size()));
  for (const Set &set : table.sets) {
    std::vector<std::uint64_t> bitmap(words);
    for (std::uint32_t bit : set)
      bitmap[bit / wordBits] |= std::uint64_t(1) << (bit % wordBits);
    for (std::uint64_t word : bitmap) {
      file.number(static_cast<std::uint32_t>(word));
      file.number(static_cast<std::uint32_t>(word >> 32));
    }
  }
  file.put(counts + 20, static_cast<std::uint32_t>(file.out.size()));
  for (const GateKind &kind : table.kinds) {
    file.string(kind.id);
    file.string(kind.method);
    file.string(kind.path);
    file.number(kind.matchOrder);
    file.number(kind.set);
  }
  return file.finish();
}

model::Result<GateTable> decodeGateTable(std::string_view bytes, const std::string &file) {
  const std::string remedy = "write it again with `ripple analyze --format gate`";
  if (!bytes.starts_with(magic) || bytes.size() < headerSize)
    return model::mistake({file, 0, ""}, "is no gate table", remedy);
  Decoder in(bytes);
  if (in.number(8) != layoutVersion)
    return model::mistake(
        {file, 0, ""},
        fmt::format("has layout version {}; this reads {}", in.number(8), layoutVersion), remedy);
  GateTable table;
  table.application = in.string(16);
  table.buildId = in.string(20);
  const std::uint32_t count = in.number(24), at = in.number(28);
  for (std::uint32_t index = 0; in.holds(at, count, 4) && index < count; ++index)
    table.components.push_back(in.string(at + 4 * std::uint64_t(index)));
  decodeSets(in, table);
  decodeKinds(in, table);
  if (!in.good || in.number(12) != bytes.size())
    return model::mistake({file, 0, ""}, "is damaged: a size or a place in it is wrong", remedy);
  return table;
}

} // namespace ripple::analyzer
