"""The agent and a gated application: sessions, seals, plug-ins, and what a crash leaves of them."""
import http.client
import os
import signal
import subprocess
import threading
import time
import unittest

from agentlab import Agent, BUILD, TASK, alive, wait_for

PLUGINS = BUILD / "testing" / "plugins"


class Background(threading.Thread):
    """One request; `answer()` waits for (status, text)."""

    def __init__(self, port, path):
        super().__init__()
        self.port, self.path, self.result = port, path, None
        self.start()

    def run(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("GET", self.path, headers={"X-Session": "alice"})
            response = connection.getresponse()
            self.result = response.status, response.read().decode()
        except OSError as error:
            self.result = 0, str(error)
        finally:
            connection.close()

    def answer(self):
        self.join()
        return self.result


class Gated(unittest.TestCase):
    def setUp(self):
        self.agent = Agent(components=[
            {"id": "pricing", "file": str(PLUGINS / "price-*.so"),
             "installed": {"symlink": "price.so", "version": r"price-(.*)\.so"}}])
        (self.agent.folder / "price.so").symlink_to(PLUGINS / "price-1.so")
        (self.agent.folder / "gates").mkdir()
        self.agent.config["processes"] = [
            {"name": "shop", "application": "shop", "stopTimeout": "2s",
             "command": [str(BUILD / "testing/GateServer"), str(self.agent.folder / "gates"),
                         str(self.agent.folder / "price.so"), "20000"]}]
        self.addCleanup(self.agent.__exit__, None)
        self.agent.start()
        self.agent.running("shop")

    # --- what the tests do -------------------------------------------------

    def port(self):
        return int((self.agent.folder / "state/logs/shop.log").read_text().split()[-1])

    def begin(self, path):
        return Background(self.port(), path)

    def sessions(self):
        return self.agent.server()["status"]["sessions"]

    def begin_slow(self, path):
        request = self.begin(path)
        wait_for(self.sessions, what="the request to be active")
        return request

    def begin_held(self):
        request = self.begin("/price")
        wait_for(lambda: any(s.get("held") for s in self.sessions()), what="a held request")
        return request

    def swap(self, name, version):
        return self.agent.do(name, "install", component="pricing", version=version,
                             action={"plugin": "pricing", "path": str(PLUGINS / f"price-{version}.so")})

    # --- tests -------------------------------------------------------------

    def test_the_session_list(self):
        request = self.begin_slow("/slow/1500")
        session, = self.sessions()
        self.assertEqual((session["application"], session["request"], session["session"]),
                         ("shop", r"GET ~ ^/slow/(\d+)$", "alice"))
        self.assertIn("pricing", session["uses"] + session["mayUse"])
        self.assertEqual(session["pid"], self.agent.process("shop")["pid"])
        self.assertEqual(self.agent.process("shop")["gate"], "ok")
        self.assertEqual(request.answer()[0], 200)
        wait_for(lambda: not self.sessions())

    def test_a_seal_is_refused_while_somebody_is_active(self):
        request = self.begin_slow("/slow/1500")
        drained = self.agent.task("drain")
        self.assertEqual((drained["state"], drained["active"]), ("draining", 1))
        sealed = self.agent.task("seal")
        self.assertEqual((sealed["state"], sealed["active"]), ("draining", 1))
        self.assertEqual(sealed["holders"][0]["request"], r"GET ~ ^/slow/(\d+)$")
        self.assertEqual(self.begin("/price").answer(), (200, "version 1\n"), "the gate is open")
        self.assertEqual(request.answer()[0], 200)
        wait_for(lambda: self.agent.task("seal")["state"] == "sealed")

    def test_the_last_exit_is_told(self):
        first, last = self.begin_slow("/slow/500"), self.begin_slow("/slow/1500")
        wait_for(lambda: len(self.sessions()) == 2)
        self.assertEqual(self.agent.task("drain")["active"], 2)
        told = f"task {TASK}: no active request uses pricing of shop any more"
        first.answer()
        self.assertNotIn(told, self.agent.log(), "one is active")
        last.answer()
        wait_for(lambda: told in self.agent.log(), what="the log's line")  # nobody asks the agent meanwhile
        self.assertEqual(self.agent.log().count(told), 1)
        self.assertEqual(self.agent.task("seal")["state"], "sealed")

    def test_a_killed_process_is_told(self):
        pid = self.agent.process("shop")["pid"]
        time.sleep(1.5)  # the agent knows the segment
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda: f"shop.{pid}.gate: process {pid} has ended" in self.agent.log())
        self.assertIn("; no request is active there, and its segment was removed", self.agent.log())

    def test_swap_while_a_request_waits(self):
        self.agent.task("drain")
        self.assertEqual(self.agent.task("seal")["state"], "sealed")
        held = self.begin_held()
        self.assertEqual(self.agent.task("seal")["held"], 1, "it is no obstacle")
        done = self.swap("a", "2")
        self.assertEqual(done["state"], "done", done)
        self.assertTrue(held.is_alive(), "nothing was let through")
        self.agent.task("unseal")
        self.assertEqual(held.answer(), (200, "version 2\n"))
        status, answer = self.agent.act("b", "install", component="pricing", version="1",
                                        action={"plugin": "pricing",
                                                "path": str(PLUGINS / "price-1.so")})
        self.assertEqual(status, 409, "the task is over")
        self.assertIn("needs it sealed", answer["error"])

    def test_who_uses_it_late_is_let_go_on(self):
        # Bug: the action failed, so the upgrade went back and counted as failed.
        request = self.begin_slow("/late?after=1000")
        self.agent.task("drain")
        self.assertEqual(self.agent.task("seal")["state"], "sealed", "it has not said that it will")
        wait_for(lambda: self.sessions()[0]["late"], what="the late use, which waits at the gate")
        refused = self.swap("a", "2")
        self.assertEqual((refused["state"], refused["busy"]), ("failed", True), refused)
        self.assertIn("nothing was begun: 1 request that uses pricing is active", refused["message"])
        self.assertEqual(self.agent.outcome("a"), refused, "asked again")
        self.assertTrue(request.is_alive())
        self.agent.task("unseal")
        self.assertEqual(request.answer()[0], 200)
        self.agent.task("drain")
        wait_for(lambda: self.agent.task("seal")["state"] == "sealed")
        self.assertEqual(self.swap("b", "2")["state"], "done", "with another id")
        self.agent.task("unseal")
        self.assertEqual(self.begin("/price").answer(), (200, "version 2\n"))

    def test_a_swap_that_fails_leaves_the_old_one(self):
        self.agent.task("drain")
        self.agent.task("seal")
        failed = self.agent.do("a", "install", component="pricing", version="2",
                               action={"plugin": "pricing", "path": "/lib/x86_64-linux-gnu/libz.so.1"})
        self.assertEqual(failed["state"], "failed")
        self.agent.task("unseal")
        self.assertEqual(self.begin("/price").answer(), (200, "version 1\n"))

    def test_check_sees_what_is_loaded(self):
        self.agent.task("drain")
        self.agent.task("seal")
        target = str(PLUGINS / "price-2.so")
        self.agent.do("a", "install", component="pricing", version="2",
                      action={"symlink": "price.so", "target": target})
        old = self.agent.do("b", "check", component="pricing", version="2")
        self.assertEqual(old["state"], "failed")
        self.assertIn("another pricing is loaded: shop (pid", old["message"])
        self.assertEqual(self.swap("c", "2")["state"], "done")
        self.assertEqual(self.agent.do("d", "check", component="pricing", version="2")["state"],
                         "done")
        copy, = self.agent.component("pricing")["loaded"]
        self.assertRegex(copy["buildId"], "^[0-9a-f]{40}$")

    def test_seals_survive_the_agent(self):
        self.agent.task("drain")
        self.agent.task("seal")
        held = self.begin_held()
        for _ in range(2):
            self.agent.kill()
            time.sleep(.1)
            self.assertTrue(held.is_alive(), "the gate stays sealed without an agent")
            self.agent.start()
            self.assertEqual([t["state"] for t in self.agent.server()["tasks"]], ["sealed"])
        self.assertTrue(held.is_alive())
        self.assertEqual(self.swap("a", "2")["state"], "done")
        self.agent.task("unseal")
        self.assertEqual(held.answer(), (200, "version 2\n"))

    def test_after_a_crash_nothing_is_run_again_under_a_request(self):
        # Bug: what an earlier agent had begun was carried out again without another look.
        runs, folder = self.agent.folder / "runs", self.agent.folder
        self.agent.task("drain")
        self.assertEqual(self.agent.task("seal")["state"], "sealed")
        self.agent.act("a", "install", component="pricing", version="2", timeoutMs=300,
                       **{"from": "1"},
                       action={"run": ["/bin/sh", "-c", f"echo run >> {runs}; exec sleep 60"]})
        wait_for(runs.exists)
        self.agent.kill()
        # A process that no agent has started, whose gate opened before it could know of the seal.
        for seal in (folder / "gates").glob("*.sealed"):
            seal.unlink()
        with open(folder / "other.log", "wb") as log:
            other = subprocess.Popen([str(BUILD / "testing/GateServer"), str(folder / "gates"),
                                      str(folder / "price.so"), "20000"], stdout=log)
        self.addCleanup(other.wait)
        self.addCleanup(other.kill)
        port = int(wait_for(lambda: (folder / "other.log").read_text().strip()).split()[-1])
        request = Background(port, "/slow/6000")
        time.sleep(.3)
        self.agent.start()
        failed = self.agent.outcome("a")
        self.assertEqual((failed["state"], runs.read_text().split()), ("failed", ["run"]), failed)
        self.assertIn("not begun again: 1 request that uses pricing is active", failed["message"])
        self.assertEqual(request.answer()[0], 200)

    def test_a_process_that_crashed_under_a_seal_comes_back_sealed(self):
        self.agent.task("drain")
        self.agent.task("seal")
        pid = self.agent.process("shop")["pid"]
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda: self.agent.process("shop")["restarts"] == 1)
        self.assertNotEqual(self.agent.running("shop"), pid)
        held = self.begin_held()
        self.assertEqual(self.swap("a", "2")["state"], "done")
        self.agent.task("unseal")
        self.assertEqual(held.answer(), (200, "version 2\n"))

    def test_the_tasks_own_restart_comes_back_open(self):
        self.agent.task("drain")
        self.agent.task("seal")
        pid = self.agent.process("shop")["pid"]
        done = self.agent.do("r", "restart", process="shop", timeoutMs=20000)
        self.assertEqual(done["state"], "done", done)
        self.assertFalse(alive(pid))
        self.assertEqual(self.begin("/price").answer(), (200, "version 1\n"))
        self.agent.kill()
        self.agent.start()
        self.assertEqual(self.begin("/price").answer(), (200, "version 1\n"), "nor later")
        self.assertEqual(self.agent.task("drain")["state"], "draining")
        self.assertEqual(self.agent.task("seal")["state"], "sealed")
        held = self.begin_held()
        self.agent.task("unseal")
        self.assertEqual(held.answer(), (200, "version 1\n"))

    def test_a_process_that_died_with_the_agent_comes_back_sealed(self):
        self.agent.task("drain")
        self.agent.task("seal")
        self.agent.kill()
        os.kill(next(iter(self.agent.pids - {0})), signal.SIGKILL)
        self.agent.start()
        self.agent.running("shop")
        held = self.begin_held()
        self.assertEqual(self.swap("a", "2")["state"], "done")
        self.agent.task("unseal")
        self.assertEqual(held.answer(), (200, "version 2\n"))


if __name__ == "__main__":
    unittest.main()
