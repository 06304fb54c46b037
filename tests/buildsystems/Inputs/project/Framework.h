#pragma once
namespace own {
class Server {
public:
  void on(const char *path, void (*handler)()) { first = handler; name = path; }
  void run() { first(); }

private:
  void (*first)() = nullptr;
  const char *name = nullptr;
};
} // namespace own
