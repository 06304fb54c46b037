"""A real HAProxy that managers reach through the agent on its host, over https."""
import contextlib
import signal
import subprocess
import unittest

from agentlab import Agent, free_port, wait_for


@contextlib.contextmanager
def edge(agent):
    """HAProxy with two back ends, and the agent's configuration for it."""
    folder = agent.folder
    server = "  server app1 127.0.0.1:1\n  server app2 127.0.0.1:2\n"
    (folder / "haproxy.cfg").write_text(
        f"global\n  stats socket {folder}/admin.sock mode 600 level admin\n"
        "defaults\n  mode http\n  timeout connect 1s\n  timeout client 9s\n  timeout server 9s\n"
        f"frontend f\n  bind 127.0.0.1:{free_port()}\n  default_backend shop.1\n"
        f"backend shop.1\n{server}backend shop.2\n{server}")
    agent.config["routers"] = [{"name": "edge", "kind": "haproxy", "socket": f"{folder}/admin.sock"}]
    router = subprocess.Popen(["/usr/sbin/haproxy", "-db", "-q", "-f", folder / "haproxy.cfg"],
                              start_new_session=True)
    try:
        agent.listen_https()
        agent.start()
        wait_for(lambda: agent.ask("GET", "/v1/routers/edge")[0] == 200, what="HAProxy")
        yield router
    finally:
        router.send_signal(signal.SIGCONT)
        router.kill()
        router.wait()


def view(agent):
    code, answer = agent.ask("GET", "/v1/routers/edge")
    assert code == 200, answer
    return answer


def states(agent):
    return {f"{s['backend']}/{s['server']}": s["word"] for s in view(agent)["servers"]}


def set_state(agent, term, state, **more):
    return agent.ask("POST", "/v1/routers/edge/state",
                     {"term": term, "backend": "shop.1", "server": "app1", "state": state,
                      "sessions": "shared", **more})


class OwnRouters(unittest.TestCase):
    def test_forbids_and_permits(self):
        with Agent() as agent, edge(agent):
            self.assertEqual(set(states(agent).values()), {"ready"})
            for _ in range(2):
                self.assertEqual(set_state(agent, 3, "forbidden"),
                                 (200, {"backend": "shop.1", "server": "app1", "state": "forbidden"}))
            self.assertEqual(states(agent), {"shop.1/app1": "drain", "shop.1/app2": "ready",
                                             "shop.2/app1": "ready", "shop.2/app2": "ready"})
            set_state(agent, 3, "forbidden", sessions="sticky")
            self.assertEqual(states(agent)["shop.1/app1"], "maint")
            set_state(agent, 3, "permitted")
            self.assertEqual(states(agent)["shop.1/app1"], "ready")
            found = view(agent)
            self.assertEqual((found["router"], found["kind"]), ("edge", "haproxy"))
            self.assertEqual([b["name"] for b in found["backends"]], ["shop.1", "shop.2"])

    def test_a_lower_term_is_refused_and_changes_nothing(self):
        with Agent() as agent, edge(agent):
            self.assertEqual(set_state(agent, 3, "forbidden")[0], 200)
            code, answer = set_state(agent, 2, "permitted")
            self.assertEqual((code, answer["term"]), (409, 3))
            self.assertIn("a manager with term 3 has commanded this agent", answer["error"])
            self.assertEqual(states(agent)["shop.1/app1"], "drain")
            # One term for all that an agent is told, and it outlives the agent.
            agent.kill()
            agent.start()
            self.assertEqual(set_state(agent, 2, "permitted")[0], 409)
            self.assertEqual(agent.ask("POST", "/v1/unseal", {"term": 2, "plan": "p", "task": "t"})[0], 409)
            self.assertEqual(agent.ask("POST", "/v1/unseal", {"term": 4, "plan": "p", "task": "t"})[0], 200)
            self.assertEqual(set_state(agent, 3, "permitted")[0], 409)

    def test_what_is_wrong_is_said(self):
        with Agent() as agent, edge(agent) as router:
            code, answer = set_state(agent, 1, "forbidden", backend="shop.9")
            self.assertEqual((code, answer["kind"]), (502, "refused"))
            self.assertIn("it has no back end shop.9", answer["error"])
            code, answer = set_state(agent, 1, "gone", backend="a b", surprise=1)
            self.assertEqual(code, 400)
            for part in ("/state", "/backend", "surprise"):
                self.assertIn(part, answer["error"])
            self.assertEqual(agent.ask("GET", "/v1/routers/web")[0], 404)
            self.assertEqual(agent.ask("GET", "/v1/routers/edge/state")[0], 405)
            self.assertEqual(agent.ask("POST", "/v1/routers/edge", {})[0], 405)
            router.send_signal(signal.SIGSTOP)
            code, answer = agent.ask("GET", "/v1/routers/edge")
            self.assertEqual((code, answer["kind"]), (504, "timeout"))
            self.assertTrue(agent.server(), "the agent answers while a router does not")
            router.kill()
            router.wait()
            code, answer = agent.ask("GET", "/v1/routers/edge")
            self.assertEqual((code, answer["kind"]), (502, "unreachable"))

    def test_only_the_named_may_command(self):
        with Agent() as agent, edge(agent):
            agent.certificates.make("printer")
            body = {"term": 9, "backend": "shop.1", "server": "app1", "state": "forbidden",
                    "sessions": "shared"}
            self.assertEqual(agent.ask("POST", "/v1/routers/edge/state", body, client="printer")[0], 403)
            self.assertEqual(states(agent)["shop.1/app1"], "ready")
            self.assertEqual(agent.server()["term"], 0)


if __name__ == "__main__":
    unittest.main()
