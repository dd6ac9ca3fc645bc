"""kill -9 in the middle of writing: what was acknowledged is there once, all else whole or not at all.

The driver keeps a model of every table and of the one statement each client has in flight. After each
kill `demetra check` must find the files clean, and the database must equal the model, with or without the
statements in flight. Transactions change several tables by several statements: until COMMIT is sent nothing of
them may be there, afterwards all or nothing. Backups that a client asked for are databases too, and held to the
same.

`Tests/run crash --cycles 2000 --seed 7` kills that often, with these random choices.
"""

import argparse
import collections
import os
import random
import shutil
import signal
import subprocess
import threading
import time

from program import BINARY, ProgramTests, Server, main, run
from wire import ServerError

CLIENTS = 2
# Rows of a client beyond which it deletes, so that many cycles stay quick.
ROW_LIMIT = 4_000

KINDS = ["insert", "upsert", "restate", "update", "delete", "plain", "copy", "flush", "vacuum",
         "define", "back_up", "transaction"]
WEIGHTS = [4, 4, 4, 3, 3, 3, 3, 4, 1, 3, 1, 10]
# What a transaction may consist of; each changes one of the tables.
PARTS = ["insert", "upsert", "restate", "update", "delete", "plain", "copy", "define"]


# An alert on each of many groups.
RULE = """
CREATE ALERT low WHEN min(v) < 10 FROM t GROUP BY k SEVERITY high MESSAGE 'group {k} fell to {min(v)}'
"""


class State:
    """What the tables hold of one client."""

    def __init__(self):
        # Sequence number to cents, in a table with a key and in one that restates.
        self.keyed, self.restated = {}, {}
        # How often each sequence number is there.
        self.plain = collections.Counter()
        # The values of the one row of a table that comes, grows and goes; None while it is not there.
        self.defined = None

    def copy(self):
        other = State()
        other.keyed, other.restated = dict(self.keyed), dict(self.restated)
        other.plain = collections.Counter(self.plain)
        other.defined = None if self.defined is None else list(self.defined)
        return other

    def __eq__(self, other):
        return vars(self) == vars(other)


class Client(threading.Thread):
    """Writes random statements until the server is gone; knows what it was told and what is open."""

    def __init__(self, number, seed, folder):
        super().__init__(daemon=True)
        self.number = number
        self.folder = folder
        self.random = random.Random(seed)
        self.state = State()
        self.next = 1
        # The state that holds if the statement in flight was done.
        self.pending = None
        # The path of a backup and the state in it, and whether it was acknowledged.
        self.backup = None
        self.acknowledged = 0
        # Transactions that were acknowledged, rolled back on purpose, and killed before their end was sent.
        self.committed = self.rolled_back = self.left_open = 0
        # Whether the state in flight is that of a transaction.
        self.commits = False
        self.unexpected = None

    def revived(self):
        """The same client for the next server; threads start once."""
        other = Client(self.number, self.random.random(), self.folder)
        other.state, other.next = self.state, self.next
        return other

    def run(self):
        try:
            connection = self.server.connect()
            while True:
                self.commits = False
                kind = self.random.choices(KINDS, WEIGHTS)[0]
                if kind == "transaction":
                    self.transaction(connection)
                else:
                    sql, lines, after = self.statement(kind, self.state.copy())
                    self.pending = after
                    connection.query(sql, lines)
                    self.state, self.pending = after, None
                    if sql.startswith("BACKUP"):
                        self.backup = (*self.backup[:2], True)
                with self.told:
                    self.acknowledged += 1
                    self.told.notify_all()
        except OSError:
            pass
        except (ServerError, AssertionError) as error:
            self.unexpected = error
        with self.told:
            self.told.notify_all()

    def transaction(self, connection):
        """Statements over several tables that are committed together, or rolled back together."""
        after = self.state.copy()
        statements = [("BEGIN", None)]
        for kind in self.random.sample(PARTS, self.random.choice([2, 3, 5])):
            # Now and then a part is taken back by itself.
            undone = self.random.random() < 0.15
            sql, lines, changed = self.statement(kind, after.copy())
            if undone:
                statements += [("SAVEPOINT s", None), (sql, lines), ("ROLLBACK TO s", None)]
            else:
                statements.append((sql, lines))
                after = changed
        self.left_open += 1
        # All in one message or one by one; a server is killed between any two, and in the middle of each.
        if self.random.random() < 0.3 and not any(lines for _, lines in statements):
            statements = [("; ".join(sql for sql, _ in statements), None)]
        for sql, lines in statements:
            connection.query(sql, lines)
        self.left_open -= 1
        if self.random.random() < 0.3:
            connection.query("ROLLBACK")
            self.rolled_back += 1
        else:
            with self.told:
                self.pending, self.commits = after, True
                self.told.notify_all()
            connection.query("COMMIT")
            self.state, self.pending = after, None
            self.committed += 1

    def statement(self, kind, after):
        """A random statement: its text, its COPY lines, and the tables as they are afterwards."""
        if len(after.keyed) + len(after.restated) > ROW_LIMIT:
            kind = "delete"
        if kind == "back_up" and self.backup is not None:
            kind = "flush"
        count = self.random.choice([1, 1, 1, 10, 400])
        fresh = range(self.next, self.next + count)
        self.next += count
        cents = {number: self.random.randrange(100_000) for number in fresh}
        sql, lines = getattr(self, kind)(after, count, cents)
        return sql, lines, after

    def flush(self, after, count, cents):
        # Rows move from the log to segments, and segments are merged; a kill in the middle must not show.
        return "CHECKPOINT", None

    def vacuum(self, after, count, cents):
        return "VACUUM", None

    def back_up(self, after, count, cents):
        path = self.folder / f"backup-{self.number}-{self.next}"
        self.backup = (path, after, False)
        return f"BACKUP DATABASE TO '{path}'", None

    def insert(self, after, count, cents):
        after.keyed.update(cents)
        return f"INSERT INTO keyed VALUES {self.rows(cents)}", None

    def some_of(self, table, count):
        return self.random.sample(sorted(table), min(len(table), count))

    def upsert(self, after, count, cents):
        for number in self.some_of(after.keyed, count):
            cents[number] = self.random.randrange(100_000)
        after.keyed.update(cents)
        return (f"INSERT INTO keyed VALUES {self.rows(cents)} ON CONFLICT (client, number)"
                " DO UPDATE SET amount = excluded.amount"), None

    def restate(self, after, count, cents):
        for number in self.some_of(after.restated, count):
            cents[number] = self.random.randrange(100_000)
        after.restated.update(cents)
        return f"INSERT INTO restated VALUES {self.rows(cents)}", None

    def update(self, after, count, cents):
        third = self.random.randrange(3)
        for number in after.keyed:
            if number % 3 == third:
                after.keyed[number] += 1
        return (f"UPDATE keyed SET amount = amount + 0.01 WHERE client = {self.number}"
                f" AND number % 3 = {third}"), None

    def delete(self, after, count, cents):
        name = "keyed" if len(after.keyed) > len(after.restated) else "restated"
        table = getattr(after, name)
        border = self.random.choice(sorted(table) or [1])
        setattr(after, name, {number: cent for number, cent in table.items() if number >= border})
        return f"DELETE FROM {name} WHERE client = {self.number} AND number < {border}", None

    def plain(self, after, count, cents):
        after.plain.update(list(cents))
        rows = ", ".join(f"({self.number}, {number})" for number in cents)
        return f"INSERT INTO plain VALUES {rows}", None

    def copy(self, after, count, cents):
        after.plain.update(list(cents))
        lines = "".join(f"{self.number}\t{number}\n" for number in cents)
        return "COPY plain FROM STDIN", lines.encode()

    def define(self, after, count, cents):
        name = f"defined_{self.number}"
        if after.defined is None:
            after.defined = [self.next]
            return f"CREATE TABLE {name} AS SELECT {self.next} AS first", None
        if len(after.defined) > 3:
            after.defined = None
            return f"DROP TABLE {name}", None
        after.defined.append(self.next)
        return f"ALTER TABLE {name} ADD COLUMN c{self.next} integer DEFAULT {self.next}", None

    def rows(self, cents):
        return ", ".join(
            f"({self.number}, {number}, {amount / 100:.2f})" for number, amount in cents.items())


class CrashTests(ProgramTests):
    def test_acknowledged_statements_survive_kills_and_others_are_whole_or_absent(self):
        seed = self.arguments.seed
        print(f"seed {seed}, {self.arguments.cycles} cycles", flush=True)
        choices = random.Random(seed)
        columns = "(client int, number bigint, amount numeric(12,2), PRIMARY KEY (client, number))"
        self.sql(f"CREATE TABLE keyed {columns}; CREATE TABLE restated {columns}"
                 " WITH (restate = true, history = '90 days');"
                 " CREATE TABLE plain (client int, number bigint)")
        clients = [Client(number, choices.random(), self.folder) for number in range(CLIENTS)]
        self.done_in_flight = self.lost_in_flight = self.statements = 0
        self.checks = self.backups = 0
        # Of transactions: by what was known of them when the server was killed.
        self.transactions = collections.Counter()
        for cycle in range(self.arguments.cycles):
            if choices.random() < 0.15:
                self.kill_while_opening(choices)
            with self.subTest(cycle=cycle, seed=seed):
                self.write_until_killed(clients, choices)
                self.check(self.database)
                for client in clients:
                    self.settle_backup(client)
                clients = [client.revived() for client in self.settled(clients)]
            if cycle % 100 == 99:
                print(f"{cycle + 1} cycles, {self.statements} statements", flush=True)
        print(f"{self.statements} statements were acknowledged; of those in flight"
              f" {self.done_in_flight} were done and {self.lost_in_flight} were not;"
              f" {self.checks} checks were clean, {self.backups} backups right", flush=True)
        print("transactions: " + ", ".join(
            f"{count} {kind}" for kind, count in sorted(self.transactions.items())) + "; 0 by halves",
            flush=True)
        self.assertGreater(self.statements, self.arguments.cycles)
        for kind in ("committed", "rolled back"):
            self.assertGreater(self.transactions[kind], 0)

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
            if choices.random() < 0.4:
                # At the moment of a COMMIT, or very little later.
                told.wait_for(lambda: any(client.commits or client.unexpected
                                          for client in clients), timeout=60)
        time.sleep(choices.random() * choices.choice([0, 0.002, 0.02, 0.1]))
        server.kill()
        for client in clients:
            client.join(60)
            self.assertFalse(client.is_alive(), "a client hangs")
            self.assertIsNone(client.unexpected)
        for stream in (server.process.stdout, server.process.stderr):
            stream.close()
        self.statements += sum(client.acknowledged for client in clients)
        for client in clients:
            self.transactions["committed"] += client.committed
            self.transactions["rolled back"] += client.rolled_back
            self.transactions["killed before COMMIT and gone"] += client.left_open

    def kill_while_opening(self, choices):
        """Recovery that is killed must be able to begin again."""
        process = subprocess.Popen(
            [str(BINARY), "serve", str(self.database), "--pg", "127.0.0.1:0"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(choices.random() * 0.1)
        process.kill()
        process.wait()

    def check(self, path):
        outcome = run("check", path)
        self.assertEqual(outcome.status, 0, outcome)
        self.checks += 1

    def settle_backup(self, client):
        """A backup that was acknowledged is there; one that is there is whole."""
        if client.backup is None:
            return
        path, state, is_acknowledged = client.backup
        if path.exists():
            self.check(path)
            self.assertEqual(self.contents(path, [client])[client.number], state)
            self.backups += 1
        else:
            self.assertFalse(is_acknowledged, "a backup is gone")
        for name in (path, path.with_name(path.name + ".unfinished")):
            shutil.rmtree(name, ignore_errors=True)
        client.backup = None

    def contents(self, path, clients):
        """What a database holds of each client."""
        states = {client.number: State() for client in clients}
        server = Server(path)
        try:
            with server.connect() as connection:
                for name in ("keyed", "restated"):
                    for client, number, amount in connection.rows(f"SELECT * FROM {name}"):
                        if int(client) not in states:
                            continue
                        rows = getattr(states[int(client)], name)
                        self.assertNotIn(int(number), rows, "a row is doubled")
                        rows[int(number)] = round(float(amount) * 100)
                for client, number in connection.rows("SELECT * FROM plain"):
                    if int(client) in states:
                        states[int(client)].plain[int(number)] += 1
                tables = {name for name, _ in connection.rows("SHOW tables")}
                for number, state in states.items():
                    if f"defined_{number}" in tables:
                        row, = connection.rows(f"SELECT * FROM defined_{number}")
                        state.defined = [int(value) for value in row]
        finally:
            server.stop()
            for stream in (server.process.stdout, server.process.stderr):
                stream.close()
        return states

    def settled(self, clients):
        """Compares the database with the model and settles what became of statements in flight."""
        found = self.contents(self.database, clients)
        for client in clients:
            state = found[client.number]
            if state == client.state:
                self.lost_in_flight += client.pending is not None
                self.transactions["killed in COMMIT and gone"] += client.commits
            elif client.pending is not None and state == client.pending:
                self.done_in_flight += 1
                self.transactions["killed in COMMIT and there"] += client.commits
                client.state = client.pending
            else:
                self.fail(self.difference(client, state))
        return clients

    def difference(self, client, found):
        """What does not fit, in short: thousands of rows would hide it."""
        parts = []
        for name in ("keyed", "restated"):
            model, rows = getattr(client.state, name), getattr(found, name)
            lost = [number for number in model if number not in rows]
            changed = [number for number in model if number in rows and rows[number] != model[number]]
            new = [number for number in rows if number not in model]
            parts.append(f"{name} lost {lost[:5]} ({len(lost)}), changed {changed[:5]}"
                         f" ({len(changed)}), new {new[:5]} ({len(new)})")
        missing, added = client.state.plain - found.plain, found.plain - client.state.plain
        return (f"client {client.number}: {'; '.join(parts)}; plain lost {len(missing)}, added"
                f" {len(added)}; defined {client.state.defined} but {found.defined}; in flight:"
                f" {client.pending is not None}")

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


class AlertsTests(ProgramTests):
    """What a check of alerts has committed is there after kill -9, and no alert is doubled."""

    def test_alerts_survive_kill_in_the_middle_of_checks(self):
        self.sql("CREATE TABLE t (k integer PRIMARY KEY, v integer)")
        self.sql("INSERT INTO t SELECT n, 50 FROM generate_series(1, 300) AS s(n)")
        self.sql(RULE)
        low = set()
        for cycle in range(12):
            # Each cycle breaks some groups and mends others while the server is killed.
            low ^= set(range(1 + cycle * 7, 120, cycle + 3))
            keys = ", ".join(map(str, sorted(low))) or "0"
            self.sql(f"UPDATE t SET v = CASE WHEN k IN ({keys}) THEN 5 ELSE 50 END")
            server = Server(self.database)
            checked = threading.Event()
            thread = threading.Thread(target=self.check_until_killed, args=(server, checked))
            thread.start()
            if cycle % 3:
                checked.wait(60)
            server.kill()
            thread.join()
            server.process.stdout.close()
            server.process.stderr.close()
            with self.subTest(cycle=cycle):
                # At most one open alert for a group, and each check is there whole or not at all.
                self.assertEqual(self.scalar(
                    "SELECT count(*) - count(DISTINCT fingerprint) FROM alerts WHERE state = 'firing'"
                ), "0")
                self.assertEqual(self.scalar(
                    "SELECT count(*) - count(DISTINCT id) FROM alerts"), "0")
                if checked.is_set():
                    self.assertEqual(self.open_groups(), low)
                self.sql("CHECK ALERTS")
                self.assertEqual(self.open_groups(), low)

    def check_until_killed(self, server, checked):
        try:
            with server.connect() as connection:
                while True:
                    connection.query("CHECK ALERTS")
                    checked.set()
        except (OSError, ServerError):
            pass

    def open_groups(self):
        rows = self.sql("SELECT channel FROM alerts WHERE state = 'firing'").splitlines()[1:]
        return set(map(int, rows))

    def test_a_rule_on_a_missing_table_is_refused_and_leaves_nothing(self):
        errors = self.sql(
            "CREATE ALERT a WHEN x > 1 FROM nowhere SEVERITY high MESSAGE 'm'", status=1)
        self.assertIn("42P01", errors)
        self.assertIn('relation "nowhere" does not exist', errors)
        self.assertEqual(self.sql("SHOW ALERTS").splitlines(), ["name,severity,condition"])


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--cycles", type=int, default=100, help="how often to kill")
    parser.add_argument(
        "--seed", type=int, default=int(os.environ.get("DEMETRA_SEED", random.randrange(10**9))))
    main(parser)
