// A library of the system's: what it declares is not the program's.
#pragma once
#pragma GCC system_header
#include <functional>
#include <map>
#include <vector>

#define SYSTEM(NAME)                                                                               \
  namespace NAME::system {                                                                         \
  struct Desk {                                                                                    \
    Desk();                                                                                        \
    ~Desk();                                                                                       \
    void open();                                                                                   \
    std::vector<std::function<void()>> all;                                                        \
    std::map<int, std::function<void()>> named;                                                    \
    std::function<void()> one;                                                                     \
    void (*plain)();                                                                               \
  };                                                                                               \
  struct Table {                                                                                   \
    void (*open)();                                                                                \
    void (*close)();                                                                               \
  };                                                                                               \
  struct Poll {                                                                                    \
    void *(*make)(void (*callback)(short **));                                                     \
  };                                                                                               \
  struct Hook {                                                                                    \
    virtual ~Hook();                                                                               \
    void go();                                                                                     \
    virtual void step() = 0;                                                                       \
  };                                                                                               \
  extern Desk desk;                                                                                \
  extern void (*place)();                                                                          \
  std::function<void()> &slot();                                                                   \
  void use();                                                                                      \
  void now(void (*callback)());                                                                    \
  void keep(std::function<void()> callback);                                                       \
  void run(Hook *hook);                                                                            \
  void run(const Table *table);                                                                    \
  }
SYSTEM(a)
SYSTEM(b)
SYSTEM(c)
SYSTEM(d)
SYSTEM(e)
SYSTEM(f)
