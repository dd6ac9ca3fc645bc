"""The shell: scripts as programs run them, and the session as a person has it, on a terminal."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time

from program import BINARY, PATIENCE, ProgramTests, main, run


class Terminal:
    """A session on a terminal of its own, typed into and read from as a person would."""

    PROMPT = "demetra> "

    def __init__(self, *arguments, columns=100, history, environment=None):
        self.process, self.file = pty.fork()
        if self.process == 0:
            os.environ.update({
                "TERM": "xterm", "DEMETRA_HISTORY": str(history), "INPUTRC": "/dev/null", "LC_ALL": "C.UTF-8",
                "PAGER": "cat", "DEMETRARC": "/dev/null", **(environment or {})})
            os.execv(str(BINARY), [str(BINARY), *map(str, arguments)])
        fcntl.ioctl(self.file, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        self.greeting = self.read()

    def read(self, until=PROMPT):
        """What appears up to a text that stands at the end."""
        text, limit = "", time.monotonic() + PATIENCE
        while not text.endswith(until):
            if time.monotonic() > limit:
                raise AssertionError(f"waited for {until!r} and saw {text!r}")
            if select.select([self.file], [], [], 0.1)[0]:
                try:
                    piece = os.read(self.file, 65_536).decode("utf-8", "replace")
                except OSError:
                    piece = ""
                if not piece:
                    raise AssertionError(f"the session ended after {text!r}")
                text = re.sub(r"\x1b\[[?0-9;]*[a-zA-Z]|\r", "", text + piece)
        return text

    def type(self, text, until=PROMPT):
        os.write(self.file, text.encode())
        return self.read(until)

    def end(self, text="\\q\n"):
        """Ends the session and gives its exit status."""
        os.write(self.file, text.encode())
        limit = time.monotonic() + PATIENCE
        while time.monotonic() < limit:
            if select.select([self.file], [], [], 0.05)[0]:
                try:
                    os.read(self.file, 65_536)
                except OSError:
                    pass
            found, status = os.waitpid(self.process, os.WNOHANG)
            if found:
                self.process = 0
                os.close(self.file)
                return os.waitstatus_to_exitcode(status)
        raise AssertionError("the session does not end")

    def kill(self):
        if self.process:
            os.kill(self.process, signal.SIGKILL)
            os.waitpid(self.process, 0)
            self.process = 0


class SessionTests(ProgramTests):
    def setUp(self):
        super().setUp()
        self.sql("CREATE TABLE campaigns (campaign_id bigint PRIMARY KEY, channel text, spend numeric(12,2));"
                 "INSERT INTO campaigns VALUES (1, 'google', 10.5), (22, NULL, 3)")

    def session(self, **options):
        terminal = Terminal(self.database, history=self.folder / "history", **options)
        self.addCleanup(terminal.kill)
        return terminal

    def test_a_statement_may_take_several_lines_and_quotes_hide_semicolons(self):
        terminal = self.session()
        terminal.type("SELECT 'a;\n", until="'.. ")
        terminal.type("b' AS text,\n", until="... ")
        self.assertIn("a;\\nb", terminal.type("1 AS one;\n"))

    def test_numbers_are_right_aligned_and_null_is_shown(self):
        shown = self.session().type("SELECT * FROM campaigns ORDER BY 1;\n")
        self.assertIn("           1 | google  | 10.50\n          22 | NULL    |  3.00\n(2 rows)\n", shown)

    def test_an_error_shows_its_place_and_the_session_goes_on(self):
        terminal = self.session()
        shown = terminal.type("SELECT spent FROM campaigns;\n")
        self.assertIn("LINE 1: SELECT spent FROM campaigns\n               ^\nHINT:", shown)
        self.assertIn("(1 row)", terminal.type("SELECT 1;\n"))

    def test_a_wide_table_is_shown_one_line_a_column(self):
        terminal = self.session(columns=40)
        query = "SELECT repeat('x', 30) AS first_column, repeat('y', 30) AS second_column;\n"
        self.assertRegex(terminal.type(query), r"-\[ row 1 \]-+\nfirst_column  \| x{30}\nsecond_column \| y{30}\n")
        terminal.type("\\x off\n")
        self.assertNotIn("[ row 1 ]", terminal.type(query))

    def test_ctrl_c_gives_up_the_line_and_the_statement_but_not_the_session(self):
        terminal = self.session()
        terminal.type("SELECT nonsense", until="nonsense")
        terminal.type("\x03")
        self.assertIn("(1 row)", terminal.type("SELECT 1;\n"))
        terminal.type("SELECT 1,\n", until="... ")
        terminal.type("\x03")
        self.assertIn("(1 row)", terminal.type("SELECT 2;\n"))

    def test_ctrl_c_stops_a_running_statement(self):
        terminal = self.session()
        os.write(terminal.file, b"SELECT count(*) FROM generate_series(1, 100000) a(x), "
                                b"generate_series(1, 100000) b(y) WHERE x + y = -7;\n")
        terminal.read(until="= -7;\n")
        time.sleep(0.3)
        self.assertIn("57014", terminal.type("\x03"))
        self.assertIn("(1 row)", terminal.type("SELECT 1;\n"))

    def test_tab_completes_tables_columns_words_and_commands(self):
        terminal = self.session()
        for typed, completed in (
                ("SELECT * FROM cam", "campaigns "), ("SELECT cha", "channel "), ("SEL", "ECT "),
                ("SELECT spend FROM campaigns ORDE", "R "), ("SELECT 1 FROM campaigns c WHERE c.sp", "end "),
                ("SELECT spend FROM campaigns WHERE spend IS NU", "LL "), ("SELECT date_tr", "unc "),
                ("SELECT * FROM generate_ser", "ies "), ("SET timez", "one "), ("SHOW metr", "ics "),
                ("SELECT spend::bigi", "nt "), ("INSERT INTO camp", "aigns "),
                ("SELECT 1 FROM (SELECT 1 AS only_one) w WHERE onl", "y_one "),
                ("\\tim", "ing "), ("\\d camp", "aigns "), ("\\df regexp_split_to_t", "able "),
                ("\\h regexp_split_to_t", "able ")):
            with self.subTest(typed=typed):
                os.write(terminal.file, (typed + "\t").encode())
                terminal.read(until=completed)
                terminal.type("\x03")

    def test_tab_knows_the_tables_behind_the_cursor(self):
        terminal = self.session()
        behind = " FROM campaigns WHERE campaign_id = 1;"
        shown = terminal.type("SELECT cha" + behind + "\x1b[D" * len(behind) + "\t\n")
        self.assertIn(" channel \n---------\n google\n", shown)

    def test_tab_completes_files_and_names_in_quotes(self):
        self.sql('CREATE TABLE sheets ("Ad Name" text)')
        self.file("rows-of-march.csv", "7,meta,1.25\n")
        terminal = self.session()
        terminal.type("SELECT 'done' FROM sheets WHERE \"Ad N\tIS NULL;\n")
        self.assertIn("COPY 1", terminal.type(f"COPY campaigns FROM '{self.folder}/rows-of\t\b' WITH (FORMAT csv);\n"))

    def test_functions_are_listed_and_explained(self):
        terminal = self.session(columns=200)
        self.assertRegex(
            terminal.type("\\df lp?d\n"),
            r" lpad +\| text +\| text, integer \[, text\] +\| scalar +\| Text *\n\(1 row\)")
        self.assertIn(" date_trunc ", terminal.type("\\df *trunc\n"))
        self.assertIn("(0 rows)", terminal.type("\\df no_such\n"))
        shown = terminal.type("\\h lpad\n")
        self.assertIn("lpad(text, integer [, text]) -> text", shown)
        self.assertRegex(shown, r"Example:\n  SELECT lpad.*\n  007 ")
        self.assertIn("Perhaps you meant \\h SELECT", terminal.type("\\h selectt\n"))

    def test_the_history_outlives_the_session_with_its_lines(self):
        first = self.session()
        first.type("SELECT 1 AS one, -- a comment\n", until="... ")
        first.type("2 AS two;\n")
        self.assertEqual(first.end(), 0)
        second = self.session()
        os.write(second.file, b"\x1b[A\x1b[A")
        second.read(until="2 AS two;")
        self.assertIn(" one | two ", second.type("\n"))

    def test_the_history_is_for_its_owner_alone(self):
        terminal = self.session()
        terminal.type("SELECT 1;\n")
        self.assertEqual((self.folder / "history").stat().st_mode & 0o777, 0o600)

    def test_a_word_in_any_alphabet_is_edited_by_characters(self):
        terminal = self.session()
        shown = terminal.type("SELECT 'ключж\x7f' AS слово, '日本語\x7f' AS word;\n")
        self.assertIn(" слово | word \n-------+------\n ключ  | 日本\n", shown)

    def test_commands_describe_time_and_change_the_format(self):
        terminal = self.session()
        self.assertRegex(terminal.type("\\d campaigns\n"), r"campaign_id +\| bigint +\| no .*primary")
        self.assertIn("campaigns", terminal.type("\\dt\n"))
        terminal.type("CREATE METRIC total AS sum(spend);\n")
        self.assertIn("total", terminal.type("\\dm\n"))
        self.assertIn("Timing is on.", terminal.type("\\timing\n"))
        self.assertRegex(terminal.type("SELECT 1;\n"), r"Time: \d+\.\d{3} ms")
        terminal.type("\\format csv\n")
        self.assertIn("one\n1\n", terminal.type("SELECT 1 AS one;\n"))
        self.assertIn("CREATE METRIC", terminal.type("\\h create metric\n"))
        self.assertIn("\\timing", terminal.type("\\?\n"))
        self.assertIn("Perhaps you meant \\timing", terminal.type("\\timin\n"))

    def test_answers_go_to_a_file_and_statements_come_from_one(self):
        terminal = self.session()
        target, script = self.folder / "out.txt", self.file("s.sql", "SELECT 41 + 1 AS answer;\n")
        terminal.type(f"\\o {target}\n")
        terminal.type(f"\\i {script}\n")
        terminal.type("\\o\n")
        self.assertIn("42", target.read_text())
        self.assertIn("58P01", terminal.type("\\i /nowhere.sql\n"))

    def test_rows_for_copy_are_typed(self):
        terminal = self.session()
        terminal.type("COPY campaigns FROM STDIN;\n", until=">> ")
        terminal.type("7\tmeta\t1.25\n", until=">> ")
        self.assertIn("COPY 1", terminal.type("\\.\n"))

    def test_the_session_ends_by_ctrl_d_and_by_word(self):
        for farewell in ("\x04", "quit\n", "exit;\n", "\\q\n"):
            with self.subTest(farewell=farewell):
                self.assertEqual(self.session().end(farewell), 0)


    def test_a_statement_without_semicolon_is_run_by_commands(self):
        terminal = self.session()
        self.assertIn(" one \n-----\n   1\n(1 row)", terminal.type("SELECT 1 AS one \\g\n"))
        self.assertIn("-[ row 1 ]-----\none | 1\n", terminal.type("\\gx\n"))
        terminal.type("SELECT 7 AS first, NULL AS none, 'it''s' AS word \\gset my_\n")
        self.assertIn(" 8 | :my_none | it's\n", terminal.type(
            "SELECT :my_first + 1 AS a, ':my_none' AS b, :'my_word' AS c;\n"))
        self.assertIn("more than one row", terminal.type("SELECT * FROM campaigns \\gset\n"))
        terminal.type("SELECT 5\n", until="... ")
        self.assertIn("SELECT 5", terminal.type("\\p\n", until="... "))
        terminal.type("\\r\n")
        target = self.folder / "answer.txt"
        terminal.type(f"SELECT 42 AS answer \\g {target}\n")
        self.assertIn("42", target.read_text())

    def test_a_statement_is_watched_until_ctrl_c(self):
        terminal = self.session()
        shown = terminal.type("SELECT 1 AS tick \\watch 0.1 c=3\n")
        self.assertEqual(shown.count("(every 0.1s)"), 3)
        os.write(terminal.file, b"SELECT 2 AS tock \\watch 0.1\n")
        time.sleep(1)
        self.assertGreater(terminal.type("\x03").count(" tock "), 2)
        self.assertIn("(1 row)", terminal.type("SELECT 1;\n"))
        self.assertIn("22012", terminal.type("SELECT 1/0 \\watch 0.1\n"))

    def test_the_statement_is_written_in_an_editor(self):
        editor = self.file("editor", "#!/bin/sh\ncp \"$1\" " + str(self.folder / "seen")
                           + "\necho 'SELECT 6 * 7 AS answer;' > \"$1\"\n")
        editor.chmod(0o755)
        terminal = self.session(environment={"EDITOR": str(editor)})
        terminal.type("SELECT 5,\n", until="... ")
        self.assertIn("    42\n", terminal.type("\\e\n"))
        self.assertEqual((self.folder / "seen").read_text(), "SELECT 5,")

    def test_long_answers_go_through_the_pager(self):
        seen = self.folder / "seen"
        terminal = self.session(environment={"PAGER": f"cat > {seen}"})
        terminal.type("SELECT * FROM generate_series(1, 39) AS few;\n")
        self.assertFalse(seen.exists() and "(39 rows)" not in seen.read_text())
        terminal.type("SELECT * FROM generate_series(1, 50000) AS many;\n")
        self.assertIn("(50000 rows)", seen.read_text())
        terminal.end()
        # A reader who has seen enough stops the statement, which is no error.
        quitter = self.session(environment={"PAGER": "head -n 2"})
        shown = quitter.type("SELECT * FROM generate_series(1, 100000000) AS many;\n")
        self.assertNotIn("ERROR", shown)
        quitter.type("\\pset pager off\n")
        self.assertIn("(60 rows)", quitter.type("SELECT * FROM generate_series(1, 60) AS lines;\n"))

    def test_the_last_answer_is_drawn(self):
        terminal = self.session(columns=60)
        self.assertIn("there is no answer yet", terminal.type("\\chart bar\n"))
        terminal.type("SELECT n AS day, n * n AS spend FROM generate_series(1, 8) AS g(n);\n")
        spark = terminal.type("\\chart spark day spend\n")
        self.assertIn("spend  ▁▁▂▂▄▅▇█  min 1  max 64  last 64", spark)
        terminal.type("\\pset linestyle ascii\n")
        terminal.type("SELECT c, v FROM (VALUES ('meta', 40), ('tv', -20), ('none', NULL)) AS t(c, v);\n")
        bars = terminal.type("\\chart bar\n")
        self.assertRegex(bars, r"meta   40 \| +#{20,}\n")
        self.assertRegex(bars, r"tv    -20 \| #+\n")
        self.assertRegex(bars, r"none NULL \|\n")
        self.assertIn("no column \"w\"", terminal.type("\\chart bar w\n"))
        self.assertIn("needs one of line, bar, spark, heat", terminal.type("\\chart pie\n"))

    def test_colours_are_for_terminals_that_want_them(self):
        for environment, is_coloured in (({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)):
            terminal = self.session(environment=environment)
            terminal.type("SELECT 'a' AS x, 1 AS y;\n")
            os.write(terminal.file, b"\\chart bar\n")
            time.sleep(0.5)
            raw = os.read(terminal.file, 65_536)
            terminal.end()
            self.assertEqual(b"\x1b[34m" in raw, is_coloured, environment)

    def test_a_session_begins_with_the_startup_file(self):
        startup = self.file("rc", "\\set favourite google\n\\pset null -\n")
        terminal = self.session(environment={"DEMETRARC": str(startup)})
        shown = terminal.type("SELECT campaign_id, NULL AS n FROM campaigns WHERE channel = :'favourite';\n")
        self.assertIn("           1 | -\n", shown)
        terminal.end()
        plain = Terminal("-X", self.database, history=self.folder / "other", environment={"DEMETRARC": str(startup)})
        self.addCleanup(plain.kill)
        self.assertIn(" :favourite \n", plain.type("SELECT ':favourite' AS \":favourite\";\n"))


class ScriptTests(ProgramTests):
    def test_rows_have_the_form_that_is_asked_for(self):
        query = "SELECT 'a\tb|<c>' AS text, 1.50 AS number, NULL AS none"
        for name, expected in (
                ("box", "│ a\\tb|<c> │   1.50 │ NULL │\n└─"), ("tsv", "text\tnumber\tnone\na\\tb|<c>\t1.50\t\n"),
                ("html", "<td>a\tb|&lt;c&gt;</td><td style=\"text-align:right\">1.50</td><td></td></tr>"),
                ("vertical", "text   | a\\tb|<c>\nnumber | 1.50\nnone   | NULL\n"),
                ("markdown", "| a\tb\\|<c> | 1.50 | |\n"), ("jsonl", '{"text":"a\\tb|<c>","number":1.50,"none":null}\n')):
            with self.subTest(format=name):
                self.assertIn(expected, run(self.database, "--format", name, "-c", query).output)

    def test_variables_stand_in_statements_and_commands(self):
        script = ("\\set table_name campaigns\n\\set text 'it''s \\'two\\''\nCREATE TABLE :\"table_name\" (a int, b int[]);\n"
                  "INSERT INTO :table_name VALUES (1, ARRAY[1, 2, 3]);\n"
                  "SELECT b[1:2] AS part, a::text AS cast, :'text' AS text, ':text' AS plain, :undefined FROM campaigns;\n")
        outcome = run(self.database, "--format", "jsonl", text=script)
        self.assertIn("42601", outcome.errors)
        outcome = run(self.database, "--format", "jsonl", text=script.replace(
            "CREATE TABLE :\"table_name\" (a int, b int[]);\n", "").replace(", :undefined", ""))
        self.assertIn('{"part":[1,2],"cast":"1","text":"it\'s \'two\'","plain":":text"}', outcome.output, outcome)
        outcome = run(self.database, "-c", "\\set a 1", "-c", "\\set b :a 2", "-c", "\\echo :b :ROW_COUNT", "-c",
                      "SELECT 1", "-c", "\\echo :ROW_COUNT :ERROR :SQLSTATE")
        self.assertIn("12 :ROW_COUNT\n", outcome.output)
        self.assertTrue(outcome.output.endswith("1 false 00000\n"), outcome)

    def test_objects_are_listed_by_patterns(self):
        self.sql("CREATE TABLE ads_daily (a int); CREATE VIEW ads_view AS SELECT 1 AS x; CREATE SCHEMA s;"
                 "CREATE TABLE s.ads_other (a int); CREATE SEQUENCE ads_numbers")
        def names(command):
            output = run(self.database, "--format", "csv", "-c", command).output
            return [",".join(line.split(",")[:2]) for line in output.splitlines()[1:]]
        self.assertEqual(names("\\dt ads*"), ["public,ads_daily"])
        self.assertEqual(names("\\dt s.*"), ["s,ads_other"])
        self.assertEqual(names("\\dv ads_*"), ["public,ads_view"])
        self.assertEqual(names("\\ds"), ["public,ads_numbers"])
        self.assertEqual(names("\\d ads?*"), ["public,ads_daily", "public,ads_numbers", "public,ads_view"])
        self.assertEqual(len(names("\\dn")), 2)
        self.assertEqual(len(names("\\l")), 1)
        self.assertIn("You are connected to database", run(self.database, "-c", "\\conninfo").output)

    def test_files_are_read_and_written_by_the_shell(self):
        rows, out, copy = self.file("rows.csv", "a,b\n1,\"x, y\"\n2,\n"), self.folder / "out.md", self.folder / "copy.csv"
        outcome = run(
            self.database, "-c", "CREATE TABLE t (a int, b text)", "-c", f"\\copy t FROM '{rows}' (FORMAT csv, HEADER)",
            "-c", "SELECT * FROM t ORDER BY a", "-c", f"\\export {out}",
            "-c", f"\\copy (SELECT a FROM t WHERE b = 'from to') TO {copy} (FORMAT csv, HEADER)")
        self.assertEqual(outcome.status, 0, outcome)
        self.assertEqual(out.read_text(), "| a | b |\n| ---: | --- |\n| 1 | x, y |\n| 2 | |\n")
        self.assertEqual(copy.read_text(), "a\n")
        for wrong in ("\\copy t", "\\copy t FROM", "\\copy FROM x", "\\copy t FROM /nowhere", "\\export x.doc",
                      "\\pset nothing", "\\watch x", "\\gset", "\\set 'a b' 1"):
            with self.subTest(command=wrong):
                self.assertEqual(run(self.database, "-c", wrong).status, 1)

    def test_several_commands_run_in_order_until_one_fails(self):
        outcome = run(self.database, "--format", "csv", "-c", "SELECT 1 AS a", "-c", "SELECT 1/0", "-c", "SELECT 3")
        self.assertEqual(outcome.status, 1)
        self.assertEqual(outcome.output, "a\n1\n")
        self.assertIn("22012", outcome.errors)

    def test_a_backslash_command_runs_by_option(self):
        self.sql("CREATE TABLE kag (ad_id bigint)")
        outcome = run(self.database, "-c", "\\d kag")
        self.assertEqual(outcome.status, 0, outcome)
        self.assertIn("ad_id", outcome.output)
        self.assertEqual(run(self.database, "-c", "\\d nothing").status, 1)
        self.assertEqual(run(self.database, "-c", "\\nothing").status, 1)

    def test_statements_before_a_syntax_error_run_and_the_error_names_the_line(self):
        script = self.file("s.sql", "SELECT 1 AS a;\n\nSELECT\n  2 AS b;\nSELEC 3;\nSELECT 4;\n")
        outcome = run(self.database, "--format", "csv", "-f", script)
        self.assertEqual(outcome.status, 1)
        self.assertEqual(outcome.output, "a\n1\nb\n2\n")
        self.assertIn(f"{script}:5: ERROR:  42601", outcome.errors)

    def test_quotes_comments_and_dollars_hide_semicolons(self):
        text = ("SELECT ';' AS a, E'\\';' AS b, \";\" FROM (SELECT 1 AS \";\") t; -- not; here\n"
                "/* nor; /* nested; */ here; */ SELECT $x$;$$;$x$ AS c;\nSELECT 'it''s;' AS d")
        outcome = run(self.database, "--format", "jsonl", text=text)
        self.assertEqual(outcome.status, 0, outcome)
        self.assertEqual(
            outcome.output,
            '{"a":";","b":"\';",";":1}\n{"c":";$$;"}\n{"d":"it\'s;"}\n')

    def test_rows_of_copy_stand_in_the_script(self):
        text = "CREATE TABLE t (a int, b text);\nCOPY t FROM STDIN;\n1\tone; two\n2\t\\N\n\\.\nSELECT * FROM t;\n"
        outcome = run(self.database, "--format", "csv", text=text)
        self.assertEqual(outcome.output, "a,b\n1,one; two\n2,\n", outcome)

    def test_rows_of_copy_come_on_standard_input_for_a_statement_of_the_command_line(self):
        self.sql("CREATE TABLE t (a int, b text)")
        outcome = run(self.database, "-c", "COPY t FROM STDIN (FORMAT csv)", text="1,one\n2,two\n")
        self.assertEqual(outcome.status, 0, outcome)
        self.assertEqual(self.sql("SELECT * FROM t"), "a,b\n1,one\n2,two\n")

    def test_instants_are_shown_in_the_time_zone_of_the_session(self):
        outcome = run(
            self.database, "--format", "csv", "-c",
            "SET timezone = 'Europe/Berlin'; SELECT '2026-07-01 10:00+00'::timestamptz AS t")
        self.assertEqual(outcome.output, "t\n2026-07-01 12:00:00+02\n", outcome)

    def test_a_script_that_includes_itself_ends_with_an_error(self):
        script = self.folder / "s.sql"
        script.write_text(f"\\i {script}\n")
        outcome = run(self.database, "-f", script)
        self.assertEqual(outcome.status, 1)
        self.assertIn("54001", outcome.errors)

    def test_a_reader_that_goes_away_is_no_error(self):
        process = subprocess.run(
            f"{BINARY} {self.database} -c 'SELECT * FROM generate_series(1, 1000000)' | head -n 1",
            shell=True, capture_output=True, timeout=PATIENCE)
        self.assertEqual(process.stderr, b"")

    def test_the_examples_of_the_help_run_on_the_demo(self):
        self.assertEqual(run("demo", self.database, "--rows", 3_000).status, 0)
        names = run(self.database, "-c", "\\h").output.splitlines()[1:]
        self.assertGreater(len(names), 10)
        for name in map(str.strip, names):
            with self.subTest(statement=name):
                example = run(self.database, "-c", f"\\h {name}").output.split("Example:\n")[1]
                outcome = run(self.database, "-c", example, cwd=self.folder)
                self.assertEqual(outcome.status, 0, f"{example}\n{outcome}")


if __name__ == "__main__":
    main()
