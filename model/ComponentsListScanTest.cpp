//===- ComponentsListScanTest.cpp - Both readers read the same ------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// The strict reader is the truth: what the scan takes, that one takes too and
// makes the same of it. What the scan has to take is what programs write.
//
//===----------------------------------------------------------------------===//
#include "model/ComponentsListParts.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <random>

namespace ripple::model {
namespace {

/// Both on TEXT. Returns whether the scan took it.
bool agree(const std::string &text) {
  const auto scanned = scanComponentsList(text);
  const auto strict = readStrictly(text, "f");
  if (!scanned)
    return false;
  EXPECT_TRUE(strict.has_value()) << text << describe(strict.error());
  EXPECT_TRUE(strict && *strict == *scanned) << text;
  return true;
}

/// A list of one application with REQUEST in it.
std::string around(const std::string &request) {
  return R"({"format":"ripple.components","version":"1.0","components":[],"applications":[)"
         R"({"name":"a","componentSets":[[]],"requests":[)" +
         request + "]}]}";
}

TEST(ComponentsListScan, TakesTheDocumentsOfTheTests) {
  for (const char *name : {"full.json", "interned.json"}) {
    const std::string file =
        RIPPLE_SOURCE_DIR "/testdata/documents/components/" + std::string(name);
    EXPECT_TRUE(agree(*readFile(file))) << name;
    EXPECT_TRUE(agree(writeComponentsList(*readComponentsList(file)))) << name;
  }
}

TEST(ComponentsListScan, TakesWhatProgramsWrite) {
  for (const char *request :
       {R"({"id":"GET /","components":[]})", R"({"componentSet":0,"id":"GET /"})",
        R"({ "id" : "\u00e9\u20ac~ ^/(\\d+)\/$é€😀" ,)"
        "\r\n\t"
        R"("components" : [ ] })",
        R"({"id":"x","components":[],"unresolved":[{"file":"\n\u0001\u007f","line":4294967295,)"
        R"("reason":"","couldReach":["*"]}]})"})
    EXPECT_TRUE(agree(around(request))) << request;
}

TEST(ComponentsListScan, LeavesToTheStrictReader) {
  const std::string request = R"({"id":"GET /","components":[]})";
  for (const std::string &text :
       {around(R"({"id":"\ud83d\ude00","components":[]})"),
        around(R"({"id":"x","componentSet":0.0})"), "\xEF\xBB\xBF" + around(request),
        std::string("format: ripple.components\nversion: '1.0'\napplications: []\n"
                    "components: []\n")}) {
    EXPECT_FALSE(agree(text)) << text;
    const auto list = parseComponentsList(text, "f");
    EXPECT_TRUE(list && *list == *readStrictly(text, "f")) << text;
  }
}

TEST(ComponentsListScan, LeavesEveryMistakeToTheStrictReader) {
  for (const char *request :
       {R"({})",
        R"(null)",
        R"([])",
        R"({"id":"x"})",
        R"({"id":"","components":[]})",
        R"({"id":"x","components":[],"id":"x"})",
        R"({"id":"x","components":[],"more":1})",
        R"({"id":"x","components":[],"componentSet":0})",
        R"({"id":"x","componentSet":1})",
        R"({"id":"x","componentSet":-1})",
        R"({"id":"x","componentSet":00})",
        R"({"id":"x","components":[],"unresolved":[{"file":"\u0000","line":1,"reason":"r",)"
        R"("couldReach":[]}]})",
        R"({"id":"x","componentSet":4294967296})",
        R"({"id":"x","componentSet":0.5})",
        R"({"id":"x","componentSet":})",
        R"({"id":"x","componentSet":"0"})",
        R"({"id":"a\tb","components":[]})",
        "{\"id\":\"a\tb\",\"components\":[]}",
        "{\"id\":\"a\x7f\",\"components\":[]}",
        "{\"id\":\"a\xFF\",\"components\":[]}",
        "{\"id\":\"a\xC3\",\"components\":[]}",
        R"({"id":"a\u0000","components":[]})",
        R"({"id":"a\x","components":[]})",
        R"({"id":"a\u12","components":[]})",
        R"({"id":"a\ud83d","components":[]})",
        R"({"id":"x","components":[],})",
        R"({"id":"x" "components":[]})",
        R"({"id":"x","components":[]},)",
        R"({"id":"x","components":[]} {"id":"y","components":[]})",
        R"({"id":"x","components":[]},{"id":"x","components":[]})",
        R"({"id":"x","components":[],"complete":1})",
        R"({"id":"x","components":[],"complete":truer})",
        R"({"id":"x","components":[],"handlers":[]})",
        R"({"id":"x","components":[{"component":"c"},{"component":"c"}]})",
        R"({"id":"x","components":[{"component":"c","phase":"sink"}]})",
        R"({"id":"x","components":[{"component":"c","evidence":[{"file":"f","line":1}]}]})",
        R"({"id":"x","components":[],"unresolved":[{"file":"f","line":1,"reason":"r",)"
        R"("couldReach":["a","a"]}]})"}) {
    EXPECT_FALSE(agree(around(request))) << request;
    EXPECT_FALSE(readStrictly(around(request), "f")) << request;
  }
  const std::string right = around(R"({"id":"GET /","components":[]})");
  for (const char *more : {"x", "{}", ",", "]", "\"", "\xC3\xA9"}) {
    EXPECT_FALSE(agree(right + more)) << more;
    EXPECT_FALSE(readStrictly(right + more, "f")) << more;
  }
}

/// Writes a random list: keys in any order, all white space, names that meet now and then.
class RandomText {
public:
  explicit RandomText(std::uint64_t seed) : random(seed) {}

  std::string list() {
    return object({{"format", text("ripple.components")},
                   {"version", text("1.0")},
                   {"applications", array(3, [this] { return application(); })},
                   {"components", array(4, [this] { return component(); })},
                   maybe("unresolved", array(2, [this] { return unresolved(); })),
                   maybe("ignored", array(2, [this] { return ignored(); }))});
  }

  std::size_t below(std::size_t bound) { return random() % bound; }
  /// TEXT with a few characters taken out, put in, or copied to elsewhere.
  std::string harmed(std::string text) {
    constexpr std::string_view characters = "{}[]:,\"\\/ue019-.tn \n\x01\x7f\xC3\xA9";
    for (std::size_t times = 1 + below(2); times > 0; --times) {
      const std::size_t at = below(text.size()), other = below(text.size());
      switch (below(4)) {
      case 0:
        text.erase(at, 1 + below(3));
        break;
      case 1:
        text.insert(at, 1, characters[below(characters.size())]);
        break;
      case 2:
        text[at] = characters[below(characters.size())];
        break;
      default:
        text.insert(at, text.substr(other, below(40)));
      }
    }
    return text;
  }

private:
  using Member = std::pair<std::string, std::string>; ///< Key and value; no value: left out.

  std::string space() {
    constexpr std::array<const char *, 6> spaces = {"", "", "", " ", "\n", "\r\t"};
    return spaces[below(spaces.size())];
  }
  std::string object(std::vector<Member> members) {
    std::shuffle(members.begin(), members.end(), random);
    std::string result = "{";
    for (const auto &[key, value] : members)
      if (!value.empty())
        result += (result == "{" ? "" : ",") + space() + text(key) + space() + ":" + value;
    return result + space() + "}";
  }
  template <typename Element> std::string array(std::size_t most, Element element) {
    std::string result = "[";
    for (std::size_t count = below(most + 1); count > 0; --count)
      result += space() + element() + (count > 1 ? "," : "");
    return result + space() + "]";
  }
  static std::string text(const std::string &value) { return "\"" + value + "\""; }
  std::string number() { return std::to_string(below(3) ? below(100) : below(UINT32_MAX)); }
  Member maybe(const char *key, std::string value) {
    return {key, below(2) ? std::move(value) : ""};
  }
  std::string oneOf(std::initializer_list<const char *> words) {
    return text(words.begin()[below(words.size())]);
  }
  /// Meets another of its kind once in SPREAD * SPREAD.
  std::string name(std::size_t spread = 30) {
    constexpr std::array<const char *, 7> ends = {"", "a", "é", "\\\\d", "\\/", "\\u00e9", "€"};
    return text("n" + std::to_string(below(spread)) + ends[below(ends.size())]);
  }
  std::string any() { return oneOf({"", "f", "a\\nb", "\\u0007", "x::y(\\\"z\\\")", "é"}); }

  std::string location() {
    return object({{"function", any()}, {"file", any()}, {"line", number()}});
  }
  std::string use() {
    return object({{"component", name()},
                   maybe("confidence", oneOf({"proven", "possible", "unknown"})),
                   maybe("phase", oneOf({"sync", "async"})),
                   maybe("via", name()),
                   maybe("evidence", array(2, [this] { return location(); }))});
  }
  std::string uses() {
    return array(3, [this] { return use(); });
  }
  std::string unresolved() {
    return object({maybe("application", name()),
                   {"file", any()},
                   {"line", number()},
                   {"reason", any()},
                   {"couldReach", array(2, [this] { return name(); })}});
  }
  std::string ignored() {
    return object({{"application", name()},
                   {"file", name()},
                   {"line", number()},
                   {"component", name()},
                   {"reason", name()},
                   maybe("requests", array(2, [this] { return name(); }))});
  }
  std::string request() {
    const bool interned = below(3) == 0;
    const bool several = below(4) == 0;
    const std::string handler = location();
    return object({{"id", name()},
                   maybe("protocol", text("http")),
                   maybe("method", text("GET")),
                   maybe("path", name()),
                   maybe("matchOrder", number()),
                   maybe("handler", handler),
                   {"handlers", several ? "[" + handler + "," + location() + "]" : ""},
                   maybe("complete", oneOf({"true"}).substr(1, 4)),
                   {"components", interned ? "" : uses()},
                   {"componentSet", interned ? std::to_string(below(2)) : ""},
                   maybe("unresolved", array(1, [this] { return unresolved(); }))});
  }
  std::string application() {
    return object({{"name", text("app" + std::to_string(below(20)))},
                   maybe("binary", object({maybe("path", name()), maybe("buildId", name())})),
                   maybe("complete", "false"),
                   maybe("ambient", uses()),
                   maybe("startup", uses()),
                   {"componentSets", "[" + uses() + "," + uses() + "]"},
                   {"requests", array(4, [this] { return request(); })}});
  }
  std::string component() {
    return object({{"id", name()},
                   {"kind", oneOf({"plugin", "sidecar", "application", "shared-library"})},
                   maybe("version", name()),
                   maybe("soname", name()),
                   maybe("origin", name()),
                   maybe("dependsOn", array(3, [this] { return name(); })),
                   maybe("restart", oneOf({"none", "process", "server"})),
                   maybe("sha256", name())});
  }

  std::mt19937_64 random;
};

TEST(ComponentsListScan, AgreesOnRandomListsAndHarmedOnes) {
  constexpr std::uint64_t seeds = 3000;
  unsigned taken = 0, right = 0, harmedTaken = 0, harmedRefused = 0;
  for (std::uint64_t seed = 0; seed < seeds && !testing::Test::HasFailure(); ++seed) {
    RandomText random(seed);
    const std::string text = random.list();
    const bool took = agree(text);
    taken += took;
    right += readStrictly(text, "f").has_value();
    EXPECT_EQ(took, readStrictly(text, "f").has_value()) << seed << text;
    (agree(random.harmed(text)) ? harmedTaken : harmedRefused) += 1;
  }
  EXPECT_EQ(taken, right);
  EXPECT_GT(taken, seeds / 3);
  EXPECT_GT(seeds - taken, seeds / 50) << "nothing was there twice";
  EXPECT_GT(harmedTaken, seeds / 50);
  EXPECT_GT(harmedRefused, seeds / 3);
}

TEST(ComponentsListDigest, IsOfTheCanonicalForm) {
  unsigned lists = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const auto list = scanComponentsList(RandomText(seed).list());
    if (!list)
      continue;
    std::string form;
    writeCanonical(*list, [&](std::string_view piece) { form += piece; });
    EXPECT_EQ(canonicalForm(form), form);
    EXPECT_EQ(digest(*list), "sha256:" + sha256(form));
    ++lists;
  }
  EXPECT_GT(lists, 100U);
}

// Plans and journals hold digests: what is the same list has the same one in every version.
TEST(ComponentsListDigest, StaysWhatItWas) {
  const std::string folder = RIPPLE_SOURCE_DIR "/testdata/documents/components/";
  EXPECT_EQ(digest(*readComponentsList(folder + "full.json")),
            "sha256:e3a916845196eb3e37532b2dff684272636a61faa3194c0b6fa27390775dc319");
  EXPECT_EQ(digest(*readComponentsList(folder + "interned.json")),
            "sha256:2741fa647e89b84ce105790bf82caf355ae90ade4fe056e05a7b97a482fe41e9");
}

TEST(ComponentsListScan, TakesNothingThatIsCutOff) {
  std::string text;
  for (std::uint64_t seed = 0; text.size() < 1000 || !scanComponentsList(text); ++seed)
    text = RandomText(seed).list();
  for (std::size_t size = 0; size < text.size(); ++size) {
    EXPECT_FALSE(scanComponentsList(text.substr(0, size))) << size;
    EXPECT_FALSE(readStrictly(text.substr(0, size), "f")) << size;
  }
}

} // namespace
} // namespace ripple::model
