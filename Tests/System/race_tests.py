"""The race against DuckDB, for equality of results only: loads, runs, compares; times are not looked at.

Needs packages of Python that Debian does not have, in a virtual environment below `.build`; skipped,
with a line that says so, where they cannot be installed, and where `../shared` is not.
"""

import argparse
import os
import subprocess
import sys
import unittest

from program import BINARY, ROOT, SHARED, ProgramTests, main

ENVIRONMENT = ROOT / ".build/race-venv"
PACKAGES = ["duckdb", "psycopg[binary]", "pyarrow", "numpy"]
# One query for each kind of work: totals, groups, distinct, joins, ASOF, windows, percentiles, text.
QUERIES = "q01,q02,q05,q06,q10,q11,q12,q13,q14,q15,q16,q17,q21,q24,q26,q33,q36,q38"


def python():
    """The interpreter with the packages, or None and the reason."""
    given = os.environ.get("DEMETRA_RACE_PYTHON")
    if given:
        return given, None
    interpreter = ENVIRONMENT / "bin/python"
    steps = [] if interpreter.exists() else [[sys.executable, "-m", "venv", str(ENVIRONMENT)]]
    steps.append([str(interpreter), "-m", "pip", "install", "--quiet",
                  "--disable-pip-version-check", *PACKAGES])
    for step in steps:
        try:
            outcome = subprocess.run(
                step, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                timeout=300)
        except (OSError, subprocess.TimeoutExpired) as error:
            return None, str(error)
        if outcome.returncode:
            lines = outcome.stdout.decode("utf-8", "replace").strip().splitlines()
            return None, lines[-1] if lines else "no reason given"
    return str(interpreter), None


@unittest.skipUnless(SHARED.is_dir(), f"there is no {SHARED}")
class RaceTests(ProgramTests):
    def test_the_queries_of_the_race_answer_as_duckdb_does(self):
        interpreter, reason = python()
        if reason:
            self.skipTest(f"packages for the race cannot be installed: {reason}")
        outcome = subprocess.run(
            [interpreter, str(SHARED / "bench/run.py"), "--rows", "200k",
             "--engines", "duckdb,demetra", "--demetra", str(BINARY), "--only", QUERIES,
             "--runs", "3", "--seconds", "1", "--cold", "0", "--bandwidth", "10",
             "--data", str(self.folder)],
            cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, timeout=540)
        text = outcome.stdout.decode("utf-8", "replace")
        self.assertEqual(outcome.returncode, 0, text[-6_000:])
        self.assertNotRegex(text, r"\b(WRONG|ERROR)\b")
        print(f"{len(QUERIES.split(','))} queries answer as DuckDB")


if __name__ == "__main__":
    main(argparse.ArgumentParser())
