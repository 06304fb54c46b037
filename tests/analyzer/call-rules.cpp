// RUN: %handlers --catalog %S/Inputs/calls.yaml %s
// Rules on calls, on functions and on overrides: what each of their keys says.
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>

namespace rest {
struct GetCall {};
struct PostCall {};
enum Method { Get, Post };
using Plain = std::function<void()>;
struct Api {
  void Register(const std::string &path, std::function<void(GetCall &)> handler);
  void Register(const std::string &path, std::function<void(PostCall &)> handler);
  void Register(const std::string &path, void (*handler)(PostCall *));
  void get(const char *path, Plain handler);
  void add(Method method, const char *path, Plain handler);
  void add(std::initializer_list<Method> methods, const char *path, Plain handler);
  void add(std::string method, const char *path, Plain handler);
  void files(const char *path, Plain handler);
};
void all(int count, ...);
void three(int first, int second, Plain handler);
void three(int first, Plain handler);
void command(const std::string &name, Plain handler);
void anything(Plain handler);
void early(Plain handler);
struct Job {
  virtual ~Job();
  virtual void run() = 0;
};
struct Named {
  virtual ~Named();
  virtual void first() = 0;
  virtual void second() = 0;
};
} // namespace rest
extern "C" int (*register_command)(const char *name, void (*handler)());
struct host_t {
  int (*add)(host_t *self, const char *name, void (*handler)());
};

void plain() {}
void posted(rest::PostCall *) {}
void variadic(int) {}

namespace shop::transactions {
void pay() {} // handler: transaction pay = shop::transactions::pay, by own
void notThis() {}
} // namespace shop::transactions

class Work : public rest::Job {
  void run() override {} // handler: transaction Work = Work::run, by over
};
class Two : public rest::Named {
  void first() override {}  // handler: transaction rest::Named::first = Two::first, by over
  void second() override {} // handler: transaction rest::Named::second = Two::second, by over
};

/// The program's own function around a registering one.
void own(rest::Api &api, const std::string &name, std::function<void(rest::GetCall &)> handler) {
  api.Register("/own/" + name, std::move(handler)); // handler: GET /own/one = main::lambda, by overload; GET <dynamic> = main::lambda, by overload
}

int main(int count, char **words) {
  rest::Api api;
  api.Register("/show", [](rest::GetCall &) {}); // handler: GET /show = main::lambda, by overload
  api.Register("/show", [](rest::PostCall &) {}); // handler: POST /show = main::lambda, by overload
  api.Register("/pointer", posted); // handler: POST /pointer = posted, by overload
  own(api, "one", [](rest::GetCall &) {});
  own(api, words[0], [](rest::GetCall &) {});
  api.get("items/{id}", plain); // handler: GET /items/{id} = plain, by also; HEAD /items/{id} = plain, by also
  api.add(rest::Post, "/added", plain); // handler: POST /added = plain, by listed
  api.add({rest::Get, rest::Post}, "/both", plain); // handler: GET /both = plain, by listed; POST /both = plain, by listed
  api.add("PUT", "/text", plain); // handler: PUT /text = plain, by listed
  api.add(words[1], "/any", plain); // handler: * /any = plain, by listed
  api.files("/static", plain); // handler: GET /static/** = plain, by below
  rest::all(2, plain, variadic, 3); // handler: transaction plain = plain, by rest; transaction variadic = variadic, by rest
  rest::three(1, 2, [] {}); // handler: transaction lambda = main::lambda, by three
  rest::three(1, [] {});
  rest::command("set", plain); // handler: transaction set = plain, by key
  rest::command(words[2], plain); // handler: transaction <dynamic> = plain, by key
  register_command("get", plain); // handler: transaction get = plain, by pointer
  host_t *host = reinterpret_cast<host_t *>(words);
  host->add(host, "hosted", plain); // handler: transaction hosted = plain, by field
  rest::anything([] {}); // handler: (every request) = main::lambda, by any
  rest::early([] {}); // handler: (start-up) = main::lambda, by early
  register_command("none", nullptr); // takes none
  Work work;
  Two two;
  shop::transactions::pay();
  shop::transactions::notThis();
  return count;
}
