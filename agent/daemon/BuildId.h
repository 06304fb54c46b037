//===- BuildId.h - The build-id of an ELF file -------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Small and without LLVM. What it reads may be anything: a file that is being
// written, or one made to harm. Every offset is checked.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_DAEMON_BUILDID_H
#define RIPPLE_AGENT_DAEMON_BUILDID_H

#include <string>

namespace ripple::agent {

/// The GNU build-id of the little-endian ELF file that FD is open on, in lower-case hexadecimal;
/// "" where it has none or is no such file.
std::string buildIdOf(int fd);
/// The same of the file at PATH; "" too where it cannot be read.
std::string buildIdOf(const std::string &path);

} // namespace ripple::agent

#endif
