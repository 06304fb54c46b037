//===- XmlReport.cpp - Reports as XML -------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "XmlReport.h"

#include <charconv>
#include <cstring>
#include <expat.h>
#include <memory>
#include <stdexcept>

namespace reports {
namespace {

struct Parsing {
  Report report;
  std::string mistake;
};

std::string attribute(const char **attributes, const char *name) {
  for (; *attributes; attributes += 2)
    if (std::strcmp(attributes[0], name) == 0)
      return attributes[1];
  return "";
}

void startElement(void *context, const char *element, const char **attributes) {
  auto &parsing = *static_cast<Parsing *>(context);
  if (std::strcmp(element, "report") == 0) {
    parsing.report.name = attribute(attributes, "name");
    return;
  }
  Row row{attribute(attributes, "region"), attribute(attributes, "product"), 0};
  std::string cents = attribute(attributes, "cents");
  auto [end, error] = std::from_chars(cents.data(), cents.data() + cents.size(), row.cents);
  if (error != std::errc() || *end)
    parsing.mistake = "cents=\"" + cents + "\" is no amount";
  parsing.report.rows.push_back(std::move(row));
}

void endElement(void *, const char *) {}

} // namespace

Report parseReport(std::string_view xml) {
  std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser(XML_ParserCreate(nullptr),
                                                                      XML_ParserFree);
  Parsing parsing;
  XML_SetUserData(parser.get(), &parsing);
  XML_SetElementHandler(parser.get(), startElement, endElement);
  if (XML_Parse(parser.get(), xml.data(), static_cast<int>(xml.size()), 1) != XML_STATUS_OK)
    throw std::invalid_argument("line " + std::to_string(XML_GetCurrentLineNumber(parser.get())) +
                                ": " + XML_ErrorString(XML_GetErrorCode(parser.get())));
  if (!parsing.mistake.empty())
    throw std::invalid_argument(parsing.mistake);
  if (parsing.report.name.empty())
    throw std::invalid_argument("the report has no name");
  return std::move(parsing.report);
}

} // namespace reports
