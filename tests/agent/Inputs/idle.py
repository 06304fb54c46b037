"""An agent that watches a gated application and has nothing to do: how much memory is resident, and how
often its threads go to sleep again, so how often they woke up."""
import pathlib
import subprocess
import sys
import time
import unittest

from agentlab import Agent, BUILD

RESIDENT_MAX_KB = 20 * 1024
SECONDS = 4
# The loop's timers: 10 looks at the seals and 1 at the segments in a second, each with one sleep. As many
# again for noise; what polls without a timer of its own wakes far more often, or on another thread.
LOOP_WAKES_MAX = 24 * SECONDS
OTHER_WAKES_MAX = SECONDS


def status(path, key):
    for line in (path / "status").read_text().splitlines():
        if line.startswith(key + ":"):
            return int(line.split()[1])
    raise AssertionError(f"{path}/status has no {key}")


def sleeps(pid):
    """How often each thread of PID has gone to sleep; the loop's (the first) apart."""
    counts = {int(task.name): status(task, "voluntary_ctxt_switches")
              for task in pathlib.Path(f"/proc/{pid}/task").iterdir()}
    return counts.pop(pid), sum(counts.values())


def cost(pid):
    """(resident kB, wakes of the loop, wakes of all other threads) of PID within SECONDS."""
    loop, others = sleeps(pid)
    time.sleep(SECONDS)
    loop_now, others_now = sleeps(pid)
    return status(pathlib.Path(f"/proc/{pid}"), "VmRSS"), loop_now - loop, others_now - others


def too_much(pid):
    resident, loop, others = cost(pid)
    print(f"{resident} kB resident; in {SECONDS} s the loop woke up {loop} times, other threads {others} times",
          file=sys.stderr)
    found = []
    if resident > RESIDENT_MAX_KB:
        found.append("memory")
    if loop > LOOP_WAKES_MAX:
        found.append("loop")
    if others > OTHER_WAKES_MAX:
        found.append("other threads")
    return found


class Idle(unittest.TestCase):
    def start(self):
        agent = Agent()
        self.addCleanup(agent.__exit__, None)
        (agent.folder / "gates").mkdir()
        agent.config["processes"] = [
            {"name": "shop", "application": "shop", "stopTimeout": "2s",
             "command": [str(BUILD / "testing/GateServer"), str(agent.folder / "gates"),
                         str(BUILD / "testing/plugins/price-1.so"), "20000"]}]
        agent.start()
        agent.running("shop")
        time.sleep(1.5)  # what it does at its start is over
        return agent

    def test_an_idle_agent_wakes_up_for_its_timers_alone(self):
        self.assertEqual(too_much(self.start().daemon.pid), [])

    def test_the_check_finds_a_thread_that_looks_again_and_again(self):
        agent = self.start()
        agent.task("drain")
        self.assertEqual(too_much(agent.daemon.pid), ["other threads"], "the gates are listened to")
        agent.task("unseal")
        time.sleep(.2)
        self.assertEqual(too_much(agent.daemon.pid), [], "and no longer")

    def test_the_check_finds_memory_and_a_loop_that_polls(self):
        hog = subprocess.Popen([sys.executable, "-c", "import time\nx = bytearray(b'x') * 40_000_000\n"
                                "while True: time.sleep(.01)"])
        self.addCleanup(lambda: (hog.kill(), hog.wait()))
        time.sleep(1)
        self.assertEqual(too_much(hog.pid), ["memory", "loop"])


if __name__ == "__main__":
    unittest.main()
