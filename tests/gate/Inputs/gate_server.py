"""Drives GateServer over real sockets, and looks at it as the agent does.

gate_server.py BUILD: prints one line for each thing that was seen to hold; the
first that does not ends it with an error.
"""
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

BUILD = os.path.abspath(sys.argv[1])
PLUGINS = os.path.join(BUILD, "testing", "plugins")


class Program:
    """A child process that answers lines with lines."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True)

    def line(self):
        return self.process.stdout.readline()

    def ask(self, text):
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()
        return json.loads(self.line())

    def end(self):
        self.process.kill()
        self.process.wait()


class Server(Program):
    def __init__(self, directory, hold_ms, program="GateServer"):
        super().__init__(os.path.join(BUILD, "testing", program), directory,
                         os.path.join(PLUGINS, "price-1.so"), str(hold_ms))
        self.port = int(self.line())

    def request(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request(method, path, body, headers or {})
        response = connection.getresponse()
        text = response.read().decode()
        connection.close()
        return response.status, text, dict(response.getheaders())

    def begin(self, path, method="GET", headers=None):
        """The same on a thread; join gives (status, text, headers)."""
        return Background(lambda: self.request(method, path, headers=headers))

    def raw(self, text):
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        connection.sendall(text.encode())
        return connection


class Background(threading.Thread):
    def __init__(self, work):
        super().__init__(daemon=True)
        self.work = work
        self.result = None
        self.start()

    def run(self):
        self.result = self.work()

    def finish(self):
        self.join(60)
        check(not self.is_alive(), "the request ended")
        return self.result


def check(condition, what, seen=""):
    if not condition:
        raise SystemExit(f"NOT SO: {what}: {seen}")


def until(condition, what):
    end = time.monotonic() + 60
    while not condition():
        check(time.monotonic() < end, what)
        time.sleep(0.01)


def say(text):
    print(text, flush=True)


def sessions_are_listed(server, agent):
    slow = [server.begin("/slow/1500", headers={"X-Session": "anna"}),
            server.begin("/slow/%31500", headers={"Cookie": "a=b; session=bert"}),
            server.begin("/slow/list"), server.begin("/slow/1500?x=1"),
            server.begin("/slow/1500", method="HEAD")]
    until(lambda: len(agent.ask("sessions")) == 5, "five requests are active")
    time.sleep(0.05)
    seen = agent.ask("sessions")
    kinds = sorted(s["request"] for s in seen)
    check(kinds == ["GET /slow/list"] + ["GET ~ ^/slow/(\\d+)$"] * 3 + ["other"], "kinds", kinds)
    say("active requests have their kinds; encoded paths and queries too")
    names = sorted(s["session"] for s in seen if s["session"])
    check(names == ["anna", "bert"], "sessions", names)
    say("sessions come from the header and from the cookie")
    for entry in seen:
        # HEAD runs the GET handler, and this table has no row for HEAD /slow: *other*.
        may = {"GET /slow/list": ["shop", "catalog"], "other": ["shop", "pricing", "catalog"]}
        check(entry["mayUse"] == may.get(entry["request"], ["shop", "pricing"]), "mayUse", entry)
        check(0 <= entry["startedMsAgo"] < 60000 and entry["pid"] == server.process.pid, "start",
              entry)
    say("each says what it may use, since when, and where")
    for one in slow:
        check(one.finish()[0] == 200, "answered", one.result)
    nobody_is_left(agent)


def nobody_is_left(agent):
    until(lambda: agent.ask("sessions") == [], "every request that entered has left")


def every_way_out_exits(server, agent):
    check(server.request("GET", "/throw")[0] == 500, "a handler that throws")
    check(server.request("GET", "/nothing")[0] == 404, "no handler")
    check(server.request("BREW", "/price")[0] == 400, "no such method")
    check(server.request("GET", "/price", headers={"Range": "bytes=0-2"})[0] == 206, "a range")
    check(server.request("HEAD", "/price")[0] == 200, "HEAD")
    check(server.request("POST", "/orders", "x" * 100000)[1] == "ordered 100000\n", "a body")
    check(server.request("POST", "/orders", "abc", {"Expect": "100-continue"})[0] == 200, "Expect")
    nobody_is_left(agent)
    say("exceptions, 404, 400, ranges, HEAD, bodies, Expect: none is left active")
    gone = [server.raw("GET /slow/400 HTTP/1.1\r\nHost: x\r\n\r\n"),
            server.raw("POST /orders HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf"),
            server.raw("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n")]
    until(lambda: len(agent.ask("sessions")) == 3, "three requests are active")
    for connection in gone:
        connection.close()
    check(len(agent.ask("sessions")) >= 1, "the handler runs on without its client")
    nobody_is_left(agent)
    say("clients that go away leave none active, once the handler has ended")
    for _ in range(3):
        kept = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        kept.request("GET", "/price")
        kept.getresponse().read()
        nobody_is_left(agent)
    say("an idle connection that is kept is no request")


def responses_end_requests(server, agent):
    stream = server.begin("/stream")
    until(lambda: [s["request"] for s in agent.ask("sessions")] == ["GET /stream"], "streaming")
    time.sleep(0.5)
    check(len(agent.ask("sessions")) == 1, "still streaming")
    text = stream.finish()[1]
    check(text.endswith("line 20\n"), "the whole stream", text)
    # What the provider holds takes 300 ms to go after the last byte.
    check(len(agent.ask("sessions")) == 1, "active until what the response holds is gone")
    nobody_is_left(agent)
    say("a stream is active until its provider is gone")
    check(server.request("GET", "/async")[0] == 200, "async")
    check(len(agent.ask("sessions")) == 1, "active while its thread runs")
    nobody_is_left(agent)
    say("work that outlives the handler keeps its request active")
    late = server.begin("/late")
    until(lambda: [s["late"] for s in agent.ask("sessions")] == [True], "late use is seen")
    check(agent.ask("sessions")[0]["uses"] == ["pricing"], "and of what")
    check(agent.ask("count shop pricing")["active"] == 1, "and counts")
    late.finish()
    say("late use is seen")


def seals_hold(server, agent):
    slow = server.begin("/slow/700")
    until(lambda: len(agent.ask("sessions")) == 1, "one is active")
    refused = agent.ask("seal shop pricing")
    check(not refused["sealed"] and refused["holders"][0]["request"] == "GET ~ ^/slow/(\\d+)$",
          "refused, by whom", refused)
    check(server.request("GET", "/price")[0] == 200, "open again")
    slow.finish()
    until(lambda: agent.ask("seal shop pricing")["sealed"], "sealed")
    say("a seal is refused while a request uses the component, and says which")
    held = [server.begin("/price"), server.begin("/price", headers={"X-Session": "carl"})]
    until(lambda: agent.ask("count shop pricing")["held"] == 2, "two are held")
    check(agent.ask("count shop pricing")["active"] == 0, "none is active")
    check(server.request("GET", "/slow/list")[1] == "slow list\n", "others are served")
    check(server.request("GET", "/health")[1] == "well\n", "and the health check")
    done = agent.ask("swap pricing " + os.path.join(PLUGINS, "price-2.so"))
    check(done["done"], "swapped", done)
    check(all(one.is_alive() for one in held), "still held")
    agent.ask("unseal shop pricing")
    texts = [one.finish()[1] for one in held]
    check(texts == ["version 2\n"] * 2, "held requests run on the new version", texts)
    check(agent.ask("gates")[0]["plugins"]["pricing"].endswith("/price-2.so"), "it says so")
    say("held requests wait for the swap and run on the new version")


def refusals_are_safe(directory, agent):
    server = Server(directory, 100)
    until(lambda: agent.ask("seal shop pricing")["sealed"], "sealed")
    status, text, headers = server.request("GET", "/price")
    check(status == 503 and "Nothing of this request was run" in text, "refused", text)
    check(headers.get("Retry-After") == "1" and headers.get("Connection") == "close", "headers",
          headers)
    say("after the hold time a request is refused with 503, and nothing was run")
    inner = "GET /health HTTP/1.1\r\nHost: x\r\n\r\n"
    connection = server.raw(f"POST /orders HTTP/1.1\r\nHost: x\r\nContent-Length: {len(inner)}"
                            f"\r\n\r\n{inner}")
    answer = b""
    while True:
        more = connection.recv(65536)
        if not more:
            break
        answer += more
    check(answer.startswith(b"HTTP/1.1 503") and b"well" not in answer, "one answer", answer)
    say("a refused body is not taken for a request")
    check(agent.ask("sessions") == [], "none is left")
    agent.ask("unseal shop pricing")
    check(server.request("POST", "/orders", "abc")[1] == "ordered 3\n", "open again")
    server.end()


def dead_processes_hold_nothing(server, agent):
    slow = socket.create_connection(("127.0.0.1", server.port))
    slow.sendall(b"GET /slow/60000 HTTP/1.1\r\nHost: x\r\n\r\n")
    until(lambda: len(agent.ask("sessions")) == 1, "one is active")
    os.kill(server.process.pid, signal.SIGSTOP)
    check(len(agent.ask("sessions")) == 1, "a stopped process still has its requests")
    os.kill(server.process.pid, signal.SIGKILL)
    server.process.wait()
    slow.close()
    check(agent.ask("seal shop pricing")["sealed"] and agent.ask("gates") == [], "void")
    say("a process that was killed holds nothing any more")


def main():
    with tempfile.TemporaryDirectory() as directory:
        agent = Program(os.path.join(BUILD, "testing", "GateControl"), directory)
        server = Server(directory, 30000)
        try:
            check([g["table"] for g in agent.ask("gates")] == ["ok"], "the gate is there")
            sessions_are_listed(server, agent)
            every_way_out_exits(server, agent)
            responses_end_requests(server, agent)
            seals_hold(server, agent)
            dead_processes_hold_nothing(server, agent)
            refusals_are_safe(directory, agent)
            check([n for n in os.listdir(directory) if n.startswith(".")] == [], "no leftovers")
        finally:
            server.end()
            agent.end()


if __name__ == "__main__":
    main()
