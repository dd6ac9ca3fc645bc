"""Bad input: a clear error, a non-zero exit status, and data unharmed."""

import http.server
import json
import os
import random
import shutil
import stat
import threading
import time

from program import BINARY, ProgramTests, main, run
from wire import ServerError


class BadInputTests(ProgramTests):
    def setUp(self):
        super().setUp()
        self.sql("CREATE TABLE ads (day date, channel text, spend numeric(12,2));"
                 "INSERT INTO ads VALUES ('2026-01-01', 'meta', 10), ('2026-01-02', 'google', 20)")

    def tearDown(self):
        if self.database.exists():
            self.assertEqual(self.scalar("SELECT sum(spend) FROM ads"), "30.00", "data is harmed")

    def refused_import(self, file, *options):
        """Imports into the table that is there; must fail, and tell it."""
        outcome = run("import", self.database, "ads", file, *options)
        self.assertEqual(outcome.status, 1, outcome)
        self.assertRegex(outcome.errors, r'^ERROR:  [0-9A-Z]{5}: [a-z0-9"]')
        return outcome.errors

    def test_a_missing_file_is_named(self):
        self.assertIn("nowhere.csv", self.refused_import(self.folder / "nowhere.csv"))

    def test_a_missing_script_is_named(self):
        outcome = run(self.database, "-f", self.folder / "nowhere.sql")
        self.assertEqual(outcome.status, 1, outcome)
        self.assertIn("nowhere.sql", outcome.errors)

    def test_a_directory_is_no_file(self):
        self.assertIn(str(self.folder), self.refused_import(self.folder))

    def test_a_directory_is_no_script(self):
        outcome = run(self.database, "-f", self.folder)
        self.assertEqual(outcome.status, 1, outcome)

    def test_a_binary_file_is_no_csv(self):
        noise = random.Random(5).randbytes(200_000)
        self.refused_import(self.file("binary.csv", noise), "--strict")

    def test_a_binary_file_makes_no_table_of_nonsense(self):
        noise = random.Random(6).randbytes(200_000)
        outcome = run("import", self.database, "other", self.file("binary.csv", noise))
        self.assertEqual(outcome.status, 1, outcome)
        self.assertNotIn("other", self.sql("SHOW tables"))

    def test_a_program_is_no_csv(self):
        self.refused_import(BINARY, "--strict")

    def test_a_line_of_a_million_characters_is_set_aside_or_refused(self):
        file = self.file("long.csv", "day,channel,spend\n" + "x" * 1_000_000 + "\n")
        self.refused_import(file, "--strict")
        outcome = run("import", self.database, "ads", file)
        self.assertIn(outcome.status, (0, 1), outcome)
        self.assertLess(len(outcome.errors + outcome.output), 10_000, "the line is echoed whole")

    def test_a_statement_of_a_million_characters_is_an_error_or_an_answer(self):
        # By a file: an argument of a program is shorter.
        text = "SELECT '" + "x" * 1_000_000 + "' AND"
        outcome = run(self.database, "-f", self.file("long.sql", text))
        self.assertEqual(outcome.status, 1, outcome.errors[:2_000])
        self.assertIn("42601", outcome.errors)

    def test_a_row_of_too_many_columns_is_refused(self):
        file = self.file("wide.csv", "day,channel,spend\n2026-01-03,meta,1,2,3\n")
        errors = self.refused_import(file, "--strict")
        self.assertIn("2", errors)

    def test_a_file_of_other_columns_is_refused(self):
        errors = self.refused_import(self.file("other.csv", "day,budget\n2026-01-03,5\n"))
        self.assertIn("budget", errors)

    def test_a_number_that_is_too_large_is_refused(self):
        file = self.file("large.csv", "day,channel,spend\n2026-01-03,meta,99999999999.99\n")
        self.refused_import(file, "--strict")
        self.assertIn("22003", self.sql("INSERT INTO ads VALUES (NULL, 'x', 1e11)", status=1))
        self.assertIn("22003", self.sql("SELECT 9223372036854775807 + 1", status=1))
        self.assertIn("22003", self.sql("SELECT 99999999999999999999::bigint", status=1))

    def test_a_statement_that_fails_half_way_leaves_nothing(self):
        self.sql("INSERT INTO ads SELECT day, channel, spend / (spend - 20) FROM ads", status=1)

    def test_an_unknown_column_of_a_metric_is_named_with_the_nearest(self):
        self.sql("CREATE METRIC roas AS sum(spent)", status=0)
        errors = self.sql("SELECT roas FROM ads", status=1)
        self.assertIn("42703", errors)
        self.assertIn('"spent"', errors)
        self.assertIn('"ads.spend"', errors)

    def test_a_wrong_name_shows_its_place_and_the_nearest(self):
        errors = self.sql("SELECT chanel FROM ads", status=1)
        self.assertIn("LINE 1: SELECT chanel FROM ads\n               ^", errors)
        self.assertIn('"ads.channel"', errors)

    def test_a_budget_below_the_sum_of_the_minimums_is_refused(self):
        self.sql("CREATE TABLE history AS SELECT DATE '2026-01-01' + (n / 2)::int AS day,"
                 " CASE WHEN n % 2 = 0 THEN 'meta' ELSE 'google' END AS channel,"
                 " 100 + (n * 37) % 50 AS spend, 250 + (n * 53) % 90 AS revenue"
                 " FROM generate_series(0, 199) AS s(n)")
        self.sql("CREATE TABLE limits AS SELECT * FROM (VALUES ('meta', 600, 900),"
                 " ('google', 600, 900)) AS v(channel, min_spend, max_spend)")
        query = ("SELECT * FROM ALLOCATE_BUDGET(TABLE history, channel => 'channel',"
                 " spend => 'spend', outcome => 'revenue', ts => 'day', bounds => TABLE limits,"
                 " budget => {budget})")
        errors = self.sql(query.format(budget=1_000), status=1)
        self.assertIn("ERROR:  22023: minimum spends sum to 1200, above the budget 1000", errors)
        self.assertEqual(len(self.sql(query.format(budget=1_500)).splitlines()), 3)

    def test_an_alert_on_a_missing_table_is_refused(self):
        errors = self.sql("CREATE ALERT low WHEN sum(spend) > 5 FROM nowhere SEVERITY high"
                          " MESSAGE 'x'", status=1)
        self.assertIn("42P01", errors)
        self.assertIn('"nowhere"', errors)

    def test_a_second_process_is_told_who_holds_the_database(self):
        with self.serving() as server:
            # The shell would attach; what works on the files themselves cannot.
            outcome = run("import", self.database, "ads", self.file("more.csv", "day,channel,spend\n"))
            self.assertEqual(outcome.status, 1, outcome)
            self.assertIn("55P03", outcome.errors)
            self.assertIn(str(server.process.pid), outcome.errors)
            with server.connect() as connection:
                self.assertEqual(connection.rows("SELECT sum(spend) FROM ads"), [("30.00",)])

    def test_a_file_is_no_database(self):
        outcome = run(self.file("plain.txt", "hello"), "-c", "SELECT 1")
        self.assertEqual(outcome.status, 1, outcome)
        self.assertIn("plain.txt", outcome.errors)

    def test_a_directory_that_cannot_be_written_is_told(self):
        # Permissions do not bind root, so it runs as nobody, with a program nobody can reach.
        program = self.folder / "demetra"
        shutil.copy(BINARY, program)
        self.folder.chmod(0o755)
        locked = self.folder / "locked"
        locked.mkdir()
        locked.chmod(0o555)
        user = {} if os.getuid() else {"user": 65_534, "group": 65_534}
        import program as under_test
        kept, under_test.BINARY = under_test.BINARY, program
        try:
            for path in (locked / "db.demetra", locked):
                outcome = run(path, "-c", "CREATE TABLE t (a int)", cwd=self.folder, **user)
                self.assertEqual(outcome.status, 1, outcome)
                self.assertIn(str(locked), outcome.errors)
                self.assertRegex(outcome.errors, "(?i)permission denied|read-only")
        finally:
            under_test.BINARY = kept
            locked.chmod(stat.S_IRWXU)

    def test_unknown_options_and_formats_are_told_with_the_usage(self):
        for arguments in (["--nonsense"], [self.database, "--format", "xml", "-c", "SELECT 1"],
                          ["import", self.database], ["serve", self.database, "--pg", "nonsense"]):
            outcome = run(*arguments)
            self.assertNotEqual(outcome.status, 0, arguments)
            self.assertIn("sage", outcome.errors)


class ExtremeStatementTests(ProgramTests):
    """Statements as long, deep and wide as somebody can make them: an answer, or an error of class 54."""

    def setUp(self):
        super().setUp()
        server = self.serving()
        self.server = server.__enter__()
        self.addCleanup(server.__exit__, None, None, None)

    def assert_alive(self):
        self.assertTrue(self.server.is_running, "the server is gone")
        self.assertEqual(self.outcome("SELECT 1"), 1)

    def outcome(self, statement):
        """The number of rows, or the error's state."""
        with self.server.connect() as connection:
            try:
                return len(connection.rows(statement))
            except ServerError as error:
                return error.state

    def assert_outcomes(self, expected, statements):
        for name, statement in statements.items():
            with self.subTest(name):
                self.assertEqual(self.outcome(statement), expected)
        self.assert_alive()

    def test_what_is_long_is_answered(self):
        numbers = range(10_000)
        self.assert_outcomes(1, {
            "a megabyte of text": f"SELECT length('{'x' * 1_000_000}')",
            "a list": f"SELECT 1 WHERE 5 IN ({','.join(map(str, range(100_000)))})",
            "rows": f"SELECT count(*) FROM (VALUES {','.join(f'({n})' for n in range(100_000))}) AS v",
            "OR": f"SELECT count(*) FROM generate_series(1, 9) AS g WHERE {' OR '.join(f'g = {n}' for n in numbers)}",
            "AND": f"SELECT count(*) FROM generate_series(1, 9) AS g WHERE {' AND '.join(f'g <> {n}' for n in numbers)}",
            "columns": f"SELECT {','.join(f'{n} AS c{n}' for n in range(5_000))}",
            "a chain of common tables": "WITH c0 AS (SELECT 1 AS x)" + "".join(
                f", c{n} AS (SELECT x + 1 AS x FROM c{n - 1})" for n in range(1, 1_000))
                + " SELECT * FROM c999",
            "common tables": "WITH " + ",".join(f"c{n} AS (SELECT {n} AS x)" for n in range(1_000))
                + " SELECT c1.x FROM c1, c999",
            "common tables that are used twice": "WITH " + ",".join(
                f"c{n} AS (SELECT {n} AS x)" for n in range(1_000))
                + f" SELECT count(*) FROM ({' UNION ALL '.join(f'SELECT x FROM c{n // 2}' for n in range(2_000))}) AS u",
            "a template": "SELECT to_char(1, repeat('9', 100000))",
            "patterns": "SELECT repeat('a', 100000) ~ '^(a|a|aa)+$', repeat('a', 100000) ~ '(a*)*b', "
                        f"repeat('a', 100000) LIKE '{'%a' * 1_000}b'",
        })
        union = " UNION ALL ".join(f"SELECT {n}" for n in range(5_000))
        self.assert_outcomes(5_000, {
            "UNION ALL": union, "UNION": union.replace(" ALL", ""),
        })

    def test_what_is_deep_is_refused(self):
        deep = 10_000
        self.assert_outcomes("54001", {
            "parentheses": f"SELECT {'(' * deep}1{')' * deep}",
            "open parentheses": f"SELECT {'(' * deep}",
            "arrays": f"SELECT {'ARRAY[' * deep}1{']' * deep}",
            "NOT": f"SELECT {'NOT ' * deep}true",
            "signs": f"SELECT {'- ' * deep}1",
            "CASE": f"SELECT {'CASE WHEN true THEN ' * deep}1{' END' * deep}",
            "subqueries": f"SELECT * FROM {'(SELECT * FROM ' * deep}(VALUES (1)) AS v{') AS s' * deep}",
            "scalar subqueries": f"SELECT {'(SELECT ' * deep}1{')' * deep}",
            "calls": f"SELECT {'abs(' * deep}1{')' * deep}",
            "a sum": f"SELECT {'+'.join('1' * 500_000)}",
            "grouping sets": f"SELECT 1 FROM (VALUES (1)) AS v(a) GROUP BY {','.join(['ROLLUP (a, a, a)'] * 12)}",
        })

    def test_what_is_wide_is_refused(self):
        self.assert_outcomes("54011", {
            "a result": f"SELECT {','.join(map(str, range(100_000)))}",
            "a table": f"CREATE TABLE wide ({','.join(f'c{n} int' for n in range(20_000))})",
            "CUBE": f"SELECT 1 FROM (VALUES (1)) AS v(a) GROUP BY CUBE ({','.join('a' * 13)})",
        })

    def test_what_has_no_end_is_cancelled(self):
        for statement in (
                "SELECT count(*) FROM generate_series(1, 1000000000000)",
                "SELECT count(*) FROM generate_series(1, 1000000) AS a, generate_series(1, 1000000) AS b",
                "SELECT g FROM generate_series(1, 1000000000000) AS g ORDER BY g DESC LIMIT 1"):
            with self.subTest(statement), self.server.connect() as connection:
                connection.query("SET statement_timeout = 200")
                with self.assertRaises(ServerError) as caught:
                    connection.query(statement)
                self.assertEqual(caught.exception.state, "57014")
        self.assert_alive()


class Endpoint(http.server.BaseHTTPRequestHandler):
    """A language model that answers as its server's `mode` says, and keeps what it was asked."""

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.path, dict(self.headers), body))
        self.server.arrived.set()
        try:
            getattr(self, self.server.mode)(json.loads(body["messages"][1]["content"])["items"])
        except OSError:
            pass  # It was given up.

    def send(self, body, status=200, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def complete(self, content):
        self.send(json.dumps({"choices": [{"message": {"content": content}}]}).encode())

    def good(self, items):
        self.complete(json.dumps({"texts": [
            item["text"].replace("Pause or rework", "Consider a pause for, or a rework of,")
            for item in items]}))

    def inventive(self, items):
        self.complete(json.dumps({"texts": [
            item["text"] + " ROI is up by 15% then." for item in items]}))

    def wordy(self, items):
        self.complete("Here you are: " + json.dumps({"texts": [item["text"] for item in items]}))

    def broken(self, items):
        self.send(b"{}", 500)

    def elsewhere(self, items):
        self.send(b"", 302, Location=f"http://127.0.0.1:{self.server.server_port}/other")

    def garbage(self, items):
        self.wfile.write(os.urandom(4_096))
        self.close_connection = True

    def nested(self, items):
        self.send(b"[" * 100_000)

    def cut(self, items):
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(b"{")
        self.close_connection = True

    def endless(self, items):
        self.send_response(200)
        self.end_headers()
        while True:
            self.wfile.write(b" " * 65_536)

    def dripping(self, items):
        self.send_response(200)
        self.end_headers()
        while True:
            self.wfile.write(b" ")
            self.wfile.flush()
            time.sleep(0.05)

    def silent(self, items):
        self.server.over.wait(60)

    def log_message(self, *_):
        pass


class LanguageModelTests(ProgramTests):
    """RECOMMEND beside an endpoint that does what endpoints do: the query always answers."""

    KEY = "key-that-nobody-sees"

    def setUp(self):
        super().setUp()
        self.endpoint = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
        self.endpoint.daemon_threads = True
        self.endpoint.asked = []
        self.endpoint.arrived = threading.Event()
        self.endpoint.over = threading.Event()
        threading.Thread(target=self.endpoint.serve_forever, daemon=True).start()
        self.addCleanup(self.endpoint.server_close)
        self.addCleanup(self.endpoint.shutdown)
        self.addCleanup(self.endpoint.over.set)
        self.url = f"http://127.0.0.1:{self.endpoint.server_port}/v1/chat/completions"
        self.sql("""
            CREATE TABLE ads AS
            SELECT DATE '2026-01-01' + d AS date, c.channel, round(c.s * (1 + 0.3 * sin(d * c.k))) AS spend,
                   round(c.r * c.s * (1 + 0.3 * sin(d * c.k)) * (1 + 0.1 * sin(d * 7.1 + c.k))) AS revenue
            FROM generate_series(0, 59) AS s(d),
                 (VALUES ('Search', 1000.0, 1.2, 1.3), ('TikTok', 600.0, 0.6, 2.1)) AS c(channel, s, r, k)
            """)

    def recommend(self, mode, timeout="10s", query=None, **environment):
        """What the shell answers with the endpoint in this mode: the rows and what was said besides."""
        self.endpoint.mode = mode
        self.endpoint.asked.clear()
        text = (f"SET demetra.llm_url = '{self.url}'; SET demetra.llm_model = 'small';"
                f" SET demetra.llm_timeout = '{timeout}';"
                + (query or "SELECT source, text FROM RECOMMEND(TABLE ads) WHERE kind = 'pause'"))
        outcome = run(self.database, "--format", "csv", "-c", text,
                      env=os.environ | {"DEMETRA_LLM_KEY": self.KEY} | environment)
        self.assertEqual(outcome.status, 0, outcome)
        self.assertNotIn(self.KEY, outcome.output + outcome.errors)
        return outcome

    def test_a_good_answer_is_taken(self):
        outcome = self.recommend("good")
        self.assertIn('llm,"Consider a pause for, or a rework of, \'TikTok\': ', outcome.output)
        self.assertNotIn("words of the rules", outcome.errors)
        (path, headers, body), = self.endpoint.asked
        self.assertEqual(path, "/v1/chat/completions")
        self.assertEqual(headers["Authorization"], f"Bearer {self.KEY}")
        self.assertEqual((body["model"], body["temperature"]), ("small", 0.2))
        self.assertLessEqual(body["max_tokens"], 2_000)

    def test_a_document_carries_the_words_of_the_model(self):
        outcome = self.recommend(
            "good", query="SELECT recommendation FROM RECOMMEND(TABLE ads, format => 'json')")
        self.assertIn("Consider a pause for", outcome.output)
        self.assertEqual(len(self.endpoint.asked), 1)

    def test_whatever_else_happens_the_rules_answer(self):
        for mode, reason in [
                ("inventive", "a number that is not in the evidence"),
                ("wordy", "not the JSON"), ("broken", "status 500"), ("elsewhere", "redirect (302)"),
                ("garbage", "no HTTP"), ("nested", "no chat completion"), ("cut", "in vain"),
                ("endless", "too long"), ("dripping", "within 700 ms"), ("silent", "within 700 ms")]:
            with self.subTest(mode=mode):
                started = time.monotonic()
                outcome = self.recommend(mode, timeout="700ms" if "700" in reason else "10s")
                self.assertIn("rules,\"Pause or rework 'TikTok'", outcome.output)
                self.assertEqual(outcome.errors.count("words of the rules"), 1, outcome)
                self.assertIn(reason, outcome.errors)
                self.assertEqual(len(self.endpoint.asked), 1, "it was asked more than once")
                self.assertLess(time.monotonic() - started, 60)

    def test_an_endpoint_that_is_not_there_is_told(self):
        self.endpoint.shutdown()
        self.endpoint.server_close()
        outcome = self.recommend("good")
        self.assertIn("does not take connections", outcome.errors)

    def test_other_hosts_are_asked_when_the_operator_says_so(self):
        self.assertIn("42501", self.sql("SET demetra.llm_url = 'http://10.255.255.1/'", status=1))
        outcome = run(
            self.database, "-c", "SET demetra.llm_url = 'http://10.255.255.1/'; SHOW demetra.llm_url",
            env=os.environ | {"DEMETRA_LLM_HOSTS": "10.255.255.1"})
        self.assertEqual(outcome.status, 0, outcome)

    def test_the_key_is_in_no_setting(self):
        outcome = self.recommend("good", query="SHOW ALL; SELECT * FROM pg_settings")
        self.assertIn("demetra.llm_url", outcome.output)

    def test_a_cancelled_statement_does_not_wait_for_it(self):
        self.endpoint.mode = "silent"
        with self.serving() as server, server.connect() as session:
            session.query(f"SET demetra.llm_url = '{self.url}'")
            failures = []

            def ask():
                try:
                    session.query("SELECT * FROM RECOMMEND(TABLE ads)")
                except ServerError as error:
                    failures.append(error.state)
            thread = threading.Thread(target=ask)
            thread.start()
            self.assertTrue(self.endpoint.arrived.wait(60))
            started = time.monotonic()
            session.cancel()
            thread.join(60)
            print(f"cancelled after {(time.monotonic() - started) * 1000:.0f} ms")
            self.assertEqual(failures, ["57014"])
            # The others were not held up, and the session goes on.
            self.endpoint.mode = "good"
            rows = session.rows("SELECT DISTINCT source FROM RECOMMEND(TABLE ads)")
            self.assertIn(("llm",), rows)

    def test_who_is_no_superuser_does_not_say_which_address_is_asked(self):
        self.endpoint.mode = "good"
        with self.serving() as server:
            with server.connect(user="boss", database="db") as boss:
                boss.query("CREATE ROLE ann LOGIN")
                boss.query("GRANT SELECT ON ads TO ann")
                boss.query(f"ALTER ROLE ann SET demetra.llm_url = '{self.url}'")
            with server.connect(user="ann", database="db") as ann:
                self.assertEqual(ann.rows("SHOW demetra.llm_url"), [(self.url,)])
                for text in [
                        "SET demetra.llm_url = 'http://127.0.0.1:1/'",
                        "ALTER ROLE ann SET demetra.llm_url = 'http://127.0.0.1:1/'",
                        "SELECT set_config('demetra.llm_url', 'http://127.0.0.1:1/', false)"]:
                    with self.assertRaises(ServerError) as caught:
                        ann.query(text)
                    self.assertEqual(caught.exception.state, "42501")
                self.assertIn(
                    ("llm",), ann.rows("SELECT DISTINCT source FROM RECOMMEND(TABLE ads)"))


if __name__ == "__main__":
    main()
