"""kill -9 of the agent while an action is under way; then another agent starts."""
import os
import unittest

from agentlab import PLAN, TASK, Agent, alive, wait_for


class Recover(unittest.TestCase):
    def setUp(self):
        self.agent = Agent(components=[
            {"id": "part", "installed": {"symlink": "part", "version": "part-(.*)"}}])
        for version in "123":
            (self.agent.folder / f"part-{version}").write_text(version)
        (self.agent.folder / "part").symlink_to("part-1")
        self.addCleanup(self.agent.__exit__, None)
        self.count = self.agent.folder / "count"
        self.go = self.agent.folder / "go"

    def begin(self, script, **fields):
        """Begins an action that has counted itself and waits for the file `go`; kills the agent."""
        self.agent.start()
        self.agent.seal()
        fields.setdefault("component", "part")
        self.agent.act("a", "install", version="2", **{"from": "1"}, **fields,
                       action={"run": ["/bin/sh", "-c",
                                       f"echo $$ >> {self.count}; cd {self.agent.folder}; "
                                       f"while [ ! -e go ]; do sleep 0.02; done; {script}"]})
        pid = int(wait_for(lambda: self.count.exists() and self.count.read_text().strip()))
        self.agent.kill()
        self.assertTrue(alive(pid), "it goes on without the agent")
        return pid

    def runs(self):
        return len(self.count.read_text().split())

    def test_it_is_awaited_and_found_done(self):
        self.begin("ln -sfn part-2 part")
        self.agent.start()
        self.assertEqual(self.agent.ask("GET", "/v1/actions/a")[1]["state"], "running")
        self.go.touch()
        done = self.agent.outcome("a")
        self.assertEqual((done["state"], self.runs()), ("done", 1), done)
        self.assertIn("part is installed as 2", done["message"])
        self.assertNotIn("exit", done)

    def test_the_gates_stay_sealed_while_it_is_under_way(self):
        # Bug: unseal and drain opened them, as when a person permits a server whose agent was gone.
        self.begin("ln -sfn part-2 part")
        self.agent.start()
        body = {"term": 1, "plan": PLAN, "task": TASK, "seal": []}
        for command in ("/v1/unseal", "/v1/drain"):
            told = {k: v for k, v in body.items() if k != "seal" or command == "/v1/drain"}
            status, answer = self.agent.ask("POST", command, told)
            self.assertEqual(status, 503, answer)
            self.assertIn("under way", answer["error"])
        self.go.touch()
        self.agent.outcome("a")
        self.assertEqual(self.agent.ask("POST", "/v1/unseal", {
            k: v for k, v in body.items() if k != "seal"})[0], 200)

    def test_it_ended_meanwhile_and_is_found_done(self):
        pid = self.begin("ln -sfn part-2 part")
        self.go.touch()
        wait_for(lambda: not alive(pid))
        self.agent.start()
        self.assertEqual((self.agent.outcome("a")["state"], self.runs()), ("done", 1))

    def test_the_old_version_is_still_there_so_it_is_run_again(self):
        pid = self.begin("[ $(wc -l < count) = 1 ] || ln -sfn part-2 part")
        self.go.touch()
        wait_for(lambda: not alive(pid))
        self.agent.start()
        done = self.agent.outcome("a")
        self.assertEqual((done["state"], done["exit"], self.runs()), ("done", 0, 2), done)
        self.assertEqual(self.agent.component("part")["installed"], "2")

    def test_something_else_is_installed_so_nobody_knows(self):
        pid = self.begin("ln -sfn part-3 part")
        self.go.touch()
        wait_for(lambda: not alive(pid))
        self.agent.start()
        unknown = self.agent.outcome("a")
        self.assertEqual((unknown["state"], self.runs()), ("unknown", 1))
        self.assertIn("part is installed as 3", unknown["message"])

    def test_nobody_can_tell_the_version(self):
        pid = self.begin("true", component="unheard-of")
        self.go.touch()
        wait_for(lambda: not alive(pid))
        self.agent.start()
        unknown = self.agent.outcome("a")
        self.assertEqual((unknown["state"], self.runs()), ("unknown", 1))
        self.assertIn("does not say how to tell", unknown["message"])

    def test_what_hangs_is_ended_before_anything_else(self):
        pid = self.begin("true", timeoutMs=400)
        self.agent.start()
        wait_for(lambda: not alive(pid), what="the end of what hangs")
        # The old version: it was run again, and hangs again.
        failed = self.agent.outcome("a")
        self.assertEqual((failed["state"], self.runs()), ("failed", 2))

    def test_an_agent_that_dies_over_it_each_time_gives_up(self):
        pid = self.begin("true")
        for runs in (2, 3):
            os.kill(pid, 9)
            self.agent.start()
            wait_for(lambda: self.runs() == runs, what=f"run {runs}")
            pid = int(self.count.read_text().split()[-1])
            self.agent.kill()
        os.kill(pid, 9)
        self.agent.start()
        failed = self.agent.outcome("a")
        self.assertEqual((failed["state"], self.runs()), ("failed", 3))
        self.assertIn("died over it 3 times", failed["message"])

    def test_a_restart_under_way(self):
        web = self.agent.web(stopTimeout="20s")
        web["command"].append("stubborn")
        self.agent.config["processes"] = [web]
        self.agent.start()
        first = self.agent.running()
        self.agent.seal("web")
        # The stop signal is ignored, so the restart hangs in its first half.
        self.agent.act("r", "restart", process="web", timeoutMs=30000)
        wait_for(lambda: self.agent.process()["message"] == "stopping")
        self.agent.kill()
        self.agent.config["processes"][0]["stopTimeout"] = "200ms"
        self.agent.start()
        done = self.agent.outcome("r")
        self.assertEqual(done["state"], "done", done)
        second = self.agent.running()
        self.assertNotEqual(first, second)
        self.assertFalse(alive(first))
        # The new process is there and the outcome was not yet recorded: it is not restarted again.
        self.agent.act("q", "restart", process="web", timeoutMs=30000)
        third = wait_for(lambda: (p := self.agent.process()["pid"]) not in (0, second) and p)
        self.agent.kill()
        self.agent.start()
        self.assertEqual(self.agent.outcome("q")["state"], "done")
        self.assertEqual(self.agent.running(), third)


if __name__ == "__main__":
    unittest.main()
