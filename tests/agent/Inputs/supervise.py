"""The agent starts, watches and restarts its processes."""
import os
import pathlib
import signal
import stat
import time
import unittest
import urllib.request

from agentlab import Agent, alive, free_port, wait_for


def get(url):
    return urllib.request.urlopen(url, timeout=10).read().decode()


class Supervise(unittest.TestCase):
    def test_starts_and_tells(self):
        with Agent() as agent:
            agent.config["processes"] = [agent.web(environment={"COLOUR": "blue"})]
            agent.start()
            pid = agent.running()
            process = agent.process()
            self.assertEqual(get(agent.config["processes"][0]["ready"]), str(pid))
            proc = pathlib.Path(f"/proc/{pid}")
            fields = (proc / "stat").read_text().rsplit(")", 1)[1].split()
            self.assertEqual(process["startTime"], int(fields[19]))
            self.assertEqual(fields[3], str(pid), "it leads a session of its own")
            self.assertRegex(process["buildId"], "^[0-9a-f]{40}$")
            self.assertEqual((process["gate"], process["restarts"]), ("none", 0))
            environment = (proc / "environ").read_text().split("\0")
            self.assertIn("COLOUR=blue", environment)
            self.assertIn(f"RIPPLE_GATE_DIR={agent.folder}/gates", environment)
            server = agent.server()
            self.assertEqual((server["server"], server["agentPid"], server["term"]),
                             ("app1", agent.daemon.pid, 0))
            self.assertEqual(server["status"]["name"], "app1")
            mode = os.stat(agent.folder / "agent.sock").st_mode
            self.assertEqual(stat.S_IMODE(mode), 0o600)
            self.assertIn("serving", (agent.folder / "state/logs/web.log").read_text())

    def test_restarts_what_crashed(self):
        with Agent() as agent:
            agent.config["processes"] = [agent.web()]
            agent.start()
            for crash in range(1, 3):
                pid = agent.running()
                os.kill(pid, signal.SIGKILL)
                wait_for(lambda: agent.process()["restarts"] == crash)
                self.assertNotEqual(agent.running(), pid)
            self.assertIn("killed by signal 9", agent.log())

    def test_backs_off_and_says_why(self):
        with Agent() as agent:
            agent.config["processes"] = [
                {"name": "bad", "application": "bad",
                 "command": ["/bin/sh", "-c", "echo no database >&2; exit 4"]},
                {"name": "none", "application": "none", "command": ["/nonexistent/program"]}]
            agent.start()
            bad = wait_for(lambda: (p := agent.process("bad"))["state"] == "failed" and p)
            self.assertEqual(bad["pid"], 0)
            self.assertIn("exit code 4", bad["message"])
            self.assertIn("no database", bad["message"])
            none = wait_for(lambda: (p := agent.process("none"))["state"] == "failed" and p)
            self.assertIn("No such file or directory", none["message"])
            # 0.1, 0.2, 0.4, 0.8, … s: in two more seconds there are few more starts, not hundreds.
            before = agent.process("bad")["restarts"]
            time.sleep(2)
            self.assertLess(agent.process("bad")["restarts"] - before, 4)

    def test_it_is_running_only_when_it_is_ready(self):
        with Agent() as agent:
            web = agent.web(readyTimeout="300ms")
            web["ready"] = f"http://127.0.0.1:{free_port()}/healthz"
            agent.config["processes"] = [web]
            agent.start()
            wait_for(lambda: "is not ready after 300ms" in agent.log())
            process = agent.process()
            self.assertEqual(process["state"], "starting")
            self.assertTrue(alive(process["pid"]))

    def test_sigterm_leaves_them_and_the_next_agent_finds_them(self):
        with Agent() as agent:
            agent.config["processes"] = [agent.web()]
            agent.start()
            pid = agent.running()
            agent.daemon.terminate()
            self.assertEqual(agent.daemon.wait(20), 0)
            self.assertTrue(alive(pid))
            self.assertFalse((agent.folder / "agent.sock").exists())
            agent.start()
            self.assertEqual(agent.running(), pid)

    def test_stop_processes(self):
        with Agent() as agent:
            agent.config["processes"] = [agent.web(), agent.web("second")]
            agent.config["stopProcesses"] = True
            agent.start()
            pids = [agent.running(), agent.running("second")]
            agent.daemon.terminate()
            self.assertEqual(agent.daemon.wait(20), 0)
            self.assertFalse(any(map(alive, pids)))
            # The same by the command, with an agent and without one.
            agent.config["stopProcesses"] = False
            for with_agent in (True, False):
                agent.start()
                pid = agent.running()
                if not with_agent:
                    agent.kill()
                done = agent.command("--stop-processes")
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertFalse(alive(pid))
                agent.daemon.wait(20)

    def test_what_ignores_the_stop_signal_is_killed(self):
        with Agent() as agent:
            web = agent.web(stopTimeout="300ms")
            web["command"].append("stubborn")
            agent.config["processes"] = [web]
            agent.start()
            pid = agent.running()
            agent.ask("POST", "/v1/shutdown", {"processes": True})
            self.assertEqual(agent.daemon.wait(20), 0)
            self.assertFalse(alive(pid))
            self.assertIn("did not end within 300ms", agent.log())

    def test_kill_of_the_agent_is_survived(self):
        with Agent() as agent:
            agent.config["processes"] = [agent.web()]
            agent.start()
            pid = agent.running()
            for _ in range(3):
                agent.kill()
                self.assertTrue(alive(pid))
                agent.start()
                self.assertEqual(agent.running(), pid)
            # It is watched again, though it is no child of this agent.
            os.kill(pid, signal.SIGKILL)
            wait_for(lambda: agent.process()["restarts"] == 1)
            self.assertNotEqual(agent.running(), pid)

    def test_what_died_with_the_agent_is_started_again(self):
        with Agent() as agent:
            agent.config["processes"] = [agent.web()]
            agent.start()
            pid = agent.running()
            agent.kill()
            os.kill(pid, signal.SIGKILL)
            agent.start()
            self.assertNotEqual(agent.running(), pid)
            self.assertIn("ended while no agent ran", agent.log())

    def test_one_agent_for_one_state(self):
        with Agent() as agent:
            agent.start()
            second = agent.command()
            self.assertEqual(second.returncode, 1)
            self.assertIn(f"belongs to an agent that runs, pid {agent.daemon.pid}", second.stderr)
            agent.config["state"] = "other"
            third = agent.command()
            self.assertEqual(third.returncode, 1)
            self.assertIn("another program answers there", third.stderr)
            self.assertEqual(agent.server()["agentPid"], agent.daemon.pid)


if __name__ == "__main__":
    unittest.main()
