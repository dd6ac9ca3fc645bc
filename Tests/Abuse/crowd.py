"""Many and slow clients at once: a storm of connections, idle sessions, slow readers and slow writers.

Meanwhile a client in a process of its own asks short questions and notes how long each took, and the server's memory
is looked at.
"""

import multiprocessing
import pathlib
import socket
import struct
import sys
import threading
import time

from frames import message, startup

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "System"))
from wire import Connection, ServerError  # noqa: E402


def resident_bytes(pid):
    """Memory that a process has, in bytes."""
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    return 0


class Crowd:
    """The clients of one kind or another, all at once."""

    def __init__(self, server, storm, idle, slow):
        self.server, self.storm, self.idle, self.slow = server, storm, idle, slow
        self.failures = []
        self.peak = 0
        self.over = threading.Event()

    def run(self):
        """Gives the figures: connections, p50 and p99 of the other client in milliseconds, memory in bytes."""
        with self.server.connect() as connection:
            connection.query("CREATE TABLE crowd AS SELECT n, 'some text of a row ' || n AS words,"
                             " n * 1.5 AS amount FROM generate_series(1, 300000) AS n(n)")
            connection.query("CREATE TABLE slow (n integer, words text)")
            connection.query("SELECT count(*), sum(n) FROM crowd")
        begin = resident_bytes(self.server.process.pid)
        watch = multiprocessing.get_context("spawn").Queue()
        asking = multiprocessing.get_context("spawn").Event()
        other = multiprocessing.get_context("spawn").Process(target=_ask, args=(self.server.port, asking, watch))
        other.start()
        watch.get()
        memory = threading.Thread(target=self._watch_memory)
        memory.start()
        idle = [self.server.connect(timeout=120) for _ in range(self.idle)]
        slow = [threading.Thread(target=work, args=(number,)) for number in range(self.slow)
                for work in (self._read_slowly, self._write_slowly)]
        for thread in slow:
            thread.start()
        started = time.monotonic()
        threads = [threading.Thread(target=self._storm, args=(number, 8)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        elapsed = time.monotonic() - started
        self.over.set()
        for thread in slow:
            thread.join()
        for number, connection in enumerate(idle):
            try:
                if connection.rows(f"SELECT {number}") != [(str(number),)]:
                    self.failures.append("an idle session answers something else")
            except (OSError, ServerError) as error:
                self.failures.append(f"an idle session is lost: {error}")
            connection.close()
        asking.set()
        times = sorted(watch.get())
        other.join()
        memory.join()
        if not times:
            self.failures.append("the other client was not served")
            times = [0]
        return {
            "connections": self.storm, "connections/s": round(self.storm / elapsed),
            "questions": len(times), "p50 ms": round(times[len(times) // 2] * 1000, 1),
            "p99 ms": round(times[len(times) * 99 // 100] * 1000, 1),
            "memory before MiB": begin >> 20, "memory at most MiB": self.peak >> 20,
            "memory taken": self.peak - begin,
        }

    def _watch_memory(self):
        while True:
            self.peak = max(self.peak, resident_bytes(self.server.process.pid))
            if self.over.wait(0.1):
                return

    def _storm(self, number, clients):
        for turn in range(number, self.storm, clients):
            try:
                with socket.create_connection(("127.0.0.1", self.server.port), timeout=60) as client:
                    # Some leave before they have said who they are, some in the middle of a question.
                    if turn % 10 == 3:
                        client.sendall(startup()[:turn % 40])
                        continue
                    client.sendall(startup() + message(b"Q", b"SELECT 1\0"))
                    if turn % 10 == 7:
                        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                        continue
                    client.sendall(message(b"X"))
                    received = b""
                    while part := client.recv(1 << 16):
                        received += part
                    if b"SELECT 1\0" not in received:
                        self.failures.append(f"connection {turn} was answered {received[-200:]!r}")
            except OSError as error:
                self.failures.append(f"connection {turn}: {error}")

    def _read_slowly(self, _):
        """Asks for far more than it reads."""
        client = socket.create_connection(("127.0.0.1", self.server.port), timeout=60)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        client.sendall(startup() + message(b"Q", b"SET statement_timeout = 0\0")
                       + message(b"Q", b"SELECT crowd.*, m FROM crowd, generate_series(1, 1000) AS m(m)\0"))
        while not self.over.wait(0.05):
            if not client.recv(1_000):
                self.failures.append("a slow reader is sent away")
                break
        client.close()

    def _write_slowly(self, _):
        """Says what it has to say byte by byte."""
        client = socket.create_connection(("127.0.0.1", self.server.port), timeout=60)
        client.sendall(startup() + message(b"Q", b"COPY slow FROM STDIN\0"))
        row = message(b"d", b"1\tsome words that take their time\n")
        sent = 0
        while not self.over.wait(0.01):
            client.sendall(row[sent % len(row):sent % len(row) + 1])
            sent += 1
        client.close()


def _ask(port, over, answers):
    """Asks short questions until it is told to stop, then gives the seconds that each took."""
    times = []
    with Connection(port, timeout=60) as connection:
        answers.put("ready")
        while not over.is_set():
            started = time.monotonic()
            if connection.rows("SELECT n, words FROM crowd WHERE n = 7")[0][0] != "7":
                break
            times.append(time.monotonic() - started)
            time.sleep(0.002)
    answers.put(times)
