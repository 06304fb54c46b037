//===- EtcdServer.cpp - A real etcd of a test's own -----------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/etcd/testing/EtcdServer.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <netinet/in.h>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace ripple::agent::test {

int freePort() {
  int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (fd < 0 || ::bind(fd, reinterpret_cast<sockaddr *>(&address), size) != 0)
    throw std::runtime_error("no port");
  ::getsockname(fd, reinterpret_cast<sockaddr *>(&address), &size);
  ::close(fd);
  return ntohs(address.sin_port);
}

TemporaryDirectory::TemporaryDirectory()
    : folder(std::filesystem::temp_directory_path() / "ripple-etcd-XXXXXX") {
  if (!::mkdtemp(folder.data()))
    throw std::runtime_error("no directory");
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
}

TlsFiles makeTlsFiles(const std::string &folder) {
  auto run = [&](const std::string &command) {
    if (std::system(("cd " + folder + " && openssl " + command + " 2>openssl.log").c_str()) != 0)
      throw std::runtime_error("openssl " + command);
  };
  auto sign = [&](const std::string &name, const std::string &extensions) {
    std::ofstream(folder + "/" + name + ".ext") << extensions << '\n';
    run(fmt::format("req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN={0} "
                    "-keyout {0}.key -out {0}.csr",
                    name));
    run(fmt::format("x509 -req -in {0}.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 "
                    "-extfile {0}.ext -out {0}.pem",
                    name));
  };
  run("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=authority -days 2 "
      "-keyout ca.key -out ca.pem");
  // etcd's gateway asks etcd itself with the server's certificate: it serves as a client's, too.
  sign("server", "subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth,clientAuth");
  sign("client", "extendedKeyUsage=clientAuth");
  return {folder + "/ca.pem", folder + "/server.pem", folder + "/server.key",
          folder + "/client.pem", folder + "/client.key"};
}

EtcdServer::EtcdServer(EtcdOptions wanted)
    : EtcdServer("one", std::move(wanted), freePort(), freePort(), {}) {
  start();
}

EtcdServer::EtcdServer(std::string itsName, EtcdOptions wanted, int client, int peer,
                       std::string all)
    : name(std::move(itsName)), options(std::move(wanted)), clientPort(client), peerPort(peer),
      members(std::move(all)) {
  if (members.empty())
    members = fmt::format("{}=http://127.0.0.1:{}", name, peerPort);
  clientUrl =
      fmt::format("{}://127.0.0.1:{}", options.tls.ca.empty() ? "http" : "https", clientPort);
}

std::vector<std::unique_ptr<EtcdServer>> EtcdServer::cluster(int size) {
  std::vector<int> peers;
  std::string members;
  for (int i = 0; i < size; ++i) {
    peers.push_back(freePort());
    members += fmt::format("{}m{}=http://127.0.0.1:{}", i ? "," : "", i, peers.back());
  }
  std::vector<std::unique_ptr<EtcdServer>> servers;
  for (int i = 0; i < size; ++i) {
    servers.emplace_back(new EtcdServer(fmt::format("m{}", i), {}, freePort(), peers[i], members));
    servers.back()->start();
  }
  return servers;
}

EtcdServer::~EtcdServer() { kill(); }

void EtcdServer::start() {
  std::string peerUrl = fmt::format("http://127.0.0.1:{}", peerPort);
  std::vector<std::string> arguments = {"etcd",
                                        "--name=" + name,
                                        "--data-dir=" + directory.path() + "/data",
                                        "--listen-client-urls=" + clientUrl,
                                        "--advertise-client-urls=" + clientUrl,
                                        "--listen-peer-urls=" + peerUrl,
                                        "--initial-advertise-peer-urls=" + peerUrl,
                                        "--initial-cluster=" + members,
                                        "--logger=zap",
                                        "--log-outputs=stderr"};
  if (!options.tls.ca.empty()) {
    arguments.emplace_back("--client-cert-auth");
    arguments.push_back("--trusted-ca-file=" + options.tls.ca);
    arguments.push_back("--cert-file=" + options.tls.serverCertificate);
    arguments.push_back("--key-file=" + options.tls.serverKey);
  }
  arguments.insert(arguments.end(), options.more.begin(), options.more.end());
  std::vector<char *> argv;
  for (std::string &argument : arguments)
    argv.push_back(argument.data());
  argv.push_back(nullptr);
  int log =
      ::open((directory.path() + "/log").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  pid = ::fork();
  if (pid == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(log, 1);
    ::dup2(log, 2);
    ::execvp("etcd", argv.data());
    ::_exit(127); // Package etcd-server.
  }
  ::close(log);
}

bool EtcdServer::awaitReady() const {
  EtcdConfig asked = config();
  asked.timeout = std::chrono::seconds(30);
  asked.tryTimeout = std::chrono::seconds(1);
  auto client = EtcdClient::make(asked);
  if (!client)
    return false;
  // Where authentication is on, a refusal is an answer, too.
  auto answer = (*client)->range({"ready"});
  return answer || answer.error().kind == EtcdError::Kind::Refused;
}

void EtcdServer::stop() const {
  ::kill(pid, SIGSTOP);
  int status = 0;
  ::waitpid(pid, &status, WUNTRACED);
}

void EtcdServer::kill() {
  if (pid <= 0)
    return;
  ::kill(pid, SIGKILL);
  ::waitpid(pid, nullptr, 0);
  pid = -1;
}

EtcdConfig EtcdServer::config() const {
  EtcdConfig config;
  config.endpoints = {clientUrl};
  config.caFile = options.tls.ca;
  config.certificateFile = options.tls.clientCertificate;
  config.keyFile = options.tls.clientKey;
  return config;
}

std::string EtcdServer::log() const {
  std::ifstream in(directory.path() + "/log");
  return {std::istreambuf_iterator<char>(in), {}};
}

} // namespace ripple::agent::test
