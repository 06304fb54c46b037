//===- Nginx.cpp - The driver for nginx -----------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/router/Nginx.h"

#include "agent/action/RunProgram.h"
#include "agent/router/Driver.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sys/stat.h>
#include <thread>

namespace fs = std::filesystem;
using namespace ripple;
using namespace ripple::agent;
using std::chrono::milliseconds;

namespace {

using Clock = std::chrono::steady_clock;

constexpr milliseconds TestMax{10'000};
/// From the signal until new workers take the requests.
constexpr milliseconds ReloadMax{5'000}, ReloadStep{10};
/// From the file's time to the signal: a worker's start is known by hundredths of a second, rounded
/// down, and has to be later for sure.
constexpr milliseconds Apart{30};

std::string firstLine(const std::string &text) { return text.substr(0, text.find('\n')); }

std::string commandLineOf(pid_t pid) {
  std::ifstream in(fmt::format("/proc/{}/cmdline", pid));
  std::string text;
  std::getline(in, text, '\0');
  while (!text.empty() && text.back() == ' ')
    text.pop_back();
  return text;
}

/// Processes that the master has started.
struct Workers {
  std::set<pid_t> serving; ///< They take requests.
  std::set<pid_t> leaving; ///< They finish what they have.
};

Workers workersOf(pid_t master) {
  Workers workers;
  for (const auto &[pid, stat] : runningProcesses()) {
    if (stat.parent != master)
      continue;
    auto title = commandLineOf(pid);
    if (title == "nginx: worker process")
      workers.serving.insert(pid);
    else if (title == "nginx: worker process is shutting down")
      workers.leaving.insert(pid);
  }
  return workers;
}

/// When PID was started, by the wall clock; the kernel tells hundredths of a second.
double startedAt(pid_t pid) {
  auto stat = processStat(pid);
  timespec sinceBoot{}, now{};
  ::clock_gettime(CLOCK_BOOTTIME, &sinceBoot);
  ::clock_gettime(CLOCK_REALTIME, &now);
  auto seconds = [](const timespec &time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
  };
  auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  return stat ? seconds(now) - seconds(sinceBoot) + static_cast<double>(stat->startTime) / ticks
              : 0;
}

class NginxRouter final : public Driver {
public:
  NginxRouter(const model::Router &router, RouterOptions options)
      : Driver(router.name, router.upstreams), Entry(router), Options(options) {}

  RouterResult<void> setState(const RouterTarget &target, RouterState state,
                              model::Sessions sessions) override;
  RouterResult<RouterState> readBack(const RouterTarget &target) override;
  RouterResult<RouterView> observe() override;
  RouterResult<RouterIdentity> identity() override;
  RouterCapabilities capabilities() const override { return nginx::capabilities(); }

private:
  struct File {
    std::string path; ///< Without symlinks.
    std::string text;
    struct stat status{};
    std::vector<nginx::UpstreamLine> lines;
  };

  RouterResult<ProcessIdentity> master() const;
  RouterResult<File> read() const;
  RouterResult<const nginx::UpstreamLine *> find(const File &file,
                                                 const RouterTarget &target) const;
  RouterResult<void> write(const File &file, const std::string &text) const;
  RouterResult<void> test() const;
  RouterResult<void> reload();
  bool isLoaded(const File &file, const ProcessIdentity &of) const;

  model::Router Entry;
  RouterOptions Options;
  /// The file, and the master that this object has seen load it.
  std::string LoadedText;
  ProcessIdentity LoadedBy;
};

RouterResult<ProcessIdentity> NginxRouter::master() const {
  std::ifstream in(Entry.pidFile);
  pid_t pid = 0;
  if (!(in >> pid) || pid <= 1)
    return fail(RouterError::Kind::Unreachable, fmt::format("{} names no process", Entry.pidFile),
                "start nginx, or correct `pidFile`");
  auto process = identify(pid);
  if (!process || commandLineOf(pid).rfind("nginx: master process", 0) != 0)
    return fail(
        RouterError::Kind::Unreachable,
        fmt::format("process {} of {} is no master of nginx on this host", pid, Entry.pidFile),
        "start nginx, or correct `pidFile`");
  return *process;
}

RouterResult<NginxRouter::File> NginxRouter::read() const {
  File file;
  std::error_code error;
  file.path = fs::canonical(Entry.upstreams, error).string();
  OwnedFd fd(error ? -1 : ::open(file.path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd || ::fstat(fd.get(), &file.status) != 0)
    return fail(RouterError::Kind::Unreachable,
                fmt::format("cannot be read: {}", error ? error.message() : std::strerror(errno)),
                "correct `upstreams`: the file of upstreams that nginx includes");
  std::ifstream in(file.path, std::ios::binary);
  file.text.assign(std::istreambuf_iterator<char>(in), {});
  auto lines = nginx::parseUpstreams(file.text);
  if (!lines)
    return fail(RouterError::Kind::Garbage, lines.error(),
                "write one line `server ADDRESS; # SERVER` in each upstream");
  file.lines = std::move(*lines);
  return file;
}

RouterResult<const nginx::UpstreamLine *> NginxRouter::find(const File &file,
                                                            const RouterTarget &target) const {
  auto line = std::ranges::find(file.lines, target, &nginx::UpstreamLine::target);
  if (line == file.lines.end())
    return fail(
        RouterError::Kind::Refused,
        fmt::format("it has no server '{}' in upstream '{}'", target.server, target.backend),
        "give it a line `server ADDRESS; # SERVER` in `upstream APPLICATION.CLASS`");
  return &*line;
}

/// A new file renamed over the old one, with its owner and mode; on the disk when it returns.
RouterResult<void> NginxRouter::write(const File &file, const std::string &text) const {
  auto failed = [&](const char *what) {
    return fail(RouterError::Kind::Refused, fmt::format("{}: {}", what, std::strerror(errno)),
                "run the manager as a user that may write this file and its folder");
  };
  auto fresh = file.path + ".ripple-new";
  OwnedFd fd(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd)
    return failed("cannot be written");
  for (std::string_view left = text; !left.empty();) {
    auto written = ::write(fd.get(), left.data(), left.size());
    if (written < 0)
      return failed("cannot be written");
    left.remove_prefix(static_cast<std::size_t>(written));
  }
  bool kept = ::fchown(fd.get(), file.status.st_uid, file.status.st_gid) == 0 &&
              ::fchmod(fd.get(), file.status.st_mode & 07777) == 0;
  if (!kept || ::fsync(fd.get()) != 0)
    return failed("cannot be written");
  if (::rename(fresh.c_str(), file.path.c_str()) != 0)
    return failed("cannot be replaced");
  OwnedFd folder(::open(fs::path(file.path).parent_path().c_str(), O_RDONLY | O_DIRECTORY));
  if (!folder || ::fsync(folder.get()) != 0)
    return failed("is perhaps not on the disk");
  return {};
}

RouterResult<void> NginxRouter::test() const {
  if (Entry.test.empty())
    return {};
  auto answer = askProgram(Entry.test, {}, TestMax);
  if (answer.program.succeeded())
    return {};
  return fail(
      RouterError::Kind::Refused,
      fmt::format("{}: {}: {}", Entry.test[0], answer.program.message, firstLine(answer.text)),
      "its configuration is not in order; nothing was reloaded");
}

RouterResult<void> NginxRouter::reload() {
  auto before = master();
  if (!before)
    return tl::make_unexpected(before.error());
  auto old = workersOf(before->pid).serving;
  if (::kill(before->pid, SIGHUP) != 0)
    return fail(RouterError::Kind::Refused,
                fmt::format("its master cannot be signalled: {}", std::strerror(errno)),
                "run the manager as root, or as nginx's user");
  for (auto deadline = Clock::now() + std::max(ReloadMax, Options.timeout); Clock::now() < deadline;
       std::this_thread::sleep_for(ReloadStep)) {
    auto now = workersOf(before->pid).serving;
    bool renewed =
        !now.empty() && std::ranges::none_of(now, [&](pid_t pid) { return old.count(pid) > 0; });
    auto still = master();
    if (renewed && still && *still == *before)
      return {};
  }
  return fail(RouterError::Kind::NotHeld, "its workers were not renewed after SIGHUP",
              "see its error log: it keeps the old configuration where it cannot use the new one");
}

/// Every worker that takes requests was started after the file was written. The clock may have
/// been set meanwhile: so before a change counts, this object has seen nginx load it.
bool NginxRouter::isLoaded(const File &file, const ProcessIdentity &of) const {
  if (file.text == LoadedText && of == LoadedBy)
    return true;
  auto written = static_cast<double>(file.status.st_mtim.tv_sec) +
                 static_cast<double>(file.status.st_mtim.tv_nsec) / 1e9;
  return std::ranges::all_of(workersOf(of.pid).serving,
                             [&](pid_t pid) { return startedAt(pid) >= written; });
}

RouterResult<void> NginxRouter::setState(const RouterTarget &target, RouterState state,
                                         model::Sessions) {
  auto file = read();
  if (!file)
    return tl::make_unexpected(file.error());
  auto line = find(*file, target);
  if (!line)
    return tl::make_unexpected(line.error());
  auto of = master();
  if (!of)
    return tl::make_unexpected(of.error());
  auto wanted = nginx::withState(file->text, **line, state);
  if (wanted == file->text && wanted == LoadedText && *of == LoadedBy)
    return {};
  if (wanted != file->text)
    if (auto written = write(*file, wanted); !written)
      return written;
  if (auto tested = test(); !tested) {
    // With its old time, too: what workers have loaded is what they had loaded before.
    if (auto restored = write(*file, file->text); !restored)
      return restored;
    const timespec times[2] = {file->status.st_atim, file->status.st_mtim};
    ::utimensat(AT_FDCWD, file->path.c_str(), times, 0);
    return tested;
  }
  std::this_thread::sleep_for(Apart);
  if (auto loaded = reload(); !loaded)
    return loaded;
  // Somebody else may have written it meanwhile.
  auto after = read();
  if (!after)
    return tl::make_unexpected(after.error());
  auto now = find(*after, target);
  if (!now)
    return tl::make_unexpected(now.error());
  if ((*now)->down != (state == RouterState::Forbidden))
    return fail(RouterError::Kind::NotHeld,
                fmt::format("{}/{} was to be {} and was changed meanwhile", target.backend,
                            target.server, toString(state)),
                "see who else writes this file");
  LoadedText = after->text == wanted ? wanted : "";
  LoadedBy = *of;
  return {};
}

RouterResult<RouterState> NginxRouter::readBack(const RouterTarget &target) {
  auto view = observe();
  if (!view)
    return tl::make_unexpected(view.error());
  const auto *server = view->server(target);
  if (!server)
    return fail(RouterError::Kind::Refused, fmt::format("it has no server '{}' in upstream '{}'",
                                                        target.server, target.backend));
  return server->admin;
}

RouterResult<RouterIdentity> NginxRouter::identity() {
  return master().map([](const ProcessIdentity &process) {
    return RouterIdentity{process.pid, static_cast<std::int64_t>(process.startTime)};
  });
}

RouterResult<RouterView> NginxRouter::observe() {
  auto of = master();
  if (!of)
    return tl::make_unexpected(of.error());
  auto file = read();
  if (!file)
    return tl::make_unexpected(file.error());
  bool loaded = isLoaded(*file, *of);
  auto leaving = workersOf(of->pid).leaving.size();
  RouterView view;
  view.identity = {of->pid, static_cast<std::int64_t>(of->startTime)};
  for (const auto &line : file->lines) {
    RouterServer server;
    server.target = line.target;
    // What is written and not loaded keeps nobody away.
    server.admin = line.down && loaded ? RouterState::Forbidden : RouterState::Permitted;
    server.adminWord = fmt::format("{}{}", line.down ? "down" : "up", loaded ? "" : ", not loaded");
    server.up = true;
    server.uncounted = leaving;
    view.servers.push_back(std::move(server));
    if (view.backends.empty() || view.backends.back().name != line.target.backend)
      view.backends.push_back({line.target.backend, 0, 0});
  }
  std::ranges::sort(view.servers, {}, &RouterServer::target);
  std::ranges::sort(view.backends, {}, &RouterBackend::name);
  return view;
}

} // namespace

tl::expected<std::vector<nginx::UpstreamLine>, std::string>
nginx::parseUpstreams(std::string_view text) {
  static const std::regex Opens(R"(\s*upstream\s+([^\s{;]+)\s*\{\s*(#.*)?)");
  static const std::regex Closes(R"(\s*\}.*)");
  static const std::regex Server(R"((\s*server\s[^;#]*);\s*#\s*(\S+)\s*)");
  static const std::regex Down(R"(\sdown(\s|$))");
  std::vector<UpstreamLine> lines;
  std::set<RouterTarget> seen;
  std::string upstream;
  for (std::size_t at = 0; at < text.size();) {
    auto end = std::min(text.find('\n', at), text.size());
    std::string line(text.substr(at, end - at));
    std::smatch match;
    if (std::regex_match(line, match, Opens)) {
      upstream = match[1].str();
    } else if (std::regex_match(line, Closes)) {
      upstream.clear();
    } else if (!upstream.empty() && std::regex_match(line, match, Server)) {
      auto directive = match[1].str();
      UpstreamLine found{{upstream, match[2].str()},
                         at,
                         at + directive.size(),
                         std::regex_search(directive, Down)};
      if (!seen.insert(found.target).second)
        return tl::make_unexpected(fmt::format("upstream {} has several lines for server {}",
                                               upstream, found.target.server));
      lines.push_back(std::move(found));
    }
    at = end + 1;
  }
  return lines;
}

std::string nginx::withState(std::string_view text, const UpstreamLine &line, RouterState state) {
  bool down = state == RouterState::Forbidden;
  if (line.down == down)
    return std::string(text);
  std::string directive(text.substr(line.begin, line.end - line.begin));
  if (down)
    directive += " down";
  else
    directive = std::regex_replace(directive, std::regex(R"(\s+down(?=\s|$))"), "");
  return std::string(text.substr(0, line.begin)) + directive + std::string(text.substr(line.end));
}

RouterCapabilities nginx::capabilities() {
  return {.forbidsByClass = true,
          .countsActive = false,
          .checksServers = false,
          .survivesRestart = true,
          .bindsClients = false, // `down` holds for ip_hash and hash, too.
          .withoutGate = model::assumedWithoutGate(model::RouterKind::Nginx)};
}

RouterResult<std::unique_ptr<Router>> nginx::makeRouter(const model::Router &router,
                                                        RouterOptions options) {
  return std::make_unique<NginxRouter>(router, options);
}
