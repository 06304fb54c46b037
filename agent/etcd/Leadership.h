//===- Leadership.h - Which manager leads -----------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Of several managers with one etcd, one leads: the one that made the key
// PREFIX/leader, which is bound to a lease that it keeps alive. The key's value
// says who it is; the revision at which it was made is the leader's *term*, higher
// than that of any leader before, and what its writes are guarded by.
//
//             campaign()            won
//      Idle ─────────────► Standby ─────► Leader ───► Lost ──► campaign() again
//        ▲                    │              │   lease not renewed in time,
//        └────── resign() ────┴──────────────┘   or the key is not ours any more
//
// A leader that is lost stays lost until it is told to campaign again, by whoever
// has first ended what it did as leader: nothing is ever done under a term that is
// not the one it was begun under.
//
// One thread, of this class's own, campaigns and keeps the lease alive. That the
// lease may be over is known by this machine's clock alone (the one that runs on
// while the machine sleeps): from the moment a renewal was *sent*, less a margin,
// so earlier than etcd can let anybody else lead.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_ETCD_LEADERSHIP_H
#define RIPPLE_AGENT_ETCD_LEADERSHIP_H

#include "agent/etcd/EtcdClient.h"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace ripple::agent {

/// Who leads, as its key says.
struct LeaderInfo {
  std::string name; ///< As it was configured.
  std::string url;  ///< Where it can be reached; "" where nowhere.
  std::string host;
  std::int64_t pid = 0;
  std::string since;     ///< RFC 3339, UTC.
  std::int64_t term = 0; ///< Not in the value: the revision of the key.

  bool operator==(const LeaderInfo &) const = default;
};

std::string writeLeader(const LeaderInfo &leader);
/// Any value of the key gives a leader: one without a name where it is not what `writeLeader`
/// gives.
LeaderInfo parseLeader(const KeyValue &kv);
/// "manager-2 (https://…, pid 7 on db1, since …)"
std::string describe(const LeaderInfo &leader);

struct LeadershipConfig {
  EtcdConfig etcd;
  std::string prefix = "/ripple";
  /// etcd takes none under its own minimum (with its defaults, 2 s) and rounds up to seconds.
  std::chrono::milliseconds ttl{3'000};
  std::chrono::milliseconds poll{250}; ///< How often a standby looks whether the key is there.
  LeaderInfo self;                     ///< Name and URL; the rest is found out.
};

struct LeadershipView {
  enum class Role { Idle, Standby, Leader, Lost };
  Role role = Role::Idle;
  std::int64_t term = 0;            ///< Where it leads, or did until it was lost.
  std::optional<LeaderInfo> leader; ///< Who leads by what etcd said last.
  std::string problem; ///< What keeps it from knowing, or why it was lost; "" if nothing.

  bool operator==(const LeadershipView &) const = default;
};
std::string_view toString(LeadershipView::Role role);

class Leadership {
public:
  using Changed = std::function<void(const LeadershipView &)>;

  /// CHANGED is called after each change, on this class's thread, with no lock held; it does not
  /// call `resign`. It may come late: before anything that only a leader does, ask `leads`.
  static tl::expected<std::unique_ptr<Leadership>, std::string> make(LeadershipConfig config,
                                                                     Changed changed);
  /// Resigns.
  ~Leadership();

  /// Begins, or begins again, to wait for its turn. Nothing where it does so or leads already.
  void campaign();
  /// Gives the lease back, so that another may lead at once; waits until that is done, or etcd
  /// has not answered for a second. What is done as leader has to have ended before.
  void resign();

  LeadershipView view();
  /// That this manager surely leads under TERM at this moment, else why not. From any thread.
  tl::expected<void, std::string> leads(std::int64_t term);

private:
  using Role = LeadershipView::Role;

  Leadership(LeadershipConfig config, Changed changed, std::unique_ptr<EtcdClient> client);
  void run();
  void standBy();
  void tryToWin();
  void lead();
  void renew();
  bool keyIsOurs();
  void giveBack();
  void become(const std::function<void(LeadershipView &)> &change);
  void lose(const std::string &why);
  void expireLocked();
  void loseLocked(const std::string &why);
  std::chrono::nanoseconds timeLeft();
  bool wait(std::chrono::nanoseconds time);
  bool isToStop();

  const LeadershipConfig config;
  const std::string key;
  const Changed changed;
  const std::unique_ptr<EtcdClient> client; ///< The thread's.

  std::mutex mutex;
  std::condition_variable woken;
  LeadershipView now;
  bool wanted = false, resigning = false, ending = false;
  /// Until when the lease is surely alive (boot clock).
  std::chrono::nanoseconds surelyUntil{0};

  std::int64_t lease = 0; ///< 0: none. The thread's.
  std::chrono::milliseconds granted{0};
  std::string value; ///< Of the key.
  std::thread thread;
};

} // namespace ripple::agent

#endif
