//===- RoutesHttpd.cpp - Apache httpd's configuration from routing classes -===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Of a request httpd keeps the line that the client wrote (THE_REQUEST) and the
// path that it made of it, decoded and without doubled slashes (REQUEST_URI).
// Where the first is plain both are the same; what is not plain, and what no rule
// takes, is left to the ProxyPass of *other*, which passes the client's own target
// on (nocanon).
//
// A balancer-manager knows the balancers of its own virtual host alone, so each
// application has one virtual host and one router in the Server List.
//
//===----------------------------------------------------------------------===//
#include "planner/Routes.h"

#include <set>

namespace ripple::planner {

namespace {

constexpr const char *Modules[] = {"mpm_event",      "authz_core",          "authz_host",
                                   "proxy",          "proxy_http",          "slotmem_shm",
                                   "proxy_balancer", "lbmethod_byrequests", "rewrite"};

void addBalancer(Lines &out, const RoutedApplication &application, const model::RoutingClass &one) {
  for (const std::string &id : one.requests)
    out.add("# {}", id);
  out.add("<Proxy \"balancer://{}\">", one.backend);
  for (const model::Server *server : application.servers)
    out.add("  BalancerMember \"http://{}\" route={} disablereuse=On connectiontimeout=5 retry=5",
            application.addressOn(*server), server->name);
  out.add("</Proxy>");
}

void addRule(Lines &out, const RouteRule &rule, const std::string &other) {
  const model::RequestKind &kind = *rule.kind;
  if (!rule.hasRule())
    return out.add("# {}: other, since {}", kind.id, rule.notRoutable);
  out.add("# {}", kind.id);
  if (!kind.method.empty() && kind.method != "*")
    out.add("RewriteCond \"%{{REQUEST_METHOD}}\" \"={}\"", kind.method);
  const std::string path = pathExpression(kind.path);
  if (rule.backend == other)
    out.add("RewriteRule \"^{}$\" \"-\" [END]", path);
  else
    out.add("RewriteRule \"^{}$\" \"balancer://{}%{{REQUEST_URI}}\" [P]", path, rule.backend);
}

void addRules(Lines &out, const RoutedApplication &application, const std::string &manager) {
  out.add("RewriteEngine On");
  out.add("RewriteRule \"^{}(/|$)\" \"-\" [END]", pathExpression(manager));
  out.add("# Not plain: to *other*, by the ProxyPass below.");
  out.add("RewriteCond \"%{{THE_REQUEST}}\" "
          "\"!^\\S+ /[A-Za-z0-9._~!&()*+,=:@/-]*(\\?\\S*)? HTTP/\" [OR]");
  out.add("RewriteCond \"%{{THE_REQUEST}}\" \"^\\S+ [^? ]*//\" [OR]");
  out.add("RewriteCond \"%{{THE_REQUEST}}\" \"^\\S+ [^? ]*/\\.\\.?[/? ]\"");
  out.add("RewriteRule \"^\" \"-\" [END]");
  for (const RouteRule &rule : application.rules)
    addRule(out, rule, application.other());
  out.add("ProxyPass \"{}\" \"!\"", manager);
  out.add("ProxyPass \"/\" \"balancer://{}/\" nocanon", application.other());
}

/// What stands in the application's virtual host.
std::string hostText(const RoutedApplication &application) {
  const std::string manager = managerOf(*application.router).first;
  Lines out;
  out.add("# What is kept away stays so over a graceful restart.");
  out.add("BalancerPersist On");
  out.add("ProxyPreserveHost On");
  out.add("ProxyTimeout 60");
  out.add("AllowEncodedSlashes NoDecode");
  out.add("TraceEnable Off");
  for (const model::RoutingClass &one : application.classes)
    addBalancer(out, application, one);
  out.add("<Location \"{}\">", manager);
  out.add("  SetHandler balancer-manager");
  out.add("  Require local");
  out.add("</Location>");
  addRules(out, application, manager);
  return out.take();
}

bool isAnyHost(const std::string &host) {
  return host == "*" || host == "0.0.0.0" || host == "[::]";
}

/// One socket for both?
bool isSameAddress(const std::string &one, const std::string &two) {
  auto [host, port] = hostAndPort(one);
  auto [otherHost, otherPort] = hostAndPort(two);
  auto loopback = [](const std::string &name) { return name == "localhost" ? "127.0.0.1" : name; };
  return port == otherPort &&
         (isAnyHost(host) || isAnyHost(otherHost) || loopback(host) == loopback(otherHost));
}

void addHead(Lines &out, const RoutedApplications &applications) {
  out.add("# Written by `ripple routes`. Make it anew when a Components List or the Server List");
  out.add("# changes; do not edit it. The variables are those of Debian's /etc/apache2/envvars.");
  out.add("ServerName \"{}\"", hostAndPort(managerOf(*applications.front().router).second).first);
  out.add("DefaultRuntimeDir \"${{APACHE_RUN_DIR}}\"");
  out.add("PidFile \"${{APACHE_PID_FILE}}\"");
  out.add("User \"${{APACHE_RUN_USER}}\"");
  out.add("Group \"${{APACHE_RUN_GROUP}}\"");
  out.add("ErrorLog \"${{APACHE_LOG_DIR}}/error.log\"");
  for (const char *module : Modules)
    out.add("LoadModule {0}_module \"/usr/lib/apache2/modules/mod_{0}.so\"", module);
}

void addHost(Lines &out, const RoutedApplication &application, std::vector<std::string> &open) {
  std::vector<std::string> addresses = {application.listen};
  const std::string manager = managerOf(*application.router).second;
  if (!isSameAddress(application.listen, manager))
    addresses.push_back(manager);
  out.addEmpty();
  for (const std::string &address : addresses) {
    bool isOpen = false;
    for (const std::string &one : open)
      isOpen = isOpen || isSameAddress(one, address);
    if (!isOpen)
      out.add("Listen {}", address);
    open.push_back(address);
  }
  out.add("<VirtualHost {}>", fmt::join(addresses, " "));
  out.indentBy(1);
  out.addAll(hostText(application));
  out.indentBy(0);
  out.add("</VirtualHost>");
}

} // namespace

std::vector<RouteFile> httpdFiles(const RoutedApplications &applications, bool fragment) {
  std::vector<RouteFile> files;
  if (!fragment) {
    Lines out;
    addHead(out, applications);
    std::vector<std::string> open;
    for (const RoutedApplication &application : applications)
      addHost(out, application, open);
    return {{"httpd.conf", out.take()}};
  }
  for (const RoutedApplication &application : applications) {
    Lines out;
    out.add("# Written by `ripple routes`: for the virtual host that takes the requests of {}",
            application.policy->name);
    out.add("# (Include), after rules of its own, and with no ProxyPass of its own. Modules:");
    out.add("# {}.", fmt::join(Modules, ", "));
    out.addAll(hostText(application));
    files.push_back({fmt::format("ripple-{}.conf", application.policy->name), out.take()});
  }
  return files;
}

} // namespace ripple::planner
