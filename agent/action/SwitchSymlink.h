//===- SwitchSymlink.h - Switching a versioned symlink ------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// A new link is made beside the old one, renamed over it, and the directory
// synced. Readers see the old target or the new one, never none: the old link
// is never removed first.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_ACTION_SWITCHSYMLINK_H
#define RIPPLE_AGENT_ACTION_SWITCHSYMLINK_H

#include <string>
#include <tl/expected.hpp>
#include <vector>

namespace ripple::agent {

/// What keeps LINK from being switched to TARGET; changes nothing. TARGET is absolute or
/// relative to the link's folder, and must exist. LINK may be missing, but may not be a file.
std::vector<std::string> symlinkProblems(const std::string &link, const std::string &target);

/// Makes LINK point to TARGET, durably. True where it was changed, false where it did already.
tl::expected<bool, std::string> switchSymlink(const std::string &link, const std::string &target);

} // namespace ripple::agent

#endif
