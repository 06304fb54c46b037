//===- FuzzEtcd.cpp - Bytes to what etcd answers, and holds ---------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// The first byte says what the rest is: r the answer to a range, t to a txn, l of a
// lease, a of authenticate, x an error; v a value of the journal's, b base64.
//
//===----------------------------------------------------------------------===//
#include "agent/etcd/Leadership.h"
#include "agent/journal/EtcdRows.h"
#include "agent/journal/EventJson.h"
#include "tests/fuzz/FuzzReader.h"

using namespace ripple;
using namespace ripple::agent;
using ripple::fuzz::require;

namespace {

template <typename T> bool answered(const EtcdResult<T> &answer) {
  require(answer || !answer.error().message.empty(), "refused without a reason");
  return answer.has_value();
}

void readLeader(std::string_view text) {
  LeaderInfo leader = parseLeader({"k", std::string(text), 7, 7, 0});
  require(leader.term == 7, "a term that is not the key's");
  std::string written = writeLeader(leader);
  require(writeLeader(parseLeader({"k", written, 7, 7, 0})) == written,
          "a leader is not the same again", written);
  require(!describe(leader).empty(), "a leader without a description");
}

void readRows(std::string_view text) {
  if (auto plan = parsePlanRow(text)) {
    std::string written = writePlanRow(*plan);
    auto again = parsePlanRow(written);
    require(again && writePlanRow(*again) == written, "a plan is not the same again", written);
  }
  if (auto row = parseEventRow(text)) {
    std::string written = writeEventRow(row->at, row->event, {});
    auto again = parseEventRow(written);
    require(again && writeEvent(again->event) == writeEvent(row->event),
            "an event is not the same again", written);
    std::size_t rows = effectsOf({*row, *row}).size();
    require(rows <= row->commands.size(), "more effects than commands");
  }
  if (auto installed = parseInstalled(text)) {
    auto again = parseInstalled(writeInstalled(*installed));
    require(again && again->plan.size() >= installed->plan.size(),
            "what is installed is not the same again");
  }
}

void readValue(std::string_view text) {
  readLeader(text);
  readRows(text);
  parseParts(text);
  numberOfKey(text);
  constexpr std::size_t most = 1U << 20;
  if (auto unpacked = unpack(text, most)) {
    require(unpacked->size() <= most, "more than was allowed");
    require(unpack(pack(*unpacked), most) == unpacked, "not the same when packed again");
    readRows(*unpacked);
  }
  require(unpack(pack(text), text.size()) == text, "packed and not the same again");
}

void readBase64(std::string_view text) {
  auto bytes = fromBase64(text);
  if (bytes)
    require(fromBase64(toBase64(*bytes)) == bytes, "base64 is not the same again");
  require(fromBase64(toBase64(text)) == text, "bytes are not the same again");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *bytes, std::size_t size) {
  if (size == 0)
    return 0;
  std::string_view rest(reinterpret_cast<const char *>(bytes) + 1, size - 1);
  switch (bytes[0]) {
  case 'r':
    answered(parseRange(rest));
    break;
  case 't':
    answered(parseTxn(rest));
    break;
  case 'l':
    if (auto lease = parseLease(rest); answered(lease))
      require(lease->id != 0, "a lease without an id");
    break;
  case 'a':
    if (auto token = parseToken(rest); answered(token))
      require(!token->empty() && token->find_first_of(" \r\n") == token->npos,
              "a token that ends a header", *token);
    break;
  case 'x':
    require(!parseError(500, rest).message.empty(), "an error without a message");
    break;
  case 'v':
    readValue(rest);
    break;
  case 'b':
    readBase64(rest);
    break;
  default:
    break;
  }
  return 0;
}
