// REQUIRES: thrift-headers
// RUN: rm -rf %t && mkdir %t && thrift --gen cpp -out %t %S/Inputs/thrift/calculator.thrift
// RUN: %handlers %s %t/Calculator.cpp %t/Scientific.cpp -- -I%t
// Thrift with its own headers and generator: services, and one that extends another; generated
// clients are no handlers.
#include <Scientific.h>
#include <thrift/protocol/TBinaryProtocol.h>
#include <thrift/server/TSimpleServer.h>
#include <thrift/transport/TBufferTransports.h>
#include <thrift/transport/TServerSocket.h>

class Office : public office::ScientificIf {
  int32_t add(const int32_t a, const int32_t b) override { return a + b; } // handler: transaction office::CalculatorIf::add = Office::add, by thrift
  void reset() override {} // handler: transaction office::CalculatorIf::reset = Office::reset, by thrift
  double root(const double x) override { return x; } // handler: transaction office::ScientificIf::root = Office::root, by thrift
};

int main() {
  using namespace apache::thrift;
  server::TSimpleServer server(std::make_shared<office::ScientificProcessor>(std::make_shared<Office>()),
                               std::make_shared<transport::TServerSocket>(9090),
                               std::make_shared<transport::TBufferedTransportFactory>(),
                               std::make_shared<protocol::TBinaryProtocolFactory>());
  server.serve();
}
