//===- DebianVersion.h - The order of Debian's versions ---------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// As deb-version(7) has it and `dpkg --compare-versions` does it. Code of its own,
// since dpkg's and APT's libraries are under a licence that binds what links them.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_PLANNER_ADVISORY_DEBIANVERSION_H
#define RIPPLE_PLANNER_ADVISORY_DEBIANVERSION_H

#include <compare>
#include <string_view>

namespace ripple::planner::advisory {

/// What keeps TEXT from being [EPOCH:]UPSTREAM[-REVISION]; "" where it is one.
std::string_view debianVersionProblem(std::string_view text);

/// The order of two versions. Texts that are no versions have a place in it too.
std::weak_ordering compareDebian(std::string_view a, std::string_view b);

} // namespace ripple::planner::advisory

#endif
