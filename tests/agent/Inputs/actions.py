"""Upgrade actions, as a manager sends them."""
import os
import pathlib
import threading
import unittest

from agentlab import Agent, PLAN, TASK, UnixConnection, alive


class Actions(unittest.TestCase):
    def setUp(self):
        self.agent = Agent(components=[
            {"id": "part", "installed": {"symlink": "part", "version": "part-(.*)"}}])
        for version in "123":
            (self.agent.folder / f"part-{version}").write_text(version)
        (self.agent.folder / "part").symlink_to("part-1")
        self.addCleanup(self.agent.__exit__, None)

    def ready(self, *applications):
        self.agent.start()
        self.agent.seal(*applications)

    def test_a_program_runs_once_for_one_id(self):
        self.ready()
        for _ in range(3):
            status, answer = self.agent.run_action("a/1", "echo run >> count; echo $RIPPLE_VERSION",
                                                   version="2")
            self.assertEqual(status, 202, answer)
            done = self.agent.outcome("a/1")
            self.assertEqual((done["state"], done["exit"]), ("done", 0))
        # It ran in /, where nothing of it may be; so tell by its log.
        log = "".join(f.read_text() for f in (self.agent.folder / "state/actions").iterdir())
        self.assertEqual(log.count("cannot create") + log.count("2\n"), log.count("\n"), log)
        other = self.agent.run_action("a/1", "true", version="3")
        self.assertEqual(other[0], 409)
        self.assertIn("belongs to another action", other[1]["error"])

    def test_failure_is_told_with_its_output(self):
        self.ready()
        self.agent.run_action("a", "echo disk is full; exit 9")
        failed = self.agent.outcome("a")
        self.assertEqual((failed["state"], failed["exit"]), ("failed", 9))
        self.assertIn("disk is full", failed["message"])

    def test_a_time_limit_ends_a_grandchild_that_holds_the_output(self):
        self.ready()
        pids = self.agent.folder / "pids"
        self.agent.run_action("a", f"trap '' TERM; sh -c 'trap \"\" TERM; sleep 600; sleep 600' & "
                                   f"echo $! $$ > {pids}; wait", timeoutMs=500)
        failed = self.agent.outcome("a")
        self.assertEqual(failed["state"], "failed")
        self.assertNotIn("exit", failed)
        self.assertIn("no end within 500 ms", failed["message"])
        for pid in pids.read_text().split():
            self.assertFalse(alive(int(pid)), pid)

    def test_a_child_left_behind_neither_blocks_nor_stays(self):
        self.ready()
        pids = self.agent.folder / "pids"
        self.agent.run_action("a", f"sleep 600 & echo $! > {pids}")
        done = self.agent.outcome("a")
        self.assertEqual(done["state"], "done")
        self.assertIn("left processes behind", done["message"])
        self.assertFalse(alive(int(pids.read_text())))

    def test_a_lower_term_is_refused_for_ever(self):
        self.ready()
        self.agent.term = 7
        self.assertEqual(self.agent.run_action("a", "true")[0], 202)
        self.agent.kill()
        self.agent.start()
        self.assertEqual(self.agent.server()["term"], 7)
        self.agent.term = 6
        body = {"term": 6, "plan": PLAN, "task": TASK, "seal": []}
        for status, answer in (self.agent.run_action("b", "true"),
                               self.agent.ask("POST", "/v1/drain", body),
                               self.agent.ask("POST", "/v1/seal", body),
                               self.agent.ask("POST", "/v1/unseal",
                                              {"term": 6, "plan": PLAN, "task": TASK})):
            self.assertEqual((status, answer["term"]), (409, 7))
        self.assertEqual(self.agent.ask("GET", "/v1/actions/b")[0], 404)
        self.assertEqual(self.agent.server()["tasks"][0]["state"], "sealed")

    def test_install_needs_a_sealed_task(self):
        self.agent.start()
        status, answer = self.agent.run_action("a", "true")
        self.assertEqual(status, 409)
        self.assertIn("is not known here", answer["error"])
        body = {"term": 1, "plan": PLAN, "task": TASK, "seal": []}
        self.agent.ask("POST", "/v1/drain", body)
        status, answer = self.agent.run_action("a", "true")
        self.assertIn("is draining", answer["error"])
        self.assertEqual(self.agent.run_action("a", "true", unsealed=True)[0], 202)
        self.assertEqual(self.agent.outcome("a")["state"], "done")
        self.assertEqual(self.agent.do("c", "check", component="part", version="1")["state"], "done")

    def test_symlink_switch_and_check(self):
        self.ready()
        switch = {"component": "part", "version": "2", "from": "1",
                  "action": {"symlink": "part", "target": "part-2"}}
        self.assertEqual(self.agent.component("part")["installed"], "1")
        self.assertEqual(self.agent.do("a", "install", **switch)["state"], "done")
        self.assertEqual(self.agent.component("part")["installed"], "2")
        self.assertEqual(self.agent.do("c1", "check", component="part", version="2")["state"], "done")
        wrong = self.agent.do("c2", "check", component="part", version="3")
        self.assertEqual((wrong["state"], wrong["message"]),
                         ("failed", "part is installed as 2, not as 3"))
        failed = self.agent.do("c3", "check", component="part", version="2",
                               action={"run": ["/bin/sh", "-c", "echo odd; exit 1"]})
        self.assertIn("odd", failed["message"])
        missing = self.agent.do("b", "install", component="part", version="9",
                                action={"symlink": "part", "target": "part-9"})
        self.assertIn("part-9 cannot be used", missing["message"])
        self.assertEqual(os.readlink(self.agent.folder / "part"), "part-2")

    def test_symlink_switch_leaves_no_hole_for_readers(self):
        self.ready()
        stop, holes, reads = threading.Event(), [], [0]

        def read():
            while not stop.is_set():
                try:
                    text = (self.agent.folder / "part").read_text()
                    if text not in "123":
                        holes.append(text)
                except OSError as error:
                    holes.append(error)
                reads[0] += 1
        readers = [threading.Thread(target=read) for _ in range(2)]
        for reader in readers:
            reader.start()
        for i in range(60):
            version = "23"[i % 2]
            done = self.agent.do(f"s{i}", "install", component="part", version=version,
                                 action={"symlink": "part", "target": f"part-{version}"})
            self.assertEqual(done["state"], "done", done)
        stop.set()
        for reader in readers:
            reader.join()
        self.assertEqual(holes, [])
        self.assertGreater(reads[0], 100)

    def test_programs_are_those_that_are_allowed(self):
        self.agent.config["allow"] = ["/bin/true"]
        self.ready()
        done = self.agent.do("a", "install", component="part", version="2",
                             action={"run": ["/bin/true"]})
        self.assertEqual(done["state"], "done")
        marker = self.agent.folder / "ran"
        for name, argv in {"b": ["/bin/touch", str(marker)], "c": ["true"],
                           "d": ["/bin/../bin/touch", str(marker)]}.items():
            failed = self.agent.do(name, "install", component="part", version="2",
                                   action={"run": argv})
            self.assertEqual(failed["state"], "failed", argv)
        self.assertFalse(marker.exists())
        self.assertNotIn("no `allow`", self.agent.log())

    def test_without_allow_the_agent_says_so(self):
        self.agent.start()
        self.assertIn("no `allow`: actions may run any program", self.agent.log())

    def test_dry_run_says_what_is_wrong_and_does_nothing(self):
        self.agent.start()
        status, answer = self.agent.run_action("a", "true", dryRun=True)
        self.assertEqual((status, answer["state"]), (200, "done"))
        status, answer = self.agent.act("b", "install", component="part", version="9", dryRun=True,
                                        action={"symlink": "part", "target": "part-9"})
        self.assertEqual((status, answer["state"]), (200, "failed"))
        self.assertIn("part-9", answer["message"])
        status, answer = self.agent.act("c", "restart", process="nobody", dryRun=True)
        self.assertIn("no process nobody", answer["message"])
        for name in "abc":
            self.assertEqual(self.agent.ask("GET", f"/v1/actions/{name}")[0], 404)

    def test_unknown_packages_and_plugins_say_so(self):
        self.ready()
        package = {"package": "no-such-package", "version": "2"}
        dry = self.agent.act("d", "install", component="part", version="2", action=package,
                             dryRun=True)
        self.assertIn("no-such-package", dry[1]["message"])
        failed = self.agent.do("a", "install", component="part", version="2", action=package)
        self.assertEqual(failed["state"], "failed")
        self.assertIn("apt cannot install no-such-package=2", failed["message"])
        library = str(next(pathlib.Path("/lib/x86_64-linux-gnu").glob("libz.so.1")))
        failed = self.agent.do("b", "install", component="part", version="2",
                               action={"plugin": "part", "path": library})
        self.assertEqual(failed["state"], "failed")
        self.assertIn("part", failed["message"])

    def test_restart_of_a_process(self):
        self.agent.config["processes"] = [self.agent.web()]
        self.ready("web")
        pid = self.agent.running()
        done = self.agent.do("r", "restart", process="web", timeoutMs=20000)
        self.assertEqual(done["state"], "done", done)
        self.assertNotEqual(self.agent.running(), pid)
        self.assertFalse(alive(pid))
        self.assertEqual(self.agent.process()["restarts"], 0, "it was asked for")
        again = self.agent.do("r", "restart", process="web", timeoutMs=20000)
        self.assertEqual(again, done)
        failed = self.agent.do("x", "restart", process="nobody")
        self.assertIn("no process nobody", failed["message"])

    def test_restart_that_does_not_become_ready_fails(self):
        web = self.agent.web(readyTimeout="300ms", autostart=False)
        web["ready"] = "http://127.0.0.1:1/"
        self.agent.config["processes"] = [web]
        self.ready("web")
        failed = self.agent.do("r", "restart", process="web")
        self.assertEqual(failed["state"], "failed")
        self.assertIn("is not ready after 300ms", failed["message"])

    def test_actions_run_one_after_the_other(self):
        self.ready()
        log = self.agent.folder / "order"
        for i in range(3):
            self.agent.run_action(f"a{i}", f"echo begin >> {log}; sleep 0.2; echo end >> {log}")
        self.agent.outcome("a2")
        self.assertEqual(log.read_text().split(), ["begin", "end"] * 3)

    def test_bad_requests(self):
        self.agent.start()
        ask = self.agent.ask
        status, answer = ask("POST", "/v1/actions", {"term": -1, "kind": "explode", "colour": 1})
        self.assertEqual(status, 400)
        for part in ("/term", "/kind", "/colour", "'id'", "'plan'", "'task'"):
            self.assertIn(part, answer["error"])
        self.assertEqual(ask("POST", "/v1/actions", "{")[0], 400)
        self.assertEqual(ask("GET", "/v1/actions/none")[0], 404)
        self.assertEqual(ask("GET", "/v2/server")[0], 404)
        self.assertEqual(ask("DELETE", "/v1/server")[0], 405)
        self.assertEqual(ask("POST", "/v1/seal", {"term": 1, "plan": "p", "task": "t"})[0], 400)
        self.assertEqual(ask("POST", "/v1/shutdown", {})[0], 400)
        connection = UnixConnection(str(self.agent.folder / "agent.sock"))
        connection.putrequest("POST", "/v1/actions")
        connection.putheader("Content-Length", str((1 << 20) + 1))
        connection.endheaders()
        with connection.getresponse() as answer:
            self.assertEqual(answer.status, 413)
        connection.close()
        self.assertEqual(self.agent.server()["term"], 0, "nothing of that was taken")

    def test_tasks_are_known_until_they_are_unsealed(self):
        self.ready("web")
        task, = self.agent.server()["tasks"]
        self.assertEqual((task["plan"], task["task"], task["state"]), (PLAN, TASK, "sealed"))
        self.agent.kill()
        self.agent.start()
        self.assertEqual(self.agent.server()["tasks"], [task])
        for _ in range(2):
            self.assertEqual(self.agent.ask("POST", "/v1/unseal",
                                            {"term": 1, "plan": PLAN, "task": TASK}),
                             (200, {"state": "open"}))
        self.assertEqual(self.agent.server()["tasks"], [])


if __name__ == "__main__":
    unittest.main()
