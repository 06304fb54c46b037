//===- ExchangeRates.cpp - Exchange rates from elsewhere ------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "core/ExchangeRates.h"

#include <curl/curl.h>
#include <memory>
#include <sstream>
#include <stdexcept>

namespace shop {
namespace {

constexpr std::size_t AnswerBytesMax = 65536;

std::size_t append(char *bytes, std::size_t, std::size_t count, void *target) {
  auto *text = static_cast<std::string *>(target);
  if (text->size() + count > AnswerBytesMax)
    return 0; // libcurl takes this as an error.
  text->append(bytes, count);
  return count;
}

std::string fetch(const std::string &url) {
  std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> request(curl_easy_init(), curl_easy_cleanup);
  if (!request)
    throw std::runtime_error("libcurl cannot start");
  std::string text;
  curl_easy_setopt(request.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(request.get(), CURLOPT_TIMEOUT, 5L);
  curl_easy_setopt(request.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(request.get(), CURLOPT_FAILONERROR, 1L);
  curl_easy_setopt(request.get(), CURLOPT_WRITEFUNCTION, append);
  curl_easy_setopt(request.get(), CURLOPT_WRITEDATA, &text);
  if (CURLcode result = curl_easy_perform(request.get()); result != CURLE_OK)
    throw std::runtime_error(url + ": " + curl_easy_strerror(result));
  return text;
}

} // namespace

ExchangeRates::ExchangeRates(std::string from) : url(std::move(from)) {
  curl_global_init(CURL_GLOBAL_DEFAULT);
}

ExchangeRates::~ExchangeRates() { curl_global_cleanup(); }

double ExchangeRates::rate(const std::string &currency) const {
  std::istringstream lines(fetch(url));
  std::string name;
  double rate = 0;
  while (lines >> name >> rate)
    if (name == currency)
      return rate;
  throw std::invalid_argument("no rate for this currency");
}

} // namespace shop
