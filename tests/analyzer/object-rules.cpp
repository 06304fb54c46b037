// RUN: %handlers --catalog %S/Inputs/objects.yaml %s
// Rules of which the path or the handler is an object's: how it is made, wherever that is.
#include <functional>
#include <memory>
#include <string>

namespace rest {
using Plain = std::function<void()>;
enum Method { Get, Post };
struct Url {
  Url(const std::string &text);
};
struct Listener {
  Listener();
  explicit Listener(Url url);
  void support(Method method, Plain handler);
};
struct Rule {
  void handle(Plain handler);
};
struct Group {
  Group(int level, const char *start = nullptr);
  void get(const std::string &path, Plain handler);
  Rule &rule(const std::string &path);
};
struct Page {
  explicit Page(const std::string &path);
};
struct Handler {
  virtual ~Handler();
  virtual void get();
  virtual void put();
};
struct App {
  Rule &rule(const std::string &path);
  void add(const std::string &path, Handler *handler);
  void files(const std::string &path, const std::string &folder);
  void once(const std::string &path, Plain handler);
  void never(const std::string &path, Plain handler);
  void moved(const std::string &path, Plain handler);
  void start();
};
} // namespace rest
struct place_t {
  void (*on_request)();
};
extern "C" {
void *make_path(void *host, const char *path);
place_t *make_place(void *path, unsigned size);
}

void plain() {}

class Shop {
public:
  explicit Shop(const std::string &address, int level) : listener(address), group(level, "/shop") {
    listener.support(rest::Get, plain); // handler: GET /one/** = plain, by whole; GET /two/** = plain, by whole
  }
  Shop() : Shop("http://localhost/two", 2) {}
  void setUp() {
    group.get("/more", plain); // handler: GET /shop/more = plain, by below
    later.support(rest::Get, plain); // handler: GET <dynamic> = plain, by whole
  }

private:
  rest::Listener listener, later;
  rest::Group group;
};

/// Made with another one in another place.
class Moved {
public:
  Moved() : group(1, "/first") {}
  void move() { group = rest::Group(1, "/second"); }
  void setUp() {
    group.get("/x", plain); // handler: GET <dynamic> = plain, by below
  }

private:
  rest::Group group;
};

class Own : public rest::Group {
public:
  explicit Own(const char *start) : Group(3, start) {
    get("/own", plain); // handler: GET /start/own = plain, by below
    rule("/rule").handle([this] { get("/inner", plain); }); // handler: GET /start/rule = Own::Own::lambda, by chain; GET /start/inner = plain, by below
  }
};
class Shared : public rest::Group {
public:
  explicit Shared(const char *start) : Group(3, start) {
    get("/shared", plain); // handler: GET /written/shared = plain, by below; GET <dynamic> = plain, by below
  }
};

class About : public rest::Page {
public:
  About() : Page("/about") {}
  void serve() {} // handler: GET /about = About::serve, by named
};
class Any : public rest::Page {
public:
  using Page::Page;
  void serve() {} // handler: GET <dynamic> = Any::serve, by named
};

class Show : public rest::Handler {
  void get() override {}
};
class Both : public Show {
  void put() override {}
};

static rest::Group global(0, "/global");

static void own(rest::App &app, rest::Handler &given, rest::Group &group) {
  app.add("/given", &given); // not understood: GET /given = rest::Handler::get, by object; PUT /given = rest::Handler::put, by object
  group.get("/given", plain); // handler: GET <dynamic> = plain, by below
}

int main(int, char **words) {
  Shop shop("http://0.0.0.0:80/one?x", 1);
  Shop().setUp();
  Moved moved;
  moved.setUp();
  moved.move();
  Own start("/start");
  Shared written("/written");
  auto shared = std::make_shared<Shared>("/not-written");
  About about;
  about.serve();
  Any("/any").serve();
  global.get("/x", plain); // handler: GET /global/x = plain, by below
  rest::Group none(1);
  none.get("/none", plain); // handler: GET /none = plain, by below
  auto owned = std::make_unique<rest::Group>(1, "/owned");
  owned->get("/x", plain); // handler: GET /owned/x = plain, by below
  std::unique_ptr<rest::Group> reset(new rest::Group(1, "/before"));
  reset.reset(new rest::Group(1, "/after"));
  reset->get("/x", plain); // handler: GET <dynamic> = plain, by below
  rest::Group unknown(1, words[0]);
  unknown.get("/x", plain); // handler: GET <dynamic> = plain, by below
  auto &rule = owned->rule("/kept");
  rule.handle(plain); // handler: GET /owned/kept = plain, by chain
  rest::App app;
  app.rule("/app").handle(plain); // handler: POST /app = plain, by chain
  Both both;
  app.add("/both", &both); // handler: GET /both = Show::get, by object; PUT /both = Both::put, by object
  app.add("/show", new Show); // handler: GET /show = Show::get, by object
  own(app, both, none);
  app.files("/files", "/srv/www"); // handler: GET /files/** = rest::App::files, by files
  app.once("/once", plain); // handler: GET /once = plain, by needs
  app.never("/never", plain);
  app.moved("/moved", plain); // handler: GET <dynamic> = plain, by unless
  app.start();
  place_t *place = make_place(make_path(words, "/made"), sizeof(place_t));
  place->on_request = plain; // handler: * /made = plain, by made
  void *path = make_path(words, "/through");
  make_place(path, 1)->on_request = plain; // handler: * /through = plain, by made
  place_t other = {plain}; // handler: * <dynamic> = plain, by made
  other.on_request();
}
