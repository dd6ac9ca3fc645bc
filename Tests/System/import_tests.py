"""Imports: what is understood, what is set aside, and that the table's own rules hold."""

import csv
import decimal
import json
import os
import pty
import subprocess

from program import BINARY, SHARED, ProgramTests, main, run


class ImportTests(ProgramTests):
    def imported(self, name, content, *options, status=0):
        outcome = run("import", self.database, "t", self.file(name, content), *options)
        self.assertEqual(outcome.status, status, outcome)
        return outcome

    def test_headers_money_dates_quotes_marks_and_line_ends(self):
        self.imported(
            "f.csv",
            b'\xef\xbb\xbfCampaign_ID,Acquisition Cost,Date,"Note, long"\r\n'
            b'1,"$1,234.56",2024-01-02,"two\nlines"\r\n2,$99.00,2024-02-03,"a ""word"""\r\n3,,,\r\n')
        self.assertEqual(
            self.sql("SELECT * FROM t ORDER BY 1"),
            "campaign_id,acquisition_cost,date,note_long\n"
            '1,1234.56,2024-01-02,"two\nlines"\n2,99.00,2024-02-03,"a ""word"""\n3,,,\n')

    def test_the_order_of_day_and_month_is_that_which_fits_the_column(self):
        self.imported("f.csv", "a,b\n01/02/2024,x\n13/02/2024,y\n")
        self.assertEqual(self.scalar("SELECT min(a) FROM t"), "2024-02-01")

    def test_bad_rows_are_set_aside_with_line_and_reason(self):
        outcome = self.imported("f.csv", "a,b,c\n1,2,3\n4,5\n6,7,8,9\n10,11,12\n")
        self.assertIn("imported 2 rows", outcome.output)
        self.assertIn("rejected 2 rows", outcome.output)
        rejects = list(csv.reader((self.folder / "f.csv.rejects.csv").open()))
        self.assertEqual(rejects[0], ["line", "column", "reason", "row"])
        self.assertEqual([(row[0], row[3]) for row in rejects[1:]], [("3", "4,5"), ("4", "6,7,8,9")])

    def test_a_table_keeps_its_types_defaults_and_constraints(self):
        self.sql("CREATE TABLE t (a smallint NOT NULL, b numeric(5,2), c text DEFAULT 'none',"
                 " d int CHECK (d > 0))")
        self.imported("f.csv", "a,b\n1,5.555\n70000,1\n,2\n3,12345.6\n")
        self.assertEqual(self.sql("SELECT * FROM t"), "a,b,c,d\n1,5.56,none,\n")
        rejects = list(csv.reader((self.folder / "f.csv.rejects.csv").open()))[1:]
        self.assertEqual([(row[0], row[1]) for row in rejects], [("3", "a"), ("4", "a"), ("5", "b")])
        self.assertIn("not-null", rejects[1][2])
        outcome = self.imported("g.csv", "a,d\n1,1\n2,-1\n", status=1)
        self.assertIn("23514", outcome.errors)
        self.assertEqual(self.scalar("SELECT count(*) FROM t"), "1")

    def test_a_key_that_exists_refuses_the_file_and_upsert_replaces_the_row(self):
        self.sql("CREATE TABLE t (a int PRIMARY KEY, b int); INSERT INTO t VALUES (1, 1)")
        outcome = self.imported("f.csv", "a,b\n1,2\n3,4\n", status=1)
        self.assertIn("23505", outcome.errors)
        self.assertEqual(self.sql("SELECT * FROM t"), "a,b\n1,1\n")
        self.imported("f.csv", "a,b\n1,2\n3,4\n", "--upsert")
        self.assertEqual(self.sql("SELECT * FROM t ORDER BY a"), "a,b\n1,2\n3,4\n")

    def test_a_file_of_which_no_row_fits_is_an_error(self):
        self.sql("CREATE TABLE t (a int, b int)")
        outcome = self.imported("f.csv", "a,b\nx,1\ny,2\n", status=1)
        self.assertIn('invalid input syntax for type integer: "x"', outcome.errors)

    def test_a_header_of_a_million_characters_is_an_error(self):
        outcome = self.imported("f.csv", "x" * 1_000_000 + "\n1\n", status=1)
        self.assertIn("42622", outcome.errors)
        self.assertLess(len(outcome.errors), 1_000)

    def test_a_missing_file_makes_no_database(self):
        outcome = run("import", self.database, "t", self.folder / "nowhere.csv")
        self.assertEqual(outcome.status, 1, outcome)
        self.assertFalse(self.database.exists())

    def test_names_of_tables_are_read_as_sql_reads_them(self):
        run("import", self.database, "Campaigns", self.file("f.csv", "a\n1\n"))
        self.assertEqual(self.scalar("SELECT a FROM campaigns"), "1")

    def test_lines_of_json_are_rows(self):
        self.imported("f.jsonl", '{"Ad_ID": 1, "cost": 2.5, "more": {"x":[1]}}\n{"Ad_ID": 2}\nnonsense\n')
        self.assertEqual(
            self.sql("SELECT ad_id, cost, more FROM t ORDER BY 1"),
            'ad_id,cost,more\n1,2.5,"{""x"":[1]}"\n2,,\n')
        self.assertIn("nonsense", (self.folder / "f.jsonl.rejects.csv").read_text())

    def test_copies_as_lines_of_json_come_back_the_same(self):
        rows = (r"""('2026-01-01', 'a "q", \ b', 1.50, '{x,"y \" z",NULL}', '{"k": [1, 2]}', '2026-01-01 10:00+02', true, 'NaN'),"""
                "('2026-01-02', NULL, NULL, NULL, NULL, NULL, NULL, NULL),"
                "('2026-01-03', '', 0, '{}', '\"text\"', 'infinity', false, 1e300)")
        columns = ("day date, campaign text, spend numeric(10,2), tags text[], meta jsonb, seen timestamptz,"
                   " ok boolean, roi double precision")
        path = self.folder / "rows.jsonl"
        self.sql(f"CREATE TABLE t ({columns}); INSERT INTO t VALUES {rows}; CREATE TABLE u ({columns})")
        self.sql(f"COPY t TO '{path}' (FORMAT json)")
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        self.assertEqual(lines[0]["tags"], ["x", 'y " z', None])
        self.assertEqual(lines[0]["meta"], {"k": [1, 2]})
        self.sql(f"COPY u FROM '{path}' (FORMAT jsonl)")
        self.assertEqual(self.scalar("SELECT count(*) FROM (SELECT * FROM t EXCEPT ALL SELECT * FROM u) AS d"), "0")
        self.assertEqual(self.scalar("SELECT count(*) FROM u"), "3")
        # A document with line breaks of its own is one line; a line that is no object names itself.
        broken = self.folder / "broken.jsonl"
        self.sql(f"""COPY (SELECT '{{"a":\n1}}'::json AS d) TO '{broken}' (FORMAT ndjson)""")
        self.assertEqual(broken.read_text(), '{"d":{"a": 1}}\n')
        broken.write_text('{"day": "2026-01-04"}\n[1]\n')
        outcome = run(self.database, "-c", f"COPY u FROM '{broken}' (FORMAT json)")
        self.assertIn("22P02", outcome.errors)
        self.assertIn('COPY u, line 2: "[1]"', outcome.errors)
        self.assertEqual(self.scalar("SELECT count(*) FROM u"), "3")

    def test_options_of_copies_in_csv_are_those_of_postgresql(self):
        path = self.file("f.csv", 'campaign,spend\n"",\n,5\n"x",""\n')
        self.sql("CREATE TABLE t (campaign text, spend text)")
        self.sql(f"COPY t FROM '{path}' (FORMAT csv, HEADER MATCH, FORCE_NULL (campaign), FORCE_NOT_NULL (spend))")
        self.assertEqual(
            self.sql("SELECT coalesce(campaign, '-') AS a, coalesce(spend, '-') AS b FROM t"),
            'a,b\n-,""\n-,5\nx,""\n')
        for options, written in [
                ("HEADER, FORCE_QUOTE (spend)", 'campaign,spend\n,""\n,"5"\nx,""\n'),
                ("FORCE_QUOTE *", ',""\n,"5"\n"x",""\n')]:
            target = self.folder / "out.csv"
            self.sql(f"COPY t TO '{target}' (FORMAT csv, {options})")
            self.assertEqual(target.read_text(), written)
            target.unlink()
        for statement, state, message in [
                ("COPY t (spend, campaign) FROM '{}' (FORMAT csv, HEADER MATCH)", "22P04", 'got "campaign", expected "spend"'),
                ("COPY t (spend) FROM '{}' (FORMAT csv, HEADER MATCH)", "22P04", "field count is 2, expected 1"),
                ("COPY t FROM '{}' (FORMAT csv, FORCE_NULL (spent))", "42P10", 'Perhaps you meant "spend"'),
                ("COPY t FROM '{}' (FORMAT csv, FORCE_QUOTE *)", "0A000", "only available using COPY TO"),
                ("COPY t FROM '{}' (FORMAT text, FORCE_NULL (spend))", "0A000", "requires CSV mode"),
                ("COPY t TO '{}' (FORMAT csv, HEADER MATCH)", "0A000", "HEADER in COPY TO"),
                ("COPY t FROM '{}' (FORMAT csv, FORCE_NULL 'spend')", "42601", "list of column names"),
                ("COPY t FROM '{}' (FORMAT json, HEADER)", "42601", "cannot specify HEADER in JSON mode")]:
            outcome = run(self.database, "-c", statement.format(path))
            self.assertEqual(outcome.status, 1, statement)
            self.assertIn(state, outcome.errors)
            self.assertIn(message, outcome.errors)
        self.assertEqual(self.scalar("SELECT count(*) FROM t"), "3")

    def test_a_terminal_sees_a_bar_and_a_script_none(self):
        file = self.file("f.csv", "a,b\n" + "1,2\n" * 300_000)
        self.assertNotIn("[#", run("import", self.database, "t", file).errors)
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            [str(BINARY), "import", str(self.folder / "other"), "t", str(file)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=theirs)
        self.assertEqual(process.wait(60), 0)
        os.close(theirs)
        self.assertIn(b"100 %", os.read(ours, 1 << 16))
        os.close(ours)

    def test_real_files_give_as_many_rows_and_the_sums_of_a_plain_reader(self):
        data = SHARED / "data"
        if not data.exists():
            self.skipTest("the data sets are not beside the project")
        for number, (name, column, target) in enumerate((
                ("roi/kag_conversion_train.csv", "spent", "spent"),
                ("roi/kag_conversion_test.csv", "spent", "spent"),
                ("roi/cozy_corners_train.csv", "cpa", "cpa"),
                ("roi/campaigns_messy.csv", "revenue", "revenue"),
                ("anomaly/exchange-2_cpc_results.csv", "value", "value"),
                ("channels/tabmo_slots.csv", "impressions", "impressions"),
                ("mmm/robyn_simulated_weekly.csv", "revenue", "revenue"))):
            with self.subTest(file=name):
                table = f"file_{number}"
                rejects = self.folder / "rejects.csv"
                outcome = run("import", self.database, table, data / name, "--rejects", rejects)
                self.assertEqual(outcome.status, 0, outcome)
                rows = list(csv.DictReader((data / name).open(encoding="utf-8-sig")))
                values = [row[column] for row in rows if row[column] not in ("", "NULL", "NA")]
                total = sum(map(decimal.Decimal, values))
                self.assertEqual(self.scalar(f"SELECT count(*) FROM {table}"), str(len(rows)))
                found = decimal.Decimal(self.scalar(f"SELECT sum({target}) FROM {table}"))
                self.assertLessEqual(abs(found - total), abs(total) * decimal.Decimal("1e-12"))


if __name__ == "__main__":
    main()
