//===- Service.cpp - What our HTTP programs have in common ----------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "common/Service.h"

#include <agent/gate/RippleGateHttplib.h>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <pthread.h>
#include <spdlog/spdlog.h>
#include <stdexcept>
#include <sys/socket.h>
#include <thread>
#include <yaml-cpp/yaml.h>

namespace apps {
namespace {

double numberOption(std::vector<std::string> &arguments, const std::string &name, double fallback,
                    double least, double most) {
  std::string text = takeOption(arguments, name, "");
  if (text.empty())
    return fallback;
  std::size_t used = 0;
  double value = 0;
  try {
    value = std::stod(text, &used);
  } catch (const std::exception &) {
    used = 0;
  }
  if (used != text.size() || value < least || value > most)
    throw std::invalid_argument(
        fmt::format("--{} {}: must be a number from {} to {}", name, text, least, most));
  return value;
}

std::unique_ptr<SlotPool> openPool(const ServiceOptions &options) {
  if (options.slotsFile.empty())
    return nullptr;
  return std::make_unique<SlotPool>(options.slotsFile, options.slots);
}

/// The gate in $RIPPLE_GATE_DIR, with the table in $RIPPLE_GATE_TABLE; none where the former is
/// not set. Throws std::runtime_error where it cannot be opened: then nobody would wait for our
/// requests.
ripple::gate::Gate openGate(const std::string &application) {
  const char *directory = std::getenv("RIPPLE_GATE_DIR");
  if (!directory) {
    spdlog::warn("RIPPLE_GATE_DIR is not set: {} runs without a gate", application);
    return {};
  }
  ripple_gate_options options{};
  options.application = application.c_str();
  options.directory = directory;
  ripple::gate::Gate gate = ripple::gate::Gate::open(options);
  if (!gate)
    throw std::runtime_error(
        fmt::format("the gate in {} cannot be opened: {}", directory, std::strerror(gate.error())));
  spdlog::info("{} has its gate in {}", application, directory);
  return gate;
}

/// SIGTERM and SIGINT, to be waited for; in no thread do they interrupt anything.
sigset_t endSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

/// Adds the options in the YAML file that `--config` names behind those in ARGUMENTS.
void addConfigured(std::vector<std::string> &arguments) {
  std::string file = takeOption(arguments, "config", "");
  if (file.empty())
    return;
  try {
    for (const auto &entry : YAML::LoadFile(file)) {
      arguments.push_back("--" + entry.first.as<std::string>());
      arguments.push_back(entry.second.as<std::string>());
    }
  } catch (const YAML::Exception &mistake) {
    throw std::invalid_argument("--config " + file + ": " + mistake.what());
  }
}

} // namespace

const char *const ServiceUsage = R"(
  --config FILE       a YAML file with any of these options ("port: 8081")
  --host ADDRESS      where to listen (default: 127.0.0.1)
  --port PORT         the same (default: one that is free)
  --threads N         requests that can be open at one time (default: 512)
  --slots-file FILE   workers that all programs of this server share (default: no limit)
  --slots N           how many workers that file has (default: 16)
  --service-ms MS     mean time of a downstream call (default: 60)
  --seed N            of the variation of that time (default: 1)
  --executions DIR    folder for the audit trail of transactions (default: none)
)";

std::string takeOption(std::vector<std::string> &arguments, const std::string &name,
                       const std::string &fallback) {
  const std::string flag = "--" + name;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    auto first = arguments.begin() + static_cast<std::ptrdiff_t>(i);
    std::string value;
    if (arguments[i].rfind(flag + "=", 0) == 0) {
      value = arguments[i].substr(flag.size() + 1);
      arguments.erase(first);
    } else if (arguments[i] == flag) {
      if (i + 1 == arguments.size())
        throw std::invalid_argument(flag + ": needs a value");
      value = arguments[i + 1];
      arguments.erase(first, first + 2);
    } else {
      continue;
    }
    takeOption(arguments, name, ""); // Said once more: the first wins.
    return value;
  }
  return fallback;
}

ServiceOptions takeServiceOptions(std::vector<std::string> &arguments, std::string name) {
  addConfigured(arguments);
  ServiceOptions options;
  options.name = std::move(name);
  options.host = takeOption(arguments, "host", options.host);
  options.port = static_cast<int>(numberOption(arguments, "port", 0, 0, 65535));
  options.threads = static_cast<unsigned>(numberOption(arguments, "threads", 512, 1, 4096));
  options.slotsFile = takeOption(arguments, "slots-file", "");
  options.slots =
      static_cast<unsigned>(numberOption(arguments, "slots", 16, 1, SlotPool::SlotsMax));
  options.serviceMs = numberOption(arguments, "service-ms", 60, 0, 60'000);
  options.seed = static_cast<std::uint64_t>(numberOption(arguments, "seed", 1, 0, 1e9));
  options.executions = takeOption(arguments, "executions", "");
  return options;
}

Service::Service(ServiceOptions given)
    : options(std::move(given)), opened(openGate(options.name)), pool(openPool(options)),
      slow(pool.get(),
           std::chrono::nanoseconds(static_cast<std::int64_t>(options.serviceMs * 1'000'000)),
           options.seed),
      trail(options.executions, options.name) {
  sigset_t signals = endSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr); // In every thread that is made from here on.
  server.new_task_queue = [threads = options.threads] { return new httplib::ThreadPool(threads); };
  spdlog::flush_on(spdlog::level::info);
  // One request a connection: the proxy before us makes a new one for each, and one that is kept
  // would occupy a thread of ours.
  server.set_keep_alive_max_count(1);
  if (opened) {
    ripple::gate::HttplibOptions gateOptions;
    gateOptions.exempt = {"/healthz"};
    ripple::gate::HttplibMiddleware(opened, gateOptions).install(server);
  }
  server.set_logger([](const httplib::Request &request, const httplib::Response &response) {
    spdlog::debug("{} {} {}", request.method, request.path, response.status);
  });
  server.set_exception_handler(
      [](const httplib::Request &request, httplib::Response &response, std::exception_ptr error) {
        try {
          std::rethrow_exception(error);
        } catch (const std::invalid_argument &mistake) {
          response.status = 400;
          response.set_content(std::string(mistake.what()) + "\n", "text/plain");
        } catch (const std::exception &failure) {
          spdlog::error("{} {}: {}", request.method, request.path, failure.what());
          response.status = 500;
          response.set_content("internal error\n", "text/plain");
        }
      });
}

Service::~Service() = default;

void Service::beginTransaction(const httplib::Request &request, const char *kind) {
  trail.begin(request.get_header_value("Idempotency-Token"), kind);
}

std::shared_ptr<void> Service::claim() {
  return std::make_shared<ripple::gate::Claim>(ripple::gate::HttplibMiddleware::claim());
}

/// Binds, with a queue for connections that bursts fit into: cpp-httplib's own holds five.
bool Service::bind() {
  int listener = -1;
  server.set_socket_options([&listener](int socket) {
    int on = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    listener = socket;
  });
  if (options.port == 0)
    options.port = server.bind_to_any_port(options.host);
  else if (!server.bind_to_port(options.host, options.port))
    return false;
  if (options.port <= 0 || ::listen(listener, 4096) != 0)
    return false;
  // Accepted sockets pass here too; the listener is gone from now on.
  server.set_socket_options([](int) {});
  return true;
}

int Service::run() {
  sigset_t signals = endSignals();
  if (!bind()) {
    spdlog::error("cannot listen on {}:{}; is another program using it?", options.host,
                  options.port);
    return 1;
  }
  std::thread ender([this, &signals] {
    int signal = 0;
    sigwait(&signals, &signal);
    spdlog::info("{} finishes what it has begun", options.name);
    server.stop();
  });
  spdlog::info("{} serves on {}:{}", options.name, options.host, options.port);
  bool served = server.listen_after_bind();
  pthread_kill(ender.native_handle(), SIGTERM); // Where it ended by itself.
  ender.join();
  spdlog::info("{} has ended", options.name);
  return served ? 0 : 1;
}

} // namespace apps
