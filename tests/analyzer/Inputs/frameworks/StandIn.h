#pragma once
#include <cstdint>
extern "C" {
struct evhttp;
struct evhttp_request;
struct event_base;
int evhttp_set_cb(evhttp *, const char *path, void (*)(evhttp_request *, void *), void *);
void evhttp_set_gencb(evhttp *, void (*)(evhttp_request *, void *), void *);
int event_base_dispatch(event_base *);

struct MHD_Daemon;
struct MHD_Connection;
using MHD_Access = int (*)(void *, MHD_Connection *, const char *url);
MHD_Daemon *MHD_start_daemon(unsigned, std::uint16_t, void *, void *, MHD_Access, void *, ...);

struct mg_context;
struct mg_connection;
void mg_set_request_handler(mg_context *, const char *, int (*)(mg_connection *, void *), void *);
}
namespace Poco::Net {
struct HTTPServerRequest;
struct HTTPServerResponse;
struct HTTPRequestHandler {
  virtual ~HTTPRequestHandler();
  virtual void handleRequest(HTTPServerRequest &, HTTPServerResponse &) = 0;
};
void serve(HTTPRequestHandler *);
} // namespace Poco::Net
struct CivetServer;
struct CivetHandler {
  virtual ~CivetHandler();
  virtual bool handleGet(CivetServer *, mg_connection *);
  virtual bool handlePost(CivetServer *, mg_connection *);
};
void addHandler(CivetHandler *);
