//===- Glob.cpp - Matches names and paths against globs -------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "model/Document.h"

namespace ripple::model {
namespace {

/// Where to go on after a mismatch: the glob after its wildcard, and the name one step on.
struct Retry {
  std::size_t glob = std::string_view::npos;
  std::size_t name = 0;
  bool exists() const { return glob != std::string_view::npos; }
};

/// Two retries are enough. What matches anything between two wildcards of one kind may as well
/// match at its first place, so only the last wildcard of each kind can need another try; and the
/// last `*` is of no more use once an earlier `**` has to move.
class Matcher {
public:
  Matcher(std::string_view glob, std::string_view name, bool paths)
      : glob_(glob), name_(name), paths_(paths) {}

  bool matches() {
    while (nameAt_ < name_.size() || globAt_ < glob_.size()) {
      if (takeWildcard())
        continue;
      if (takeCharacter())
        continue;
      if (!retry())
        return false;
    }
    return true;
  }

private:
  bool takeWildcard() {
    if (globAt_ >= glob_.size() || glob_[globAt_] != '*')
      return false;
    std::size_t stars = globAt_;
    while (globAt_ < glob_.size() && glob_[globAt_] == '*')
      ++globAt_;
    if (paths_ && globAt_ - stars == 1) {
      single_ = {globAt_, nameAt_};
      return true;
    }
    single_ = {};
    // "**/" also matches no folder at all.
    folders_ = paths_ && globAt_ < glob_.size() && glob_[globAt_] == '/' &&
               (stars == 0 || glob_[stars - 1] == '/');
    if (folders_)
      ++globAt_;
    any_ = {globAt_, nameAt_};
    return true;
  }

  bool takeCharacter() {
    if (globAt_ >= glob_.size() || nameAt_ >= name_.size())
      return false;
    if (glob_[globAt_] == '?' && !(paths_ && name_[nameAt_] == '/')) {
      ++nameAt_;
      while (nameAt_ < name_.size() && (static_cast<unsigned char>(name_[nameAt_]) & 0xC0) == 0x80)
        ++nameAt_;
    } else if (glob_[globAt_] == name_[nameAt_]) {
      ++nameAt_;
    } else {
      return false;
    }
    ++globAt_;
    return true;
  }

  bool retry() {
    if (single_.exists() && single_.name < name_.size() && name_[single_.name] != '/')
      return goOn(single_, single_.name + 1);
    single_ = {};
    if (!any_.exists() || any_.name >= name_.size())
      return false;
    if (!folders_)
      return goOn(any_, any_.name + 1);
    std::size_t slash = name_.find('/', any_.name);
    return slash != std::string_view::npos && goOn(any_, slash + 1);
  }

  bool goOn(Retry &retry, std::size_t name) {
    retry.name = name;
    nameAt_ = name;
    globAt_ = retry.glob;
    return true;
  }

  std::string_view glob_, name_;
  bool paths_;
  std::size_t globAt_ = 0, nameAt_ = 0;
  Retry single_;         ///< The last `*`, in paths.
  Retry any_;            ///< The last `**`, or any wildcard outside of paths.
  bool folders_ = false; ///< any_ is "**/", which ends after a '/'.
};

} // namespace

bool matchesGlob(std::string_view glob, std::string_view name, bool paths) {
  return Matcher(glob, name, paths).matches();
}

} // namespace ripple::model
