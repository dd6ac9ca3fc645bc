"""A small client of the PostgreSQL protocol, version 3: simple queries, COPY, cancel, raw bytes.

Strict on purpose: a message that is framed wrongly fails the test. It needs nothing but Python, so
the tests run where no driver is installed.
"""

import socket
import struct


class ServerError(Exception):
    """An ErrorResponse: its fields by their letters (C SQLSTATE, M message, P position, H hint)."""

    def __init__(self, fields):
        super().__init__(f"{fields.get('C')}: {fields.get('M')}")
        self.fields = fields
        self.state = fields.get("C")


class Answer:
    """What one statement answered."""

    def __init__(self):
        self.columns = []
        self.rows = []
        self.tag = None


class Connection:
    """One session."""

    def __init__(self, port, user="test", database="test", timeout=60, host="127.0.0.1"):
        self.address = (host, port)
        self.socket = socket.create_connection(self.address, timeout=timeout)
        self.buffer = b""
        self.settings = {}
        self.key = None
        self.status = None
        parameters = {"user": user, "database": database, "client_encoding": "UTF8"}
        body = b"".join(f"{name}\0{value}\0".encode() for name, value in parameters.items())
        self.send_bytes(_frame(b"", struct.pack("!i", 196_608) + body + b"\0"))
        self._until_ready()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Says goodbye and closes."""
        try:
            self.send(b"X")
        except OSError:
            pass
        self.socket.close()

    def send_bytes(self, data):
        """Sends bytes as they are."""
        self.socket.sendall(data)

    def send(self, kind, body=b""):
        """Sends a message."""
        self.send_bytes(_frame(kind, body))

    def receive(self):
        """The next message: its kind and its body."""
        kind = self._read(1)
        (length,) = struct.unpack("!i", self._read(4))
        if not 4 <= length < 1 << 30:
            raise AssertionError(f"a message {kind} of length {length}")
        return kind, self._read(length - 4)

    def query(self, text, copy_lines=None):
        """Runs statements and gives their answers; raises the error once the server is ready again.

        `copy_lines` are bytes that answer a CopyInResponse; those of a COPY TO are rows of the answer.
        """
        self.send(b"Q", text.encode() + b"\0")
        return self._until_ready(copy_lines)

    def rows(self, text):
        """The rows of the last statement, as tuples of text and None."""
        return self.query(text)[-1].rows

    def extended(self, *messages):
        """Sends messages of the extended protocol and a Sync in one piece: the answers' kinds and bodies up to Ready."""
        self.send_bytes(b"".join(messages) + _frame(b"S", b""))
        return self.until(b"Z")

    def until(self, last):
        """Messages up to one of a kind; what settings are told is left out."""
        answers = []
        while True:
            kind, body = self.receive()
            if kind == b"Z":
                self.status = body.decode()
            if kind != b"S":
                answers.append((kind.decode(), body))
            if kind == last:
                return answers

    def cancel(self):
        """Asks the server, on a connection of its own, to stop what this session runs."""
        with socket.create_connection(self.address, timeout=60) as other:
            other.sendall(_frame(b"", struct.pack("!iii", 80_877_102, *self.key)))
            other.recv(1)

    def _until_ready(self, copy_lines=None):
        answers, current, error = [], Answer(), None
        while True:
            kind, body = self.receive()
            if kind == b"T":
                current.columns = _columns(body)
            elif kind == b"D":
                row = _fields(body)
                if len(row) != len(current.columns):
                    raise AssertionError(f"{len(row)} fields under {current.columns}")
                current.rows.append(row)
            elif kind == b"d":
                current.rows.append(body)
            elif kind == b"C":
                current.tag = body.rstrip(b"\0").decode()
                answers.append(current)
                current = Answer()
            elif kind == b"G":
                if copy_lines is None:
                    self.send(b"f", b"the test sends no rows\0")
                else:
                    self.send(b"d", copy_lines)
                    self.send(b"c")
            elif kind == b"E":
                error = error or ServerError(_error(body))
                if _error(body).get("S") == "FATAL":
                    raise error
            elif kind == b"S":
                name, value = body[:-1].split(b"\0", 1)
                self.settings[name.decode()] = value.decode()
            elif kind == b"K":
                self.key = struct.unpack("!ii", body)
            elif kind == b"Z":
                self.status = body.decode()
                break
            elif kind not in b"ARNIHcv":
                raise AssertionError(f"an unexpected message {kind}")
        if error:
            raise error
        return answers

    def _read(self, count):
        while len(self.buffer) < count:
            piece = self.socket.recv(1 << 16)
            if not piece:
                raise ConnectionError("the server closed the connection")
            self.buffer += piece
        data, self.buffer = self.buffer[:count], self.buffer[count:]
        return data


def parse(text, name="", types=()):
    """A Parse message."""
    body = f"{name}\0{text}\0".encode() + struct.pack(f"!H{len(types)}I", len(types), *types)
    return _frame(b"P", body)


def bind(values=(), portal="", statement="", formats=(), results=()):
    """A Bind message; values are text, bytes or None."""
    body = f"{portal}\0{statement}\0".encode()
    body += struct.pack(f"!H{len(formats)}h", len(formats), *formats)
    body += struct.pack("!H", len(values))
    for value in values:
        if value is None:
            body += struct.pack("!i", -1)
        else:
            data = value if isinstance(value, bytes) else str(value).encode()
            body += struct.pack("!i", len(data)) + data
    return _frame(b"B", body + struct.pack(f"!H{len(results)}h", len(results), *results))


def describe(kind, name=""):
    """A Describe message of a statement ("S") or a portal ("P")."""
    return _frame(b"D", kind.encode() + name.encode() + b"\0")


def execute(portal="", limit=0):
    """An Execute message."""
    return _frame(b"E", portal.encode() + b"\0" + struct.pack("!i", limit))


def close(kind, name=""):
    """A Close message."""
    return _frame(b"C", kind.encode() + name.encode() + b"\0")


FLUSH = b"H\0\0\0\4"


def kinds(answers):
    """The kinds of messages, as one text."""
    return "".join(kind for kind, _ in answers)


def data_rows(answers):
    """The values of all rows, as bytes and None."""
    return [list(_values(body)) for kind, body in answers if kind == "D"]


def error_state(answers):
    """The SQLSTATE of the first error."""
    return next(_error(body)["C"] for kind, body in answers if kind == "E")


def _frame(kind, body):
    return kind + struct.pack("!i", len(body) + 4) + body


def _columns(body):
    (count,) = struct.unpack("!h", body[:2])
    names, position = [], 2
    for _ in range(count):
        end = body.index(b"\0", position)
        names.append(body[position:end].decode())
        # Table, column number, type, size, modifier and format follow the name.
        position = end + 19
    if position != len(body):
        raise AssertionError("a row description of the wrong length")
    return names


def _fields(body):
    return tuple(value if value is None else value.decode() for value in _values(body))


def _values(body):
    (count,) = struct.unpack("!h", body[:2])
    row, position = [], 2
    for _ in range(count):
        (length,) = struct.unpack("!i", body[position:position + 4])
        position += 4
        row.append(None if length < 0 else body[position:position + length])
        position += max(0, length)
    if position != len(body):
        raise AssertionError("a row of the wrong length")
    return tuple(row)


def _error(body):
    return {chr(part[0]): part[1:].decode() for part in body.split(b"\0") if part}
