//===- Package.h - Installing one version of a Debian package -----*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//   merge what an interrupted dpkg left            dpkg --set-selections
//   look: is it installed as VERSION already?      dpkg-query
//   would anything else change?                    apt-get --simulate
//   install it, up or down                         apt-get install NAME=VERSION
//   look again                                     dpkg-query
//
// So it is safe to repeat, after a crash in the midst too. A package whose
// installation would remove or replace another that is installed is refused:
// only the requests that use the named one were kept away.
//
// dpkg and apt are found as Debian installs them. Where they work is theirs:
// APT_CONFIG and DPKG_ROOT in the agent's environment are passed on to them.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_ACTION_PACKAGE_H
#define RIPPLE_AGENT_ACTION_PACKAGE_H

#include "agent/action/Action.h"

namespace ripple::agent {

inline constexpr const char *AptGet = "/usr/bin/apt-get";

/// The version of the Debian package NAME that is completely installed; "" where it is not
/// installed, or only in part. Or why that cannot be told. Blocks, a few milliseconds as a rule.
tl::expected<std::string, std::string> installedPackage(const std::string &name);

/// What keeps PACKAGE from being installed here; changes nothing. With WAYBACK its version must be
/// at hand, even where it is the installed one. Asks apt, which takes up to some seconds.
std::vector<std::string> packageProblems(const model::PackageAction &package,
                                         const ActionContext &context, bool wayBack);

/// Installs PACKAGE for REQUEST. Blocks, at most about `request.timeout`.
ActionOutcome installPackage(const model::PackageAction &package, const ActionRequest &request,
                             const ActionContext &context);

/// What `apt-get --simulate` printed: packages other than NAME that are installed and would be
/// replaced ("libssl3 from 3.0.11-1 to 3.0.15-1") or removed ("libssl3, which is to go").
std::vector<std::string> othersChanged(std::string_view simulated, std::string_view name);

} // namespace ripple::agent

#endif
