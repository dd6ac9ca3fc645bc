"""The server as psql sees it: the client most people meet it with."""

import fcntl
import os
import pty
import select
import signal
import subprocess
import termios
import time

from program import PATIENCE, ProgramTests, main, run


class PsqlTests(ProgramTests):
    def setUp(self):
        super().setUp()
        server = self.serving()
        self.server = server.__enter__()
        self.addCleanup(server.__exit__, None, None, None)

    def psql(self, *arguments, text="", status=0, user="test", database="test"):
        """Runs psql without its start-up file; gives its output, or its errors when it must fail."""
        outcome = subprocess.run(
            self.command(user, database) + list(arguments), input=text.encode(),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=PATIENCE, env=self.environment)
        output, errors = outcome.stdout.decode(), outcome.stderr.decode()
        self.assertEqual(outcome.returncode, status, f"{arguments}\n{output}{errors}")
        return errors if status else output

    def command(self, user="test", database="test"):
        return ["psql", "-X", "-h", "127.0.0.1", "-p", str(self.server.port), "-U", user,
                "-d", database]

    @property
    def environment(self):
        return {**os.environ, "PGCONNECT_TIMEOUT": "30", "PAGER": "cat", "LC_ALL": "C.UTF-8"}

    def test_a_query_prints_as_psql_prints_it(self):
        output = self.psql("-c", "SELECT 1 AS one, 'zwei' AS two, NULL AS three")
        self.assertEqual(
            output, " one | two  | three \n-----+------+-------\n   1 | zwei | \n(1 row)\n\n")

    def test_several_statements_answer_in_order(self):
        output = self.psql("-A", "-t", text=(
            "CREATE TABLE t (a int, b text);\nINSERT INTO t VALUES (1, 'x'), (2, NULL);\n"
            "SELECT * FROM t ORDER BY a;\nDELETE FROM t WHERE a = 1;\n"))
        self.assertEqual(output, "CREATE TABLE\nINSERT 0 2\n1|x\n2|\nDELETE 1\n")

    def test_types_print_as_in_postgresql(self):
        output = self.psql("-A", "-t", "-c", (
            "SELECT true, 1.50::numeric(5,2), 0.1::float8, DATE '2026-02-03',"
            " TIMESTAMP '2026-02-03 04:05:06.7', INTERVAL '1 month 2 days', '{\"a\": 1}'::json"))
        self.assertEqual(
            output, 't|1.50|0.1|2026-02-03|2026-02-03 04:05:06.7|1 mon 2 days|{"a": 1}\n')

    def test_a_table_is_described_as_in_postgresql(self):
        self.psql("-q", text=(
            "CREATE TABLE campaigns (id serial PRIMARY KEY, name varchar(40) UNIQUE NOT NULL,"
            " budget numeric(12,2) DEFAULT 0 CHECK (budget >= 0), note text DEFAULT 'x');\n"
            "CREATE TABLE ads (id integer PRIMARY KEY, campaign integer REFERENCES campaigns (id)"
            " ON DELETE CASCADE, tags text[]);\nCOMMENT ON COLUMN ads.tags IS 'words';\n"))
        self.assertEqual(self.psql("-c", "\\d campaigns"), """\
                                   Table "public.campaigns"
 Column |         Type          | Collation | Nullable |                Default                
--------+-----------------------+-----------+----------+---------------------------------------
 id     | integer               |           | not null | nextval('campaigns_id_seq'::regclass)
 name   | character varying(40) |           | not null | 
 budget | numeric(12,2)         |           |          | 0
 note   | text                  |           |          | 'x'::text
Indexes:
    "campaigns_pkey" PRIMARY KEY, btree (id)
    "campaigns_name_key" UNIQUE CONSTRAINT, btree (name)
Check constraints:
    "campaigns_budget_check" CHECK (budget >= 0)
Referenced by:
    TABLE "ads" CONSTRAINT "ads_campaign_fkey" FOREIGN KEY (campaign) REFERENCES campaigns(id) \
ON DELETE CASCADE

""")
        output = self.psql("-A", "-c", "\\d+ ads")
        self.assertIn("tags|text[]||||extended|||words\n", output)
        self.assertIn(
            '"ads_campaign_fkey" FOREIGN KEY (campaign) REFERENCES campaigns(id) ON DELETE CASCADE',
            output)
        output = self.psql("-A", "-t", "-c", "\\di", "-c", "\\ds", "-c", "\\dt")
        self.assertEqual(output, (
            "public|ads_pkey|index|test|ads\npublic|campaigns_name_key|index|test|campaigns\n"
            "public|campaigns_pkey|index|test|campaigns\n"
            "public|campaigns_id_seq|sequence|test\n"
            "public|ads|table|test\npublic|campaigns|table|test\n"))

    def test_views_schemas_functions_and_settings_are_listed(self):
        self.psql("-q", text=(
            "CREATE VIEW v AS SELECT 1 AS one;\nCREATE SCHEMA s;\n"
            "COMMENT ON SCHEMA s IS 'of the shop';\n"))
        self.assertIn(
            "View definition:\n SELECT 1 AS one;\n", self.psql("-A", "-c", "\\d+ v"))
        self.assertIn("s|test||of the shop\n", self.psql("-A", "-c", "\\dn+"))
        self.assertIn(
            "pg_catalog|starts_with|boolean|text, text|func\n",
            self.psql("-A", "-c", "\\df starts_with"))
        self.assertIn("statement_timeout|0\n", self.psql("-A", "-c", "\\dconfig statement_timeout"))
        self.assertIn("UTF8|C.UTF-8|C.UTF-8", self.psql("-A", "-c", "\\l"))
        self.assertIn("test|Create role, Create DB|{}\n", self.psql("-A", "-c", "\\du"))

    def test_numbers_of_objects_survive_a_restart_and_definitions_of_others(self):
        self.psql("-q", text=(
            "CREATE SCHEMA s;\nCREATE TABLE s.t (a int PRIMARY KEY CHECK (a > 0) DEFAULT 1);\n"
            "CREATE VIEW v AS SELECT 1 AS one;\nCREATE SEQUENCE q;\n"))
        question = (
            "SELECT 'class', oid, relname FROM pg_class WHERE relname IN ('t', 't_pkey', 'v', 'q')"
            " UNION ALL SELECT 'schema', oid, nspname FROM pg_namespace"
            " UNION ALL SELECT 'constraint', oid, conname FROM pg_constraint WHERE conrelid ="
            " to_regclass('s.t') UNION ALL SELECT 'default', oid, NULL FROM pg_attrdef"
            " WHERE adrelid = to_regclass('s.t') ORDER BY 1, 2")
        before = self.psql("-A", "-t", "-c", question)
        self.assertEqual(before.count("\n"), 11)
        self.psql("-q", text=(
            "CREATE TABLE a (a int UNIQUE);\nCREATE VIEW b AS SELECT 2 AS two;\nDROP TABLE a;\n"))
        self.assertEqual(self.psql("-A", "-t", "-c", question), before)
        self.server.stop()
        server = self.serving()
        self.server = server.__enter__()
        self.addCleanup(server.__exit__, None, None, None)
        self.assertEqual(self.psql("-A", "-t", "-c", question), before)

    def test_an_error_has_its_state_place_and_hint(self):
        self.psql("-c", "CREATE TABLE t (spend int)")
        errors = self.psql("-v", "VERBOSITY=verbose", "-c", "SELECT 1, spent FROM t", status=1)
        self.assertIn('ERROR:  42703: column "spent" does not exist', errors)
        self.assertIn("LINE 1: SELECT 1, spent FROM t\n                  ^", errors)
        self.assertIn('HINT:  Perhaps you meant to reference the column "t.spend".', errors)

    def test_the_place_of_an_error_counts_characters(self):
        errors = self.psql("-c", "SELECT 'äöü', spent", status=1)
        self.assertIn("LINE 1: SELECT 'äöü', spent\n                      ^", errors)

    def test_the_session_goes_on_behind_an_error(self):
        output = self.psql("-A", "-t", text="SELECT 1/0;\nSELECT 7;\n")
        self.assertEqual(output, "7\n")

    def test_a_script_can_stop_at_its_first_error(self):
        errors = self.psql("-v", "ON_ERROR_STOP=1", text="SELECT 1/0;\nSELECT 7;\n", status=3)
        self.assertIn("division by zero", errors)

    def test_backslash_copy_brings_rows_in_and_out(self):
        source = self.file("in.csv", 'a,b\n1,"x, y"\n2,\n3,"line\nbreak"\n')
        target = self.folder / "out.csv"
        output = self.psql("-A", "-t", text=(
            "CREATE TABLE t (a int, b text);\n"
            f"\\copy t FROM '{source}' WITH (FORMAT csv, HEADER)\n"
            f"\\copy t TO '{target}' WITH (FORMAT csv, HEADER)\n"
            f"\\copy (SELECT a FROM t WHERE b IS NULL) TO STDOUT\n"))
        self.assertEqual(output, "CREATE TABLE\nCOPY 3\nCOPY 3\n2\n")
        self.assertEqual(target.read_text(), source.read_text())

    def test_copy_from_standard_input_takes_rows_inside_the_script(self):
        output = self.psql("-A", "-t", text=(
            "CREATE TABLE t (a int, b text);\nCOPY t FROM STDIN;\n1\tone\n2\t\\N\n\\.\n"
            "SELECT * FROM t ORDER BY a;\n"))
        self.assertEqual(output, "CREATE TABLE\nCOPY 2\n1|one\n2|\n")

    def test_a_bad_row_of_copy_names_its_line_and_leaves_nothing(self):
        errors = self.psql("-v", "ON_ERROR_STOP=1", text=(
            "CREATE TABLE t (a int);\nCOPY t FROM STDIN;\n1\nx\n\\.\n"), status=3)
        self.assertIn('invalid input syntax for type integer: "x"', errors)
        self.assertRegex(errors, "(?i)line 2")
        self.assertEqual(self.psql("-A", "-t", "-c", "SELECT count(*) FROM t"), "0\n")

    def test_control_c_stops_the_statement_and_the_session_goes_on(self):
        # Ctrl-C is a key: psql must sit at a terminal.
        terminal, other = pty.openpty()
        process = subprocess.Popen(
            self.command() + ["-A", "-t", "-n", "-P", "pager=off"], stdin=other, stdout=other, stderr=other,
            env={**self.environment, "TERM": "dumb"}, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        os.close(other)
        self.addCleanup(os.close, terminal)
        self.addCleanup(process.kill)
        self.read_until(terminal, b"test=> ")
        os.write(terminal, b"SELECT 'be' || 'gun'; SELECT count(*) FROM generate_series(1, 60000)"
                 b" AS a(x), generate_series(1, 60000) AS b(x) WHERE a.x + b.x < 0;\n")
        # The key drops what the terminal still holds, so psql must have read the line. The second
        # statement begins a moment later, so the key is pressed until it was heard, with time to answer.
        self.read_until(terminal, b"begun")
        text = b""
        while b"canceling statement" not in text:
            os.write(terminal, b"\x03")
            while piece := self.read_some(terminal, 1):
                text += piece
        os.write(terminal, b"\nSELECT 'ali' || 've';\n")
        self.read_until(terminal, b"alive")
        os.write(terminal, b"\\q\n")
        self.assertEqual(process.wait(PATIENCE), 0)

    def read_some(self, terminal, seconds):
        """What the terminal shows within a time."""
        if not select.select([terminal], [], [], seconds)[0]:
            return b""
        return os.read(terminal, 1 << 16)

    def read_until(self, terminal, wanted):
        text = b""
        while wanted not in text:
            piece = self.read_some(terminal, PATIENCE)
            self.assertTrue(piece, f"{wanted} does not come: {text}")
            text += piece

    def test_any_user_is_taken_and_the_database_by_its_names(self):
        # There are no users yet, and one database a server.
        for database in ("db", "somebody", "postgres"):
            output = self.psql(
                "-A", "-t", "-c", "SELECT current_user", user="somebody", database=database)
            self.assertEqual(output, "somebody\n")
        self.psql("-c", "SELECT 1", user="somebody", database="nowhere", status=2)

    def test_the_tables_are_listed(self):
        self.psql("-c", "CREATE TABLE campaigns (id bigint, name text)")
        self.assertIn("campaigns", self.psql("-A", "-t", "-c", "SHOW tables"))


class LoginTests(ProgramTests):
    """Users, passwords and encryption, as psql meets them."""

    PASSWORD = "pa:ss w/ord%é"

    def psql(self, server, sql, user, *, password=None, status=0, host="127.0.0.1", **settings):
        """Runs a statement without asking for a password; gives its output, or its errors when it must fail."""
        environment = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
        environment.update(PGCONNECT_TIMEOUT="30", **settings)
        if password is not None:
            environment["PGPASSWORD"] = password
        outcome = subprocess.run(
            ["psql", "-X", "-w", "-A", "-t", "-h", str(host), "-p", str(server.port), "-U", user,
             "-d", "db", "-c", sql],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            timeout=PATIENCE, env=environment)
        output, errors = outcome.stdout.decode(), outcome.stderr.decode()
        self.assertEqual(outcome.returncode, status, f"{sql}\n{output}{errors}")
        return errors if status else output.rstrip("\n")

    def certificate(self):
        """A certificate for localhost that signs itself, and its key."""
        certificate, key = self.folder / "server.crt", self.folder / "server.key"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
             "-nodes", "-keyout", str(key), "-out", str(certificate), "-days", "2",
             "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return certificate, key

    def refused(self, *options):
        """What `serve` says when it does not start."""
        outcome = run("serve", self.database, *options)
        self.assertEqual(outcome.status, 1, outcome)
        return outcome.errors

    def make_users(self):
        self.sql(f"CREATE USER ann SUPERUSER PASSWORD '{self.PASSWORD}'")
        self.sql("CREATE USER bob PASSWORD 'b'; CREATE USER carl; CREATE ROLE crew")
        self.sql("CREATE TABLE t (a int); INSERT INTO t VALUES (1); GRANT SELECT ON t TO bob")

    def test_without_users_loopback_is_trusted(self):
        with self.serving() as server:
            self.assertEqual(self.psql(server, "SELECT current_user", "anybody"), "anybody")
            self.assertEqual(self.psql(server, "CREATE ROLE a; DROP ROLE a", "anybody"), "CREATE ROLE\nDROP ROLE")

    def test_who_makes_the_first_user_is_not_locked_out(self):
        with self.serving() as server:
            self.psql(server, "CREATE USER bob PASSWORD 'b'", "ann")
            self.assertEqual(self.psql(server, "CREATE ROLE a; DROP ROLE a", "ann"),
                             "CREATE ROLE\nDROP ROLE")
            self.assertIn("permission denied", self.psql(
                server, "CREATE ROLE a", "bob", password="b", status=1))
            self.assertIn("authentication failed", self.psql(
                server, "SELECT 1", "eve", password="b", status=2))

    def test_a_user_with_a_password_must_know_it(self):
        self.make_users()
        with self.serving() as server:
            right = dict(password=self.PASSWORD)
            self.assertEqual(self.psql(server, "SELECT session_user", "ann", **right), "ann")
            for password in ["", "wrong", self.PASSWORD + " ", self.PASSWORD[:-1]]:
                self.psql(server, "SELECT 1", "ann", password=password, status=2)
            self.assertIn("no password supplied", self.psql(server, "SELECT 1", "ann", status=2))
            # One without a password is trusted on this machine, a group is nobody.
            self.assertEqual(self.psql(server, "SELECT session_user", "carl"), "carl")
            self.assertIn("not permitted to log in", self.psql(
                server, "SELECT 1", "crew", status=2))
            self.assertIn("authentication failed", self.psql(
                server, "SELECT 1", "nobody", password="x", status=2))

    def test_passwords_may_be_required_on_loopback_too(self):
        self.assertIn("there is no user with a password", self.refused("--require-auth"))
        self.make_users()
        with self.serving("--require-auth") as server:
            self.assertIn("authentication failed", self.psql(
                server, "SELECT 1", "carl", password="x", status=2))
            self.assertEqual(self.psql(server, "SELECT 1", "bob", password="b"), "1")

    def test_other_addresses_need_users_and_encryption(self):
        errors = self.refused("--pg", "0.0.0.0:0")
        for words in ["0.0.0.0", "no user with a password", "CREATE USER", "--tls-cert"]:
            self.assertIn(words, errors)
        self.make_users()
        errors = self.refused("--pg", "0.0.0.0:0")
        self.assertNotIn("no user", errors)
        self.assertIn("--tls-cert", errors)
        self.assertIn("certificate", self.refused(
            "--pg", "0.0.0.0:0", "--tls-cert", "none.crt", "--tls-key", "none.key"))

    def test_a_password_ends_and_connections_are_limited(self):
        self.make_users()
        self.sql("ALTER ROLE bob VALID UNTIL '2001-01-01'; ALTER ROLE carl CONNECTION LIMIT 1")
        with self.serving() as server:
            self.assertIn("authentication failed", self.psql(
                server, "SELECT 1", "bob", password="b", status=2))
            with server.connect(user="carl", database="db") as first:
                self.assertEqual(first.rows("SELECT 1"), [("1",)])
                self.assertIn("too many connections for role", self.psql(
                    server, "SELECT 1", "carl", status=2))
        with self.serving("--max-connections", "1") as server:
            with server.connect(user="carl", database="db"):
                self.assertIn("too many clients", self.psql(server, "SELECT 1", "ann", status=2))

    def test_sessions_begin_with_the_settings_of_their_role(self):
        self.make_users()
        self.sql("ALTER ROLE carl SET statement_timeout = '7s';"
                 "ALTER ROLE carl SET default_transaction_read_only = on")
        with self.serving() as server:
            self.assertEqual(
                self.psql(server, "SET statement_timeout = 0; RESET ALL; SHOW statement_timeout",
                          "carl").splitlines()[-1], "7s")
            self.assertIn("read-only", self.psql(
                server, "CREATE TEMP TABLE x (a int)", "carl", status=1))

    def test_rights_are_looked_at_and_files_are_out_of_reach(self):
        self.make_users()
        with self.serving() as server:
            def bob(sql, status=0):
                return self.psql(server, sql, "bob", password="b", status=status)
            self.assertEqual(bob("SELECT * FROM t"), "1")
            self.assertIn("permission denied for table t", bob("DELETE FROM t", status=1))
            self.assertIn("must be superuser", bob(f"COPY t TO '{self.folder}/x'", status=1))
            self.assertIn("permission denied for schema public", bob(
                "CREATE TABLE mine (a int)", status=1))
            ann = dict(password=self.PASSWORD)
            self.psql(server, "REVOKE SELECT ON t FROM bob", "ann", **ann)
            self.assertIn("permission denied for table t", bob("SELECT * FROM t", status=1))

    def test_the_socket_is_the_owners(self):
        self.make_users()
        with self.serving("--socket", str(self.folder)) as server:
            self.assertEqual(
                self.psql(server, "DROP ROLE crew", "demetra", host=self.folder), "DROP ROLE")
            self.assertEqual(self.psql(server, "SELECT * FROM t", "bob", host=self.folder), "1")
            path = self.folder / f".s.PGSQL.{server.port}"
            self.assertEqual(path.stat().st_mode & 0o777, 0o600)

    def test_encryption_and_passwords_bound_to_it(self):
        self.make_users()
        certificate, key = self.certificate()
        options = ["--tls-cert", str(certificate), "--tls-key", str(key)]
        with self.serving(*options) as server:
            right = dict(password=self.PASSWORD)
            for settings in [
                    dict(PGSSLMODE="require"), dict(PGSSLMODE="disable"), dict(PGSSLMODE="prefer"),
                    dict(PGSSLMODE="verify-full", PGSSLROOTCERT=str(certificate)),
                    dict(PGSSLMODE="require", PGCHANNELBINDING="require")]:
                self.assertEqual(
                    self.psql(server, "SELECT 1", "ann", **right, **settings), "1", settings)
            self.psql(server, "SELECT 1", "ann", password="x", status=2, PGSSLMODE="require",
                      PGCHANNELBINDING="require")

    def test_a_new_certificate_is_read_on_sighup(self):
        self.make_users()
        certificate, key = self.certificate()
        old = self.file("old.crt", certificate.read_bytes())
        options = ["--tls-cert", str(certificate), "--tls-key", str(key)]
        with self.serving(*options) as server:
            def verified(root, status=0):
                return self.psql(server, "SELECT 1", "carl", status=status,
                                 PGSSLMODE="verify-full", PGSSLROOTCERT=str(root))
            self.assertEqual(verified(old), "1")
            self.certificate()
            self.assertEqual(verified(old), "1")
            server.process.send_signal(signal.SIGHUP)
            for _ in range(100):
                if self.psql_status(server, certificate) == 0:
                    break
                time.sleep(0.05)
            self.assertEqual(verified(certificate), "1")
            self.assertIn("certificate", verified(old, status=2))

    def psql_status(self, server, root):
        environment = {**os.environ, "PGSSLMODE": "verify-full", "PGSSLROOTCERT": str(root)}
        return subprocess.run(
            ["psql", "-X", "-w", "-h", "127.0.0.1", "-p", str(server.port), "-U", "carl", "-d",
             "db", "-c", "SELECT 1"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, timeout=PATIENCE, env=environment).returncode

    def test_what_was_done_can_be_asked_for_without_passwords(self):
        self.make_users()
        ann = dict(password=self.PASSWORD)
        with self.serving() as server:
            self.psql(server, "SELECT 1", "bob", password="secret-guess", status=2)
            self.psql(server, "CREATE USER dora PASSWORD 'top-secret'", "ann", **ann)
            self.psql(server, "GRANT SELECT ON t TO dora", "ann", **ann)
            self.psql(server, "DROP TABLE t", "bob", password="b", status=1)
            rows = self.psql(
                server, "SELECT event, success, user_name, address, coalesce(sqlstate, ''),"
                " coalesce(statement, '') FROM demetra_audit ORDER BY time", "ann", **ann)
            for line in [
                    "login|f|bob|127.0.0.1|28P01|", "login|t|ann|127.0.0.1||",
                    "statement|t|ann|127.0.0.1||CREATE USER dora PASSWORD '********'",
                    "statement|t|ann|127.0.0.1||GRANT SELECT ON t TO dora",
                    "statement|f|bob|127.0.0.1|42501|DROP TABLE t"]:
                self.assertIn(line, rows.splitlines())
            self.assertIn("must be superuser", self.psql(
                server, "SELECT * FROM demetra_audit", "bob", password="b", status=1))
        # It outlives the server, and no file of the database holds a password.
        with self.serving() as server:
            count = self.psql(
                server, "SELECT count(*) FROM demetra_audit WHERE user_name = 'bob'", "ann", **ann)
            self.assertGreaterEqual(int(count), 3)
        for path in self.database.rglob("*"):
            if path.is_file():
                for secret in [b"top-secret", self.PASSWORD.encode(), b"secret-guess"]:
                    self.assertNotIn(secret, path.read_bytes(), path)
        self.assertEqual(run("check", self.database).status, 0)

    def test_others_see_that_a_session_is_there_and_not_what_it_does(self):
        self.make_users()
        ann = dict(password=self.PASSWORD)
        endless = "SELECT sum(n) FROM generate_series(1, 1000000000000) AS n(n)"
        with self.serving() as server:
            environment = {**os.environ, "PGPASSWORD": self.PASSWORD}
            sleeper = subprocess.Popen(
                ["psql", "-X", "-w", "-h", "127.0.0.1", "-p", str(server.port), "-U", "ann",
                 "-d", "db", "-c", endless], stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environment)
            number = "SELECT pid FROM demetra_queries WHERE query LIKE 'SELECT sum%'"
            pid = ""
            while not pid:
                pid = self.psql(server, number, "ann", **ann).strip()
            seen = self.psql(
                server, f"SELECT usename, state, query FROM pg_stat_activity WHERE pid = {pid}",
                "bob", password="b")
            self.assertEqual(seen.strip(), "ann||<insufficient privilege>")
            self.assertEqual(self.psql(server, number, "bob", password="b").strip(), "")
            self.assertIn("must be a superuser", self.psql(
                server, f"SELECT pg_cancel_backend({pid})", "bob", password="b", status=1))
            self.assertEqual(
                self.psql(server, f"SELECT pg_cancel_backend({pid})", "ann", **ann).strip(), "t")
            self.assertIn(
                "canceling statement due to user request", sleeper.communicate(timeout=PATIENCE)[1])


if __name__ == "__main__":
    main()
