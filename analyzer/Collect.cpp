//===- Collect.cpp - One translation unit's facts -------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/CompileDatabase.h"
#include "analyzer/Pipeline.h"

#include "analyzer/collect/Collector.h"
#include "analyzer/collect/CompilerView.h"

#include <algorithm>
#include <clang/AST/ASTConsumer.h>
#include <clang/Basic/TargetInfo.h>
#include <clang/Driver/Options.h>
#include <clang/Frontend/CompilerInstance.h>
#include <clang/Frontend/FrontendAction.h>
#include <clang/Tooling/ArgumentsAdjusters.h>
#include <clang/Tooling/Tooling.h>
#include <llvm/BinaryFormat/ELF.h>
#include <llvm/Option/ArgList.h>
#include <llvm/Option/OptTable.h>
#include <llvm/Support/FileSystem.h>
#include <llvm/Support/Path.h>

using namespace clang;

namespace ripple::analyzer {
namespace {

constexpr std::size_t DiagnosticsMax = 20;

std::string absolute(llvm::StringRef path, llvm::StringRef directory) {
  llvm::SmallString<256> result(path);
  if (!llvm::sys::path::is_absolute(result)) {
    result = directory;
    llvm::sys::path::append(result, path);
  }
  llvm::sys::path::remove_dots(result, /*remove_dot_dot=*/true);
  return result.str().str();
}

/// Keeps errors for the list; warnings are the build's affair.
class ErrorKeeper : public DiagnosticConsumer {
public:
  ErrorKeeper(UnitFacts &unit, std::string directory)
      : unit(unit), directory(std::move(directory)) {}

  void HandleDiagnostic(DiagnosticsEngine::Level level, const clang::Diagnostic &what) override {
    DiagnosticConsumer::HandleDiagnostic(level, what);
    if (level < DiagnosticsEngine::Error)
      return;
    unit.complete = false;
    if (unit.diagnostics.size() >= DiagnosticsMax)
      return;
    analyzer::Diagnostic row;
    llvm::SmallString<128> text;
    what.FormatDiagnostic(text);
    row.message = text.str().str();
    if (what.hasSourceManager() && what.getLocation().isValid()) {
      PresumedLoc place = what.getSourceManager().getPresumedLoc(what.getLocation());
      if (place.isValid()) {
        row.file = absolute(place.getFilename(), directory);
        row.line = place.getLine();
      }
    }
    unit.diagnostics.push_back(std::move(row));
  }

private:
  UnitFacts &unit;
  std::string directory;
};

/// The e_machine of object files for ARCH; 0 for those that are told apart by nobody here.
std::uint16_t machineOf(llvm::Triple::ArchType arch) {
  switch (arch) {
  case llvm::Triple::x86_64:
    return llvm::ELF::EM_X86_64;
  case llvm::Triple::x86:
    return llvm::ELF::EM_386;
  case llvm::Triple::aarch64:
  case llvm::Triple::aarch64_be:
    return llvm::ELF::EM_AARCH64;
  case llvm::Triple::arm:
  case llvm::Triple::armeb:
  case llvm::Triple::thumb:
  case llvm::Triple::thumbeb:
    return llvm::ELF::EM_ARM;
  case llvm::Triple::riscv32:
  case llvm::Triple::riscv64:
    return llvm::ELF::EM_RISCV;
  case llvm::Triple::ppc64:
  case llvm::Triple::ppc64le:
    return llvm::ELF::EM_PPC64;
  case llvm::Triple::systemz:
    return llvm::ELF::EM_S390;
  default:
    return llvm::ELF::EM_NONE;
  }
}

class CollectConsumer : public ASTConsumer {
public:
  CollectConsumer(UnitFacts &unit, const model::Catalog &catalog, Preprocessor &preprocessor)
      : unit(unit), catalog(catalog) {
    preprocessor.addCommentHandler(&ignores);
  }

  void HandleTranslationUnit(ASTContext &context) override {
    unit.machine = machineOf(context.getTargetInfo().getTriple().getArch());
    Collector(context, unit.unit, catalog, unit.facts).run(ignores);
    const SourceManager &sources = context.getSourceManager();
    for (auto file = sources.fileinfo_begin(); file != sources.fileinfo_end(); ++file)
      unit.dependencies.push_back(absolutePath(sources.getFileManager(), file->first.getName()));
  }

private:
  UnitFacts &unit;
  const model::Catalog &catalog;
  IgnoreFinder ignores;
};

class CollectAction : public ASTFrontendAction {
public:
  CollectAction(UnitFacts &unit, const model::Catalog &catalog, const PredefinedMacros *macros)
      : unit(unit), catalog(catalog), macros(macros) {}

protected:
  bool BeginInvocation(CompilerInstance &compiler) override {
    compiler.getDiagnosticOpts().ShowCarets = false;
    return true;
  }
  std::unique_ptr<ASTConsumer> CreateASTConsumer(CompilerInstance &compiler,
                                                 llvm::StringRef) override {
    Preprocessor &preprocessor = compiler.getPreprocessor();
    if (macros)
      preprocessor.addPPCallbacks(std::make_unique<CompilerView>(preprocessor, *macros));
    return std::make_unique<CollectConsumer>(unit, catalog, preprocessor);
  }

private:
  UnitFacts &unit;
  const model::Catalog &catalog;
  const PredefinedMacros *macros; ///< Null: Clang's own.
};

/// Options of other compilers that this one does not know are left out: they change how code is
/// made, not what it means.
std::vector<std::string> withoutUnknown(const std::vector<std::string> &argv) {
  std::vector<const char *> pointers;
  for (std::size_t i = 1; i < argv.size(); ++i)
    pointers.push_back(argv[i].c_str());
  unsigned missingIndex = 0, missingCount = 0;
  llvm::opt::InputArgList parsed = driver::getDriverOptTable().ParseArgs(
      pointers, missingIndex, missingCount, llvm::opt::Visibility(driver::options::ClangOption));
  std::vector<bool> drop(argv.size());
  for (const llvm::opt::Arg *argument : parsed)
    if (argument->getOption().matches(driver::options::OPT_UNKNOWN))
      drop[argument->getIndex() + 1] = true;
  std::vector<std::string> kept;
  for (std::size_t i = 0; i < argv.size(); ++i)
    if (!drop[i])
      kept.push_back(argv[i]);
  return kept;
}

/// What headers find out about a compiler in ways that are right for that one only. Boost.Asio and
/// Asio give Clang coroutines only with a library of its own, GCC with the one that both use here.
std::vector<std::string> foundByHeaders(const Unit &unit) {
  const auto *known = unit.predefined.get();
  if (!known || known->values.contains("__clang__") ||
      !known->values.contains("__cpp_impl_coroutine"))
    return {};
  std::vector<std::string> defined;
  for (const std::string prefix : {"BOOST_ASIO_", "ASIO_"})
    if (std::find(unit.argv.begin(), unit.argv.end(), "-D" + prefix + "DISABLE_CO_AWAIT") ==
        unit.argv.end())
      defined.push_back("-D" + prefix + "HAS_CO_AWAIT=1");
  return defined;
}

std::vector<std::string> commandFor(const Unit &unit) {
  using namespace clang::tooling;
  std::vector<std::string> argv = withoutUnknown(withoutLaunchers(unit.argv));
  ArgumentsAdjuster adjust = combineAdjusters(
      combineAdjusters(getClangStripOutputAdjuster(), getClangStripDependencyFileAdjuster()),
      getClangSyntaxOnlyAdjuster());
  argv = adjust(argv, unit.file);
  static const char *const Ours[] = {"-w",
                                     "-Wno-error",
                                     "-Qunused-arguments",
                                     "-Wno-unknown-warning-option",
                                     "-Wno-enum-constexpr-conversion",
                                     "-ferror-limit=0",
                                     "-fno-caret-diagnostics",
                                     "-resource-dir",
                                     RIPPLE_CLANG_RESOURCE_DIR};
  // Before "--", if there is one.
  argv.insert(std::find(argv.begin(), argv.end(), "--"), std::begin(Ours), std::end(Ours));
  const std::vector<std::string> found = foundByHeaders(unit);
  argv.insert(std::find(argv.begin(), argv.end(), "--"), found.begin(), found.end());
  return argv;
}

/// Why UNIT cannot even be tried; "" where it can.
std::string whyNotTried(const Unit &unit) {
  if (unit.argv.empty())
    return "the program is made from it, but the compile database has no command for it; configure "
           "and build everything again, so that it names all sources";
  if (!isSource(unit.file) &&
      std::find(unit.argv.begin(), unit.argv.end(), "-x") == unit.argv.end())
    return "is no source in C or C++ that is read: what it makes run is not known";
  auto file = llvm::sys::fs::openNativeFileForRead(unit.file);
  if (file) {
    std::ignore = llvm::sys::fs::closeFile(*file);
    return llvm::sys::fs::is_directory(unit.file) ? "cannot be read: it is a folder" : "";
  }
  const std::error_code error = llvm::errorToErrorCode(file.takeError());
  return "cannot be read: " + error.message() +
         (error == std::errc::no_such_file_or_directory
              ? "; build the target first if the build generates it, else configure it again: the "
                "compile database still names it"
              : "");
}

void run(const Unit &unit, const std::string *text, const model::Catalog &catalog,
         UnitFacts &result) {
  if (const std::string why = text ? std::string() : whyNotTried(unit); !why.empty()) {
    result.complete = false;
    result.diagnostics.push_back({result.unit, 0, why});
    return;
  }
  llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> disk(
      llvm::vfs::createPhysicalFileSystem().release());
  if (disk->setCurrentWorkingDirectory(unit.directory)) {
    result.complete = false;
    result.diagnostics.push_back({unit.directory, 0, "the unit's folder cannot be entered"});
    return;
  }
  auto overlay = llvm::makeIntrusiveRefCnt<llvm::vfs::OverlayFileSystem>(disk);
  if (text) {
    auto memory = llvm::makeIntrusiveRefCnt<llvm::vfs::InMemoryFileSystem>();
    memory->addFile(result.unit, 0, llvm::MemoryBuffer::getMemBufferCopy(*text));
    overlay->pushOverlay(memory);
  }
  auto files = llvm::makeIntrusiveRefCnt<FileManager>(FileSystemOptions(), overlay);
  ErrorKeeper errors(result, unit.directory);
  tooling::ToolInvocation invocation(
      commandFor(unit), std::make_unique<CollectAction>(result, catalog, unit.predefined.get()),
      files.get());
  invocation.setDiagnosticConsumer(&errors);
  if (!invocation.run() && result.complete) {
    result.complete = false;
    result.diagnostics.push_back({result.unit, 0, "the front end failed without saying why"});
  }
}

UnitFacts collectWith(const Unit &unit, const std::string *text, const model::Catalog &catalog) {
  UnitFacts result;
  result.unit = absolute(unit.file, unit.directory);
  run(unit, text, catalog, result);
  std::sort(result.dependencies.begin(), result.dependencies.end());
  result.dependencies.erase(std::unique(result.dependencies.begin(), result.dependencies.end()),
                            result.dependencies.end());
  return result;
}

} // namespace

UnitFacts collect(const Unit &unit, const model::Catalog &catalog) {
  return collectWith(unit, nullptr, catalog);
}

UnitFacts collectText(const Unit &unit, const std::string &text, const model::Catalog &catalog) {
  return collectWith(unit, &text, catalog);
}

} // namespace ripple::analyzer
