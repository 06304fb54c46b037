//===- AgentConfig.h - `ripple.agent` ---------------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// How the agent of one server is set up. Written by people.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_MODEL_AGENTCONFIG_H
#define RIPPLE_MODEL_AGENTCONFIG_H

#include "model/Document.h"
#include "model/Network.h"
#include "model/ServerList.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ripple::model {

/// A process that the agent starts, watches and restarts; or one that systemd does.
struct SupervisedProcess {
  std::string name; ///< The unit's name where systemd runs it.
  std::string application;
  std::string unit; ///< "shop@1.service"; then `ready` and the time limits alone are used below.
  std::vector<std::string> command; ///< command[0] is an absolute path.
  std::map<std::string, std::string> environment;
  std::string directory; ///< "": the root.
  int stopSignal = 15;
  Milliseconds stopTimeout{10'000};
  std::string ready; ///< "http://HOST:PORT/PATH" that answers 2xx when it serves; "": at once.
  Milliseconds readyTimeout{30'000};
  bool autostart = true;
};

/// How to tell which version of a component is installed, and which files are its own.
struct ObservedComponent {
  std::string id;
  // Exactly one of `symlink`, `run` and `package`:
  std::string symlink;          ///< What it points to names the version,
  std::string version;          ///< by the first group of this regular expression.
  std::vector<std::string> run; ///< Its first line of output is the version.
  std::string package;          ///< The Debian package's version.
  /// Glob on the paths of files that processes load. "": for a symlink, what stands beside its
  /// target and matches `version`; for the others, nothing is looked for.
  std::string file;
};

/// Whose plans are carried out.
struct SignedPlans {
  std::string cluster;           ///< What plans are to be signed for.
  std::vector<std::string> keys; ///< Files: Ed25519 public keys, any of which may have signed.
};

struct AgentConfig {
  std::string server;
  std::vector<Address> listen;  ///< At least one.
  std::optional<TlsServer> tls; ///< There where one of them is HTTPS.
  std::string state;            ///< Folder of the journal and of the logs.
  std::string root = "/";       ///< What relative paths are relative to.
  std::string gateDirectory;    ///< Where the applications' gates put their segments.
  std::vector<SupervisedProcess> processes;
  std::vector<ObservedComponent> components;
  std::vector<Router> routers; ///< Those on this host, by which managers reach them.
  std::optional<std::vector<std::string>> allow; ///< Programs that actions may run; none: any.
  std::optional<SignedPlans> signedPlans;        ///< None: any plan, signed or not.
  std::string systemctl = "/usr/bin/systemctl";  ///< The program that speaks with systemd.
  bool stopProcesses = false;                    ///< SIGTERM ends the processes too.

  /// The first of its unix sockets; null where it has none.
  const Address *socket() const;
  const SupervisedProcess *process(std::string_view name) const;
  const ObservedComponent *component(std::string_view id) const;
};

/// Relative paths in it are made absolute: `state`, `listen`, `gateDirectory`, `root` and
/// the files of `tls` and `signedPlans` by the folder of FILE, all others by `root`.
Result<AgentConfig> readAgentConfig(const std::string &file);
Result<AgentConfig> parseAgentConfig(std::string_view text, const std::string &file);

} // namespace ripple::model

#endif
