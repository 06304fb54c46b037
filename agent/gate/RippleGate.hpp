//===- RippleGate.hpp - The gate for C++ -------------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// What ripple_gate.h offers, with owners that give back what they hold. Header
// only; C++17.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_GATE_HPP
#define RIPPLE_GATE_HPP

#include "agent/gate/ripple_gate.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

namespace ripple::gate {

/// A claim on an active request. The request is over when its last claim is gone. May be moved to
/// and destroyed on any thread; keeps its gate open.
class Claim {
public:
  Claim() = default;
  Claim(std::shared_ptr<ripple_gate> gate, ripple_gate_handle handle)
      : Gate(std::move(gate)), Handle(handle) {}
  Claim(Claim &&other) noexcept { swap(other); }
  Claim &operator=(Claim &&other) noexcept {
    Claim(std::move(other)).swap(*this);
    return *this;
  }
  Claim(const Claim &) = delete;
  Claim &operator=(const Claim &) = delete;
  ~Claim() { release(); }

  /// One more claim on the same request, for work that goes on without this one.
  Claim another() const {
    return Gate ? Claim(Gate, ripple_gate_retain(Gate.get(), Handle)) : Claim();
  }
  /// Notes that the request is about to use COMPONENT, and waits where that is sealed. False: it
  /// stayed sealed, and must not be used.
  bool use(const char *component) const {
    int error = Gate ? ripple_gate_use(Gate.get(), Handle, component) : 0;
    return error == 0 || error == 2 /* ENOENT: counts as touching everything */;
  }
  /// The request will not use COMPONENT any more. False where nobody has proven that it may say so
  /// here (ripple_gate_release): then it counts as a user to its end, as ever.
  bool releaseEarly(const char *component) const {
    return Gate && ripple_gate_release(Gate.get(), Handle, component) == 0;
  }
  /// The interface of the gate's plug-in INDEX for this request: the same one to its end
  /// (ripple_gate_plugin_of). Null where there is none.
  void *plugin(std::uint32_t index) const {
    return Gate ? ripple_gate_plugin_of(Gate.get(), Handle, index) : nullptr;
  }
  /// Gives the claim back now.
  void release() {
    if (Gate)
      ripple_gate_exit(Gate.get(), Handle);
    Gate.reset();
    Handle = {};
  }
  explicit operator bool() const { return Gate != nullptr; }

private:
  friend class Gate;
  void swap(Claim &other) noexcept {
    std::swap(Gate, other.Gate);
    std::swap(Handle, other.Handle);
  }

  std::shared_ptr<ripple_gate> Gate;
  ripple_gate_handle Handle{};
};

/// An open gate. Copies share it; it is closed when the last of them and the last claim is gone.
class Gate {
public:
  Gate() = default;

  /// Without success the gate is false, and error() says why (an errno value).
  static Gate open(const ripple_gate_options &options) {
    Gate gate;
    ripple_gate *opened = nullptr;
    gate.Error = ripple_gate_open(&options, &opened);
    if (gate.Error == 0)
      gate.Opened = std::shared_ptr<ripple_gate>(opened, &ripple_gate_close);
    return gate;
  }

  explicit operator bool() const { return Opened != nullptr; }
  int error() const { return Error; }
  ripple_gate *get() const { return Opened.get(); }
  const std::shared_ptr<ripple_gate> &shared() const { return Opened; }

  /// Begins a request; without success the claim is false, and ERROR says why.
  Claim enter(std::uint32_t kind, const char *session = nullptr, int *error = nullptr) const {
    ripple_gate_handle handle{};
    int result = ripple_gate_enter(Opened.get(), kind, session, &handle);
    if (error)
      *error = result;
    return result == 0 ? Claim(Opened, handle) : Claim();
  }
  /// The same without waiting. EAGAIN: the request is held; call again with the same CLAIM, which
  /// is none before the answer is 0, or give it up with it.
  int tryEnter(std::uint32_t kind, const char *session, Claim &claim) const {
    int error = ripple_gate_try_enter(Opened.get(), kind, session, &claim.Handle);
    claim.Gate = claim.Handle.value != 0 ? Opened : nullptr;
    return error;
  }
  std::uint32_t kindOf(const std::string &id) const {
    return ripple_gate_kind_of(Opened.get(), id.c_str());
  }

private:
  std::shared_ptr<ripple_gate> Opened;
  int Error = 0;
};

/// What the Cookie header HEADER says of NAME; "" nothing.
inline std::string cookieOf(const std::string &header, const std::string &name) {
  for (std::size_t at = 0; at < header.size();) {
    std::size_t end = std::min(header.find(';', at), header.size());
    at = std::min(header.find_first_not_of(' ', at), end);
    if (header.compare(at, name.size() + 1, name + "=") == 0)
      return header.substr(at + name.size() + 1, end - at - name.size() - 1);
    at = end + 1;
  }
  return {};
}

} // namespace ripple::gate

#endif
