"""An agent that is asked over https, by its own API and by `ripple status`."""
import json
import os
import ssl
import subprocess
import unittest

from agentlab import Agent, BUILD, alive, wait_for


def status(agent, client=None, environment=False, url=None):
    """`ripple status` of a Server List with the agent's https address: (JSON or None, messages)."""
    servers = agent.folder / "servers.yaml"
    servers.write_text(json.dumps({
        "format": "ripple.servers", "version": "1.0",
        "routers": [{"name": "edge", "kind": "haproxy", "socket": "/nowhere"}],
        "applications": [{"name": "web", "router": "edge", "minAvailable": 0}],
        "servers": [{"name": "app1", "agent": url or agent.url,
                     "applications": [{"name": "web", "address": "127.0.0.1:1"}]}]}))
    files = agent.certificates.files(client) if client else {}
    options = [] if environment else [text for part, file in files.items()
                                      for text in (f"--tls-{part}", file)]
    variables = {f"RIPPLE_TLS_{part.upper()}": file for part, file in files.items()}
    done = subprocess.run([BUILD / "bin/ripple-agent", "status", "--servers", servers, "--format", "json",
                           *options], capture_output=True, text=True, timeout=60,
                          env=dict(os.environ, **(variables if environment else {})))
    return done.stdout and json.loads(done.stdout), done.stderr


def is_up(answer):
    return answer["servers"][0]["agent"] == "up"


class Network(unittest.TestCase):
    def test_commands_come_over_https(self):
        with Agent() as agent:
            agent.listen_https()
            agent.config["processes"] = [agent.web()]
            agent.start()
            agent.running()
            agent.seal("web")
            agent.run_action("a1", "echo done")
            self.assertEqual(agent.outcome("a1")["state"], "done")
            agent.term = 0
            code, answer = agent.act("a2", "restart", process="web")
            self.assertEqual((code, answer["term"]), (409, 1))

    def test_only_the_named_may_command(self):
        with Agent() as agent:
            agent.listen_https()
            agent.start()
            agent.certificates.make("printer")
            code, answer = agent.ask("GET", "/v1/server", client="printer")
            self.assertEqual(code, 403)
            self.assertIn("the certificate of printer is not among those that may ask here", answer["error"])
            self.assertIn("refused 127.0.0.1: the certificate of printer", agent.log())
            _, messages = status(agent, "printer")
            self.assertIn("the certificate of printer is not among those that may ask here", messages)

    def test_nobody_is_ended_from_afar(self):
        with Agent() as agent:
            agent.listen_https()
            agent.start()
            code, answer = agent.ask("POST", "/v1/shutdown", {"processes": True})
            self.assertEqual(code, 403)
            self.assertIn("by people of its own host", answer["error"])
            self.assertTrue(agent.server())

    def test_status_takes_the_certificate_from_options_and_environment(self):
        with Agent() as agent:
            agent.listen_https()
            agent.start()
            for environment in (False, True):
                answer, messages = status(agent, "manager", environment)
                self.assertTrue(is_up(answer), messages)
            answer, messages = status(agent)
            self.assertFalse(is_up(answer))
            self.assertIn("give --tls-certificate, --tls-key and --tls-authority", messages)
            answer, messages = status(agent, "manager", url=f"https://localhost:{agent.port}")
            self.assertIn("it is for another host: app1, 127.0.0.1", messages)
            agent.certificates.make("manager", days=-1)
            _, messages = status(agent, "manager")
            self.assertIn("it says that this side's certificate has expired", messages)
            self.assertIn("its certificate is not accepted: certificate has expired (manager)", agent.log())

    def test_a_certificate_is_renewed_without_a_restart(self):
        with Agent() as agent:
            agent.listen_https()
            agent.start()
            agent.certificates.make("app1", "IP:127.0.0.1", days=-1)
            with self.assertRaises(ssl.SSLCertVerificationError):
                agent.server()
            agent.certificates.make("app1", "IP:127.0.0.1")
            self.assertTrue(is_up(status(agent, "manager")[0]))
            self.assertIn("the renewed certificate is used from now on", agent.log())

    def test_a_key_that_others_may_read_is_refused(self):
        with Agent() as agent:
            agent.listen_https()
            (agent.folder / "app1.key").chmod(0o644)
            agent.daemon = subprocess.Popen(
                [BUILD / "bin/ripple-agent", "agent", "--config", agent.write()], stderr=subprocess.PIPE,
                text=True)
            _, messages = agent.daemon.communicate(timeout=60)
            self.assertEqual(agent.daemon.returncode, 1)
            self.assertIn("app1.key: others than its owner may use the key (mode 0644); chmod 600 it", messages)

    def test_without_a_socket_it_is_ended_by_its_state(self):
        with Agent() as agent:
            agent.listen_https(unix=False)
            agent.config["processes"] = [agent.web()]
            agent.start()
            pid = agent.running()
            self.assertFalse((agent.folder / "agent.sock").exists())
            done = agent.command("--stop-processes")
            self.assertEqual(done.returncode, 0, done.stderr)
            agent.daemon.wait(20)
            wait_for(lambda: not alive(pid), what="the process to end")

    def test_a_port_that_is_taken_is_said(self):
        with Agent() as agent, Agent() as second:
            agent.listen_https()
            agent.start()
            second.listen_https()
            second.config["listen"] = agent.url
            with self.assertRaisesRegex(AssertionError, "cannot listen at https://127.0.0.1:[0-9]+: Address al"):
                second.start()


if __name__ == "__main__":
    unittest.main()
