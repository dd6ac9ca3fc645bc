"""The server as psql sees it: the client most people meet it with."""

import fcntl
import os
import pty
import select
import subprocess
import termios

from program import PATIENCE, ProgramTests, main


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
        self.assertIn("test||{}\n", self.psql("-A", "-c", "\\du"))

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


if __name__ == "__main__":
    main()
