// The closed world of these tests: a server framework and some libraries, none with source.
#ifndef WORLD_H
#define WORLD_H

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

// The framework.
void route(const std::string &path, std::function<void()> handler);
void hook(std::function<void()> handler); // runs around every request
void serve();
struct Server {
  Server &get(const char *path, std::function<void()> handler);
};
namespace lib {
class Service {
public:
  virtual ~Service();
  virtual void handle() = 0;
};
class Listener {
public:
  virtual ~Listener();
  virtual void onEvent() = 0;
};
void listen(Listener *listener);
void each(void (*callback)(void *), void *context);
void later(std::function<void()> callback);
} // namespace lib

// One component each: a, b, c, d, e, f.
#define LIBRARY(NAME)                                                                              \
  namespace NAME {                                                                                 \
  void use();                                                                                      \
  int value();                                                                                     \
  extern int counter;                                                                              \
  struct Object {                                                                                  \
    Object();                                                                                      \
    Object(const Object &);                                                                        \
    Object(Object &&);                                                                             \
    Object &operator=(const Object &);                                                             \
    ~Object();                                                                                     \
    operator bool() const;                                                                         \
    void call() const;                                                                             \
  };                                                                                               \
  Object operator+(const Object &, const Object &);                                                \
  struct Ops {                                                                                     \
    void (*open)(int);                                                                             \
    void (*close)(long);                                                                           \
  };                                                                                               \
  struct Hook {                                                                                    \
    virtual ~Hook();                                                                               \
    void go();                                                                                     \
    virtual void step() = 0;                                                                       \
  };                                                                                               \
  struct Source {                                                                                  \
    virtual ~Source();                                                                             \
    virtual std::function<void()> callback() = 0;                                                  \
    virtual Hook *object() = 0;                                                                    \
  };                                                                                               \
  struct Widget {                                                                                  \
    Widget();                                                                                      \
    ~Widget();                                                                                     \
    void click();                                                                                  \
    std::function<void()> onClick;                                                                 \
  };                                                                                               \
  extern void (*hook)();                                                                           \
  void ask(Source *source);                                                                        \
  void now(void (*callback)());                                                                    \
  void keep(std::function<void()> callback);                                                       \
  void keepAll(std::vector<std::function<void()>> callbacks);                                      \
  void keep(const Ops *ops);                                                                       \
  void keep(Hook *hook);                                                                           \
  void any(void *anything);                                                                        \
  }
LIBRARY(a)
LIBRARY(b)
LIBRARY(c)
LIBRARY(d)
LIBRARY(e)
LIBRARY(f)

#endif
