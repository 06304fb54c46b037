//===- ActionTest.cpp - Carrying out one upgrade action -------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/action/Action.h"
#include "model/Document.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

namespace fs = std::filesystem;
using namespace ripple;
using namespace ripple::agent;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

namespace {

class ActionTest : public testing::Test {
protected:
  void SetUp() override {
    char name[] = "/tmp/ripple-action-XXXXXX";
    Folder = ::mkdtemp(name);
    Context.server = "app1";
    Context.logs = Folder + "/actions";
    Request.id = "sha256:1/t1/install/pricing/0";
    Request.plan = "sha256:1";
    Request.task = "t1";
    Request.component = "pricing";
    Request.version = "1.1.0";
    Request.from = "1.0.0";
  }
  void TearDown() override { fs::remove_all(Folder); }

  ActionOutcome doIt(model::Action action) {
    Request.action = std::move(action);
    return perform(Request, Context);
  }
  std::vector<std::string> problems(model::Action action) {
    Request.action = std::move(action);
    return problemsOf(Request, Context);
  }

  std::string Folder;
  ActionContext Context;
  ActionRequest Request;
};

TEST_F(ActionTest, AProgramKnowsWhatItIsFor) {
  auto outcome = doIt(model::RunAction{{"/bin/sh", "-c",
                                        "echo $RIPPLE_SERVER $RIPPLE_TASK $RIPPLE_ACTION "
                                        "$RIPPLE_COMPONENT $RIPPLE_FROM $RIPPLE_VERSION"}});
  EXPECT_EQ(outcome.state, ActionState::Done);
  EXPECT_EQ(outcome.exit, 0);
  EXPECT_THAT(outcome.message, HasSubstr("app1 t1 install pricing 1.0.0 1.1.0"));
  EXPECT_TRUE(fs::exists(logOf(Request, Context)));
}

TEST_F(ActionTest, AProgramThatFailsIsToldWithItsLastOutput) {
  auto outcome = doIt(model::RunAction{{"/bin/sh", "-c", "echo no space left; exit 7"}});
  EXPECT_EQ(outcome.state, ActionState::Failed);
  EXPECT_EQ(outcome.exit, 7);
  EXPECT_EQ(outcome.message, "/bin/sh: exit code 7; its last output:\nno space left");
}

TEST_F(ActionTest, ATimeLimitIsAFailureWithoutExitCode) {
  Request.timeout = model::Milliseconds(200);
  auto outcome = doIt(model::RunAction{{"/bin/sleep", "1000"}});
  EXPECT_EQ(outcome.state, ActionState::Failed);
  EXPECT_EQ(outcome.exit, std::nullopt);
  EXPECT_THAT(outcome.message, HasSubstr("no end within 200 ms"));
}

TEST_F(ActionTest, NoShellReadsTheArguments) {
  auto outcome = doIt(model::RunAction{{"/bin/echo", "$HOME; touch " + Folder + "/ran"}});
  EXPECT_THAT(outcome.message, HasSubstr("$HOME; touch"));
  EXPECT_FALSE(fs::exists(Folder + "/ran"));
}

TEST_F(ActionTest, ProgramsThatMayNotOrCannotRun) {
  EXPECT_THAT(problems(model::RunAction{{}}), ElementsAre("there is no program to run"));
  EXPECT_THAT(problems(model::RunAction{{"sh"}}), ElementsAre("sh is not an absolute path"));
  EXPECT_THAT(problems(model::RunAction{{"/nonexistent"}}),
              ElementsAre("/nonexistent: No such file or directory"));
  EXPECT_THAT(problems(model::RunAction{{"/etc/passwd"}}), ElementsAre(HasSubstr("not a program")));
  EXPECT_THAT(problems(model::RunAction{{"/bin/sh"}}), IsEmpty());
  Context.allow = {"/usr/bin/install-pricing"};
  EXPECT_THAT(problems(model::RunAction{{"/bin/sh"}}), ElementsAre(HasSubstr("not in `allow`")));
  auto outcome = doIt(model::RunAction{{"/bin/sh", "-c", "touch " + Folder + "/ran"}});
  EXPECT_EQ(outcome.state, ActionState::Failed);
  EXPECT_FALSE(fs::exists(Folder + "/ran"));
}

TEST_F(ActionTest, ASymlinkIsSwitchedOnce) {
  std::ofstream(Folder + "/p-1.1.0.so") << "x";
  model::SymlinkAction link{Folder + "/p.so", "p-1.1.0.so"};
  EXPECT_THAT(doIt(link).message, HasSubstr("now points to p-1.1.0.so"));
  EXPECT_THAT(doIt(link).message, HasSubstr("pointed already to"));
  link.target = "p-9.so";
  EXPECT_EQ(doIt(link).state, ActionState::Failed);
}

TEST_F(ActionTest, FilesAreWhatTheirDigestsSay) {
  const std::string good = "sha256:" + model::sha256("x"), bad = "sha256:" + model::sha256("y");
  fs::create_directory(Folder + "/plugins");
  std::ofstream(Folder + "/plugins/p-1.1.0.so") << "x";
  Context.root = Folder;
  const model::SymlinkAction link{"plugins/p.so", "p-1.1.0.so"};
  Request.digests = {{"p-1.1.0.so", bad}};
  auto outcome = doIt(link);
  EXPECT_EQ(outcome.state, ActionState::Failed);
  EXPECT_THAT(outcome.message, HasSubstr("p-1.1.0.so is not the file that the plan is for: its "
                                         "digest is " +
                                         good + ", not " + bad));
  EXPECT_FALSE(fs::exists(Folder + "/plugins/p.so")) << "nothing was changed";
  EXPECT_THAT(problems(link), ElementsAre(HasSubstr("is not the file")));
  Request.digests = {{"p-1.1.0.so", good}};
  EXPECT_EQ(doIt(link).state, ActionState::Done);

  const std::string program = Folder + "/program";
  std::ofstream(program) << "#!/bin/sh\ntouch " << Folder << "/ran\n";
  fs::permissions(program, fs::perms::owner_all);
  Request.digests = {{program, bad}, {"plugins/p-1.1.0.so", good}};
  const model::RunAction run{{program, "plugins/p-1.1.0.so"}};
  EXPECT_EQ(doIt(run).state, ActionState::Failed);
  EXPECT_FALSE(fs::exists(Folder + "/ran"));
  Request.digests[program] = "sha256:" + *model::sha256OfFile(program);
  EXPECT_EQ(doIt(run).state, ActionState::Done);
  Request.digests = {{Folder, bad}};
  EXPECT_THAT(problems(model::RunAction{{"/bin/ls", Folder}}),
              ElementsAre(HasSubstr("cannot be read")));
}

TEST_F(ActionTest, RelativePathsAreThoseOfTheServersRoot) {
  std::ofstream(Folder + "/p-1.1.0.so") << "x";
  Context.root = Folder;
  EXPECT_EQ(doIt(model::SymlinkAction{"p.so", "p-1.1.0.so"}).state, ActionState::Done);
  EXPECT_EQ(fs::read_symlink(Folder + "/p.so"), "p-1.1.0.so");
  EXPECT_THAT(problems(model::PluginAction{"pricing", "p.so"}),
              ElementsAre(Folder + "/p.so is not a shared object"));
}

TEST_F(ActionTest, APluginIsSwappedByTheGate) {
  model::PluginAction plugin{"pricing", "/lib/x86_64-linux-gnu/libc.so.6"};
  EXPECT_THAT(doIt(plugin).message, HasSubstr("cannot reach any gate"));
  std::string asked;
  Context.swapPlugin =
      [&](const PluginSwapRequest &request) -> tl::expected<std::string, std::string> {
    asked = request.plugin + "=" + request.path;
    return "swapped in 1 process";
  };
  EXPECT_EQ(doIt(plugin).state, ActionState::Done);
  EXPECT_EQ(asked, "pricing=/lib/x86_64-linux-gnu/libc.so.6");
  Context.swapPlugin = [](const PluginSwapRequest &) -> tl::expected<std::string, std::string> {
    return tl::make_unexpected("symbol price_v2 is missing");
  };
  EXPECT_EQ(doIt(plugin).message, "symbol price_v2 is missing");
}

TEST_F(ActionTest, AFileThatIsNoPluginIsRefusedBeforeTheGateIsAsked) {
  EXPECT_THAT(problems(model::PluginAction{"pricing", "/etc/passwd"}),
              ElementsAre("/etc/passwd is not a shared object"));
  EXPECT_THAT(problems(model::PluginAction{"pricing", "/nonexistent.so"}),
              ElementsAre(HasSubstr("No such file")));
}

TEST_F(ActionTest, TwoIdsNeverShareALog) {
  auto first = logOf(Request, Context);
  Request.id = "sha256_1_t1_install_pricing_0";
  EXPECT_NE(logOf(Request, Context), first);
}

} // namespace
