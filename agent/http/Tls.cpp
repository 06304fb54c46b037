//===- Tls.cpp - Certificates, and whom they convince ---------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/http/Tls.h"

#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/error.hpp>
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace ripple::agent {

namespace {

namespace ssl = boost::asio::ssl;
using Failure = tl::unexpected<std::string>;

/// The first reason that OpenSSL gives, which is the nearest to the cause; empties its list.
std::string reasonOfOpenSsl() {
  unsigned long code = ERR_peek_error();
  ERR_clear_error();
  const char *reason = code != 0 ? ERR_reason_error_string(code) : nullptr;
  return reason ? reason : "it cannot be used";
}

/// A program without a terminal cannot ask for it.
int noPassPhrase(char *, int, int, void *) { return -1; }

/// Who may read a key, in words; "" where only its owner may (or, of root's keys, a group).
std::string readersOf(const struct stat &status) {
  constexpr mode_t others = S_IRWXO, group = S_IRWXG, groupRead = S_IRGRP;
  if ((status.st_mode & others) == 0 && (status.st_mode & group) == 0)
    return {};
  bool rootsGroup = status.st_uid == 0 && (status.st_mode & (others | (group & ~groupRead))) == 0;
  if (rootsGroup)
    return {};
  return fmt::format("others than its owner may use the key (mode {:04o}); chmod 600 it",
                     status.st_mode & 07777U);
}

/// "" or why the key cannot be used.
std::string useKey(SSL_CTX *context, const std::string &file) {
  auto fail = [&](const std::string &why) { return fmt::format("{}: {}", file, why); };
  int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return fail(std::strerror(errno));
  std::unique_ptr<BIO, decltype(&BIO_free)> in(BIO_new_fd(fd, BIO_CLOSE), BIO_free);
  struct stat status{};
  if (::fstat(fd, &status) != 0)
    return fail(std::strerror(errno));
  if (!S_ISREG(status.st_mode))
    return fail("is no file");
  if (std::string readers = readersOf(status); !readers.empty())
    return fail(readers);
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      PEM_read_bio_PrivateKey(in.get(), nullptr, noPassPhrase, nullptr), EVP_PKEY_free);
  if (!key) {
    bool encrypted = ERR_GET_REASON(ERR_peek_error()) == PEM_R_BAD_PASSWORD_READ ||
                     ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_BAD_PASSWORD_READ;
    std::string reason = reasonOfOpenSsl();
    return fail(encrypted ? "the key has a pass phrase, and nobody is there to be asked for it"
                          : "is no private key in PEM (" + reason + ")");
  }
  if (SSL_CTX_use_PrivateKey(context, key.get()) != 1 || SSL_CTX_check_private_key(context) != 1)
    return fail("does not belong to the certificate (" + reasonOfOpenSsl() + ")");
  return {};
}

/// "" or why FILE cannot be opened: OpenSSL's own words do not say it.
std::string readable(const std::string &file) {
  struct stat status{};
  if (::stat(file.c_str(), &status) != 0 || ::access(file.c_str(), R_OK) != 0)
    return fmt::format("{}: {}", file, std::strerror(errno));
  return S_ISREG(status.st_mode) ? "" : file + ": is no file";
}

/// "" or why FILES cannot be used.
std::string useFiles(SSL_CTX *context, const model::TlsIdentity &files, TlsRole role) {
  for (const std::string &file : {files.certificate, files.authority})
    if (std::string why = readable(file); !why.empty())
      return why;
  ERR_clear_error();
  if (SSL_CTX_use_certificate_chain_file(context, files.certificate.c_str()) != 1)
    return fmt::format("{}: is no certificate in PEM ({})", files.certificate, reasonOfOpenSsl());
  if (std::string why = useKey(context, files.key); !why.empty())
    return why;
  if (SSL_CTX_load_verify_locations(context, files.authority.c_str(), nullptr) != 1)
    return fmt::format("{}: is no certificate in PEM ({})", files.authority, reasonOfOpenSsl());
  if (role == TlsRole::Server)
    SSL_CTX_set_client_CA_list(context, SSL_load_client_CA_file(files.authority.c_str()));
  return {};
}

std::string textOf(const ASN1_STRING *text) {
  if (!text)
    return {};
  unsigned char *utf8 = nullptr;
  int size = ASN1_STRING_to_UTF8(&utf8, text);
  if (size < 0)
    return {};
  std::string out(reinterpret_cast<const char *>(utf8), static_cast<std::size_t>(size));
  OPENSSL_free(utf8);
  // A stranger chose it, and it goes into the log.
  bool line = std::ranges::none_of(out, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
  return line ? out : std::string();
}

std::string commonName(const X509_NAME *name) {
  int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
  return at < 0 ? std::string() : textOf(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
}

std::string addressOf(const ASN1_OCTET_STRING *bytes) {
  const unsigned char *at = ASN1_STRING_get0_data(bytes);
  if (ASN1_STRING_length(bytes) == 4) {
    boost::asio::ip::address_v4::bytes_type v4;
    std::copy(at, at + v4.size(), v4.begin());
    return boost::asio::ip::address_v4(v4).to_string();
  }
  boost::asio::ip::address_v6::bytes_type v6;
  if (ASN1_STRING_length(bytes) != static_cast<int>(v6.size()))
    return {};
  std::copy(at, at + v6.size(), v6.begin());
  return boost::asio::ip::address_v6(v6).to_string();
}

std::string alternativeName(const GENERAL_NAME *name) {
  switch (name->type) {
  case GEN_DNS:
    return textOf(name->d.dNSName);
  case GEN_URI:
    return textOf(name->d.uniformResourceIdentifier);
  case GEN_IPADD:
    return addressOf(name->d.iPAddress);
  default:
    return {};
  }
}

struct Words {
  int reason;
  const char *text;
};

/// OpenSSL's reasons, said so that one knows whose side to look at.
constexpr Words words[] = {
    {SSL_R_HTTP_REQUEST, "it speaks plain HTTP, and this is an https address"},
    {SSL_R_WRONG_VERSION_NUMBER, "it does not speak TLS"},
    {SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE, "it gave no certificate"},
    {SSL_R_UNSUPPORTED_PROTOCOL, "it has no TLS 1.2 or later"},
    {SSL_R_TLSV1_ALERT_PROTOCOL_VERSION, "it has no version of TLS in common with this side"},
    {SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE, "it breaks off the handshake"},
    {SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED, "it wants a certificate, and got none"},
    {SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED, "it says that this side's certificate has expired"},
    {SSL_R_TLSV1_ALERT_UNKNOWN_CA,
     "it says that this side's certificate is of an authority that it does not know"},
    {SSL_R_SSLV3_ALERT_BAD_CERTIFICATE, "it does not accept this side's certificate"},
    {SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN, "it does not accept this side's certificate"},
    {SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED, "it says that this side's certificate is revoked"},
    {SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE,
     "it says that this side's certificate is not for this use"},
    {SSL_R_TLSV1_ALERT_DECRYPT_ERROR,
     "it says that this side's certificate is not signed as it should be"},
};

int reasonOf(const boost::system::error_code &error) {
  return error.category() == boost::asio::error::get_ssl_category()
             ? ERR_GET_REASON(static_cast<unsigned long>(error.value()))
             : 0;
}

} // namespace

tl::expected<TlsContext, std::string> loadTls(const model::TlsIdentity &files, TlsRole role) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls);
  SSL_CTX *native = context->native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  // No session outlives its connection: so each one is checked against what holds now.
  SSL_CTX_set_options(native, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_num_tickets(native, 0);
  SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_verify(native, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  if (std::string why = useFiles(native, files, role); !why.empty())
    return Failure(why);
  return context;
}

TlsFiles::Stamps TlsFiles::look() const {
  auto ns = [](const timespec &time) {
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
  };
  Stamps out;
  const std::string *paths[] = {&files.certificate, &files.key, &files.authority};
  for (std::size_t i = 0; i < out.size(); ++i)
    if (struct stat s{}; ::stat(paths[i]->c_str(), &s) == 0)
      out[i] = {static_cast<std::int64_t>(s.st_dev), static_cast<std::int64_t>(s.st_ino),
                static_cast<std::int64_t>(s.st_size), ns(s.st_mtim), ns(s.st_ctim)};
  return out;
}

tl::expected<TlsContext, std::string> TlsFiles::current() {
  std::lock_guard lock(mutex);
  Stamps now = look();
  if (context && now == seen)
    return context;
  auto loaded = loadTls(files, role);
  if (!loaded && !context)
    return loaded;
  if (!loaded)
    spdlog::error("the renewed certificate is not used, and the one before still is: {}",
                  loaded.error());
  else if (context)
    spdlog::info("{}: the renewed certificate is used from now on", files.certificate);
  if (loaded)
    context = *loaded;
  seen = now; // Of before the files were read: what changed meanwhile is read the next time.
  return context;
}

std::vector<std::string> namesOf(X509 *certificate) {
  std::vector<std::string> out;
  if (!certificate)
    return out;
  auto add = [&](std::string name) {
    if (!name.empty() && std::find(out.begin(), out.end(), name) == out.end())
      out.push_back(std::move(name));
  };
  add(commonName(X509_get_subject_name(certificate)));
  auto *names = static_cast<GENERAL_NAMES *>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names); ++i)
    add(alternativeName(sk_GENERAL_NAME_value(names, i)));
  GENERAL_NAMES_free(names);
  return out;
}

std::string joined(const std::vector<std::string> &names) {
  constexpr std::size_t namesMax = 10, bytesMax = 500;
  auto end = names.begin() + static_cast<std::ptrdiff_t>(std::min(namesMax, names.size()));
  std::string out = fmt::format("{}", fmt::join(names.begin(), end, ", "));
  if (out.size() > bytesMax)
    out.resize(bytesMax);
  return end != names.end() || out.size() == bytesMax ? out + ", …" : out;
}

bool CertificateProblem::operator()(bool accepted, ssl::verify_context &at) const {
  if (accepted)
    return true;
  X509_STORE_CTX *store = at.native_handle();
  int error = X509_STORE_CTX_get_error(store);
  auto names = namesOf(X509_STORE_CTX_get_current_cert(store));
  std::string of = joined(names);
  switch (error) {
  case X509_V_ERR_HOSTNAME_MISMATCH:
  case X509_V_ERR_IP_ADDRESS_MISMATCH:
    *problem = fmt::format("it is for another host: {}", of);
    break;
  case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
  case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
  case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    *problem = fmt::format("it is of an authority that is not known here ({})", of);
    break;
  default:
    *problem = fmt::format("{} ({})", X509_verify_cert_error_string(error), of);
  }
  return false;
}

std::string describeTls(const boost::system::error_code &error, const CertificateProblem &problem) {
  if (!problem.text().empty())
    return "its certificate is not accepted: " + problem.text();
  for (const Words &known : words)
    if (known.reason == reasonOf(error))
      return known.text;
  if (error == ssl::error::stream_truncated || error == boost::asio::error::eof)
    return "it closed the connection";
  return error.message();
}

bool isPlainHttp(const boost::system::error_code &error) {
  return reasonOf(error) == SSL_R_HTTP_REQUEST;
}

} // namespace ripple::agent
