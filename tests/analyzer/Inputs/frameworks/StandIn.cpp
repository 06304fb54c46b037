#include "StandIn.h"
int evhttp_set_cb(evhttp *, const char *, void (*)(evhttp_request *, void *), void *) { return 0; }
void evhttp_set_gencb(evhttp *, void (*)(evhttp_request *, void *), void *) {}
int event_base_dispatch(event_base *) { return 0; }
MHD_Daemon *MHD_start_daemon(unsigned, std::uint16_t, void *, void *, MHD_Access, void *, ...) {
  return nullptr;
}
void mg_set_request_handler(mg_context *, const char *, int (*)(mg_connection *, void *), void *) {}
Poco::Net::HTTPRequestHandler::~HTTPRequestHandler() = default;
void Poco::Net::serve(HTTPRequestHandler *) {}
CivetHandler::~CivetHandler() = default;
bool CivetHandler::handleGet(CivetServer *, mg_connection *) { return false; }
bool CivetHandler::handlePost(CivetServer *, mg_connection *) { return false; }
void addHandler(CivetHandler *) {}
