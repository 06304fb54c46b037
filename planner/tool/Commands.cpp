//===- Commands.cpp - The planner's command lines ------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/tool/Commands.h"

#include "planner/tool/Command.h"

#include <CLI/CLI.hpp>
#include <functional>
#include <iostream>

namespace ripple::planner {

namespace {

/// Declares the options of each command.
class CommandLine {
public:
  CommandLine() : app("Plans upgrades that keep every request served") {
    app.set_version_flag("--version", "ripple-planner " RIPPLE_VERSION);
    app.require_subcommand(1);
    CLI::App *one = declareInputs(
        add("plan", "make a plan from Components Lists, a Server List and a change set",
            planCommand),
        true);
    one->add_flag("--detailed-exitcode", options.detailedExitCode,
                  "exit 2 if there is anything to do");
    declareLoad(one, "nothing given: the plan's forecast says what it assumes");
    declareClasses(one);
    one = add("show", "print a plan for people", showCommand);
    one->add_option("plan", options.plans, "the plan")->required()->expected(1);
    one->add_option("--format", options.format, "text, dot, mermaid or html")
        ->check(CLI::IsMember({"text", "dot", "mermaid", "html"}));
    one = add("diff", "say how two plans differ", diffCommand);
    one->add_option("plans", options.plans, "two plans")->required()->expected(2);
    one = add("check", "prove a plan against its inputs, independently", checkCommand);
    one->add_option("plan", options.plans, "the plan")->required()->expected(1);
    declareInputs(one, true)->add_flag("--detailed-exitcode", options.detailedExitCode,
                                       "accepted; violations are exit code 1");
    one = add("back", "the change set that undoes a plan", backCommand);
    one->add_option("plan", options.plans, "the plan")->required()->expected(1);
    one->add_option("--after-wave", options.afterWave,
                    "only its first so many waves (default: all)")
        ->check(CLI::PositiveNumber);
    one->add_option("--server", options.only,
                    "only on this server; may be repeated (default: on all)")
        ->take_all();
    one->add_option("--task", options.onlyTasks,
                    "only this task of it; may be repeated (default: all)")
        ->take_all();
    one->add_option("--status", options.status,
                    "only what is installed by this (`ripple status --format json`)");
    one->add_option("--change", options.files.change,
                    "its change set (default: where the plan says)");
    declareSign();
    declareQueries();
    declareSimulate();
    declareRoutes();
    declareAdvisory();
    declareWiden();
  }

  int run(int argc, char **argv) {
    try {
      app.parse(argc, argv);
    } catch (const CLI::ParseError &error) {
      return app.exit(error) == 0 ? model::ExitDone : model::ExitUsage;
    }
    return chosen(options);
  }

private:
  void declareSign() {
    CLI::App *one =
        add("sign", "release a plan: agents that ask for signed plans carry it out", signCommand);
    one->add_option("plan", options.plans, "the plan")->required()->expected(1);
    one->add_option("--key", options.sign.key, "an Ed25519 private key, PEM")->required();
    one->add_option("--cluster", options.sign.cluster, "whose servers, as their agents are called")
        ->required();
    one->add_option("--number", options.sign.number,
                    "rises from plan to plan (default: the seconds since 1970)")
        ->check(CLI::PositiveNumber);
    one->add_option("--valid", options.sign.valid, "nothing begins after so long (default: 24h)");
  }

  using Command = std::function<int(const Options &)>;

  CLI::App *add(const std::string &name, const std::string &what, Command command) {
    CLI::App *one = app.add_subcommand(name, what);
    one->add_option("-o,--output", options.output, "write there, not to standard output");
    one->add_option("--color", options.color, "auto, always or never (there is none yet)")
        ->check(CLI::IsMember({"auto", "always", "never"}));
    one->callback([this, command = std::move(command)] { chosen = command; });
    return one;
  }

  CLI::App *declareInputs(CLI::App *one, bool withChange) {
    declareLists(one);
    one->add_option("--servers", options.files.servers, "Server List")->required();
    if (withChange)
      one->add_option("--change", options.files.change, "change set")->required();
    return one;
  }

  void declareQueries() {
    CLI::App *one =
        add("query", "which requests touch a component, or the other way round", queryCommand);
    one->add_option("components", options.lists, "Components Lists")->required();
    one->add_option("--touching", options.touching, "a component");
    one->add_option("--request", options.request, "a request kind");
    one->add_option("--application", options.application, "of this application only");
    one->add_option("--format", options.format, "text or json")
        ->check(CLI::IsMember({"text", "json"}));
    one = add("explain", "why a request touches a component", explainCommand);
    one->add_option("components", options.lists, "Components Lists")->required();
    one->add_option("--request", options.request, "a request kind")->required();
    one->add_option("--component", options.component, "a component")->required();
  }

  void declareAdvisory() {
    CLI::App *one = add("advisory",
                        "a change set from advisories (OSV, CycloneDX VEX), and which requests "
                        "they touch",
                        advisoryCommand);
    one->add_option("advisories", options.advisory.advisories, "files, and folders of *.json")
        ->required();
    declareLists(one);
    one->add_option("--ecosystem", options.advisory.ecosystem,
                    "what is installed, as advisories call it: Debian:12");
    one->add_option("--format", options.advisory.format, "change (default) or text")
        ->check(CLI::IsMember({"change", "text"}));
    one->add_flag("--detailed-exitcode", options.detailedExitCode,
                  "exit 2 if anything is affected");
  }

  void declareWiden() {
    CLI::App *one =
        add("widen", "a Components List with the dependencies that it lacks", widenCommand);
    declareLists(one);
    one->add_option("--sbom", options.sboms,
                    "CycloneDX document with dependencies; may be repeated")
        ->take_all();
    one->add_option("--packages", options.packages,
                    "dpkg's status file, or what apt-cache dumpavail prints; may be repeated")
        ->take_all();
  }

  CLI::App *declareLists(CLI::App *one) {
    one->add_option("--components", options.files.components, "Components List; may be repeated")
        ->required()
        ->take_all();
    return one;
  }

  void declareLoad(CLI::App *one, const std::string &otherwise) {
    one->add_option("--load", options.loads,
                    "a load, or recorded Session Lists (may be repeated); " + otherwise);
  }

  void declareSimulate() {
    CLI::App *one = add("simulate",
                        "forecast a plan under load, beside drains of whole programs "
                        "and servers",
                        simulateCommand);
    one->add_option("plan", options.plans, "the plan")->required()->expected(1);
    declareLoad(one, "nothing given: one is assumed");
    one->add_option("--seed", options.seed, "another seed is another run (1)")
        ->check(CLI::NonNegativeNumber);
    one->add_option("--runs", options.runs,
                    "how often (as often as it takes to draw 1000 times to quiescence)")
        ->check(CLI::Range(1U, 1'000'000U));
    one->add_option("--format", options.format, "text or json")
        ->check(CLI::IsMember({"text", "json"}));
    one->add_flag("--detailed-exitcode", options.detailedExitCode,
                  "exit 2 if a task may take longer than its time limit");
  }

  void declareRoutes() {
    CLI::App *one = add("routes", "write the router's configuration", routesCommand);
    declareInputs(one, false);
    one->add_option("--router", options.router, "haproxy, httpd or nginx")
        ->required()
        ->check(CLI::IsMember({"haproxy", "httpd", "nginx"}));
    one->add_flag("--fragment", options.fragment, "pieces to include in an existing configuration");
    declareClasses(one);
  }

  /// Plan and routes have to divide the request kinds alike.
  void declareClasses(CLI::App *one) {
    one->add_option("--classes-for", options.files.classesFor,
                    "only the routing classes that this change set tells apart");
    one->add_option("--max-classes", options.files.maxClasses,
                    "merge each application's classes down to this many, *other* among them")
        ->check(CLI::Range(1U, 1'000'000U));
  }

  CLI::App app;
  Options options;
  Command chosen;
};

} // namespace

int runPlanner(int argc, char **argv) {
  try {
    return CommandLine().run(argc, argv);
  } catch (const std::exception &error) {
    std::cerr << "ripple-planner: our own error: " << error.what() << "\n";
    return model::ExitFailed;
  }
}

} // namespace ripple::planner
