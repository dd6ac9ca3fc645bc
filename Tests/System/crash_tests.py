"""kill -9 in the middle of writing: what was acknowledged is there once, all else whole or not at all.

The driver keeps a model of every table and of the one statement each client has in flight. After each
kill the database must equal the model, with or without the statements in flight.

`Tests/run crash --cycles 200 --seed 7` kills that often, with these random choices.
"""

import argparse
import collections
import os
import random
import signal
import subprocess
import threading
import time

from program import BINARY, ProgramTests, Server, main
from wire import ServerError

CLIENTS = 2
# Rows of a client beyond which it deletes, so that 200 cycles stay quick.
ROW_LIMIT = 6_000


class Client(threading.Thread):
    """Writes random statements until the server is gone; knows what it was told and what is open."""

    def __init__(self, number, seed):
        super().__init__(daemon=True)
        self.number = number
        self.random = random.Random(seed)
        # keyed: sequence number to cents; plain: how often each sequence number is there.
        self.keyed = {}
        self.plain = collections.Counter()
        self.next = 1
        # The (keyed, plain) that hold if the statement in flight was done.
        self.pending = None
        self.acknowledged = 0
        self.unexpected = None

    def revived(self):
        """The same client for the next server; threads start once."""
        other = Client(self.number, self.random.random())
        other.keyed, other.plain, other.next = self.keyed, self.plain, self.next
        return other

    def run(self):
        try:
            connection = self.server.connect()
            while True:
                sql, lines, keyed, plain = self.statement()
                self.pending = (keyed, plain)
                connection.query(sql, lines)
                self.keyed, self.plain = keyed, plain
                self.pending = None
                with self.told:
                    self.acknowledged += 1
                    self.told.notify_all()
        except OSError:
            pass
        except (ServerError, AssertionError) as error:
            self.unexpected = error
        with self.told:
            self.told.notify_all()

    def statement(self):
        """A random statement: its text, its COPY lines, and both tables as they are afterwards."""
        keyed, plain = dict(self.keyed), collections.Counter(self.plain)
        kind = self.random.choice(["insert", "upsert", "update", "delete", "plain", "copy", "flush"])
        if len(keyed) > ROW_LIMIT:
            kind = "delete"
        if kind == "flush":
            # Rows move from the log to segments; a kill in the middle must not show.
            return "CHECKPOINT", None, keyed, plain
        count = self.random.choice([1, 1, 1, 10, 400])
        fresh = range(self.next, self.next + count)
        cents = {number: self.random.randrange(100_000) for number in fresh}
        if kind in ("insert", "upsert", "plain", "copy"):
            self.next += count
        if kind in ("plain", "copy"):
            plain.update(fresh)
            if kind == "copy":
                lines = "".join(f"{self.number}\t{number}\n" for number in fresh)
                return "COPY plain FROM STDIN", lines.encode(), keyed, plain
            rows = ", ".join(f"({self.number}, {number})" for number in fresh)
            return f"INSERT INTO plain VALUES {rows}", None, keyed, plain
        if kind == "insert":
            keyed.update(cents)
            return f"INSERT INTO keyed VALUES {self.rows(cents)}", None, keyed, plain
        if kind == "upsert":
            for number in self.random.sample(sorted(keyed), min(len(keyed), count)):
                cents[number] = self.random.randrange(100_000)
            keyed.update(cents)
            return (f"INSERT INTO keyed VALUES {self.rows(cents)} ON CONFLICT (client, number)"
                    " DO UPDATE SET amount = excluded.amount"), None, keyed, plain
        if kind == "update":
            third = self.random.randrange(3)
            for number in keyed:
                if number % 3 == third:
                    keyed[number] += 1
            return (f"UPDATE keyed SET amount = amount + 0.01 WHERE client = {self.number}"
                    f" AND number % 3 = {third}"), None, keyed, plain
        border = self.random.choice(sorted(keyed) or [1])
        keyed = {number: amount for number, amount in keyed.items() if number >= border}
        return (f"DELETE FROM keyed WHERE client = {self.number} AND number < {border}", None,
                keyed, plain)

    def rows(self, cents):
        return ", ".join(
            f"({self.number}, {number}, {amount / 100:.2f})" for number, amount in cents.items())


class CrashTests(ProgramTests):
    def test_acknowledged_statements_survive_kills_and_others_are_whole_or_absent(self):
        seed = self.arguments.seed
        print(f"seed {seed}, {self.arguments.cycles} cycles", flush=True)
        choices = random.Random(seed)
        self.sql("CREATE TABLE keyed (client int, number bigint, amount numeric(12,2),"
                 " PRIMARY KEY (client, number)); CREATE TABLE plain (client int, number bigint)")
        clients = [Client(number, choices.random()) for number in range(CLIENTS)]
        self.done_in_flight = self.lost_in_flight = self.statements = 0
        for cycle in range(self.arguments.cycles):
            if choices.random() < 0.15:
                self.kill_while_opening(choices)
            with self.subTest(cycle=cycle, seed=seed):
                self.write_until_killed(clients, choices)
                clients = [client.revived() for client in self.settled(clients)]
        print(f"{self.statements} statements were acknowledged; of those in flight"
              f" {self.done_in_flight} were done and {self.lost_in_flight} were not", flush=True)
        self.assertGreater(self.statements, self.arguments.cycles)

    def write_until_killed(self, clients, choices):
        """Kills the server some moments after a random number of acknowledgements."""
        server = Server(self.database)
        told = threading.Condition()
        for client in clients:
            client.server, client.told = server, told
            client.start()
        wanted = choices.choice([1, 2, 5, 12])
        with told:
            told.wait_for(lambda: sum(client.acknowledged for client in clients) >= wanted
                          or any(client.unexpected for client in clients), timeout=60)
        time.sleep(choices.random() * choices.choice([0, 0.002, 0.02, 0.1]))
        server.kill()
        for client in clients:
            client.join(60)
            self.assertFalse(client.is_alive(), "a client hangs")
            self.assertIsNone(client.unexpected)
        for stream in (server.process.stdout, server.process.stderr):
            stream.close()
        self.statements += sum(client.acknowledged for client in clients)

    def kill_while_opening(self, choices):
        """Recovery that is killed must be able to begin again."""
        process = subprocess.Popen(
            [str(BINARY), "serve", str(self.database), "--pg", "127.0.0.1:0"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(choices.random() * 0.1)
        process.kill()
        process.wait()

    def settled(self, clients):
        """Compares the database with the model and settles what became of statements in flight."""
        with self.serving() as server, server.connect() as connection:
            keyed = [{} for _ in clients]
            for client, number, amount in connection.rows("SELECT * FROM keyed"):
                rows = keyed[int(client)]
                self.assertNotIn(int(number), rows, "a row is doubled")
                rows[int(number)] = round(float(amount) * 100)
            plain = [collections.Counter() for _ in clients]
            for client, number in connection.rows("SELECT * FROM plain"):
                plain[int(client)][int(number)] += 1
        for client in clients:
            found = (keyed[client.number], plain[client.number])
            if found == (client.keyed, client.plain):
                self.lost_in_flight += client.pending is not None
            elif client.pending is not None and found == client.pending:
                self.done_in_flight += 1
                client.keyed, client.plain = client.pending
            else:
                self.fail(self.difference(client, *found))
        return clients

    def difference(self, client, keyed, plain):
        """What does not fit, in short: thousands of rows would hide it."""
        lost = [number for number in client.keyed if number not in keyed]
        changed = [number for number in client.keyed
                   if number in keyed and keyed[number] != client.keyed[number]]
        new = [number for number in keyed if number not in client.keyed]
        missing, added = client.plain - plain, plain - client.plain
        return (f"client {client.number}: keyed lost {lost[:5]} ({len(lost)}), changed"
                f" {changed[:5]} ({len(changed)}), new {new[:5]} ({len(new)}); plain lost"
                f" {len(missing)}, added {len(added)}; in flight: {client.pending is not None}")

    def test_a_killed_import_is_whole_or_absent(self):
        choices = random.Random(self.arguments.seed)
        rows = 40_000
        file = self.file("rows.csv", "number,label,amount\n" + "".join(
            f"{number},label {number % 50},{number % 1000}.25\n" for number in range(rows)))
        self.sql("CREATE TABLE rows (number bigint, label text, amount numeric(12,2))")
        kept = 0
        for cycle in range(max(10, self.arguments.cycles // 4)):
            process = subprocess.Popen(
                [str(BINARY), "import", str(self.database), "rows", str(file), "--quiet"],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                start_new_session=True)
            try:
                # Every third import may end by itself.
                patience = 30 if cycle % 3 == 0 else choices.random() * 0.25
                process.wait(patience)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            process.stderr.close()
            count, total = self.sql(
                "SELECT count(*), coalesce(sum(number), 0) FROM rows").splitlines()[1].split(",")
            with self.subTest(cycle=cycle, seed=self.arguments.seed):
                self.assertEqual(int(count) % rows, 0, "half an import is there")
                self.assertEqual(int(total), int(count) // rows * (rows * (rows - 1) // 2))
                imports = int(count) // rows
                self.assertIn(imports, [kept + 1] if process.returncode == 0 else [kept, kept + 1])
                kept = imports


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--cycles", type=int, default=60, help="how often to kill")
    parser.add_argument(
        "--seed", type=int, default=int(os.environ.get("DEMETRA_SEED", random.randrange(10**9))))
    main(parser)
