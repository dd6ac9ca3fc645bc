"""The server among hostile and clumsy clients, many clients, and at its end."""

import argparse
import os
import random
import socket
import struct
import subprocess
import threading
import time

from program import PATIENCE, ROOT, ProgramTests, main
from wire import (FLUSH, Connection, ServerError, bind, close, data_rows, describe, error_state,
                  execute, kinds, parse)

SLOW_QUERY = ("SELECT count(*) FROM generate_series(1, 60000) AS a(x),"
              " generate_series(1, 60000) AS b(x) WHERE a.x + b.x < 0")


class ServerTests(ProgramTests):
    def setUp(self):
        super().setUp()
        server = self.serving()
        self.server = server.__enter__()
        self.addCleanup(server.__exit__, None, None, None)

    def raw(self):
        """A socket without any message sent."""
        connection = socket.create_connection(("127.0.0.1", self.server.port), timeout=PATIENCE)
        self.addCleanup(connection.close)
        return connection

    def assert_alive(self):
        self.assertTrue(self.server.is_running, "the server is gone")
        with self.server.connect() as connection:
            self.assertEqual(connection.rows("SELECT 6 * 7"), [("42",)])

    def answer(self, data):
        """What the server answers to bytes, up to the end it makes of the connection."""
        connection = self.raw()
        answer = b""
        try:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            while piece := connection.recv(1 << 16):
                answer += piece
        except OSError:
            # It closed with bytes of ours unread, which is its right.
            pass
        return answer

    def test_garbage_at_the_start_closes_that_connection_alone(self):
        choices = random.Random(self.arguments.seed)
        print(f"seed {self.arguments.seed}")
        for _ in range(150):
            self.answer(choices.randbytes(choices.choice([1, 7, 8, 9, 100, 20_000])))
        self.assert_alive()

    def test_garbage_behind_a_start_up_closes_that_connection_alone(self):
        choices = random.Random(self.arguments.seed)
        for _ in range(100):
            with self.server.connect() as connection:
                connection.send_bytes(choices.randbytes(choices.choice([1, 5, 6, 300, 70_000])))
                try:
                    connection.socket.shutdown(socket.SHUT_WR)
                    while connection.socket.recv(1 << 16):
                        pass
                except OSError:
                    # It has closed already, which is its right.
                    pass
        self.assert_alive()

    def test_a_length_that_cannot_be_is_refused_with_a_message(self):
        for length in (-1, 0, 3, 7, 2**31 - 1):
            answer = self.answer(struct.pack("!i", length) + b"\0" * 20)
            self.assertIn(b"08P01", answer, length)
        for length in (-1, 0, 3, 2**31 - 1):
            with self.server.connect() as connection:
                connection.send_bytes(b"Q" + struct.pack("!i", length))
                with self.assertRaises(ServerError) as caught:
                    connection._until_ready()
                self.assertEqual(caught.exception.state, "08P01", length)
        self.assert_alive()

    def test_a_message_cut_off_by_the_end_of_the_connection_is_dropped(self):
        with self.server.connect() as connection:
            connection.query("CREATE TABLE t (a int)")
        for cut in range(1, 30):
            with self.server.connect() as connection:
                body = b"INSERT INTO t VALUES (1)\0"
                message = b"Q" + struct.pack("!i", len(body) + 4) + body
                connection.send_bytes(message[:min(cut, len(message) - 1)])
                connection.socket.close()
        with self.server.connect() as connection:
            self.assertEqual(connection.rows("SELECT count(*) FROM t"), [("0",)])

    def test_another_version_of_the_protocol_is_refused_with_a_message(self):
        body = struct.pack("!i", 2 << 16) + b"user\0x\0\0"
        answer = self.answer(struct.pack("!i", len(body) + 4) + body)
        self.assertIn(b"unsupported frontend protocol 2.0", answer)

    def test_a_request_for_encryption_is_declined_and_the_session_goes_on(self):
        connection = self.raw()
        for code in (80_877_103, 80_877_104):
            connection.sendall(struct.pack("!ii", 8, code))
            self.assertEqual(connection.recv(1), b"N")
        body = struct.pack("!i", 196_608) + b"user\0x\0\0"
        connection.sendall(struct.pack("!i", len(body) + 4) + body)
        self.assertEqual(connection.recv(1), b"R")

    def test_half_open_connections_hold_nobody_up(self):
        silent = [self.raw() for _ in range(100)]
        for number, connection in enumerate(silent):
            connection.sendall(struct.pack("!i", 100)[:number % 5])
        self.assert_alive()

    def test_two_hundred_clients_are_served_together(self):
        connections = [self.server.connect() for _ in range(200)]
        connections[0].query("CREATE TABLE t (client int)")
        for number, connection in enumerate(connections):
            connection.send(b"Q", f"INSERT INTO t VALUES ({number})\0".encode())
        for connection in connections:
            connection._until_ready()
        rows = connections[-1].rows("SELECT count(*), count(DISTINCT client) FROM t")
        self.assertEqual(rows, [("200", "200")])
        for connection in connections:
            connection.close()
        self.assert_alive()

    def test_a_cancel_request_stops_its_statement_and_no_other(self):
        with self.server.connect() as connection, self.server.connect() as other:
            failures = []

            def run():
                try:
                    connection.query(SLOW_QUERY)
                except ServerError as error:
                    failures.append(error.state)
            thread = threading.Thread(target=run)
            thread.start()
            # A key that is not right stops nothing; the right one stops the statement, once it runs.
            wrong = (connection.key[0], connection.key[1] ^ 1)
            right, connection.key = connection.key, wrong
            connection.cancel()
            self.assertEqual(other.rows("SELECT 1"), [("1",)])
            connection.key = right
            while thread.is_alive():
                connection.cancel()
                thread.join(0.2)
            self.assertEqual(failures, ["57014"])
            self.assertEqual(connection.rows("SELECT 2"), [("2",)])

    def run_aside(self, connection, text):
        """Runs a statement on a thread; gives the thread and the list that its error will be in."""
        failures = []

        def run():
            try:
                connection.query(text)
            except ServerError as error:
                failures.append(error.state)
        thread = threading.Thread(target=run)
        thread.start()
        return thread, failures

    def await_statement(self, watcher, pid):
        """Waits until a session runs something."""
        for _ in range(600):
            state = watcher.rows(f"SELECT state FROM pg_stat_activity WHERE pid = {pid}")
            if state == [("active",)]:
                return
            time.sleep(0.05)
        self.fail("no statement runs")

    def test_a_session_stops_the_statement_of_another(self):
        with self.server.connect() as victim, self.server.connect() as watcher:
            pid = victim.key[0]
            thread, failures = self.run_aside(victim, SLOW_QUERY)
            self.await_statement(watcher, pid)
            self.assertEqual(
                watcher.rows(
                    "SELECT state, query, rows_returned, elapsed > INTERVAL '0'"
                    f" FROM demetra_queries WHERE pid = {pid}"),
                [("running", SLOW_QUERY, "0", "t")])
            # Statements that took no time are not remembered.
            time.sleep(0.05)
            self.assertEqual(watcher.rows(f"SELECT pg_cancel_backend({pid})"), [("t",)])
            thread.join()
            self.assertEqual(failures, ["57014"])
            self.assertEqual(victim.rows("SELECT 2"), [("2",)])
            self.assertEqual(
                watcher.rows(
                    f"SELECT state, sqlstate, query FROM demetra_queries WHERE pid = {pid}"),
                [("failed", "57014", SLOW_QUERY)])
            victim.query("BEGIN")
            self.assertEqual(
                watcher.rows(f"SELECT state, query FROM demetra_sessions WHERE pid = {pid}"),
                [("idle in transaction", "BEGIN")])

    def test_a_session_ends_another_with_what_it_has_begun(self):
        watcher = self.server.connect()
        watcher.query("CREATE TABLE begun (n integer)")
        for text in [None, SLOW_QUERY]:
            victim = self.server.connect()
            victim.query("BEGIN; INSERT INTO begun VALUES (1)")
            thread, failures = self.run_aside(victim, text) if text else (None, None)
            if thread:
                self.await_statement(watcher, victim.key[0])
            self.assertEqual(
                watcher.rows(f"SELECT pg_terminate_backend({victim.key[0]})"), [("t",)])
            if thread:
                thread.join()
                self.assertEqual(failures, ["57P01"])
            else:
                kind, body = victim.receive()
                self.assertEqual(kind, b"E")
                self.assertIn(b"FATAL", body)
                self.assertIn(b"57P01", body)
            self.assertEqual(victim.socket.recv(1), b"")
            victim.socket.close()
        for _ in range(600):
            if watcher.rows("SELECT count(*) FROM demetra_sessions") == [("1",)]:
                break
            time.sleep(0.05)
        self.assertEqual(
            watcher.rows("SELECT (SELECT count(*) FROM demetra_sessions), count(*) FROM begun"),
            [("1", "0")])
        watcher.close()
        self.assert_alive()

    def test_the_database_is_called_as_the_client_has_connected(self):
        for name in ["postgres", "db"]:
            with self.server.connect(database=name) as connection:
                self.assertEqual(
                    connection.rows(
                        "SELECT current_database(), datname, catalog_name FROM pg_database,"
                        " information_schema.information_schema_catalog_name"), [(name,) * 3])
                connection.query(f"CREATE VIEW {name}.public.v_{name} AS SELECT 1 AS one")
                connection.query(
                    f"CREATE VIEW of_{name} AS SELECT one FROM {name}.public.v_{name}")
        with self.server.connect(database="demetra") as connection:
            # Views say what they say whoever asks.
            self.assertEqual(connection.rows("SELECT one FROM of_db"), [("1",)])
            with self.assertRaises(ServerError) as raised:
                connection.query("SELECT one FROM db.public.v_db")
            self.assertEqual(raised.exception.state, "0A000")

    def test_a_client_that_leaves_takes_its_statement_along(self):
        connection = self.server.connect()
        connection.send(b"Q", SLOW_QUERY.encode() + b"\0")
        connection.socket.close()
        # A server that ended its thread can end in order: `stop` would hang otherwise.
        self.assert_alive()
        self.assertEqual(self.server.stop(), 0)

    def test_a_copy_that_the_client_gives_up_leaves_nothing(self):
        with self.server.connect() as connection:
            connection.query("CREATE TABLE t (a int)")
            with self.assertRaises(ServerError) as caught:
                connection.query("COPY t FROM STDIN")
            self.assertEqual(caught.exception.state, "57014")
            self.assertEqual(connection.rows("SELECT count(*) FROM t"), [("0",)])

    def test_a_connection_lost_in_copy_leaves_nothing(self):
        with self.server.connect() as connection:
            connection.query("CREATE TABLE t (a int)")
        for _ in range(10):
            connection = self.server.connect()
            connection.send(b"Q", b"COPY t FROM STDIN\0")
            self.assertEqual(connection.receive()[0], b"G")
            connection.send(b"d", b"1\n2\n" * 1_000)
            connection.socket.close()
        with self.server.connect() as connection:
            self.assertEqual(connection.rows("SELECT count(*) FROM t"), [("0",)])

    def test_a_copy_to_the_client_is_a_message_for_each_row(self):
        with self.server.connect() as connection:
            connection.query("CREATE TABLE t (id int, note text)")
            connection.query("INSERT INTO t VALUES (1, 'two\nlines'), (2, 'one'), (3, NULL)")
            connection.send(b"Q", b"COPY t TO STDOUT (FORMAT csv, HEADER)\0")
            pieces = []
            while True:
                kind, body = connection.receive()
                if kind == b"d":
                    pieces.append(body)
                if kind == b"Z":
                    break
            self.assertEqual(
                pieces, [b"id,note\n", b'1,"two\nlines"\n', b"2,one\n", b"3,\n"])

    def test_an_answer_of_many_rows_arrives_whole(self):
        with self.server.connect() as connection:
            rows = connection.rows("SELECT n, 'text ' || n FROM generate_series(1, 200000) AS s(n)")
        self.assertEqual(len(rows), 200_000)
        self.assertEqual(sum(int(row[0]) for row in rows), 200_000 * 200_001 // 2)

    def test_a_client_that_reads_nothing_holds_nobody_up(self):
        connection = self.server.connect()
        connection.send(
            b"Q", b"SELECT n, 'some text that fills the pipe' FROM generate_series(1, 3000000) AS s(n)\0")
        self.assert_alive()
        connection.socket.close()
        self.assert_alive()

    def test_a_prepared_statement_that_sleeps_holds_nobody_up(self):
        with self.server.connect() as sleeper, self.server.connect() as watcher:
            sleeper.extended(parse("SELECT pg_sleep($1)", name="nap"))
            for _ in range(3):
                self.assertEqual(
                    kinds(sleeper.extended(bind(["0"], statement="nap"), execute())), "2DCZ")
            failures = []

            def sleep():
                failures.append(
                    error_state(sleeper.extended(bind(["600"], statement="nap"), execute())))
            thread = threading.Thread(target=sleep)
            thread.start()
            self.await_statement(watcher, sleeper.key[0])
            # More clients than the server has event loops: some share the sleeper's.
            for _ in range(40):
                self.assert_alive()
            sleeper.cancel()
            thread.join()
            self.assertEqual(failures, ["57014"])

    def test_messages_sent_ahead_are_answered_in_order(self):
        with self.server.connect() as connection:
            for number in range(500):
                connection.send(b"Q", f"SELECT {number}\0".encode())
            for number in range(500):
                self.assertEqual(connection._until_ready()[-1].rows, [(str(number),)])

    def test_inserts_sent_ahead_are_answered_in_order_also_those_that_fail(self):
        with self.server.connect() as connection:
            connection.query("CREATE TABLE t (id int PRIMARY KEY, name text)")
            for number in range(300):
                key = 0 if number % 10 == 9 else number
                connection.send(b"Q", f"INSERT INTO t VALUES ({key}, 'n{number}')\0".encode())
                if number % 50 == 49:
                    connection.send(b"Q", b"SELECT count(*) FROM t\0")
            for number in range(300):
                if number % 10 == 9:
                    with self.assertRaises(ServerError) as failure:
                        connection._until_ready()
                    self.assertEqual(failure.exception.fields["C"], "23505")
                else:
                    self.assertEqual(connection._until_ready()[-1].tag, "INSERT 0 1")
                if number % 50 == 49:
                    rows = connection._until_ready()[-1].rows
                    self.assertEqual(rows, [(str((number + 1) * 9 // 10),)])

    def test_clients_in_transactions_insert_side_by_side(self):
        connections = [self.server.connect() for _ in range(40)]
        connections[0].query("CREATE TABLE t (client int, number int)")
        for connection in connections:
            connection.query("BEGIN")
        for number in range(5):
            for client, connection in enumerate(connections):
                connection.query(f"INSERT INTO t VALUES ({client}, {number})")
        for client, connection in enumerate(connections):
            connection.query("ROLLBACK" if client % 2 else "COMMIT")
        rows = connections[0].rows("SELECT count(*), sum(client % 2) FROM t")
        self.assertEqual(rows, [("100", "0")])
        for connection in connections:
            connection.close()

    def sentences(self, seed, count):
        """Random statements of the grammar; what they would do is only explained."""
        compiler = ROOT / ".build/release/GrammarCompiler"
        made = subprocess.run(
            [compiler, "--sentences", ROOT / "Grammar", str(seed), str(count)],
            capture_output=True, text=True, check=True)
        return ["EXPLAIN " + line for line in made.stdout.splitlines()
                if "EXPLAIN ANALYZE" not in f"EXPLAIN {line}" and "( ANALYZE" not in line]

    def prepare_for_sentences(self, connection):
        for table in ("a (a int, b text, spend numeric(10,2))", "b (a int, b text, ads date)",
                      "ads (a int PRIMARY KEY, b text, spend numeric(10,2))",
                      "spend (a timestamp, spend int)", '"Mixed" ("Mixed" text, a int[])'):
            connection.query(f"CREATE TABLE {table}")

    def assert_answered(self, connection, statement):
        """An answer, or an error that names its place; gives the error's SQLSTATE."""
        try:
            connection.query(statement)
            return "00000"
        except ServerError as error:
            self.assertNotEqual(error.state[:2], "XX", f"{statement}\n{error}")
            if position := error.fields.get("P"):
                self.assertIn(int(position), range(1, len(statement) + 2), statement)
            return error.state

    def test_sentences_of_the_grammar_are_understood(self):
        print(f"seed {self.arguments.seed}")
        with self.server.connect() as connection:
            self.prepare_for_sentences(connection)
            sentences = self.sentences(self.arguments.seed, 4_000)
            refused = [sentence for sentence in sentences
                       if self.assert_answered(connection, sentence) == "42601"]
        # Some are wrong in other ways that PostgreSQL calls syntax too, such as a column list of no record.
        self.assertLess(len(refused), len(sentences) // 8)
        self.assert_alive()

    def test_sentences_with_words_lost_doubled_and_moved_do_no_harm(self):
        print(f"seed {self.arguments.seed}")
        chance = random.Random(self.arguments.seed)
        with self.server.connect() as connection:
            self.prepare_for_sentences(connection)
            for sentence in self.sentences(self.arguments.seed, 4_000):
                words = sentence.split(" ")[1:]
                for _ in range(chance.randint(1, 3)):
                    place = chance.randrange(len(words))
                    match chance.randrange(4):
                        case 0: words.insert(place, words[place])
                        case 1: words.insert(place, chance.choice(words))
                        case 2: words[place] = words[place][:chance.randint(0, len(words[place]))]
                        case 3 if len(words) > 1: del words[place]
                text = " ".join(words)
                # What is explained by the mutation itself would run.
                if "ANALYZE" not in text and "ANALYSE" not in text:
                    self.assert_answered(connection, "EXPLAIN " + text)
        self.assert_alive()

    def test_an_empty_statement_is_answered(self):
        with self.server.connect() as connection:
            connection.query("")
            connection.query("  ;  ")
            self.assertEqual(connection.rows("SELECT 1"), [("1",)])

    def test_sigterm_ends_in_order_and_keeps_what_was_acknowledged(self):
        connection = self.server.connect()
        connection.query("CREATE TABLE t (a int); INSERT INTO t VALUES (1), (2)")
        idle = self.server.connect()
        running = self.server.connect()
        running.send(b"Q", SLOW_QUERY.encode() + b"\0")
        self.assertEqual(self.server.stop(), 0)
        for open_connection in (connection, idle, running):
            open_connection.socket.close()
        self.assertEqual(self.scalar("SELECT sum(a) FROM t"), "3")

    def test_a_taken_port_is_told(self):
        from program import run
        outcome = run("serve", self.folder / "other.demetra", "--pg",
                      f"127.0.0.1:{self.server.port}")
        self.assertEqual(outcome.status, 1, outcome)
        self.assertIn(str(self.server.port), outcome.errors)

    def test_sigterm_ends_what_runs_in_time_and_tells_every_client(self):
        with self.server.connect() as setup:
            setup.query("CREATE TABLE t (a int)")
        idle, busy, copying, open_one = (self.server.connect() for _ in range(4))
        open_one.query("BEGIN; INSERT INTO t VALUES (1)")
        busy.send(b"Q", SLOW_QUERY.encode() + b"\0")
        copying.send(b"Q", b"COPY t FROM STDIN\0")
        copying.send(b"d", b"1\n" * 1000)
        time.sleep(0.5)
        began = time.monotonic()
        self.assertEqual(self.server.stop(), 0)
        self.assertLess(time.monotonic() - began, 9)
        for connection in (idle, busy, copying, open_one):
            # Up to the farewell; before it a statement says that it was stopped.
            states = []
            try:
                while True:
                    kind, body = connection.receive()
                    if kind == b"E":
                        states += [part[1:].decode() for part in body.split(b"\0") if part[:1] == b"C"]
            except (OSError, EOFError, ServerError, AssertionError):
                pass
            self.assertEqual(states[-1:], ["57P01"], states)
            connection.socket.close()
        # Nothing of what was not committed is there.
        self.assertEqual(self.scalar("SELECT count(*) FROM t"), "0")

    def test_sessions_that_end_give_their_descriptors_back(self):
        with self.server.connect() as connection:
            connection.query("SELECT 1")
        before = self.descriptors()
        for _ in range(300):
            Connection(self.server.port).close()
        self.assert_alive()
        self.assertLess(self.descriptors(), before + 50, "descriptors of closed sessions stay open")

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.server.process.pid}/fd"))


class AbuseTests(ProgramTests):
    def test_mutated_bytes_and_crowds_of_clients_do_no_harm(self):
        outcome = subprocess.run(
            [str(ROOT / "Tests/abuse"), "--bytes", "400000", "--storm", "300", "--seconds", "5", "--idle", "50", "--slow", "10"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=600)
        print(outcome.stdout)
        self.assertEqual(outcome.returncode, 0, outcome.stdout)


class ExtendedTests(ProgramTests):
    """Prepared statements, portals and cursors, and messages between sessions."""

    def setUp(self):
        super().setUp()
        server = self.serving()
        self.server = server.__enter__()
        self.addCleanup(server.__exit__, None, None, None)
        self.connection = self.server.connect()
        self.addCleanup(self.connection.close)

    def run_once(self, text, values=(), **options):
        return self.connection.extended(parse(text), bind(values, **options), execute())

    def test_parameters_take_the_type_of_their_place(self):
        self.connection.query("CREATE TABLE t (a bigint, b date, c numeric(10,2), d text)")
        for text, types in (
                ("INSERT INTO t VALUES ($1, $2, $3, $4)", (20, 1082, 1700, 25)),
                ("SELECT * FROM t WHERE b > $2 AND a IN ($1, $3)", (20, 1082, 20)),
                ("SELECT $1::int + $2, coalesce($3, d) FROM t LIMIT $4", (23, 23, 25, 20)),
                ("SELECT $1", (25,))):
            answers = self.connection.extended(parse(text), describe("S"))
            described = dict(answers)["t"]
            found = struct.unpack(f"!{len(described) // 4}I", described[2:])
            self.assertEqual(found, types, text)
        answers = self.connection.extended(parse("SELECT $2::int"))
        self.assertEqual((kinds(answers), error_state(answers)), ("EZ", "42P18"))

    def test_values_are_data_whatever_they_look_like(self):
        for value in ("'; DROP TABLE t; --", "$1", "\\", "NULL", ""):
            self.assertEqual(data_rows(self.run_once("SELECT $1::text", [value])),
                             [[value.encode()]])
        self.assertEqual(data_rows(self.run_once("SELECT $1::int IS NULL", [None])), [[b"t"]])

    def test_rows_come_in_the_form_that_was_asked_for(self):
        answers = self.connection.extended(
            parse("SELECT 258, 'a', true, 1.5::float8"), bind(results=(1, 0, 1, 1)),
            describe("P"), execute())
        self.assertEqual(kinds(answers), "12TDCZ")
        self.assertEqual(data_rows(answers),
                         [[b"\0\0\1\2", b"a", b"\1", struct.pack("!d", 1.5)]])
        answers = self.run_once("SELECT $1::int + 1", [b"\0\0\0\7"], formats=(1,))
        self.assertEqual(data_rows(answers), [[b"8"]])

    def test_portals_give_their_rows_in_portions_side_by_side(self):
        self.connection.query("BEGIN")
        first = self.connection.extended(
            parse("SELECT n FROM generate_series(1, 10000) AS g(n)", "s"),
            bind(portal="a", statement="s"), bind(portal="b", statement="s"), execute("a", 3),
            execute("b", 2))
        self.assertEqual(kinds(first), "122DDDsDDsZ")
        self.assertEqual(data_rows(self.connection.extended(execute("a", 2))), [[b"4"], [b"5"]])
        rest = self.connection.extended(execute("b"))
        self.assertEqual(len(data_rows(rest)), 9998)
        self.assertEqual(kinds(self.connection.extended(execute("b"))), "CZ")
        self.connection.query("COMMIT")
        self.assertEqual(error_state(self.connection.extended(execute("a", 1))), "34000")

    def test_a_join_that_multiplies_is_given_in_portions_without_being_kept(self):
        self.connection.query("CREATE TABLE t AS SELECT n FROM generate_series(1, 3000) AS g(n)")
        self.connection.query("SET memory_limit = '128MB'")
        text = "SELECT a.n, b.n, c.n FROM t a CROSS JOIN t b CROSS JOIN t c"
        self.connection.query("BEGIN")
        answers = self.connection.extended(parse(text), bind(portal="p"), execute("p", 5000))
        self.assertEqual(len(data_rows(answers)), 5000)
        self.assertEqual(len(data_rows(self.connection.extended(execute("p", 70_000)))), 70_000)
        self.connection.query("ROLLBACK")

    def test_an_error_drops_what_follows_up_to_sync(self):
        answers = self.connection.extended(
            parse("SELECT 1 / $1::int"), bind(["0"]), execute(), bind(["1"]), execute())
        self.assertEqual((kinds(answers), error_state(answers)), ("12EZ", "22012"))
        self.connection.send_bytes(parse("SELECT oops") + FLUSH)
        self.assertEqual(kinds(self.connection.until(b"E")), "E")
        self.assertEqual(kinds(self.connection.extended(execute())), "Z")

    def test_statements_up_to_sync_are_one_transaction(self):
        self.connection.query("CREATE TABLE t (a int PRIMARY KEY)")
        insert = [parse("INSERT INTO t VALUES ($1)", "i")]
        for value in ("1", "2", "1"):
            insert += [bind([value], statement="i"), execute()]
        self.assertEqual(error_state(self.connection.extended(*insert)), "23505")
        self.assertEqual(self.connection.rows("SELECT count(*) FROM t"), [("0",)])
        self.connection.extended(*[message for value in range(500) for message in (
            bind([value], statement="i"), execute())])
        self.assertEqual(self.connection.rows("SELECT count(*) FROM t"), [("500",)])

    def test_a_portal_that_changes_rows_runs_once(self):
        self.connection.query("CREATE TABLE t (a int)")
        answers = self.connection.extended(
            parse("INSERT INTO t VALUES (1), (2) RETURNING a"), bind(portal="p"), execute("p", 1),
            execute("p", 5), execute("p"))
        self.assertEqual(len(data_rows(answers)), 2)
        self.assertEqual(self.connection.rows("SELECT count(*) FROM t"), [("2",)])

    def test_a_statement_whose_table_changed_is_refused_until_it_is_prepared_anew(self):
        self.connection.query("CREATE TABLE t (a int); INSERT INTO t VALUES (1)")
        self.connection.extended(parse("SELECT * FROM t", "s"))
        self.connection.query("ALTER TABLE t ADD COLUMN b text")
        answers = self.connection.extended(bind(statement="s"), execute())
        self.assertEqual(error_state(answers), "0A000")
        answers = self.connection.extended(close("S", "s"), parse("SELECT * FROM t", "s"),
                                           bind(statement="s"), execute())
        self.assertEqual(data_rows(answers), [[b"1", None]])

    def test_cursors_are_read_forward_and_end_with_their_transaction(self):
        query = self.connection.query
        query("BEGIN; DECLARE c CURSOR FOR SELECT n FROM generate_series(1, 9) AS g(n)")
        self.assertEqual(self.connection.rows("FETCH 2 FROM c"), [("1",), ("2",)])
        self.assertEqual(query("MOVE 3 FROM c")[0].tag, "MOVE 3")
        self.assertEqual(self.connection.rows("FETCH c"), [("6",)])
        self.assertEqual(len(query("FETCH ALL FROM c")[0].rows), 3)
        with self.assertRaises(ServerError) as caught:
            query("FETCH PRIOR FROM c")
        self.assertEqual(caught.exception.state, "55000")
        query("ROLLBACK")
        query("BEGIN; DECLARE h CURSOR WITH HOLD FOR SELECT 7; COMMIT")
        query("BEGIN; DECLARE gone CURSOR WITH HOLD FOR SELECT 8; ROLLBACK")
        self.assertEqual(self.connection.rows("FETCH h"), [("7",)])
        with self.assertRaises(ServerError):
            query("FETCH gone")
        query("CLOSE h")
        with self.assertRaises(ServerError) as caught:
            query("FETCH h")
        self.assertEqual(caught.exception.state, "34000")

    def test_notifications_arrive_after_the_commit_between_statements(self):
        with self.server.connect() as sender:
            self.connection.query("LISTEN alerts")
            sender.query("BEGIN; NOTIFY alerts, 'roi < 1'; NOTIFY alerts, 'roi < 1'")
            sender.query("NOTIFY other, 'x'")
            self.connection.socket.settimeout(0.3)
            with self.assertRaises(TimeoutError):
                self.connection.receive()
            self.connection.socket.settimeout(PATIENCE)
            sender.query("COMMIT")
            kind, body = self.connection.receive()
            self.assertEqual(kind, b"A")
            self.assertEqual(body[4:], b"alerts\0roi < 1\0")
            self.assertEqual(struct.unpack("!i", body[:4])[0], sender.key[0])
            self.connection.query("UNLISTEN *")
            sender.query("NOTIFY alerts")
            self.assertEqual(kinds(self.connection.extended()), "Z")

    def test_binary_copies_give_the_same_rows_again(self):
        self.connection.query(
            "CREATE TABLE t (a int, b text, c numeric, d timestamptz, e text[], f boolean);"
            " INSERT INTO t VALUES (1, 'x', 1.50, '2026-01-01 10:00+02', '{a,NULL}', true),"
            " (NULL, NULL, NULL, NULL, NULL, NULL); CREATE TABLE u AS SELECT * FROM t LIMIT 0")
        pieces = self.connection.rows("COPY t TO STDOUT (FORMAT binary)")
        self.connection.query("COPY u FROM STDIN (FORMAT binary)", b"".join(pieces))
        self.assertEqual(self.connection.rows("SELECT * FROM u ORDER BY a"),
                         self.connection.rows("SELECT * FROM t ORDER BY a"))
        with self.assertRaises(ServerError) as caught:
            self.connection.query("COPY u FROM STDIN (FORMAT binary)", b"PGCOPY\n\xff\r\n\0")
        self.assertEqual(caught.exception.state, "22P04")
        self.assertEqual(self.connection.rows("SELECT count(*) FROM u"), [("2",)])

    def test_a_binary_copy_says_which_row_is_wrong_and_leaves_nothing(self):
        self.connection.query("CREATE TABLE t (a int, b text)")
        header = b"PGCOPY\n\xff\r\n\0" + bytes(8)
        row = struct.pack("!hiii", 2, 4, 7, 1) + b"x"
        for wrong, state, context in (
                (struct.pack("!hi", 2, 3) + b"abc" + struct.pack("!i", -1), "22P03", "line 3, column a"),
                (struct.pack("!hiii", 2, 4, 7, 1) + b"\xff", "22021", "line 3, column b"),
                (struct.pack("!h", 3), "22P04", "line 3"),
                (struct.pack("!hi", 2, -2), "22P04", "line 3"),
                (struct.pack("!hi", 2, 2 ** 31 - 1), "54000", "line 3"),
                (struct.pack("!hi", 2, 4) + b"ab", "22P04", "line 3"),
                (struct.pack("!h", -1) + row, "22P04", "line 3")):
            with self.assertRaises(ServerError) as caught:
                self.connection.query(
                    "COPY t FROM STDIN (FORMAT binary)", header + row + row + wrong)
            self.assertEqual(caught.exception.state, state)
            self.assertEqual(caught.exception.fields["W"], f"COPY t, {context}")
        self.assertEqual(self.connection.rows("SELECT count(*) FROM t"), [("0",)])
        self.connection.query("COPY t FROM STDIN (FORMAT binary)", header + row * 10_000)
        self.assertEqual(self.connection.rows("SELECT count(*), min(b) FROM t"), [("10000", "x")])

    def test_a_copy_whose_client_sends_nothing_is_cancelled(self):
        self.connection.query("CREATE TABLE t (a int)")
        for form in ("text", "csv", "binary"):
            self.connection.send(b"Q", f"COPY t FROM STDIN (FORMAT {form})\0".encode())
            self.connection.until(b"G")
            self.connection.cancel()
            self.assertEqual(error_state(self.connection.until(b"E")), "57014", form)
            self.connection.until(b"Z")
        self.assertEqual(self.connection.rows("SELECT count(*) FROM t"), [("0",)])

    def test_numbers_of_the_last_places_are_sent_in_binary_form(self):
        for text, groups in (("0.999999999999999999", (9999, 9999, 9999, 9999, 9900)),
                             ("0.12345678901234567", (1234, 5678, 9012, 3456, 7000))):
            scale = len(text) - 2
            answers = self.connection.extended(
                parse(f"SELECT {text}::numeric(18,{scale}) FROM generate_series(1, 10)"),
                bind(results=(1,)), execute())
            self.assertEqual(data_rows(answers),
                             [[struct.pack("!HhHH5H", 5, -1, 0, scale, *groups)]] * 10)

    def test_a_query_that_is_known_follows_settings_transactions_and_the_catalog(self):
        self.connection.extended(parse("SELECT 1 AS a, true, NULL, 'x'::text", "s"))
        for _ in range(3):
            answers = self.connection.extended(*[bind(statement="s"), execute()] * 50)
            self.assertEqual(kinds(answers), "2DC" * 50 + "Z")
            self.assertEqual(data_rows(answers), [[b"1", b"t", None, b"x"]] * 50)
        for zone, shown in (("UTC", "10:00:00+00"), ("Europe/Berlin", "11:00:00+01")):
            self.connection.query(f"SET timezone = '{zone}'")
            for _ in range(2):
                self.assertEqual(
                    self.connection.rows("SELECT '2026-01-01 10:00:00Z'::timestamptz"),
                    [(f"2026-01-01 {shown}",)])
        self.connection.query("CREATE VIEW v AS SELECT 1 AS a")
        self.assertEqual([self.connection.rows("SELECT a FROM v") for _ in range(2)], [[("1",)]] * 2)
        self.connection.query("DROP VIEW v; CREATE VIEW v AS SELECT 2 AS a")
        self.assertEqual(self.connection.rows("SELECT a FROM v"), [("2",)])
        self.connection.query("BEGIN")
        with self.assertRaises(ServerError):
            self.connection.query("SELECT 1 / 0")
        answers = self.connection.extended(bind(statement="s"), execute())
        self.assertEqual(error_state(answers), "25P02")
        self.connection.query("ROLLBACK")

    def test_what_is_changed_among_queries_sent_ahead_is_committed_at_their_end(self):
        self.connection.query("CREATE TABLE t (a int)")
        self.connection.extended(parse("SELECT 1", "s"), parse("INSERT INTO t VALUES (1)", "i"))
        queries = [bind(statement="s"), execute()] * 20
        with self.server.connect() as other:
            for count in range(1, 20):
                answers = self.connection.extended(
                    *queries, bind(statement="i"), execute(), *queries)
                self.assertEqual(kinds(answers)[-1], "Z")
                self.assertEqual(other.rows("SELECT count(*) FROM t"), [(str(count),)])

    def test_a_client_that_is_silent_in_a_transaction_is_sent_away_when_told_so(self):
        self.connection.query("SET idle_in_transaction_session_timeout = '200ms'; BEGIN")
        with self.assertRaises(ServerError) as caught:
            self.connection._until_ready()
        self.assertEqual(caught.exception.state, "25P03")

    def test_another_database_and_nobody_are_refused(self):
        with self.assertRaises(ServerError) as caught:
            Connection(self.server.port, database="no such database")
        self.assertEqual(caught.exception.state, "3D000")
        with self.assertRaises(ServerError) as caught:
            Connection(self.server.port, user="")
        self.assertEqual(caught.exception.state, "28000")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument(
        "--seed", type=int, default=int(os.environ.get("DEMETRA_SEED", random.randrange(10**9))))
    main(parser)
