//===- Catalog.h - `ripple.catalog` -----------------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Declarative rules: which declaration belongs to which component, and what
// registers a request handler. A good one is shipped; people add to it.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_MODEL_CATALOG_H
#define RIPPLE_MODEL_CATALOG_H

#include "model/ComponentsList.h"
#include "model/Document.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ripple::model {

struct ComponentRule {
  std::string id;
  std::optional<ComponentKind> kind;
  std::string version;
  std::vector<std::string> headers; ///< Globs on the path of the declaring file.
  std::vector<std::string> symbols; ///< Globs on the qualified name.
  std::string library;              ///< SONAME.
  std::string target;               ///< Build target.
  std::string package;              ///< Debian package.
  std::optional<RestartDomain> restart;
  std::vector<std::string> dependsOn;
  Place place;
};

struct HandlerRule {
  enum class Kind { Call, Override, Store, Table, AcceptLoop, Function };
  Kind kind = Kind::Call;
  std::string framework;
  std::string pattern; ///< Glob on the qualified name (`call`, `override`, …).
  std::string method;  ///< "" unsaid, "*" any.
  std::vector<std::string> alsoMethods;
  std::optional<int> path;    ///< Argument position of the path, from 0.
  std::optional<int> handler; ///< Argument position of the handler.
  /// From this argument on each that may be called is a handler (variable arguments).
  std::optional<int> handlersFrom;
  bool inLoop = false; ///< The framework's loops that take requests (`acceptLoop`) serve it.
  /// Column that names the request (`table`; else the first text), or argument that does (`call`).
  std::optional<int> key;
  std::map<std::string, std::string> methodByParameter;
  /// Argument position of the methods: texts, enumerators or constants named like them.
  std::optional<int> methodAt;
  /// Glob: the call in the object's chain that `path` is an argument of; of a store, among the
  /// calls that made the structure.
  std::string pathIn;
  /// Argument of the constructor of the call's object, or of the function's class's `base`, that is
  /// the path, or with `path` what stands before it.
  std::optional<int> pathOfObject;
  std::string pathUnless; ///< Glob: the path is not known in programs that call such a function.
  std::string needs;      ///< Glob: the rule holds only in programs that call such a function.
  bool isItself = false;  ///< The framework serves it by itself, last of all.
  std::string methodIn;   ///< Glob: the call in the object's chain whose arguments are the methods.
  /// The handler is this method of the object that is the handler argument; where there is no such
  /// argument, of the class whose member function registers.
  std::string handlerMethod;
  std::optional<int> parameters;  ///< Only overloads with so many.
  std::optional<int> classInPath; ///< Argument that is true where the class is part of the path.
  /// Glob: the class that declares the function derives from such a one. With `handlerMethod`: such
  /// a class's own method is no handler.
  std::string base;
  std::string beside; ///< Glob: in the scope of that class is one that derives from such a one.
  std::vector<std::string> except; ///< Globs: functions that are no handlers all the same.
  std::string protocol;            ///< "grpc": the request is named by service and method.
  bool nameOverridden = false; ///< The request is named by what is overridden, not by the class.
  bool perRequest = false;     ///< An object of the class is made for each request.
  std::string
      macro; ///< Glob: the macro that makes the function; `path`, `methodAt`: its arguments.
  /// How the framework reads a path: "literal", "regex" (full match), "braces" ({name}), "colon"
  /// (:name), "angles" (<type>), "prefix", "url" (what is below the path of an address).
  std::string pathSyntax = "literal";
  /// True where what is called back runs for every request (loggers, filters): ambient.
  bool ambient = false;
  bool startup = false; ///< What is called back runs before serving, or after it, only.
  Place place;
};

/// Something that opens files while the program runs, which no table of its libraries names.
struct LoaderRule {
  std::string name;               ///< For people.
  std::vector<std::string> calls; ///< Globs: functions that open them.
  std::string library;            ///< Glob on a SONAME: a library whose own code does.
  /// Globs: the files; where not absolute, below each folder in which the loader looks for
  /// libraries. None: nobody knows which.
  std::vector<std::string> opens;
  Place place;
};

struct Catalog {
  std::vector<ComponentRule> components;
  std::vector<HandlerRule> handlers;
  std::vector<std::string> serving; ///< Globs: calls that start the serving loop.
  /// Globs: functions that the framework runs before serving though no source calls them.
  std::vector<std::string> startup;
  /// Globs: classes; the framework makes an object of each class that derives from one of them.
  std::vector<std::string> makes;
  std::vector<LoaderRule> loaders;
};

Result<Catalog> readCatalog(const std::string &file);
Result<Catalog> parseCatalog(std::string_view text, const std::string &file);
/// One catalog in which the rules of each earlier one win.
Catalog mergeCatalogs(std::vector<Catalog> catalogs);

} // namespace ripple::model

#endif
