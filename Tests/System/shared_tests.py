"""Gates on the harnesses that lie beside the project: the SQL suite, random queries, real files.

Skipped, with a line that says so, where `../shared` (or `$DEMETRA_SHARED`) is not.
"""

import argparse
import os
import re
import subprocess
import sys
import unittest

from program import BINARY, SHARED, ProgramTests, main, run

# Statements of tier 1 that passed when this line was last changed; it only rises.
TIER_ONE_PASSES = 905

# Reasons by which the suite calls an answer wrong; an error where rows were expected is none of them.
WRONG = r"^ +\d+  (wrong (result|row count|number of columns)|succeeded|column names differ)"
# Reasons that are the server's end, or nonsense on the wire.
BROKEN = r"^ +\d+  (crash|connect|connection lost|protocol|timeout|file time-out)\b"


@unittest.skipUnless(SHARED.is_dir(), f"there is no {SHARED}")
class SharedTests(ProgramTests):
    def harness(self, script, *arguments, limit=600):
        """Runs a harness; gives its exit status and its text."""
        outcome = subprocess.run(
            [sys.executable, str(SHARED / script), *map(str, arguments)], cwd=self.folder,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            timeout=limit)
        return outcome.returncode, outcome.stdout.decode("utf-8", "replace")

    def test_the_first_tier_of_the_sql_suite_holds(self):
        _, text = self.harness(
            "sqltest/slt.py", SHARED / "sqltest/cases", "--tier", 1, "--serve", BINARY)
        total = re.search(r"^TOTAL (\d+)/(\d+)", text, re.M)
        self.assertTrue(total, text[-3_000:])
        print(total.group(0), flush=True)
        self.assertGreaterEqual(int(total.group(1)), TIER_ONE_PASSES, text[-3_000:])
        self.assertNotRegex(text, re.compile(WRONG, re.M), text[-3_000:])
        self.assertNotRegex(text, re.compile(BROKEN, re.M), text[-3_000:])

    def test_no_statement_of_any_tier_breaks_the_server(self):
        _, text = self.harness("sqltest/slt.py", SHARED / "sqltest/cases", "--serve", BINARY)
        print(re.search(r"^TOTAL .*", text, re.M).group(0), flush=True)
        self.assertNotRegex(text, re.compile(BROKEN, re.M), text[-3_000:])

    def test_random_queries_keep_their_laws(self):
        seed = self.arguments.seed
        print(f"seed {seed}", flush=True)
        # No large tables: the harness compares their joins row by row in Python, for minutes and gigabytes.
        status, text = self.harness(
            "sqltest/fuzz.py", "--target", f"serve:{BINARY}", "--minutes", self.arguments.minutes,
            "--tier", 2, "--seed", seed, "--big", 0, "--out", self.folder)
        print(text.strip().splitlines()[-1], flush=True)
        reports = "".join(path.read_text() for path in self.folder.rglob("report.txt"))
        self.assertEqual(status, 0, f"seed {seed}\n{text[-3_000:]}\n{reports[:6_000]}")


@unittest.skipUnless(SHARED.is_dir(), f"there is no {SHARED}")
class RealFileTests(ProgramTests):
    """Row counts are those of the files' own description, sums those that DuckDB computes of them."""

    # File, rows, and sums by column to nine digits. `SELECT sum(column) FROM 'file.csv'` in DuckDB.
    FILES = [
        ("roi/kag_conversion_train.csv", 656, {
            "impressions": 119365776.0, "clicks": 20984.0, "spent": 32488.229987110983,
            "total_conversion": 1848.0, "approved_conversion": 608.0}),
        ("roi/kag_conversion_test.csv", 251, {
            "impressions": 49893874.0, "clicks": 9261.0, "spent": 14071.849994787997,
            "total_conversion": 716.0, "approved_conversion": 230.0}),
        ("roi/campaigns_messy.csv", 3533, {
            "impressions": 37976700.0, "clicks": 1843261.0, "leads": 213792.0,
            "conversions": 144130.0, "spend": 729198.4499999986, "revenue": 11748636.835027982}),
        ("roi/cozy_corners_train.csv", 4087, {
            "conversion_rate": 329.2799999999993, "roi": 12873.500000000024, "clicks": 74491658.0,
            "impressions": 229779384.0, "engagement_score": 17722.0, "ctr": 128289.2600000005}),
        ("anomaly/exchange-2_cpc_results.csv", 1624, {"value": 165.35990875286006}),
        ("anomaly/exchange-2_cpm_results.csv", 1624, {"value": 546.5125657482836}),
        ("anomaly/exchange-3_cpc_results.csv", 1538, {"value": 211.10476018077125}),
        ("anomaly/exchange-3_cpm_results.csv", 1538, {"value": 1188.5512239222767}),
    ]

    def test_real_files_import_whole_with_the_sums_of_duckdb(self):
        for name, rows, sums in self.FILES:
            with self.subTest(file=name):
                self.check(name, rows, sums)

    def check(self, name, rows, sums):
        table = "t_" + re.sub(r"\W", "_", name)
        outcome = run("import", self.database, table, SHARED / "data" / name)
        self.assertEqual(outcome.status, 0, outcome)
        self.assertNotIn("rejected", outcome.output)
        self.assertEqual(self.scalar(f"SELECT count(*) FROM {table}"), str(rows))
        for column, expected in sums.items():
            got = float(self.scalar(f"SELECT sum({column})::float8 FROM {table}"))
            self.assertAlmostEqual(got / expected, 1, places=9, msg=f"{name} {column} {got}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=1, help="of random queries")
    parser.add_argument(
        "--seed", type=int, default=int(os.environ.get("DEMETRA_SEED", 2_611)))
    main(parser)
