"""Transactions of several sessions: what they see of each other, who wins, and what a crash leaves.

The random tests compare with what snapshot isolation promises: transfers between two tables keep their sum in
every snapshot, and the committed transactions, run one after another in the order of their commits, give the same
tables. `--seed N` repeats one.
"""

import argparse
import collections
import os
import random
import threading
import time
import unittest

from program import ProgramTests, Server, main, run
from wire import ServerError

try:
    import psycopg
except ImportError:
    psycopg = None


class TransactionTests(ProgramTests):
    def setUp(self):
        super().setUp()
        server = self.serving()
        self.server = server.__enter__()
        self.addCleanup(server.__exit__, None, None, None)

    def connect(self):
        connection = self.server.connect()
        self.addCleanup(connection.close)
        return connection

    def fails(self, state, connection, text, **options):
        with self.assertRaises(ServerError) as caught:
            connection.query(text, **options)
        self.assertEqual(caught.exception.state, state, str(caught.exception))

    def two_sessions(self):
        """Two sessions on a table of two rows and an empty one."""
        first, second = self.connect(), self.connect()
        first.query("CREATE TABLE ads (id bigint PRIMARY KEY, spend bigint)")
        first.query("CREATE TABLE log (text text)")
        first.query("INSERT INTO ads VALUES (1, 10), (2, 20)")
        return first, second

    # What is seen

    def test_a_transaction_sees_one_state_of_all_tables(self):
        first, second = self.two_sessions()
        first.query("BEGIN")
        self.assertEqual(first.rows("SELECT sum(spend) FROM ads"), [("30",)])
        second.query("INSERT INTO ads VALUES (3, 30)")
        second.query("INSERT INTO log VALUES ('later')")
        second.query("CREATE TABLE later (a int)")
        self.assertEqual(first.rows("SELECT sum(spend) FROM ads"), [("30",)])
        self.assertEqual(first.rows("SELECT count(*) FROM log"), [("0",)])
        self.fails("42P01", first, "SELECT * FROM later")
        first.query("ROLLBACK")
        self.assertEqual(first.rows("SELECT sum(spend) FROM ads"), [("60",)])

    def test_nothing_is_seen_before_the_commit_and_all_of_it_after(self):
        first, second = self.two_sessions()
        first.query("BEGIN")
        first.query("INSERT INTO ads VALUES (3, 30)")
        first.query("CREATE TABLE fresh AS SELECT 1 AS a")
        self.assertEqual(second.rows("SELECT count(*) FROM ads"), [("2",)])
        self.fails("42P01", second, "SELECT * FROM fresh")
        first.query("COMMIT")
        self.assertEqual(second.rows("SELECT count(*) FROM ads"), [("3",)])
        self.assertEqual(second.rows("SELECT a FROM fresh"), [("1",)])

    def test_copy_belongs_to_the_transaction(self):
        first, second = self.two_sessions()
        first.query("BEGIN")
        answer = first.query("COPY ads FROM STDIN (FORMAT csv)", copy_lines=b"3,30\n4,40\n")
        self.assertEqual(answer[-1].tag, "COPY 2")
        self.assertEqual(b"".join(first.rows("COPY ads TO STDOUT")).count(b"\n"), 4)
        self.assertEqual(second.rows("SELECT count(*) FROM ads"), [("2",)])
        first.query("ROLLBACK")
        self.assertEqual(first.rows("SELECT count(*) FROM ads"), [("2",)])

    def test_merges_of_several_sessions_lose_nothing(self):
        first, _ = self.two_sessions()
        self.assertIn("Merge into ads", first.rows(
            "EXPLAIN MERGE INTO ads USING (VALUES (1)) v (n) ON id = n WHEN MATCHED THEN DELETE")[0][0])

        def merge(connection):
            for number in range(40):
                connection.query(
                    f"MERGE INTO ads USING (VALUES (1), ({number % 5 + 100})) AS v (id) ON ads.id = v.id"
                    " WHEN MATCHED THEN UPDATE SET spend = ads.spend + 1"
                    " WHEN NOT MATCHED THEN DO NOTHING")

        threads = [threading.Thread(target=merge, args=(self.connect(),)) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(first.rows("SELECT spend FROM ads ORDER BY id"), [("130",), ("20",)])

    def test_copy_may_not_refer_to_rows_that_are_not_there(self):
        first, second = self.two_sessions()
        first.query("CREATE TABLE clicks (ad bigint REFERENCES ads, n serial)")
        lines = b"".join(b"%d\n" % (1 + number % 2) for number in range(5000))
        first.query("COPY clicks (ad) FROM STDIN (FORMAT csv)", copy_lines=lines)
        self.assertEqual(first.rows("SELECT count(*), min(n), max(n) FROM clicks"),
                         [("5000", "1", "5000")])
        self.fails("23503", first, "COPY clicks (ad) FROM STDIN (FORMAT csv)",
                   copy_lines=lines + b"77\n")
        self.assertEqual(first.rows("SELECT count(*) FROM clicks"), [("5000",)])
        first.query("BEGIN")
        first.query("DELETE FROM clicks WHERE ad = 2")
        first.query("DELETE FROM ads WHERE id = 2")
        second.query("COPY clicks (ad) FROM STDIN (FORMAT csv)", copy_lines=b"2\n")
        self.fails("23503", first, "COMMIT")
        self.assertEqual(second.rows("SELECT count(*) FROM ads"), [("2",)])

    # Who wins

    def test_of_two_who_change_a_row_the_first_to_commit_wins(self):
        for change in ("UPDATE ads SET spend = 0 WHERE id = 1", "DELETE FROM ads WHERE id = 1"):
            with self.subTest(change=change):
                first, second = self.connect(), self.connect()
                first.query("DROP TABLE IF EXISTS ads")
                first.query("CREATE TABLE ads (id bigint PRIMARY KEY, spend bigint)")
                first.query("INSERT INTO ads VALUES (1, 10), (2, 20)")
                for session in (first, second):
                    session.query("BEGIN")
                    session.query("UPDATE ads SET spend = spend + 1 WHERE id = 2")
                    session.query("ROLLBACK")
                    session.query("BEGIN")
                    session.rows("SELECT * FROM ads")
                first.query("UPDATE ads SET spend = 11 WHERE id = 1")
                second.query(change)
                first.query("COMMIT")
                self.fails("40001", second, "COMMIT")
                self.assertEqual(second.status, "I")
                self.assertEqual(
                    second.rows("SELECT * FROM ads ORDER BY id"), [("1", "11"), ("2", "20")])

    def test_transactions_that_change_different_rows_both_commit(self):
        first, second = self.two_sessions()
        for session, row in ((first, 1), (second, 2)):
            session.query("BEGIN")
            session.query(f"UPDATE ads SET spend = spend + 100 WHERE id = {row}")
            session.query(f"INSERT INTO ads VALUES ({row + 10}, 1)")
            session.query(f"UPDATE ads SET spend = 5 WHERE id = {row + 10}")
            session.query(f"INSERT INTO log VALUES ('{row}')")
        first.query("COMMIT")
        second.query("COMMIT")
        self.assertEqual(
            first.rows("SELECT * FROM ads ORDER BY id"),
            [("1", "110"), ("2", "120"), ("11", "5"), ("12", "5")])
        self.assertEqual(first.rows("SELECT count(*) FROM log"), [("2",)])

    def test_a_key_that_another_has_inserted_since_is_taken(self):
        first, second = self.two_sessions()
        for session in (first, second):
            session.query("BEGIN")
            session.query("INSERT INTO ads VALUES (3, 30)")
        first.query("COMMIT")
        self.fails("23505", second, "COMMIT")
        second.query("INSERT INTO ads VALUES (3, 3) ON CONFLICT (id) DO UPDATE SET spend = 33")
        self.assertEqual(second.rows("SELECT spend FROM ads WHERE id = 3"), [("33",)])

    def test_of_two_who_restate_a_row_the_last_wins(self):
        first, second = self.connect(), self.connect()
        first.query("CREATE TABLE days (day int PRIMARY KEY, spend int) WITH (restate = true)")
        first.query("INSERT INTO days VALUES (1, 1)")
        for session, spend in ((first, 10), (second, 20)):
            session.query("BEGIN")
            session.query(f"INSERT INTO days VALUES (1, {spend}), (2, {spend})")
        first.query("COMMIT")
        second.query("COMMIT")
        self.assertEqual(
            first.rows("SELECT * FROM days ORDER BY day"), [("1", "20"), ("2", "20")])

    def test_a_table_that_was_altered_or_dropped_since_conflicts(self):
        for change in ("ALTER TABLE ads ADD COLUMN more int", "DROP TABLE ads", "TRUNCATE ads"):
            with self.subTest(change=change):
                first, second = self.connect(), self.connect()
                first.query("DROP TABLE IF EXISTS ads")
                first.query("CREATE TABLE ads (id bigint PRIMARY KEY, spend bigint)")
                second.query("BEGIN")
                second.query("INSERT INTO ads VALUES (1, 1)")
                first.query(change)
                self.fails("40001", second, "COMMIT")

    def test_tables_made_at_once_do_not_collide_unless_they_have_one_name(self):
        first, second, third = self.connect(), self.connect(), self.connect()
        for session, name in ((first, "one"), (second, "two"), (third, "two")):
            session.query("BEGIN")
            session.query(f"CREATE TABLE {name} (a int PRIMARY KEY)")
            session.query(f"INSERT INTO {name} SELECT i FROM generate_series(1, 70000) g(i)")
            session.query(f"DELETE FROM {name} WHERE a <= 69999")
        first.query("COMMIT")
        second.query("COMMIT")
        self.fails("42P07", third, "COMMIT")
        self.assertEqual(first.rows("SELECT * FROM one, two"), [("70000", "70000")])

    def test_a_view_is_not_made_on_a_table_that_is_dropped_meanwhile(self):
        first, second = self.two_sessions()
        second.query("BEGIN")
        second.query("CREATE VIEW large AS SELECT * FROM ads WHERE spend > 15")
        first.query("DROP TABLE ads")
        self.fails("40001", second, "COMMIT")

    def test_statements_by_themselves_are_tried_again_instead_of_failing(self):
        setup = self.connect()
        setup.query("CREATE TABLE counters (id int PRIMARY KEY, n int)")
        setup.query("INSERT INTO counters VALUES (0, 0)")
        errors = []

        def count():
            try:
                with self.server.connect() as session:
                    for step in range(20):
                        session.query("UPDATE counters SET n = n + 1 WHERE id = 0")
                        session.query(
                            f"INSERT INTO counters VALUES ({step + 1}, 1)"
                            " ON CONFLICT (id) DO UPDATE SET n = counters.n + 1")
            except (ServerError, OSError) as error:
                errors.append(error)

        threads = [threading.Thread(target=count) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(errors, [])
        self.assertEqual(
            setup.rows("SELECT id > 0, count(*), min(n), max(n) FROM counters GROUP BY 1 ORDER BY 1"),
            [("f", "1", "120", "120"), ("t", "20", "6", "6")])

    # Batches

    def test_a_batch_is_loaded_once(self):
        session = self.connect()
        session.query("CREATE TABLE ads (id bigint PRIMARY KEY, spend bigint)")
        copy = "COPY ads FROM STDIN (FORMAT csv, batch_id 'monday')"
        self.assertEqual(session.query(copy, copy_lines=b"1,10\n2,20\n")[-1].tag, "COPY 2")
        # The same again, and even other rows under the name, change nothing.
        self.assertEqual(session.query(copy, copy_lines=b"1,10\n2,20\n")[-1].tag, "COPY 0")
        self.assertEqual(session.query(copy, copy_lines=b"3,30\n")[-1].tag, "COPY 0")
        other = copy.replace("monday", "tuesday")
        self.assertEqual(session.query(other, copy_lines=b"3,30\n")[-1].tag, "COPY 1")
        self.assertEqual(session.rows("SELECT count(*) FROM ads"), [("3",)])
        # It goes with its transaction.
        third = copy.replace("monday", "wednesday")
        session.query("BEGIN")
        self.assertEqual(session.query(third, copy_lines=b"4,40\n")[-1].tag, "COPY 1")
        self.assertEqual(session.query(third, copy_lines=b"4,40\n")[-1].tag, "COPY 0")
        session.query("ROLLBACK")
        self.assertEqual(session.query(third, copy_lines=b"4,40\n")[-1].tag, "COPY 1")
        # It survives a crash, and a flush before it.
        session.query("CHECKPOINT")
        last = copy.replace("monday", "thursday")
        self.assertEqual(session.query(last, copy_lines=b"5,50\n")[-1].tag, "COPY 1")
        self.server.kill()
        with self.serving() as server, server.connect() as again:
            for text in (copy, third, last):
                self.assertEqual(again.query(text, copy_lines=b"9,9\n")[-1].tag, "COPY 0")
            self.assertEqual(again.rows("SELECT count(*) FROM ads"), [("5",)])

    def test_of_two_who_load_a_batch_at_once_one_does(self):
        setup = self.connect()
        setup.query("CREATE TABLE ads (id bigint, spend bigint)")
        tags, errors = [], []

        def load():
            try:
                with self.server.connect() as session:
                    for batch in range(10):
                        tags.append(session.query(
                            f"COPY ads FROM STDIN (FORMAT csv, batch_id 'b{batch}')",
                            copy_lines=b"1,1\n2,2\n")[-1].tag)
            except (ServerError, OSError) as error:
                errors.append(error)

        threads = [threading.Thread(target=load) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(errors, [])
        self.assertEqual(collections.Counter(tags), {"COPY 2": 10, "COPY 0": 50})
        self.assertEqual(setup.rows("SELECT count(*) FROM ads"), [("20",)])

    def test_import_takes_a_batch_id(self):
        self.server.stop()
        path = self.file("days.csv", "day,spend\n2025-01-01,1\n2025-01-02,2\n")
        arguments = ("import", self.database, "days", path, "--batch-id", "january")
        self.assertIn("imported 2 rows", run(*arguments).output)
        again = run(*arguments)
        self.assertEqual(again.status, 0, again)
        self.assertIn('imported 0 rows: batch "january" of table "days" was loaded before', again.output)
        self.assertEqual(self.scalar("SELECT count(*) FROM days"), "2")

    # Protocol and drivers

    def test_the_status_byte_tells_the_truth(self):
        session = self.connect()
        session.query("CREATE TABLE t (a int)")
        seen = [session.status]
        for text in ("BEGIN", "INSERT INTO t VALUES (1)", "SELECT 1/0", "SELECT 1", "ROLLBACK",
                     "BEGIN", "SELEC", "COMMIT", "BEGIN; SELECT 1", "SAVEPOINT s", "SELECT 1/0",
                     "ROLLBACK TO s", "COMMIT", "SELECT 1; SELECT 2"):
            try:
                session.query(text)
            except ServerError:
                pass
            seen.append(session.status)
        self.assertEqual("".join(seen), "ITTEEITEITTETII")

    def test_a_dropped_connection_rolls_back(self):
        first, second = self.two_sessions()
        first.query("BEGIN")
        first.query("INSERT INTO ads SELECT i, i FROM generate_series(100, 99999) g(i)")
        first.socket.close()
        deadline = time.monotonic() + 30
        folder = self.database / "segments"
        # The rows were in a file already; it goes with the session.
        while any(files for _, _, files in os.walk(folder)) and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertEqual([files for _, _, files in os.walk(folder) if files], [])
        self.assertEqual(second.rows("SELECT count(*) FROM ads"), [("2",)])

    @unittest.skipIf(psycopg is None, "psycopg is not installed")
    def test_psycopg_works_with_transactions(self):
        address = f"host=127.0.0.1 port={self.server.port} user=test dbname=test"
        with psycopg.connect(address, cursor_factory=psycopg.ClientCursor) as connection:
            connection.execute("CREATE TABLE t (a int PRIMARY KEY)")
            connection.commit()
            connection.execute("INSERT INTO t VALUES (1)")
            connection.rollback()
            with connection.transaction():
                connection.execute("INSERT INTO t VALUES (2)")
                with self.assertRaises(psycopg.errors.UniqueViolation):
                    with connection.transaction():
                        connection.execute("INSERT INTO t VALUES (2)")
                connection.execute("INSERT INTO t VALUES (%s)", (3,))
            with self.assertRaises(psycopg.errors.DivisionByZero):
                connection.execute("SELECT 1/0")
            with self.assertRaises(psycopg.errors.InFailedSqlTransaction):
                connection.execute("SELECT 1")
            connection.rollback()
            connection.isolation_level = psycopg.IsolationLevel.SERIALIZABLE
            connection.read_only = True
            with self.assertRaises(psycopg.errors.ReadOnlySqlTransaction):
                connection.execute("INSERT INTO t VALUES (4)")
            connection.rollback()
            self.assertEqual(
                connection.execute("SELECT a FROM t ORDER BY a").fetchall(), [(2,), (3,)])


class RandomTransactionTests(ProgramTests):
    """Several sessions move amounts between two tables, and each remembers what it was told."""

    ACCOUNTS = 12
    SESSIONS = 4

    def setUp(self):
        super().setUp()
        self.seed = self.arguments.seed or random.randrange(1 << 30)
        print(f"seed {self.seed}", flush=True)
        self.server = Server(self.database)
        self.addCleanup(self.end)
        with self.server.connect() as session:
            for table in ("budgets", "spends"):
                session.query(f"CREATE TABLE {table} (id int PRIMARY KEY, amount bigint)")
                session.query(
                    f"INSERT INTO {table} SELECT i, 1000 FROM generate_series(1, {self.ACCOUNTS}) g(i)")
            session.query("CREATE TABLE journal (writer int, step int, PRIMARY KEY (writer, step))")

    def end(self):
        self.server.stop()
        for stream in (self.server.process.stdout, self.server.process.stderr):
            stream.close()

    def check(self, session):
        """The invariants of every snapshot."""
        session.query("BEGIN READ ONLY")
        budgets = session.rows("SELECT count(*), sum(amount) FROM budgets")[0]
        spends = session.rows("SELECT count(*), sum(amount) FROM spends")[0]
        listed = session.rows("SELECT amount FROM budgets UNION ALL SELECT amount FROM spends")
        session.query("COMMIT")
        self.assertEqual(int(budgets[0]), self.ACCOUNTS)
        self.assertEqual(int(spends[0]), self.ACCOUNTS)
        self.assertEqual(int(budgets[1]) + int(spends[1]), 2000 * self.ACCOUNTS)
        self.assertEqual(sum(int(row[0]) for row in listed), 2000 * self.ACCOUNTS)

    def transfer(self, session, chance, writer, step):
        """Moves an amount, in one of several ways; raises 40001 when another was faster."""
        source, target = chance.sample(("budgets", "spends"), 2)
        source_id, target_id = (chance.randint(1, self.ACCOUNTS) for _ in range(2))
        amount = chance.randint(1, 50)
        session.query("BEGIN")
        if chance.random() < 0.3:
            session.query("SAVEPOINT s")
            session.query(f"UPDATE {source} SET amount = 0")
            session.query("ROLLBACK TO s")
        had = int(session.rows(f"SELECT amount FROM {source} WHERE id = {source_id}")[0][0])
        if chance.random() < 0.5:
            session.query(f"UPDATE {source} SET amount = amount - {amount} WHERE id = {source_id}")
        else:
            session.query(f"DELETE FROM {source} WHERE id = {source_id}")
            session.query(f"INSERT INTO {source} VALUES ({source_id}, {had - amount})")
        now = int(session.rows(f"SELECT amount FROM {source} WHERE id = {source_id}")[0][0])
        self.assertEqual(now, had - amount)
        if chance.random() < 0.5:
            session.query(f"UPDATE {target} SET amount = amount + {amount} WHERE id = {target_id}")
        else:
            session.query(
                f"INSERT INTO {target} VALUES ({target_id}, {amount}) ON CONFLICT (id)"
                f" DO UPDATE SET amount = {target}.amount + excluded.amount")
        session.query(f"INSERT INTO journal VALUES ({writer}, {step})")
        if chance.random() < 0.1:
            session.query("ROLLBACK")
            return None
        return (source, source_id, target, target_id, amount)

    def writer(self, number, steps):
        chance = random.Random(self.seed * 31 + number)
        try:
            with self.server.connect() as session:
                for step in range(steps):
                    try:
                        done = self.transfer(session, chance, number, step)
                        if done:
                            self.pending[number] = (step, done)
                            session.query("COMMIT")
                            self.done[number].append((step, done))
                            self.pending[number] = None
                    except ServerError as error:
                        self.pending[number] = None
                        if error.state != "40001":
                            raise
                        if session.status != "I":
                            session.query("ROLLBACK")
        except OSError:
            if not self.is_killed:
                self.errors.append("the server is gone")
        except Exception as error:
            self.errors.append(error)

    def start(self, steps):
        self.errors, self.is_killed = [], False
        self.done = collections.defaultdict(list)
        self.pending = {}
        threads = [
            threading.Thread(target=self.writer, args=(number, steps), daemon=True)
            for number in range(self.SESSIONS)]
        for thread in threads:
            thread.start()
        return threads

    def compare(self, session, uncertain=()):
        """The tables are what the acknowledged transfers make of them, in any order."""
        journal = {(int(a), int(b)) for a, b in session.rows("SELECT writer, step FROM journal")}
        amounts = {
            (table, number): 1000
            for table in ("budgets", "spends") for number in range(1, self.ACCOUNTS + 1)}
        expected = set()
        told = [(number, step, move) for number, moves in self.done.items() for step, move in moves]
        for number, step, move in told + [entry for entry in uncertain if entry[:2] in journal]:
            source, source_id, target, target_id, amount = move
            amounts[source, source_id] -= amount
            amounts[target, target_id] += amount
            expected.add((number, step))
        self.assertEqual(journal, expected)
        for table in ("budgets", "spends"):
            rows = session.rows(f"SELECT id, amount FROM {table}")
            self.assertEqual(
                {(table, int(number)): int(amount) for number, amount in rows},
                {key: value for key, value in amounts.items() if key[0] == table})

    def test_transfers_keep_their_sum_in_every_snapshot_and_are_serial(self):
        threads = self.start(steps=60)
        with self.server.connect() as session:
            while any(thread.is_alive() for thread in threads):
                self.check(session)
            self.assertEqual(self.errors, [])
            self.compare(session)
        told = sum(len(moves) for moves in self.done.values())
        self.assertGreater(told, self.SESSIONS * 5)

    def test_kill_9_leaves_whole_transactions_only(self):
        for _ in range(self.arguments.kills):
            # What the earlier rounds left is where this one begins.
            with self.server.connect() as session:
                session.query("DELETE FROM journal; UPDATE budgets SET amount = 1000;"
                              " UPDATE spends SET amount = 1000")
            threads = self.start(steps=10_000)
            wanted = random.Random(self.seed).randint(5, 60)
            while sum(map(len, self.done.values())) < wanted and not self.errors:
                time.sleep(0.001)
            self.is_killed = True
            self.server.kill()
            for thread in threads:
                thread.join()
            self.assertEqual(self.errors, [])
            for stream in (self.server.process.stdout, self.server.process.stderr):
                stream.close()
            self.server = Server(self.database)
            uncertain = [
                (number, *entry) for number, entry in self.pending.items() if entry]
            with self.server.connect() as session:
                self.check(session)
                self.compare(session, uncertain)
            self.seed += 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=int(os.environ.get("DEMETRA_SEED", 0)))
    parser.add_argument("--kills", type=int, default=5, help="how often the server is killed")
    main(parser)
