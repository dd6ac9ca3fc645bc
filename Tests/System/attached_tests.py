"""The shell on a database that a server holds: all that it can, by the server's socket.

The tests of the shell run here a second time, attached: both must look alike to who sits in front.
"""

import argparse
import os
import pathlib
import subprocess
import sys
import time

import shell_tests
from program import BINARY, PATIENCE, ROOT, ProgramTests, Server, main, run
from shell_tests import Terminal

sys.path.insert(0, str(ROOT / "Tests/Terminal"))
import recorded  # noqa: E402
from tmux import Tmux  # noqa: E402

SLOW = "SELECT count(*) FROM generate_series(1, 100000) a(x), generate_series(1, 100000) b(y) WHERE x + y = -7"


class AttachedTests(ProgramTests):
    """Tests with a server that holds the database."""

    def setUp(self):
        super().setUp()
        self.serve()

    def serve(self):
        self.server = server = Server(self.database)
        self.addCleanup(self.end, server)

    @staticmethod
    def end(server):
        if server.is_running:
            server.stop()
        for stream in (server.process.stdout, server.process.stderr):
            stream.close()

    def session(self, **options):
        terminal = Terminal(self.database, history=self.folder / "history", **options)
        self.addCleanup(terminal.kill)
        return terminal


class AttachedSessionTests(AttachedTests, shell_tests.SessionTests):
    """The session as a person has it, attached."""


class AttachedScriptTests(AttachedTests, shell_tests.ScriptTests):
    """Scripts, attached."""

    # The demo makes a database of its own, which a server must not hold.
    test_the_examples_of_the_help_run_on_the_demo = None


class AttachTests(AttachedTests):
    """What is told of the server, and what becomes of it."""

    def test_the_greeting_names_the_server(self):
        terminal = self.session()
        self.assertIn(f'attached to the server of "{self.database}" (process {self.server.process.pid})',
                      terminal.greeting)
        self.assertIn(f"(process {self.server.process.pid})", terminal.type("\\conninfo\n"))

    def test_only_the_owner_may_open_the_socket_and_it_goes_with_the_server(self):
        path = self.database / ".s.PGSQL.5432"
        self.assertEqual(path.stat().st_mode & 0o777, 0o600)
        self.assertEqual(self.server.stop(), 0)
        self.assertFalse(path.exists())

    def test_a_socket_that_a_killed_server_left_is_no_server(self):
        self.server.kill()
        self.assertTrue((self.database / ".s.PGSQL.5432").exists())
        self.assertEqual(self.scalar("SELECT 1"), "1")
        self.assertEqual(run("check", self.database).status, 0)
        holder = self.session()
        self.assertNotIn("attached", holder.greeting)
        outcome = run(self.database, "-c", "SELECT 1")
        self.assertEqual(outcome.status, 1)
        self.assertIn(f"55P03: database is in use by process {holder.process}", outcome.errors)
        holder.end()
        self.serve()
        self.assertIn("attached", self.session().greeting)

    def test_a_path_of_any_length_attaches(self):
        self.assertEqual(self.server.stop(), 0)
        self.database = self.folder / ("long" * 30) / ("deep" * 30) / "ads.demetra"
        self.database.parent.mkdir(parents=True)
        self.serve()
        self.assertEqual((self.database / ".s.PGSQL.5432").stat().st_mode & 0o777, 0o600)
        self.assertIn("attached", self.session().greeting)
        outcome = run("ads.demetra", "--format", "csv", "-c", "SELECT 1 AS a", cwd=self.database.parent)
        self.assertEqual(outcome.output, "a\n1\n", outcome)

    def test_what_the_environment_says_is_about_other_servers(self):
        environment = {**os.environ, "PGHOST": "nowhere", "PGHOSTADDR": "192.0.2.1", "PGPORT": "1",
                       "PGDATABASE": "other", "PGUSER": "nobody", "PGOPTIONS": "-c nonsense=1"}
        outcome = run(self.database, "--format", "csv", "-c", "SELECT current_user AS u", env=environment)
        self.assertEqual(outcome.output, "u\ndemetra\n", outcome)

    def test_values_of_all_types_look_as_they_do_without_a_server(self):
        query = (
            "SELECT true AS b, 7::smallint AS s, 1.5::real AS r, 0.1::float8 AS d, 'NaN'::float8 AS n, 12.340::numeric(9,3) AS m, "
            "12345678901234567890123456789012345678901234567890.5 AS wide, 'a\nb' AS t, 'x'::varchar(3) AS v, "
            "date '2026-03-01' AS day, time '12:00:00.5' AS at, timestamp '2026-03-01 12:00' AS ts, "
            "timestamptz '2026-03-01 12:00+00' AS tz, interval '1 month 2 days 03:04:05' AS i, '{\"a\": 1}'::jsonb AS j, "
            "'\\x00ff'::bytea AS y, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid AS u, ARRAY[1, NULL, 3] AS l, "
            "ARRAY['a,b', '\"'] AS w, 'pg_class'::regclass AS c, 26::oid AS o, NULL AS z, 'infinity'::date AS f")
        setting = "SET timezone = 'Asia/Kathmandu'"
        for name in ("table", "csv", "json", "jsonl", "vertical", "markdown"):
            with self.subTest(format=name):
                attached = run(self.database, "--format", name, "-c", setting, "-c", query)
                alone = run(self.folder / "alone", "--format", name, "-c", setting, "-c", query)
                self.assertEqual(attached.status, 0, attached)
                self.assertEqual(attached.output, alone.output)

    def test_errors_and_notices_look_as_they_do_without_a_server(self):
        for statement in ("SELECT 'ü', spent\nFROM generate_series(1, 2) AS g", "SELECT 1/0", "SELEC 1",
                          "DROP TABLE IF EXISTS nothing", "SELECT * FROM pg_clas", "\\d pg_clas", "COPY x FROM STDIN",
                          "INSERT INTO t VALUES (1, 2)", ""):
            with self.subTest(statement=statement):
                attached = run(self.database, "-c", statement)
                alone = run(self.folder / "alone", "-c", statement)
                self.assertEqual((attached.status, attached.output, attached.errors),
                                 (alone.status, alone.output, alone.errors))

    def test_answers_of_any_size_take_little_memory(self):
        process = subprocess.Popen(
            [str(BINARY), str(self.database), "--format", "csv", "-c",
             "SELECT n, repeat('x', 100) AS filler FROM generate_series(1, 1500000) AS g(n)"],
            stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
        most, lines = 0, 0
        while piece := process.stdout.read(1 << 20):
            lines += piece.count(b"\n")
            status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
            most = max([most] + [int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")])
        process.stdout.close()
        self.assertEqual(process.wait(PATIENCE), 0)
        self.assertEqual(lines, 1_500_001)
        self.assertLess(most, 120_000, "kB")

    def test_the_prompt_shows_the_transaction_of_the_server(self):
        terminal = self.session()
        terminal.type("BEGIN;\n", until="demetra*> ")
        terminal.type("SELECT 1/0;\n", until="demetra!> ")
        terminal.type("ROLLBACK;\n")

    def test_rows_of_copy_that_make_no_sense_leave_the_session_whole(self):
        terminal = self.session()
        terminal.type("CREATE TABLE t (a int);\n")
        terminal.type("COPY t FROM STDIN;\n", until=">> ")
        terminal.type("nonsense\n", until=">> ")
        self.assertIn("22P02", terminal.type("\\.\n"))
        rows = self.file("rows.csv", "".join(f"{number}\n" for number in range(200_000)))
        self.assertIn("COPY 200000", terminal.type(f"\\copy t FROM '{rows}'\n"))
        self.assertIn("COPY 200000", terminal.type(f"\\copy t TO '{self.folder / 'out'}'\n"))
        self.assertEqual(len((self.folder / "out").read_bytes()), len(rows.read_bytes()))
        self.assertIn("does not exist", terminal.type("\\copy nowhere TO '/tmp/never'\n"))
        self.assertIn("(1 row)", terminal.type("SELECT 1;\n"))

    def test_binary_rows_go_through_both_ways(self):
        out = self.folder / "rows.bin"
        outcome = run(self.database, "-c", "CREATE TABLE t (a int, b text)", "-c", "INSERT INTO t VALUES (1, 'x'), (2, NULL)",
                      "-c", f"\\copy t TO '{out}' (FORMAT binary)", "-c", f"\\copy t FROM '{out}' (FORMAT binary)")
        self.assertEqual(outcome.status, 0, outcome)
        self.assertEqual(self.scalar("SELECT count(*) FROM t WHERE b IS NULL"), "2")

    def test_a_session_goes_on_with_the_server_that_comes_after(self):
        terminal = self.session()
        terminal.type("CREATE TABLE kept (a int);\n")
        self.server.kill()
        self.serve()
        shown = terminal.type("SELECT count(*) FROM kept;\n")
        self.assertIn("the connection to the server was lost; attached to the server of", shown)
        self.assertIn(f"(process {self.server.process.pid}) again", shown)
        self.assertIn("(1 row)", shown)
        self.assertNotIn("WARNING", terminal.type("SELECT 1;\n"))

    def test_what_was_meant_for_a_lost_transaction_does_not_run_alone(self):
        terminal = self.session()
        terminal.type("CREATE TABLE kept (a int);\n")
        terminal.type("BEGIN;\n", until="demetra*> ")
        self.server.kill()
        self.serve()
        self.assertIn("08006: the connection to the server was lost, and with it the transaction",
                      terminal.type("INSERT INTO kept VALUES (1);\n"))
        self.assertIn(" 0\n", terminal.type("SELECT count(*) AS n FROM kept;\n"))

    def test_a_statement_whose_server_dies_ends_with_an_error_and_the_session_goes_on(self):
        terminal = self.session()
        os.write(terminal.file, (SLOW + ";\n").encode())
        terminal.read(until="= -7;\n")
        time.sleep(0.5)
        self.server.kill()
        self.assertIn("08006: the connection to the server was lost", terminal.read())
        self.assertIn("08001: cannot connect to the server of", terminal.type("SELECT 1;\n"))
        self.serve()
        self.assertIn("(1 row)", terminal.type("SELECT 1;\n"))

    def test_a_script_ends_when_its_server_does(self):
        process = subprocess.Popen(
            [str(BINARY), str(self.database), "-c", SLOW, "-c", "SELECT 1"], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        time.sleep(1)
        self.server.kill()
        output, errors = process.communicate(timeout=PATIENCE)
        self.assertEqual((process.returncode, output), (1, b""))
        self.assertIn(b"08006", errors)

    def test_a_backup_is_made_by_the_server(self):
        self.sql("CREATE TABLE t (a int); INSERT INTO t VALUES (7)")
        outcome = run("backup", self.database, "TO", "copy", cwd=self.folder)
        self.assertEqual(outcome.status, 0, outcome)
        self.assertEqual(run(self.folder / "copy", "--format", "csv", "-c", "SELECT * FROM t").output, "a\n7\n")

    def test_commands_that_need_the_files_say_who_has_them(self):
        file = self.file("f.csv", "a\n1\n")
        for words in (("check", self.database), ("import", self.database, "t", file),
                      ("salvage", self.database, "TO", self.folder / "rescued"), ("serve", self.database)):
            with self.subTest(command=words[0]):
                outcome = run(*words)
                self.assertEqual(outcome.status, 1, outcome)
                self.assertIn(f"55P03: database is in use by process {self.server.process.pid}", outcome.errors)

    def test_options_that_are_the_server_s_are_said_to_have_no_effect(self):
        outcome = run(self.database, "--memory-limit", "1GB", "--threads", "1", "-c", "SELECT 1")
        self.assertEqual(outcome.status, 0, outcome)
        self.assertIn("--memory-limit has no effect", outcome.errors)
        self.assertIn("--threads has no effect", outcome.errors)

    def test_a_connection_string_leads_to_a_server(self):
        for target in (f"postgresql://demetra@127.0.0.1:{self.server.port}/db", f"host=127.0.0.1 port={self.server.port} user=demetra"):
            with self.subTest(target=target):
                outcome = run(target, "--format", "csv", "-c", "SELECT 41 + 1 AS a")
                self.assertEqual((outcome.status, outcome.output), (0, "a\n42\n"), outcome)
        outcome = run("postgresql://ann:secret@127.0.0.1:1/db", "-c", "SELECT 1")
        self.assertEqual(outcome.status, 1)
        self.assertIn("08001: cannot connect to the server of postgresql://ann@127.0.0.1:1/db", outcome.errors)
        self.assertNotIn("secret", outcome.errors)


class RecordedTests(AttachedTests):
    """A whole session at a terminal, which stands as text beside its keys in `Tests/Terminal`."""

    def setUp(self):
        ProgramTests.setUp(self)

    def servers(self):
        self.serve()
        return self.server

    def test_a_session_looks_as_it_is_recorded(self):
        screen = recorded.masked(recorded.play(BINARY, self.servers, self.database, self.folder))
        if self.arguments.record:
            recorded.RECORD.write_text(screen)
        self.assertEqual(screen, recorded.RECORD.read_text())

    def test_what_takes_long_says_how_far_it_is(self):
        run(self.database, "-c", "CREATE TABLE n AS SELECT x FROM generate_series(1, 400000) AS n(x)")
        slow = "SELECT count(*) FROM n AS a JOIN generate_series(1, 1000000) AS b(y) ON a.x + b.y = -1;"
        for is_attached in [False, True]:
            if is_attached:
                self.serve()
            terminal = Tmux([BINARY, self.database], columns=100, rows=30, environment={"HOME": self.folder})
            try:
                terminal.wait(recorded.PROMPT)
                terminal.type(slow)
                terminal.press("Enter")
                terminal.wait(r"^\[#*\.+\] +\d+ %  [\d,]+ of 400,000 rows, \d+ s")
                terminal.press("C-c")
                screen = terminal.wait("canceling statement")
                # The line of the progress is gone.
                self.assertNotIn(" of 400,000 rows", screen)
            finally:
                terminal.end()


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("--record", action="store_true", help="write what a session looks like anew")
    main(options)
