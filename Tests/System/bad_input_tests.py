"""Bad input: a clear error, a non-zero exit status, and data unharmed."""

import os
import random
import shutil
import stat

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


if __name__ == "__main__":
    main()
