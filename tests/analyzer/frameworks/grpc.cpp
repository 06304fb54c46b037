// REQUIRES: grpc-headers, protobuf-headers
// RUN: rm -rf %t && mkdir %t && protoc --proto_path=%S/Inputs/grpc --cpp_out=%t --grpc_out=%t --plugin=protoc-gen-grpc=/usr/bin/grpc_cpp_plugin cart.proto stock.proto
// RUN: %handlers %s %t/cart.grpc.pb.cc -- -I%t
// gRPC with its own headers and generator: synchronous services, callback reactors, queues.
#include <cart.grpc.pb.h>
#include <grpcpp/grpcpp.h>
#include <stock.grpc.pb.h>

namespace shop {
class Cart final : public v1::Cart::Service {
  grpc::Status Add(grpc::ServerContext *, const v1::Item *, v1::Total *total) override { // handler: grpc shop.v1.Cart/Add = shop::Cart::Add + shop::Reacting::Add + shop::Streamed::StreamedAdd, by grpc
    total->set_cents(1);
    return grpc::Status::OK;
  }
  grpc::Status Watch(grpc::ServerContext *, const v1::Item *, grpc::ServerWriter<v1::Total> *) override { // handler: grpc shop.v1.Cart/Watch = shop::Cart::Watch, by grpc
    return grpc::Status::OK;
  }
};
class Reacting final : public v1::Cart::CallbackService {
  grpc::ServerUnaryReactor *Add(grpc::CallbackServerContext *context, const v1::Item *, v1::Total *) override {
    auto *reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
};
class Streamed final : public v1::Cart::WithStreamedUnaryMethod_Add<v1::Cart::Service> {
  grpc::Status StreamedAdd(grpc::ServerContext *, grpc::ServerUnaryStreamer<v1::Item, v1::Total> *) override {
    return grpc::Status::OK;
  }
};
class Any final : public grpc::CallbackGenericService {
  grpc::ServerGenericBidiReactor *CreateReactor(grpc::GenericCallbackServerContext *) override { return nullptr; } // handler: transaction shop::Any = shop::Any::CreateReactor, by grpc
};
} // namespace shop

static void serveQueue(shop::v2::Stock::AsyncService &service, grpc::ServerCompletionQueue &queue) {
  void *tag = nullptr;
  grpc::ServerContext context;
  shop::v1::Item item;
  grpc::ServerAsyncResponseWriter<shop::v1::Total> responder(&context);
  service.RequestCount(&context, &item, &responder, &queue, &queue, &tag); // handler: grpc shop.v2.Stock/Count = loop of serveQueue, by grpc
  bool isOpen = false;
  while (queue.Next(&tag, &isOpen)) { // handler: transaction serveQueue = loop of serveQueue, by grpc
  }
}

static void ask(shop::v1::Cart::Stub &stub, grpc::CompletionQueue &queue) {
  grpc::ClientContext context;
  void *tag = nullptr;
  bool isOpen = false;
  auto call = stub.AsyncAdd(&context, {}, &queue);
  queue.Next(&tag, &isOpen); // a client's
}

int main() {
  shop::Cart cart;
  shop::Reacting reacting;
  shop::Streamed streamed;
  shop::Any any;
  shop::v2::Stock::AsyncService asynchronous;
  grpc::ServerBuilder builder;
  builder.RegisterService(&cart);
  auto queue = builder.AddCompletionQueue();
  ask(*shop::v1::Cart::NewStub(nullptr), *queue);
  serveQueue(asynchronous, *queue);
  builder.BuildAndStart()->Wait();
}
