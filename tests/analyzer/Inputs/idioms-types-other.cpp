// What idioms-types.cpp declares only.
#include "world.h"

bool chance() { static bool now = false; return now = !now; }
class Hidden {
public:
  Hidden();
  ~Hidden();
  void run();

private:
  struct Impl;
  std::unique_ptr<Impl> impl;
};
struct Hidden::Impl {
  ~Impl() { b::use(); }
  void run() { a::use(); }
};
Hidden::Hidden() : impl(std::make_unique<Impl>()) {}
Hidden::~Hidden() = default;
void Hidden::run() { impl->run(); }

template <typename T> void elsewhere(T) { c::use(); }
template void elsewhere<int>(int);
template <typename T> struct External {
  void run() { d::use(); }
  virtual void dispatched() { e::use(); }
  virtual ~External() = default;
};
template struct External<int>;

struct Plugin {
  virtual ~Plugin() = default;
  virtual void run() = 0;
};
namespace {
struct PluginF : Plugin {
  void run() override { f::use(); }
};
} // namespace
Plugin *makeElsewhere() { return new PluginF; }
