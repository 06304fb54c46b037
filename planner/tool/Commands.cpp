//===- Commands.cpp -------------------------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/tool/Commands.h"

#include "planner/Back.h"
#include "planner/PlanView.h"
#include "planner/Reports.h"
#include "planner/Routes.h"
#include "planner/check/Check.h"
#include "planner/packages/PackageGraph.h"
#include "planner/simulate/Simulate.h"
#include "planner/tool/AdvisoryCommand.h"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <iostream>
#include <nlohmann/json.hpp>

namespace ripple::planner {

namespace {

using Json = nlohmann::ordered_json;

/// All options of all commands; each command takes those that it names.
struct Options {
  InputFiles files;
  std::vector<std::string> plans, lists, loads;
  std::string output, format = "text", touching, request, application, component, router;
  std::string color = "auto";
  bool detailedExitCode = false, fragment = false;
  std::int64_t seed = 1;
  unsigned runs = 0;
  AdvisoryOptions advisory;
  std::optional<unsigned> afterWave;
  std::vector<std::string> only; ///< Servers.
  std::vector<std::string> onlyTasks;
  std::vector<std::string> sboms, packages;
};

int fail(const model::Mistakes &mistakes) {
  std::cerr << model::describe(mistakes);
  return model::ExitUsage;
}

int usage(const std::string &message) {
  std::cerr << message << "\n";
  return model::ExitUsage;
}

int write(const Options &options, const std::string &text) {
  auto written = model::writeFile(options.output, text);
  if (written)
    return model::ExitDone;
  std::cerr << model::describe(written.error());
  return model::ExitFailed;
}

void warn(const std::vector<std::string> &warnings) {
  for (const std::string &warning : warnings)
    std::cerr << "note: " << warning << "\n";
}

int plan(const Options &options) {
  auto inputs = readInputs(options.files);
  if (!inputs)
    return fail(inputs.error());
  warn(inputs->warnings);
  auto made = makePlan(*inputs);
  if (!made) {
    std::cerr << "no plan can keep what the inputs ask for:\n";
    for (const std::string &reason : made.error().reasons)
      std::cerr << "  " << reason << "\n";
    return model::ExitInfeasible;
  }
  if (!options.loads.empty()) {
    auto load = simulate::readLoadFor(*made, options.loads);
    if (!load)
      return fail(load.error());
    warn(load->remarks);
    warn(simulate::remarksOf(*made, load->load));
    if (auto added = simulate::addForecast(*made, *load); !added)
      return fail(added.error());
  }
  if (int code = write(options, model::writePlan(*made)))
    return code;
  std::cerr << fmt::format("{} tasks in {} waves; read it with `ripple show`\n",
                           made->summary.tasks, made->summary.waves);
  return options.detailedExitCode && made->summary.tasks ? model::ExitFindings : model::ExitDone;
}

int show(const Options &options) {
  auto read = model::readPlan(options.plans.at(0));
  if (!read)
    return fail(read.error());
  std::vector<std::string> drift = driftOf(*read);
  if (options.format == "text")
    return write(options, showText(*read, drift));
  if (options.format == "html")
    return write(options, showHtml(*read, drift));
  for (const std::string &change : drift)
    std::cerr << "drift: " << change << "\n";
  return write(options, options.format == "dot" ? showDot(*read) : showMermaid(*read));
}

int diff(const Options &options) {
  auto plans = model::readEach(options.plans, model::readPlan);
  if (!plans)
    return fail(plans.error());
  std::string text;
  for (const std::string &line : diffPlans(plans->at(0), plans->at(1)))
    text += line + "\n";
  if (int code = write(options, text))
    return code;
  return text.empty() ? model::ExitDone : model::ExitFindings;
}

/// Inputs of the plan whose digest is not that of what was given now.
std::vector<std::string> staleInputs(const model::Plan &plan, const Inputs &inputs) {
  std::multiset<std::pair<std::string, std::string>> given, planned;
  for (const model::PlanInput &input : inputs.digests)
    given.insert({input.format, input.sha256});
  std::vector<std::string> stale;
  for (const model::PlanInput &input : plan.inputs) {
    auto found = given.find({input.format, input.sha256});
    if (found == given.end())
      stale.push_back(
          fmt::format("{} ({}) is not what the plan was made from", input.path, input.format));
    else
      given.erase(found);
  }
  for (const auto &[format, digest] : given)
    stale.push_back(fmt::format("a {} that the plan was not made from was given", format));
  if (model::planId(plan) != plan.id)
    stale.insert(stale.begin(), "its id does not match: somebody has changed the plan");
  return stale;
}

int check(const Options &options) {
  auto read = model::readPlan(options.plans.at(0));
  auto inputs = readInputs(options.files);
  model::Mistakes mistakes;
  if (!read)
    mistakes = read.error();
  if (!inputs)
    mistakes.insert(mistakes.end(), inputs.error().begin(), inputs.error().end());
  if (!mistakes.empty())
    return fail(mistakes);
  std::vector<std::string> stale = staleInputs(*read, *inputs);
  std::vector<std::string> found =
      check::violations(*read, {inputs->components, inputs->servers, inputs->change});
  std::string text;
  for (const std::string &line : stale)
    text += "stale: " + line + "\n";
  for (const std::string &line : found)
    text += "violation: " + line + "\n";
  if (text.empty())
    text = fmt::format("the plan holds: {} tasks, {} waves\n", read->summary.tasks,
                       read->summary.waves);
  if (int code = write(options, text))
    return code;
  if (!stale.empty())
    return model::ExitStale;
  return found.empty() ? model::ExitDone : model::ExitFailed;
}

/// The change set that PLAN was made from: what was given, or what stands where the plan says. Says
/// on standard error why there is none, with the exit code in CODE.
std::optional<model::ChangeSet> changeOf(const model::Plan &plan, const std::string &given,
                                         int &code) {
  auto input = std::find_if(plan.inputs.begin(), plan.inputs.end(),
                            [](const auto &one) { return one.format == "ripple.change"; });
  std::string file = !given.empty() || input == plan.inputs.end() ? given : input->path;
  if (file.empty()) {
    code = usage("the plan does not say what it was made from; give its change set (--change)");
    return std::nullopt;
  }
  auto change = model::readChangeSet(file);
  if (!change) {
    code = fail(change.error());
    return std::nullopt;
  }
  if (model::planId(plan) == plan.id && input != plan.inputs.end() &&
      model::digest(*change) == input->sha256)
    return std::move(*change);
  std::cerr << (model::planId(plan) != plan.id
                    ? std::string("the plan's id does not match: somebody has changed the plan")
                    : fmt::format("{} is not the change set that the plan was made from", file))
            << "\n";
  code = model::ExitStale;
  return std::nullopt;
}

int back(const Options &options) {
  auto plan = model::readPlan(options.plans.at(0));
  if (!plan)
    return fail(plan.error());
  int code = 0;
  auto change = changeOf(*plan, options.files.change, code);
  if (!change)
    return code;
  Done done = {plan->summary.waves, options.only, options.onlyTasks};
  if (options.afterWave)
    done.waves = *options.afterWave;
  if (done.waves > plan->summary.waves)
    return usage(fmt::format("--after-wave {}: the plan has {}", done.waves,
                             plural(plan->summary.waves, "wave")));
  for (const std::string &server : done.servers)
    if (!plan->server(server))
      return usage(fmt::format("--server {}: the plan has no such server", server));
  for (const std::string &task : done.tasks)
    if (std::ranges::find(plan->steps, task, &model::Step::task) == plan->steps.end())
      return usage(fmt::format("--task {}: the plan has no such task", task));
  auto made = wayBack(*plan, *change, done);
  if (!made) {
    std::cerr << fmt::format("there is no way back after wave {}:\n", done.waves);
    for (const std::string &reason : made.error())
      std::cerr << "  " << reason << "\n";
    return model::ExitInfeasible;
  }
  if (made->upgrades.empty())
    return usage("nothing of the plan is done there, so there is nothing to undo");
  if (int failed = write(options, model::writeChangeSet(*made)))
    return failed;
  for (const model::Upgrade &upgrade : made->upgrades)
    std::cerr << fmt::format(
        "{} {} -> {}{}\n", upgrade.component, upgrade.from, upgrade.to,
        upgrade.servers.empty() ? "" : fmt::format(" on {}", fmt::join(upgrade.servers, ", ")));
  for (const model::Upgrade &upgrade : made->upgrades)
    if (!plan->upgrade(upgrade.component)->check.empty())
      std::cerr << fmt::format(
          "note: {0}: its check command asks for {1} and is left out; the agent "
          "looks at the version and the loaded file all the same. Write a "
          "'check' for {2} where that is too little\n",
          upgrade.component, upgrade.from, upgrade.to);
  return model::ExitDone;
}

model::Result<model::ComponentsList> readLists(const std::vector<std::string> &files) {
  auto lists = model::readEach(files, model::readComponentsList);
  if (!lists)
    return tl::make_unexpected(lists.error());
  std::vector<std::string> warnings;
  auto merged = model::mergeComponentsLists(std::move(*lists), files, warnings);
  warn(warnings);
  return merged;
}

bool hasComponent(const model::ComponentsList &list, const std::string &id) {
  return list.component(id) || list.application(id);
}

bool hasRequest(const model::ComponentsList &list, const std::string &id,
                const std::string &application) {
  for (const model::Application &one : list.applications)
    for (const model::RequestKind &request : one.requests)
      if (request.id == id && (application.empty() || application == one.name))
        return true;
  return false;
}

int query(const Options &options) {
  if (options.touching.empty() == options.request.empty())
    return usage("query: give either --touching COMPONENT or --request ID");
  auto list = readLists(options.lists);
  if (!list)
    return fail(list.error());
  bool touching = !options.touching.empty();
  if (touching && !hasComponent(*list, options.touching))
    return usage(fmt::format("no list has the component '{}'", options.touching));
  if (!touching && !hasRequest(*list, options.request, options.application))
    return usage(fmt::format("no list has the request kind '{}'", options.request));
  auto rows = touching ? queryTouching(*list, options.touching)
                       : queryRequest(*list, options.request, options.application);
  if (options.format == "json") {
    Json document = Json::array();
    for (const QueryRow &row : rows) {
      Json one{{"application", row.application},
               {touching ? "request" : "component", row.id},
               {"why", model::toString(row.why)}};
      if (!row.via.empty())
        one["via"] = row.via;
      document.push_back(std::move(one));
    }
    return write(options, document.dump(2) + "\n");
  }
  std::string text;
  for (const QueryRow &row : rows)
    text += row.application + "\t" + row.id + "\n";
  return write(options, text);
}

int explainCommand(const Options &options) {
  auto list = readLists(options.lists);
  if (!list)
    return fail(list.error());
  if (!hasRequest(*list, options.request, ""))
    return usage(fmt::format("no list has the request kind '{}'", options.request));
  if (!hasComponent(*list, options.component))
    return usage(fmt::format("no list has the component '{}'", options.component));
  std::string text = explain(*list, options.request, options.component);
  if (text.empty())
    text = fmt::format("{} does not touch {}\n", options.request, options.component);
  return write(options, text);
}

/// All files, each with a heading where there are several.
std::string joined(const std::vector<RouteFile> &files) {
  std::string text;
  for (const RouteFile &file : files)
    text += (files.size() > 1 ? fmt::format("#=== {}\n", file.name) : "") + file.text;
  return text;
}

int routes(const Options &options) {
  static const std::map<std::string, model::RouterKind> kinds = {
      {"haproxy", model::RouterKind::HAProxy},
      {"httpd", model::RouterKind::Httpd},
      {"nginx", model::RouterKind::Nginx}};
  const RoutesWanted wanted = {kinds.at(options.router), options.fragment};
  auto inputs = readInputs(options.files);
  if (!inputs)
    return fail(inputs.error());
  warn(inputs->warnings);
  if (auto problems = routesProblems(*inputs, wanted, options.files.servers); !problems.empty())
    return fail(problems);
  std::vector<std::string> remarks;
  const std::vector<RouteFile> files = routeFiles(*inputs, wanted, remarks);
  warn(remarks);
  if (options.output.empty() || options.output == "-")
    return write(options, joined(files));
  std::error_code error;
  std::filesystem::create_directories(options.output, error);
  if (error)
    return usage(fmt::format("{}: {}", options.output, error.message()));
  for (const RouteFile &one : files) {
    Options file = options;
    file.output = options.output + "/" + one.name;
    if (int code = write(file, one.text))
      return code;
  }
  return model::ExitDone;
}

int advisory(const Options &options) {
  auto list = readLists(options.files.components);
  if (!list)
    return fail(list.error());
  AdvisoryOptions wanted = options.advisory;
  wanted.output = options.output;
  wanted.detailedExitCode = options.detailedExitCode;
  return adviseOn(*list, wanted);
}

/// What all of OPTIONS' sources say, in their order: of a package that several know, the first says
/// what it is, and each says what it depends on.
model::Result<packages::PackageGraph> readGraphs(const Options &options) {
  auto sboms = model::readEach(options.sboms, packages::readSbom);
  auto databases = model::readEach(options.packages, packages::readPackages);
  model::Mistakes mistakes;
  for (const auto *one : {&sboms, &databases})
    if (!*one)
      mistakes.insert(mistakes.end(), one->error().begin(), one->error().end());
  if (!mistakes.empty())
    return tl::make_unexpected(std::move(mistakes));
  packages::PackageGraph all;
  for (const auto *graphs : {&*sboms, &*databases})
    for (const packages::PackageGraph &graph : *graphs)
      for (const auto &[name, package] : graph) {
        packages::Package &known = all.try_emplace(name, package).first->second;
        known.dependsOn.insert(package.dependsOn.begin(), package.dependsOn.end());
      }
  return all;
}

int widenCommand(const Options &options) {
  if (options.sboms.empty() && options.packages.empty())
    return usage("widen: give --sbom FILE, --packages FILE or both");
  auto list = readLists(options.files.components);
  auto graph = readGraphs(options);
  model::Mistakes mistakes;
  if (!list)
    mistakes = list.error();
  if (!graph)
    mistakes.insert(mistakes.end(), graph.error().begin(), graph.error().end());
  if (!mistakes.empty())
    return fail(mistakes);
  std::vector<std::string> remarks;
  const std::vector<std::string> added = packages::widen(*list, *graph, remarks);
  warn(remarks);
  if (int code = write(options, model::writeComponentsList(*list)))
    return code;
  for (const std::string &line : added)
    std::cerr << line << "\n";
  if (added.empty())
    std::cerr << "nothing to add: the list has these dependencies\n";
  return model::ExitDone;
}

int simulateCommand(const Options &options) {
  auto plan = model::readPlan(options.plans.at(0));
  if (!plan)
    return fail(plan.error());
  if (model::planId(*plan) != plan->id)
    warn({"the plan's id does not match: somebody has changed it"});
  auto load = simulate::readLoadFor(*plan, options.loads);
  if (!load)
    return fail(load.error());
  auto made = simulate::simulate(*plan, std::move(*load), static_cast<std::uint64_t>(options.seed),
                                 options.runs);
  if (!made)
    return fail(made.error());
  if (int code = write(options, options.format == "json" ? simulate::jsonOf(*plan, *made)
                                                         : simulate::textOf(*plan, *made)))
    return code;
  return options.detailedExitCode && made->plan.tasksOverLimit > 0 ? model::ExitFindings
                                                                   : model::ExitDone;
}

/// Declares the options of each command.
class CommandLine {
public:
  CommandLine() : app("Plans upgrades that keep every request served") {
    app.set_version_flag("--version", "ripple-planner " RIPPLE_VERSION);
    app.require_subcommand(1);
    CLI::App *one = declareInputs(
        add("plan", "make a plan from Components Lists, a Server List and a change set", plan),
        true);
    one->add_flag("--detailed-exitcode", options.detailedExitCode,
                  "exit 2 if there is anything to do");
    declareLoad(one, "nothing given: the plan's forecast says what it assumes");
    declareClasses(one);
    one = add("show", "print a plan for people", show);
    one->add_option("plan", options.plans, "the plan")->required()->expected(1);
    one->add_option("--format", options.format, "text, dot, mermaid or html")
        ->check(CLI::IsMember({"text", "dot", "mermaid", "html"}));
    one = add("diff", "say how two plans differ", diff);
    one->add_option("plans", options.plans, "two plans")->required()->expected(2);
    one = add("check", "prove a plan against its inputs, independently", check);
    one->add_option("plan", options.plans, "the plan")->required()->expected(1);
    declareInputs(one, true)->add_flag("--detailed-exitcode", options.detailedExitCode,
                                       "accepted; violations are exit code 1");
    one = add("back", "the change set that undoes a plan", back);
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
    one->add_option("--change", options.files.change,
                    "its change set (default: where the plan says)");
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
    CLI::App *one = add("query", "which requests touch a component, or the other way round", query);
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
                        advisory);
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
    CLI::App *one = add("routes", "write the router's configuration", routes);
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
