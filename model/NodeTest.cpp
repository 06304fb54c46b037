//===- NodeTest.cpp - A parsed text, before anyone knows what it means ----===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "model/Node.h"
#include "model/Reader.h"

#include <gmock/gmock.h>

namespace ripple::model {
namespace {

using testing::HasSubstr;

/// Every mistake of TEXT, as lines.
std::string mistakesOf(std::string_view text) {
  Report report("f");
  parseTree(text, report);
  return describe(report.take());
}

std::unique_ptr<Tree> parsed(std::string_view text) {
  Report report("f");
  auto tree = parseTree(text, report);
  EXPECT_TRUE(tree && report.empty()) << describe(report.take());
  return tree;
}

TEST(Tree, KnowsTheLineOfEachJsonValue) {
  auto tree = parsed("{\n\"a\": 1\n,\n\"b\":\n[true,\n\n\"x\"\n, 2.5\n], \"c\": {\n}}");
  const Node &root = tree->root;
  EXPECT_EQ(root.line(), 1);
  EXPECT_EQ(root.find("a")->line(), 2);
  EXPECT_EQ(root.find("b")->line(), 5);
  EXPECT_EQ(root.find("b")->elements()[0].line(), 5);
  EXPECT_EQ(root.find("b")->elements()[1].line(), 7);
  EXPECT_EQ(root.find("b")->elements()[2].line(), 8);
  EXPECT_EQ(root.find("c")->line(), 9);
  EXPECT_EQ(root.members()[1].line, 4U);
  EXPECT_EQ(root.find("d"), nullptr);
}

TEST(Tree, KnowsTheLineOfEachYamlValue) {
  auto tree = parsed("a: 1\nb:\n  - x\n  - {c: 2,\n     d: 3}\n");
  const Node &root = tree->root;
  EXPECT_EQ(root.find("a")->line(), 1);
  EXPECT_EQ(root.find("b")->elements()[0].line(), 3);
  EXPECT_EQ(root.find("b")->elements()[1].find("d")->line(), 5);
}

TEST(Tree, ReadsYamlScalarsByTheCoreSchema) {
  struct Sample {
    const char *text;
    const char *meaning;
  };
  constexpr Sample samples[] = {
      {"1", "the number 1"},
      {"-2", "the number -2"},
      {"+7", "the number 7"},
      {"0x1F", "the number 31"},
      {"0o17", "the number 15"},
      {"012", "the number 12"},
      {"1.5", "the number 1.5"},
      {".5", "the number 0.5"},
      {"1e3", "the number 1000"},
      {"true", "true"},
      {"FALSE", "false"},
      {"~", "null"},
      {"null", "null"},
      {"", "null"},
      {"yes", "the text 'yes'"},
      {"1.0.0", "the text '1.0.0'"},
      {"'1'", "the text '1'"},
      {"\"\"", "the text ''"},
      {"!!str 5", "the text '5'"},
      {"inf", "the text 'inf'"},
      {"1_000", "the text '1_000'"},
      {"0x-1", "the text '0x-1'"},
      {"+-1", "the text '+-1'"},
      {"nan", "the text 'nan'"},
      {"2026-12-01", "the text '2026-12-01'"},
  };
  for (const Sample &sample : samples) {
    auto tree = parsed(std::string("a: ") + sample.text + "\n");
    EXPECT_EQ(describe(*tree->root.find("a")), sample.meaning) << sample.text;
  }
}

TEST(Tree, GivesBothFormsTheSameValues) {
  auto json = parsed(R"({"a": [1, -2.5, "x", true, null, {"b": "ü"}]})");
  auto yaml = parsed("a:\n- 1\n- -2.5\n- x\n- true\n- ~\n- {b: ü}\n");
  for (const auto &tree : {std::ref(json), std::ref(yaml)}) {
    auto elements = tree.get()->root.find("a")->elements();
    ASSERT_EQ(elements.size(), 6U);
    EXPECT_EQ(elements[0].asInteger(), 1);
    EXPECT_EQ(elements[1].asReal(), -2.5);
    EXPECT_EQ(elements[2].asString(), "x");
    EXPECT_TRUE(elements[3].asBoolean());
    EXPECT_EQ(elements[4].kind(), Node::Kind::Null);
    EXPECT_EQ(elements[5].find("b")->asString(), "ü");
  }
}

TEST(Tree, TakesAByteOrderMark) {
  EXPECT_EQ(parsed("\xEF\xBB\xBF{\"a\": 1}")->root.find("a")->asInteger(), 1);
}

TEST(Tree, RefusesBrokenSyntaxWithItsLine) {
  EXPECT_THAT(mistakesOf("{\"a\": 1,\n\"b\": }"), HasSubstr("f:2: /b: this is not JSON: "));
  EXPECT_THAT(mistakesOf("{\"a\": 1}\n}"), HasSubstr("f:2: this is not JSON: "));
  EXPECT_THAT(mistakesOf("{\"a\": 1e999}"), HasSubstr("this is not JSON: "));
  EXPECT_THAT(mistakesOf("a: [1\nb: 2\n"), HasSubstr("this is not YAML: "));
  EXPECT_THAT(mistakesOf("a: 1\n\tb: 2\n"), HasSubstr("f:2: this is not YAML: "));
  EXPECT_THAT(mistakesOf("a: 1\n---\nb: 2\n"), HasSubstr("more than one YAML document"));
  EXPECT_THAT(mistakesOf("a: 1\nb: \"x\nc: 2\n"), HasSubstr("f:2: a quote is opened and never"));
  EXPECT_THAT(mistakesOf("a: é\nb: &x 'x''\nc: 2\n"), HasSubstr("f:2: a quote is opened"));
  EXPECT_EQ(mistakesOf("a: 'x'''\nb: \"\\\"\"\n"), "");
  EXPECT_EQ(mistakesOf("a: |\n  it's\n"), "");
  EXPECT_EQ(mistakesOf("a: it's\n"), "");
  EXPECT_THAT(mistakesOf(" \n"), HasSubstr("the document is empty"));
  EXPECT_THAT(mistakesOf("# only a comment\n"), HasSubstr("the document is empty"));
}

TEST(Tree, RefusesWhatIsNotUtf8) {
  EXPECT_EQ(mistakesOf("a: 1\nb: \xFF\n"),
            "f:2: the byte 0xFF is not UTF-8; save the file as UTF-8\n");
  for (const char *bad : {"\xC0\xAF", "\xED\xA0\x80", "\xF5\x80\x80\x80", "\xE2\x82", "\x80"})
    EXPECT_THAT(mistakesOf("{\"a\": \"" + std::string(bad) + "\"}"), HasSubstr("is not UTF-8"));
  EXPECT_EQ(mistakesOf("{\"a\": \"€😀\"}"), "");
}

TEST(Tree, NamesEveryKeyThatIsUsedTwice) {
  EXPECT_EQ(mistakesOf("{\"a\": {\"x\": 1,\n\"x\": 2},\n\"a\": 3}"),
            "f:2: /a/x: the key 'x' is used twice in one mapping (first on line 1); remove one of "
            "them\n"
            "f:3: /a: the key 'a' is used twice in one mapping (first on line 1); remove one of "
            "them\n");
  EXPECT_THAT(mistakesOf("list:\n- b: 1\n- b: 1\n  b: 2\n"),
              HasSubstr("f:4: /list/1/b: the key 'b'"));
  std::string many = "{";
  for (int i = 0; i < 100; ++i)
    many += "\"k" + std::to_string(i % 99) + "\": 1,\n";
  EXPECT_THAT(mistakesOf(many + "\"z\": 1}"), HasSubstr("f:100: /k0: the key 'k0' is used twice"));
}

TEST(Tree, RefusesDeepNesting) {
  EXPECT_THAT(mistakesOf(std::string(100'000, '[')), HasSubstr("nested more than 100 deep"));
  EXPECT_THAT(mistakesOf("a: " + std::string(100'000, '[')), HasSubstr("f"));
  std::string deep = "a:";
  for (int i = 0; i < 200; ++i)
    deep += "\n" + std::string(static_cast<std::size_t>(i) + 1, ' ') + "a:";
  EXPECT_THAT(mistakesOf(deep + " 1\n"), HasSubstr("nested more than 100 deep"));
}

TEST(Tree, CopiesWhatAliasesNameButNotWithoutEnd) {
  auto tree = parsed("a: &x {b: [1, 2]}\nc: *x\n");
  EXPECT_EQ(tree->root.find("c")->find("b")->elements()[1].asInteger(), 2);
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 10; ++i) {
    std::string before = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
    for (int j = 1; j < 10; ++j)
      bomb += ", " + before;
    bomb += "]\n";
  }
  EXPECT_THAT(mistakesOf(bomb), HasSubstr("aliases add more than 100000 values"));
  EXPECT_THAT(mistakesOf("a: &x [*x]\n"), HasSubstr("f:1"));
  EXPECT_THAT(mistakesOf("a: *nowhere\n"), HasSubstr("f:1"));
}

TEST(Tree, RefusesYamlThatHasNoJsonForm) {
  EXPECT_THAT(mistakesOf("? [a, b]\n: 1\n"), HasSubstr("a list or mapping cannot be a key"));
  EXPECT_THAT(mistakesOf("a: !!binary aGk=\n"),
              HasSubstr("the tag 'tag:yaml.org,2002:binary' is not known"));
  EXPECT_THAT(mistakesOf("a: !mine {b: 1}\n"), HasSubstr("the tag '!mine' is not known"));
}

} // namespace
} // namespace ripple::model
