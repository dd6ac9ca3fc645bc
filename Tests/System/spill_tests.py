"""Queries larger than memory: they finish in what they may use, leave no files, and stop when told to.

`Tests/run spill --rows 10000000` runs them over more rows.
"""

import argparse
import os
import signal
import subprocess
import threading
import time

from program import BINARY, ProgramTests, Server, main, run
from wire import ServerError

LIMIT = "64MB"
# What the process may take: the limit and a tenth of it.
RESIDENT_MEGABYTES = 64 * 1.1

QUERIES = {
    "a sort": "SELECT number, label, amount, score FROM facts ORDER BY score, label, number",
    "a grouping": "SELECT number / 2, label, count(*), sum(amount) FROM facts GROUP BY 1, 2",
    "distinct rows": "SELECT DISTINCT number, score FROM facts",
    "distinct aggregates": "SELECT count(DISTINCT number), count(DISTINCT label || number) FROM facts",
    "a join": "SELECT count(*), sum(a.amount), max(b.label) FROM facts a JOIN facts b USING (number)",
    "a join of one key":
        "SELECT count(*), sum(b.number) FROM few a LEFT JOIN facts b ON a.one = b.one",
    "arrays sorted":
        "SELECT number, ARRAY[label, 'x'], ARRAY[amount, 1.0] FROM facts ORDER BY 3 DESC, 2, 1",
    "arrays grouped":
        "SELECT number / 2, array_agg(label ORDER BY label), array_agg(part ORDER BY number)"
        " FROM facts GROUP BY 1",
    "distinct arrays": "SELECT DISTINCT ARRAY[number, part], score FROM facts",
    "arrays joined":
        "SELECT count(*), max(ARRAY[a.label, b.label]) FROM facts a"
        " JOIN facts b ON ARRAY[a.number, a.part] = ARRAY[b.number, b.part]",
    "texts grouped":
        "SELECT label || number, count(*), sum(amount) FROM facts GROUP BY 1",
    "rows in both":
        "SELECT number, label FROM facts WHERE part > 10 INTERSECT SELECT number, label FROM facts",
    "rows in one": "SELECT number, label FROM facts EXCEPT SELECT number, label FROM facts WHERE part > 10",
    "all rows in one":
        "SELECT part, label FROM facts EXCEPT ALL SELECT part, label FROM facts WHERE number % 2 = 0",
    "the first rows": "SELECT * FROM facts ORDER BY score LIMIT 100000",
    "a window": "SELECT number, sum(amount) OVER (PARTITION BY part ORDER BY number) FROM facts",
}


class SpillTests(ProgramTests):
    def setUp(self):
        super().setUp()
        rows = self.arguments.rows
        self.sql(
            "CREATE TABLE facts (number bigint, label text, amount numeric(12,2),"
            " score double precision, part integer, one integer);"
            " INSERT INTO facts SELECT (n * 7919) % 100000007, 'label ' || (n % 5003),"
            " (n % 100000)::numeric / 100, ((n * 31) % 1000003)::float8 / 8, (n % 10007)::int, 1"
            f" FROM generate_series(1::bigint, {rows}) AS s(n);"
            " CREATE TABLE few AS SELECT 1 AS one FROM generate_series(1, 2) AS s(n);"
            " CHECKPOINT")

    def temporary(self):
        return list((self.database / "tmp").iterdir())

    def measured(self, query, limit):
        """The output of a query, sorted, and the peak of resident memory in megabytes."""
        file = self.folder / "answer"
        with file.open("wb") as output:
            process = subprocess.Popen(
                [str(BINARY), str(self.database), "--memory-limit", limit, "--format", "csv", "-c",
                 query], stdin=subprocess.DEVNULL, stdout=output)
            _, status, usage = os.wait4(process.pid, 0)
        process.returncode = status
        self.assertEqual(status, 0, query)
        subprocess.run(["sort", "-o", str(file), str(file)], env={"LC_ALL": "C"}, check=True)
        digest = subprocess.run(["sha256sum", str(file)], capture_output=True, check=True)
        return digest.stdout.split()[0], usage.ru_maxrss / 1024

    def test_queries_answer_in_little_memory_as_in_much(self):
        for name, query in QUERIES.items():
            with self.subTest(name):
                little, resident = self.measured(query, LIMIT)
                much, _ = self.measured(query, "8GB")
                print(f"{name}: {resident:.1f} MiB resident", flush=True)
                self.assertEqual(little, much)
                self.assertLessEqual(resident, RESIDENT_MEGABYTES)
                self.assertEqual(self.temporary(), [])

    def test_files_that_a_kill_leaves_are_gone_after_the_next_opening(self):
        process = subprocess.Popen(
            [str(BINARY), str(self.database), "--memory-limit", LIMIT, "-c", QUERIES["a sort"]],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while not self.temporary() and time.monotonic() < deadline:
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
        process.wait()
        self.assertNotEqual(self.temporary(), [], "it was killed before it wrote anything")
        self.assertEqual(run("check", self.database).status, 0)
        self.assertEqual(self.scalar("SELECT count(*) FROM facts"), str(self.arguments.rows))
        self.assertEqual(self.temporary(), [])

    def test_a_cancelled_query_stops_and_its_files_go(self):
        server = Server(self.database, "--memory-limit", LIMIT)
        self.addCleanup(server.stop)
        with server.connect() as connection:
            for name in ("a sort", "a grouping", "a join", "a window"):
                with self.subTest(name):
                    errors = []

                    def ask():
                        try:
                            connection.query(QUERIES[name])
                        except ServerError as error:
                            errors.append(error)

                    thread = threading.Thread(target=ask)
                    thread.start()
                    deadline = time.monotonic() + 60
                    while not self.temporary() and time.monotonic() < deadline:
                        time.sleep(0.005)
                    connection.cancel()
                    thread.join(60)
                    self.assertFalse(thread.is_alive(), "it does not stop")
                    self.assertEqual([error.state for error in errors], ["57014"])
                    # The client has its answer as soon as there is one; the threads of the query let go after it.
                    deadline = time.monotonic() + 10
                    while self.temporary() and time.monotonic() < deadline:
                        time.sleep(0.01)
                    self.assertEqual(self.temporary(), [])
            self.assertEqual(connection.rows("SELECT 1"), [("1",)])


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_500_000, help="how many rows")
    main(parser)
