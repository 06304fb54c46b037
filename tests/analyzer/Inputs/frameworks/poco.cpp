#include "StandIn.h"
namespace app {
struct Items : Poco::Net::HTTPRequestHandler {
  void handleRequest(Poco::Net::HTTPServerRequest &, Poco::Net::HTTPServerResponse &) override {}
};
} // namespace app
int main() { Poco::Net::serve(new app::Items); }
