//===- Sha256.h - SHA-256 of bytes that come in pieces ----------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Private to model/.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_MODEL_SHA256_H
#define RIPPLE_MODEL_SHA256_H

#include <memory>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace ripple::model {

class Sha256 {
public:
  Sha256();
  void add(std::string_view bytes);
  /// Of all that was added, in lower-case hexadecimal; the last call.
  std::string hexadecimal();

private:
  struct Free {
    void operator()(evp_md_ctx_st *context) const;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

} // namespace ripple::model

#endif
