"""Mutated bytes of clients over real sockets: from the first byte on, during a log-in, and in open sessions.

Whatever comes, the server answers or closes; a client beside it goes on working, and memory stays where it was.
"""

import random
import socket
import struct
import threading

# Sessions are given up after so long without an answer.
SILENCE = 20
# A stream of messages is repeated and mutated up to this length.
LONGEST = 16_384
LENGTHS = [0, 1, 3, 4, 5, 7, 8, 0x7fff, 0x10000, 0x40000000, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff]


def message(kind, body=b""):
    """A message of the protocol."""
    return kind + struct.pack("!I", len(body) + 4) + body


def startup(*more):
    """A start-up packet."""
    words = (b"user", b"ann", b"database", b"db", b"options", b"-c statement_timeout=2000", *more)
    body = b"".join(word + b"\0" for word in words) + b"\0"
    return struct.pack("!II", len(body) + 8, 196_608) + body


OPENINGS = [
    struct.pack("!II", 8, 80_877_103), struct.pack("!II", 8, 80_877_104), struct.pack("!IIII", 16, 80_877_102, 1, 2),
    startup(), startup(b"application_name", b"x" * 70), startup(b"_pq_.new", b"1"),
    message(b"p", b"SCRAM-SHA-256\0\0\0\0\x18n,,n=,r=fyko+d2lbbFgONRv"), message(b"p", b"c=biws,r=fyko+d2lbbFgONRv,p=AAAA"),
]
MESSAGES = [
    message(b"Q", text.encode() + b"\0") for text in [
        "SELECT 1", "SELECT * FROM fuzzed ORDER BY a LIMIT 20", "SELECT sum(a), b FROM fuzzed GROUP BY b", "SELEC", "",
        "BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT s", "ROLLBACK TO s", "INSERT INTO fuzzed VALUES (7, 'x', 1.5, now())",
        "UPDATE fuzzed SET b = 'y' WHERE a = 1", "DELETE FROM fuzzed WHERE a > 5", "COPY fuzzed TO STDOUT",
        "COPY fuzzed TO STDOUT (FORMAT binary)", "COPY fuzzed FROM STDIN", "COPY fuzzed FROM STDIN (FORMAT csv)",
        "COPY fuzzed FROM STDIN (FORMAT binary)", "DECLARE c CURSOR FOR SELECT * FROM fuzzed", "FETCH 3 FROM c",
        "LISTEN news", "NOTIFY news, 'x'", "SET TimeZone = 'Asia/Tokyo'", "SHOW ALL", "EXPLAIN SELECT * FROM fuzzed"]
] + [
    message(b"P", b"s\0SELECT a, b FROM fuzzed WHERE a = $1\0\0\1\0\0\0\x17"), message(b"P", b"\0SELECT $1::numeric\0\0\0"),
    message(b"P", b"s\0INSERT INTO fuzzed VALUES ($1, $2, $3, $4)\0\0\0"), message(b"B", b"\0\0\0\0\0\1\0\0\0\3" b"1.5\0\0"),
    message(b"B", b"p\0s\0\0\1\0\1\0\1\0\0\0\4\0\0\0\1\0\1\0\1"), message(b"B", b"\0s\0\0\0\0\1\0\0\0\1" b"1\0\0"),
    message(b"D", b"Ss\0"), message(b"D", b"Pp\0"), message(b"D", b"S\0"), message(b"E", b"p\0\0\0\0\2"),
    message(b"E", b"\0\0\0\0\0"), message(b"C", b"Ss\0"), message(b"C", b"Pp\0"), message(b"H"), message(b"S"), message(b"S"),
    message(b"d", b"1\tx\t1.5\t2024-01-31 00:00:00+00\n"), message(b"d", b'2,"y ""z""",2.5,2024-02-29\n'),
    message(b"d", b"PGCOPY\n\xff\r\n\0" + b"\0" * 8), message(b"d", b"\0\4\0\0\0\4\0\0\0\5\0\0\0\1z\xff\xff\xff\xff\xff\xff\xff\xff"),
    message(b"c"), message(b"f", b"no\0"), message(b"F", b"\0\0\0\1"), message(b"X"), message(b"z", b"?"),
]


def mutated(data, chance):
    """Bytes with some of them changed, lost, doubled, swapped, or made lengths that cannot be."""
    data = bytearray(data)
    for _ in range(chance.choice([0, 1, 1, 2, 3, 8, 30])):
        if not data:
            break
        place, kind = chance.randrange(len(data)), chance.randrange(7)
        if kind == 0:
            data[place] = chance.randrange(256)
        elif kind == 1:
            data[place] ^= 1 << chance.randrange(8)
        elif kind == 2:
            del data[place:place + chance.randrange(1, 9)]
        elif kind == 3:
            data[place:place] = chance.randbytes(chance.randrange(1, 9))
        elif kind == 4:
            data[place:place + 4] = struct.pack("!I", chance.choice(LENGTHS))
        elif kind == 5:
            data[place:place] = data[place:place + chance.randrange(1, 200)]
        else:
            other = chance.randrange(len(data))
            data[place], data[other] = data[other], data[place]
    return bytes(data)


def stream(chance):
    """What one client sends, and whether its session is opened in order before that."""
    kind = chance.randrange(10)
    if kind == 0:
        return chance.randbytes(chance.randrange(1, 400)), False
    if kind in (1, 2):
        opening = b"".join(chance.choice(OPENINGS) for _ in range(chance.randrange(1, 5)))
        return mutated(opening + chance.choice(MESSAGES), chance), False
    length = chance.randrange(200, LONGEST)
    data = bytearray()
    while len(data) < length:
        data += chance.choice(MESSAGES)
    return mutated(bytes(data), chance), True


class Frames:
    """Clients that send mutated bytes, a thread each at a time."""

    def __init__(self, port, seed, byte_count, clients=8):
        self.port, self.seed, self.byte_count, self.clients = port, seed, byte_count, clients
        self.lock = threading.Lock()
        self.sent = self.sessions = 0
        self.failures = []

    def run(self):
        """Sends all bytes; what went wrong is in `failures`."""
        threads = [threading.Thread(target=self._client, args=(number,)) for number in range(self.clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _client(self, number):
        turn = 0
        while not self.failures:
            with self.lock:
                if self.sent >= self.byte_count:
                    return
            seed = f"{self.seed}-{number}-{turn}"
            turn += 1
            data, is_opened = stream(random.Random(seed))
            try:
                self._session(data, is_opened, random.Random(seed))
            except AssertionError as error:
                self.failures.append(f"session {seed}: {error}")
            with self.lock:
                self.sent += len(data)
                self.sessions += 1

    def _session(self, data, is_opened, chance):
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=SILENCE) as client:
                if is_opened:
                    client.sendall(startup())
                    if not _until_ready(client):
                        raise AssertionError("no session")
                sender = threading.Thread(target=_send, args=(client, data, chance))
                sender.start()
                # It may close at any time; it must do so when the client has nothing more to say.
                try:
                    while client.recv(1 << 16):
                        pass
                except socket.timeout:
                    raise AssertionError(f"not closed {SILENCE} s after {data[:60]!r}") from None
                finally:
                    sender.join()
        except OSError:
            # Reset by the server, which had enough.
            pass


def _send(client, data, chance):
    try:
        while data:
            length = chance.choice([1, 7, 100, 5_000, len(data)])
            client.sendall(data[:length])
            data = data[length:]
        client.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def _until_ready(client):
    received = b""
    while not received.endswith((b"Z\0\0\0\5I", b"Z\0\0\0\5T", b"Z\0\0\0\5E")):
        part = client.recv(1 << 16)
        if not part:
            return False
        received += part
    return True
