"""The program on the command line: statements, files, imports, what stays on disk, and the settings of a server."""

import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import threading
import time

from program import BINARY, PATIENCE, ROOT, ProgramTests, Server, main, run
from wire import Connection, ServerError


class CommandLineTests(ProgramTests):
    def fill(self):
        self.sql(
            "CREATE TABLE m (day date, ad bigint, spend numeric(12,2), PRIMARY KEY (day, ad));"
            "INSERT INTO m VALUES ('2026-01-01', 1, 10.50), ('2026-01-01', 2, NULL)")

    def test_rows_are_there_after_the_program_ends(self):
        self.fill()
        self.assertEqual(
            self.sql("SELECT * FROM m ORDER BY ad"),
            "day,ad,spend\n2026-01-01,1,10.50\n2026-01-01,2,\n")

    def test_an_upsert_replaces_the_row(self):
        self.fill()
        self.sql(
            "INSERT INTO m VALUES ('2026-01-01', 1, 11)"
            " ON CONFLICT (day, ad) DO UPDATE SET spend = excluded.spend")
        self.assertEqual(self.scalar("SELECT spend FROM m WHERE ad = 1"), "11.00")
        self.assertEqual(self.scalar("SELECT count(*) FROM m"), "2")

    def test_a_bad_row_of_a_file_is_set_aside_and_the_good_ones_are_in(self):
        self.fill()
        file = self.file(
            "f.csv", 'day,ad,spend\n2026-02-01,7,"1,250.75"\n2026-02-02,8,nonsense\n')
        self.assertEqual(run("import", self.database, "m", file, "--quiet").status, 0)
        self.assertEqual(
            self.sql("SELECT ad, spend FROM m WHERE day >= '2026-02-01'"), "ad,spend\n7,1250.75\n")
        rejects = (self.folder / "f.csv.rejects.csv").read_text()
        self.assertIn("nonsense", rejects)

    def test_a_strict_import_refuses_the_file_whole(self):
        self.fill()
        file = self.file("f.csv", "day,ad,spend\n2026-02-01,7,1\n2026-02-02,8,nonsense\n")
        outcome = run("import", self.database, "m", file, "--strict")
        self.assertNotEqual(outcome.status, 0)
        self.assertIn("nonsense", outcome.errors)
        self.assertEqual(self.scalar("SELECT count(*) FROM m"), "2")

    def test_copy_reads_what_it_wrote(self):
        self.fill()
        out = self.folder / "out.csv"
        self.sql(f"COPY m TO '{out}' (FORMAT csv)")
        self.sql("CREATE TABLE n (day date, ad bigint, spend numeric(12,2))")
        self.sql(f"COPY n FROM '{out}' (FORMAT csv)")
        self.assertEqual(
            self.sql("SELECT * FROM n ORDER BY ad"), self.sql("SELECT * FROM m ORDER BY ad"))

    def test_statements_of_standard_input_run(self):
        outcome = run(self.database, "--format", "csv", text="SELECT 1 AS one;\nSELECT 2 AS two;\n")
        self.assertEqual(outcome.output, "one\n1\ntwo\n2\n", outcome)

    def test_the_statement_behind_a_failed_one_does_not_run(self):
        self.fill()
        errors = self.sql("SELECT 1/0; DELETE FROM m", status=1)
        self.assertIn("22012", errors)
        self.assertEqual(self.scalar("SELECT count(*) FROM m"), "2")


class ReadOnlyTests(ProgramTests):
    """--readonly: what can be done, and that no file knows of it."""

    WRITES = (
        "INSERT INTO m VALUES (9)", "UPDATE m SET a = 2", "DELETE FROM m", "CREATE TABLE n (a int)", "DROP TABLE m",
        "CREATE TEMP TABLE n (a int)", "TRUNCATE m", "COPY m FROM STDIN", "SELECT nextval('s')", "CHECKPOINT", "VACUUM",
        "BACKUP DATABASE TO 'copy'", "CREATE USER ann PASSWORD 'x'", "ALTER TABLE m ADD COLUMN b int",
        "EXPLAIN ANALYZE DELETE FROM m", "WITH d AS (DELETE FROM m RETURNING a) SELECT * FROM d",
        "CREATE VIEW v AS SELECT 1 AS x", "COMMENT ON TABLE m IS 'x'", "BEGIN READ WRITE; INSERT INTO m VALUES (1)")

    def setUp(self):
        super().setUp()
        self.sql("CREATE TABLE m (a int); CREATE SEQUENCE s; INSERT INTO m SELECT * FROM generate_series(1, 1000)")

    def files(self):
        return {path.relative_to(self.database): (path.stat().st_mtime_ns, path.read_bytes())
                for path in sorted(self.database.rglob("*")) if path.is_file()}

    def test_what_writes_is_refused_and_no_file_changes(self):
        # The end of the log is torn, as after a crash: reading must not mend it either.
        log = max((self.database / "wal").iterdir())
        log.write_bytes(log.read_bytes() + b"torn")
        before = self.files()
        for statement in self.WRITES:
            with self.subTest(statement=statement):
                outcome = run(self.database, "--readonly", "-c", statement, cwd=self.folder)
                self.assertEqual(outcome.status, 1, outcome)
                self.assertIn("25006", outcome.errors)
                self.assertIn("HINT:  Open it without --readonly", outcome.errors)
        outcome = run(self.database, "--readonly", "--format", "csv", "-c", "SELECT sum(a) AS s FROM m")
        self.assertEqual(outcome.output, "s\n500500\n", outcome)
        self.assertEqual(self.files(), before)
        self.assertFalse((self.folder / "copy").exists())

    def test_a_database_that_is_not_there_is_not_made(self):
        outcome = run(self.folder / "none", "--readonly", "-c", "SELECT 1")
        self.assertEqual(outcome.status, 1)
        self.assertIn("3D000", outcome.errors)
        self.assertFalse((self.folder / "none").exists())

    def test_many_read_at_once_and_keep_writers_out(self):
        reader = subprocess.Popen(
            [str(BINARY), str(self.database), "--readonly", "--format", "csv"], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE)
        reader.stdin.write(b"SELECT count(*) AS n FROM m;\n")
        reader.stdin.flush()
        self.assertEqual(reader.stdout.readline(), b"n\n")
        self.assertIn("1000", run(self.database, "--readonly", "-c", "SELECT count(*) FROM m").output)
        outcome = run(self.database, "-c", "SELECT 1")
        self.assertEqual(outcome.status, 1)
        self.assertIn("55P03", outcome.errors)
        reader.stdin.close()
        reader.stdout.close()
        self.assertEqual(reader.wait(PATIENCE), 0)
        self.sql("INSERT INTO m VALUES (0)")

    def test_queries_larger_than_memory_put_rows_aside_elsewhere(self):
        before = self.files()
        outcome = run(
            self.database, "--readonly", "--memory-limit", "64MB", "--format", "csv", "-c",
            "SELECT count(*) AS n FROM (SELECT DISTINCT n, repeat('x', 40) || n AS t FROM generate_series(1, 1200000) AS g(n)) d",
            "-c", "SELECT used_bytes > 0 AS aside FROM demetra_memory WHERE part = 'spilled'",
            env={**os.environ, "TMPDIR": str(self.folder)})
        self.assertEqual(outcome.output, "n\n1200000\naside\nt\n", outcome)
        self.assertEqual(self.files(), before)
        self.assertEqual([path.name for path in self.folder.iterdir()], ["db.demetra"])

    def test_a_server_is_read_only_too(self):
        with self.serving():
            outcome = run(self.database, "--readonly", "-c", "INSERT INTO m VALUES (9)")
            self.assertEqual(outcome.status, 1, outcome)
            self.assertIn("25006", outcome.errors)
            self.assertIn("1000", run(self.database, "--readonly", "-c", "SELECT count(*) FROM m").output)


class ServeSettingsTests(ProgramTests):
    """serve --config."""

    def config(self, text):
        return self.file("server.conf", text)

    def check(self, text, *options):
        return run("serve", "--config", self.config(text), "--check-config", *options)

    def start(self, *options):
        """A server whose file names database and address; gives it with a reader of its log."""
        server = Server.__new__(Server)
        server.process = subprocess.Popen(
            [str(BINARY), "serve", "--config", str(self.folder / "server.conf"), *options], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        line = server.process.stdout.readline().decode()
        self.assertRegex(line, r"demetra ready pg=127\.0\.0\.1:\d+")
        server.port = int(line.rsplit(":", 1)[1])
        server.lines = []
        thread = threading.Thread(
            target=lambda: [server.lines.append(line.decode().rstrip()) for line in server.process.stderr])
        thread.start()

        def end():
            server.stop()
            thread.join()
            server.process.stdout.close()
            server.process.stderr.close()
        self.addCleanup(end)
        return server

    def wait_for(self, server, text):
        limit = time.monotonic() + PATIENCE
        while time.monotonic() < limit:
            found = [line for line in server.lines if text in line]
            if found:
                return found[-1]
            time.sleep(0.02)
        raise AssertionError(f"no line with {text!r} in {server.lines}")

    def test_the_file_says_what_the_command_line_does_not(self):
        outcome = self.check(
            "# about\ndatabase = 'db.demetra'   # here\nPG '127.0.0.1:0'\nmax-connections 20\nmax_connections = 30\n",
            "--login-timeout", "5")
        self.assertEqual(outcome.status, 0, outcome)
        for line in (f"database = {self.database}  # {self.folder / 'server.conf'}:2", "max_connections = 30  # ",
                     "login_timeout = 5  # command line", "log_format = text  # default", "# the settings are valid",
                     "# the database does not exist yet"):
            self.assertIn(line, outcome.output)
        self.assertFalse(self.database.exists())
        # What is shown is a file that says the same.
        again = self.check(outcome.output)
        self.assertEqual(again.status, 0, again)
        shown = [re.sub(r"  #.*", "", line) for line in outcome.output.splitlines()]
        self.assertEqual([re.sub(r"  #.*", "", line) for line in again.output.splitlines()], shown)
        self.assertIn("max_connections = 7  # command line", self.check("max_connections = 30\ndatabase = x",
                                                                       "--max-connections", "7").output)

    def test_every_mistake_is_named_with_its_line(self):
        outcome = self.check(
            "database = db.demetra\nmax_conections = 5\nlog_level = loud\npg = nowhere\nmax_connections = 0\n= 5\n"
            "threads = 1 2\nrequire_auth = perhaps\nmemory_limit = much\ntls_cert = a.crt\nnothing_alike = 1\nlogin_timeout = 'x\n")
        self.assertEqual(outcome.status, 1, outcome)
        for number, message in (
                (2, 'there is no setting "max_conections"\nHINT:  Perhaps you meant max_connections.'),
                (3, 'log_level "loud" is not allowed\nHINT:  It takes trace, debug,'), (4, 'pg "nowhere" is not allowed'),
                (5, 'max_connections "0" is not allowed\nHINT:  It takes a number from 1 to 100000.'),
                (6, "a line is a name and a value"), (7, "a line is a name and a value"), (8, "require_auth"),
                (9, "memory_limit"), (10, "tls_cert needs --tls-key too"),
                (11, 'there is no setting "nothing_alike"\nHINT:  There are database, pg,'), (12, "a line is a name")):
            with self.subTest(line=number):
                self.assertIn(f"{self.folder / 'server.conf'}:{number}: {message}", outcome.errors)
        self.assertEqual(run("serve", "--config", self.folder / "server.conf").status, 1)
        self.assertIn("58P01", run("serve", "--config", self.folder / "none").errors)
        self.assertEqual(run("serve").status, 64)
        self.assertEqual(run("serve", self.database, "--max-connections", "0").status, 64)
        self.assertFalse(self.database.exists())

    def test_a_check_finds_what_would_keep_the_server_from_starting(self):
        self.sql("CREATE TABLE t (a int)")
        self.assertIn("there is no user with a password", self.check(f"database = {self.database}\npg = 0.0.0.0:0").errors)
        self.assertIn("the certificate in", self.check(
            f"database = {self.database}\ntls_cert = server.conf\ntls_key = server.conf").errors)
        self.assertIn("a socket cannot be made", self.check(f"database = {self.database}\nsocket = nowhere").errors)
        self.assertIn("is not a Demetra database", self.check("database = .").errors)
        with self.serving() as server:
            outcome = self.check(f"database = {self.database}")
            self.assertEqual(outcome.status, 0, outcome)
            self.assertIn(f"in use by process {server.process.pid}: its users are not looked at", outcome.output)

    def test_sighup_takes_over_what_can_change_and_says_what_cannot(self):
        config = "database = db.demetra\npg = 127.0.0.1:0\n"
        self.config(config + "max_connections = 1\n")
        server = self.start()
        with server.connect():
            with self.assertRaises(ServerError) as caught:
                server.connect()
            self.assertEqual(caught.exception.state, "53300")
            self.config(config + "max_connections = 5\nmemory_limit = 512MB\nlog_level = debug\nthreads = 1\n")
            os.kill(server.process.pid, signal.SIGHUP)
            self.assertIn("changed=max_connections,memory_limit,log_level", self.wait_for(server, "settings read again"))
            self.assertIn("names=threads", self.wait_for(server, "need a restart"))
            with server.connect() as other:
                self.assertEqual(other.rows("SHOW memory_limit"), [("512MB",)])
            self.assertIn("user=test", self.wait_for(server, "log-in"))
        self.config(config + "max_connections = many\nlog_level = error\n")
        os.kill(server.process.pid, signal.SIGHUP)
        self.assertIn("server.conf:3: max_connections", self.wait_for(server, "is not allowed"))
        self.wait_for(server, "the settings stay as they were")
        self.config(config + "require_auth = on\n")
        os.kill(server.process.pid, signal.SIGHUP)
        self.wait_for(server, "there is no user with a password")
        with server.connect():
            pass

    def test_the_log_is_text_or_json(self):
        self.config("database = db.demetra\npg = 127.0.0.1:0\nlog_format = json\n")
        server = self.start()
        ready = json.loads(self.wait_for(server, '"ready"'))
        self.assertEqual((ready["level"], ready["label"], ready["database"]), ("info", "demetra", str(self.database)))
        self.assertRegex(ready["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$")
        self.assertEqual(server.stop(), 0)
        self.wait_for(server, '"stopped"')
        server = self.start("--log-format", "text")
        self.assertRegex(self.wait_for(server, "ready"), r"^\S+Z info demetra: database=\S+ pg=127\.0\.0\.1:\d+ .*ready$")
        self.assertEqual(server.stop(), 0)
        quiet = self.start("--log-level", "warning")
        self.assertEqual(quiet.stop(), 0)
        self.assertEqual(quiet.lines, [])


class HelpTests(ProgramTests):
    COMMANDS = ("shell", "import", "demo", "serve", "check", "backup", "salvage")

    def test_the_manual_page_has_every_command_and_option(self):
        page = (pathlib.Path(__file__).parents[2] / "docs" / "demetra.1").read_text()
        for command in self.COMMANDS:
            shown = run(command, "--help")
            self.assertEqual(shown.status, 0, shown)
            self.assertIn(f".It Cm {command}\n", page)
            for option in re.findall(r"^  (?:-\w, )?--([a-z-]+)", shown.output, re.MULTILINE):
                with self.subTest(command=command, option=option):
                    self.assertRegex(page, rf"(?:Fl -|, -){option}\b")

    def test_each_command_is_explained_with_examples(self):
        for command in self.COMMANDS:
            with self.subTest(command=command):
                self.assertIn(f"  demetra {command} ".replace("shell ", ""), run(command, "--help").output)

    def test_shells_complete_commands_and_options(self):
        for shell in ("bash", "zsh", "fish"):
            script = run("--generate-completion-script", shell)
            self.assertEqual(script.status, 0, script)
            self.assertIn("memory-limit", script.output)


if __name__ == "__main__":
    main()
