//===- GateSegment.cpp - Maps and checks one segment ----------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/session/GateSegment.h"

#include "agent/session/GuardedMemory.h"
#include "agent/session/SegmentText.h"

#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <fstream>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

using namespace ripple;
using namespace ripple::agent;

namespace {

constexpr std::uint64_t SegmentSizeMax = std::uint64_t(8) << 30;

bool isText(const char *text, std::size_t size) { return std::memchr(text, 0, size) != nullptr; }

/// What is wrong with IDENTITY; empty where it is sound.
std::string checkIdentity(const ripple_identity &identity) {
  if (std::memcmp(identity.magic, RIPPLE_SEGMENT_MAGIC, sizeof identity.magic) != 0)
    return "it is no gate's segment";
  if (!isText(identity.application, sizeof identity.application) || !identity.application[0] ||
      !isText(identity.boot_id, sizeof identity.boot_id) ||
      !isText(identity.build_id, sizeof identity.build_id) || identity.pid <= 0)
    return "its identity is damaged";
  return {};
}

std::string checkCounts(const ripple_counts &counts, std::uint64_t size) {
  if (counts.records_max == 0 || counts.records_max > RIPPLE_RECORDS_MAX ||
      counts.component_words == 0 || counts.component_words > RIPPLE_COMPONENTS_MAX / 64 ||
      counts.table_state > RIPPLE_TABLE_BROKEN)
    return "its counts are out of range";
  ripple_offsets at =
      ripple_offsets_of(counts.component_words, counts.records_max, counts.table_size);
  if (at.end != counts.segment_size || size < at.end)
    return "it is shorter than its counts say";
  return {};
}

/// Whether the file of that device and inode is mapped by process PID; true where nobody can say.
bool maybeMaps(pid_t pid, std::uint64_t device, std::uint64_t inode) {
  std::ifstream in(fmt::format("/proc/{}/maps", pid));
  if (!in)
    return true;
  std::string wanted = fmt::format(" {:02x}:{:02x} {} ", major(device), minor(device), inode);
  for (std::string line; std::getline(in, line);)
    if (line.find(wanted) != std::string::npos)
      return true;
  return in.bad();
}

/// Whether some process has FD's file open as its gate made it.
bool isLocked(int fd) {
  struct flock lock = {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return ::fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

template <typename T> bool readAt(int fd, std::size_t offset, T &out) {
  return ::pread(fd, &out, sizeof out, static_cast<off_t>(offset)) ==
         static_cast<ssize_t>(sizeof out);
}

GateState unreadable(GateState state, std::string problem) {
  state.readable = false;
  state.problem = std::move(problem);
  return state;
}

} // namespace

std::string_view agent::toString(TableState state) {
  switch (state) {
  case TableState::Ok:
    return "ok";
  case TableState::None:
    return "none";
  case TableState::OtherBuild:
    return "other-build";
  case TableState::Broken:
    return "broken";
  }
  return "broken";
}

GateSegment::~GateSegment() {
  if (Base)
    ::munmap(Base, At.end);
}

GateState GateSegment::identityState() const {
  GateState state;
  state.file = File;
  state.application = Application;
  state.pid = Process.pid;
  state.startTime = Process.startTime;
  state.buildId = BuildId;
  return state;
}

GateSegment::Opened GateSegment::open(const std::string &file) {
  std::shared_ptr<GateSegment> segment(new GateSegment);
  segment->File = file;
  segment->Fd = OwnedFd(::open(file.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  int fd = segment->Fd.get();
  if (fd < 0)
    return unreadable(segment->identityState(),
                      fmt::format("it cannot be opened: {}", std::strerror(errno)));
  struct stat status = {};
  ripple_identity identity = {};
  if (::fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) || !readAt(fd, 0, identity))
    return unreadable(segment->identityState(), "it is no gate's segment");
  segment->Inode = status.st_ino;
  segment->Device = status.st_dev;
  if (std::string problem = checkIdentity(identity); !problem.empty())
    return unreadable(segment->identityState(), problem);
  segment->Application = printable(identity.application);
  segment->BuildId = printable(identity.build_id);
  segment->Process = {identity.pid, identity.start_time, identity.boot_id};
  if (!segment->isAlive())
    return DeadGate{identity.pid};
  segment->Minor = identity.layout_minor;
  if (identity.layout_major != RIPPLE_SEGMENT_MAJOR) {
    GateState state = segment->identityState();
    state.otherLayout = true;
    return unreadable(state, fmt::format("it has layout {}, and this agent reads {}",
                                         identity.layout_major, RIPPLE_SEGMENT_MAJOR));
  }
  if (auto problem = segment->map(fd, static_cast<std::uint64_t>(status.st_size)))
    return unreadable(segment->identityState(), *problem);
  return segment;
}

std::optional<std::string> GateSegment::map(int fd, std::uint64_t size) {
  ripple_counts counts = {};
  if (size > SegmentSizeMax || !readAt(fd, offsetof(ripple_segment, counts), counts))
    return "its size is out of range";
  if (std::string problem = checkCounts(counts, size); !problem.empty())
    return problem;
  At = ripple_offsets_of(counts.component_words, counts.records_max, counts.table_size);
  void *bytes = ::mmap(nullptr, At.end, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (bytes == MAP_FAILED)
    return fmt::format("it cannot be mapped: {}", std::strerror(errno));
  Base = static_cast<char *>(bytes);
  RecordsMax = counts.records_max;
  Table_ = counts.table_state == RIPPLE_TABLE_OK            ? TableState::Ok
           : counts.table_state == RIPPLE_TABLE_NONE        ? TableState::None
           : counts.table_state == RIPPLE_TABLE_OTHER_BUILD ? TableState::OtherBuild
                                                            : TableState::Broken;
  auto *segment = reinterpret_cast<ripple_segment *>(Base);
  Hot = &segment->hot;
  Control = &segment->control;
  Seals = reinterpret_cast<ripple_seal_word *>(Base + At.seals);
  Records = reinterpret_cast<ripple_record *>(Base + At.records);
  Used = reinterpret_cast<ripple_atomic_u64 *>(Base + At.used);
  return copyTable(counts);
}

std::optional<std::string> GateSegment::copyTable(const ripple_counts &counts) {
  TableBytes.resize((counts.table_size + 7u) / 8u);
  ssize_t n = ::pread(Fd.get(), TableBytes.data(), counts.table_size, static_cast<off_t>(At.table));
  if (n != static_cast<ssize_t>(counts.table_size))
    return "its table is cut short";
  if (const char *problem = ripple_table_check(TableBytes.data(), counts.table_size, &Table))
    return fmt::format("its table is not sound: {}", problem);
  if (Table.words != counts.component_words)
    return "its table does not fit its counts";
  return std::nullopt;
}

bool GateSegment::isAlive() const {
  std::uint32_t closed = 0;
  if (Process.bootId != bootId() ||
      (Hot && guarded([&] { closed = Hot->closed.load(); }) && closed))
    return false;
  auto stat = processStat(Process.pid);
  if (!stat || stat->startTime != Process.startTime)
    return false;
  // The lock goes with the process and with exec; the mapping is looked for only where the
  // program may have closed the file behind its gate's back. A zombie may be only the first
  // thread, with others that still serve: then the lock is there.
  if (isLocked(Fd.get()))
    return true;
  return stat->state != 'Z' && stat->state != 'X' && maybeMaps(Process.pid, Device, Inode);
}

bool GateSegment::isStill(const std::string &file) const {
  struct stat status = {};
  return ::stat(file.c_str(), &status) == 0 && status.st_ino == Inode && status.st_dev == Device;
}

GateState GateSegment::state() const {
  GateState state = identityState();
  state.table = Table_;
  state.plugins = plugins();
  readSeals(state);
  state.recordsMax = RecordsMax;
  bool whole = forEachRequest([&](const ActiveRequest &request) {
    (request.held ? state.held : state.active) += request.count();
    state.overflow += request.held ? 0 : request.overflow;
  });
  return whole ? state : unreadable(state, "it was cut short");
}
