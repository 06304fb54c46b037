"""Processes that systemd runs: with a stand-in for systemctl, and with systemd itself where it is."""
import json
import os
import pathlib
import signal
import subprocess
import unittest

from agentlab import HERE, Agent, alive, wait_for

UNIT = "shop@1.service"


class Units(unittest.TestCase):
    def setUp(self):
        self.agent = Agent()
        self.addCleanup(self.agent.__exit__, None)
        self.home = self.agent.folder / "systemd"
        self.home.mkdir()
        os.environ["FAKE_SYSTEMD"] = str(self.home)
        web = self.agent.web()
        self.write("command", json.dumps(web["command"]))
        self.write("unit", UNIT)
        self.agent.config["processes"] = [
            {"unit": UNIT, "application": "shop", "ready": web["ready"], "readyTimeout": "20s"}]
        self.agent.config["systemctl"] = str(HERE / "systemctl.py")
        self.addCleanup(self.end)

    def write(self, name, text):
        (self.home / name).write_text(text)

    def read(self, name):
        return (self.home / name).read_text()

    def end(self):
        if (self.home / "pid").exists() and alive(int(self.read("pid"))):
            os.kill(int(self.read("pid")), signal.SIGKILL)

    def systemctl(self, *words):
        subprocess.run([HERE / "systemctl.py", *words], check=True, stdout=subprocess.DEVNULL)

    def begin(self):
        """The unit runs, and the agent has seen it."""
        self.systemctl("restart", "--no-block", UNIT)
        wait_for(lambda: (self.home / "active").exists() and self.read("active") == "active")
        self.agent.start()
        self.agent.seal("shop")
        return self.agent.running(UNIT)

    def restarts(self):
        return self.read("calls").count("restart")

    def test_a_restart_is_over_when_another_process_is_ready(self):
        pid = self.begin()
        done = self.agent.do("r", "restart", process=UNIT)
        self.assertEqual(done["state"], "done", done)
        now = self.agent.running(UNIT)
        self.assertNotEqual(now, pid)
        self.assertFalse(alive(pid))
        self.assertIn(f"runs as pid {now}", done["message"])
        self.assertEqual(self.agent.process(UNIT)["restarts"], 0, "it was asked for")
        self.assertEqual(self.restarts(), 2)

    def test_a_restart_that_is_refused_or_dropped_fails_and_the_old_process_counts(self):
        pid = self.begin()
        self.write("refuse", "1")
        failed = self.agent.do("a", "restart", process=UNIT)
        self.assertEqual(failed["state"], "failed")
        self.assertIn("Access denied", failed["message"])
        (self.home / "refuse").unlink()
        self.write("drop", "1")
        failed = self.agent.do("b", "restart", process=UNIT)
        self.assertEqual(failed["state"], "failed")
        self.assertIn("dropped", failed["message"])
        self.assertEqual(self.agent.running(UNIT), pid)

    def test_a_process_that_does_not_become_ready_fails(self):
        self.agent.config["processes"][0]["readyTimeout"] = "3s"
        self.begin()
        self.write("command", '["/bin/sleep", "1000"]')
        failed = self.agent.do("a", "restart", process=UNIT)
        self.assertEqual(failed["state"], "failed")
        self.assertIn("not ready after 3 s", failed["message"].replace("3s", "3 s"))

    def test_a_unit_that_fails_is_told_so(self):
        self.begin()
        self.write("command", '["/bin/false"]')
        failed = self.agent.do("a", "restart", process=UNIT)
        self.assertEqual(failed["state"], "failed")
        self.assertIn("systemd says failed: exit-code", failed["message"])
        self.assertEqual(self.agent.process(UNIT)["state"], "failed")

    def test_after_a_crash_it_is_looked_whether_the_restart_has_happened(self):
        pid = self.begin()
        self.write("slow", "1")
        self.agent.act("r", "restart", process=UNIT)
        wait_for(lambda: self.restarts() == 2, what="the restart to be asked for")
        self.agent.kill()
        wait_for(lambda: not (self.home / "job").exists(), what="the restart")
        self.agent.start()
        done = self.agent.outcome("r")
        self.assertEqual(done["state"], "done", done)
        self.assertNotEqual(self.agent.running(UNIT), pid)
        self.assertEqual(self.restarts(), 2, "it is not restarted again")

    def test_a_crash_of_the_process_is_noticed_before_the_next_look(self):
        os.kill(self.begin(), signal.SIGKILL)
        wait_for(lambda: self.agent.process(UNIT)["state"] == "failed", 4, "the failure")

    def test_unknown_units_and_other_programs(self):
        self.agent.config["processes"][0]["unit"] = "other.service"
        self.begin_without_unit("systemd has no unit other.service: not-found")

    def test_no_systemctl(self):
        self.agent.config["systemctl"] = "/nonexistent/systemctl"
        self.begin_without_unit("/nonexistent/systemctl")

    def begin_without_unit(self, words):
        self.agent.start()
        process = self.agent.server()["processes"][0]
        self.assertNotEqual(process["state"], "running")
        self.assertIn(words, process["message"])

    def test_what_a_unit_has_of_its_own_is_refused(self):
        self.agent.config["processes"][0]["command"] = ["/bin/true"]
        refused = self.agent.command("--check")
        self.assertEqual(refused.returncode, 64)
        self.assertIn("a unit of systemd has its own", refused.stderr)
        del self.agent.config["processes"][0]["command"]
        self.agent.config["processes"][0]["unit"] = "--now"
        self.assertIn("no service of systemd", self.agent.command("--check").stderr)


@unittest.skipUnless(pathlib.Path("/run/systemd/system").is_dir(),
                     "the first process of this machine is not systemd")
class RealSystemd(unittest.TestCase):
    def test_a_restart(self):
        with Agent() as agent:
            web = agent.web()
            unit = f"ripple-test-{os.getpid()}.service"
            subprocess.run(["systemd-run", "--unit", unit, *web["command"]], check=True)
            self.addCleanup(subprocess.run, ["systemctl", "stop", unit])
            agent.config["processes"] = [
                {"unit": unit, "application": "web", "ready": web["ready"]}]
            agent.start()
            agent.seal("web")
            pid = agent.running(unit)
            done = agent.do("r", "restart", process=unit)
            self.assertEqual(done["state"], "done", done)
            self.assertNotEqual(agent.running(unit), pid)


if __name__ == "__main__":
    unittest.main()
