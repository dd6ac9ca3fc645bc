"""Many rows in little memory: imports, COPY and INSERT ... SELECT write as they go, and are one commit."""

import os
import pathlib
import signal
import subprocess
import time

from program import BINARY, ProgramTests, main, run
from wire import ServerError

# Small enough that a few hundred thousand rows are many chunks.
LIMIT = "64MB"
COLUMNS = "number,label,amount,score"
TABLE = "CREATE TABLE t (number bigint PRIMARY KEY, label text, amount numeric(12,2), score double precision)"


def rows(numbers, label="first"):
    return "".join(
        f"{number},{label} {number % 977},{number % 10_000}.25,{number * 7 % 1_009}.5\n"
        for number in numbers)


class StreamTests(ProgramTests):
    def imported(self, file, *options, status=0):
        outcome = run(
            "import", self.database, "t", file, "--quiet", "--memory-limit", LIMIT, *options)
        self.assertEqual(outcome.status, status, outcome)
        return outcome

    def segments(self):
        return sorted(pathlib.Path(self.database).glob("segments/*/*.seg"))

    def test_a_file_larger_than_the_memory_allowed_is_imported(self):
        file = self.folder / "rows.csv"
        count = 1_200_000
        with file.open("w") as output:
            output.write(COLUMNS + "\n")
            for start in range(0, count, 100_000):
                output.write(rows(range(start, start + 100_000)))
        self.sql(TABLE)
        process = subprocess.Popen(
            [str(BINARY), "import", str(self.database), "t", str(file), "--quiet",
             "--memory-limit", LIMIT], stdin=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = status
        self.assertEqual(status, 0)
        # The rows take 100 MB in memory, their keys 10 MB; the program itself, its threads and what the
        # allocator keeps come on top of the limit.
        self.assertLess(usage.ru_maxrss // 1024, 200, "megabytes")
        self.assertEqual(
            self.sql("SELECT count(*), sum(number), min(amount), max(label) FROM t").splitlines()[1],
            f"{count},{count * (count - 1) // 2},0.25,first 99")

    def test_an_import_that_is_killed_half_way_leaves_nothing(self):
        self.sql(TABLE + "; INSERT INTO t VALUES (-1, 'old', 1, 1)")
        before = self.segments()
        file = self.file("rows.csv", COLUMNS + "\n" + rows(range(600_000)))
        process = subprocess.Popen(
            [str(BINARY), "import", str(self.database), "t", str(file), "--quiet",
             "--memory-limit", LIMIT], stdin=subprocess.DEVNULL)
        # Some segments are there and the commit is not.
        while len(self.segments()) < len(before) + 2 and process.poll() is None:
            time.sleep(0.001)
        self.assertIsNone(process.poll(), "the import ended before it was killed")
        process.send_signal(signal.SIGKILL)
        process.wait()
        self.assertGreater(len(self.segments()), len(before))
        self.assertEqual(self.sql("SELECT number, label FROM t"), "number,label\n-1,old\n")
        self.assertEqual(self.segments(), before, "an opening removes what was never committed")
        self.imported(file)
        self.assertEqual(self.scalar("SELECT count(*) FROM t"), "600001")

    def test_a_key_that_comes_twice_far_apart_refuses_the_whole_file(self):
        self.sql(TABLE)
        file = self.file("rows.csv", COLUMNS + "\n" + rows(range(400_000)) + rows([12_345]))
        outcome = self.imported(file, status=1)
        self.assertIn("23505", outcome.errors)
        self.assertIn("(number)=(12345)", outcome.errors)
        self.assertEqual(self.scalar("SELECT count(*) FROM t"), "0")
        self.assertEqual(self.segments(), [])

    def test_a_key_that_the_table_has_refuses_the_whole_file(self):
        self.sql(TABLE + "; INSERT INTO t VALUES (399999, 'old', 1, 1)")
        outcome = self.imported(
            self.file("rows.csv", COLUMNS + "\n" + rows(range(400_000))), status=1)
        self.assertIn("(number)=(399999)", outcome.errors)
        self.assertEqual(self.sql("SELECT number, label FROM t"), "number,label\n399999,old\n")

    def test_the_last_writer_wins_far_apart_and_over_stored_rows(self):
        self.sql(TABLE)
        self.imported(self.file("old.csv", COLUMNS + "\n" + rows(range(0, 300_000, 2), "old")))
        self.imported(
            self.file("new.csv", COLUMNS + "\n" + rows(range(300_000), "first")
                      + rows(range(0, 300_000, 3), "last")), "--upsert")
        self.assertEqual(
            self.sql("SELECT split_part(label, ' ', 1) AS label, count(*), sum(number) FROM t"
                     " GROUP BY 1 ORDER BY 1"),
            "label,count,sum\n"
            f"first,200000,{sum(n for n in range(300_000) if n % 3)}\n"
            f"last,100000,{sum(range(0, 300_000, 3))}\n")

    def test_a_restating_table_takes_a_copy_of_many_rows(self):
        self.sql(TABLE + " WITH (restate = true)")
        with self.serving("--memory-limit", LIMIT) as server, server.connect() as client:
            lines = (rows(range(200_000), "first") + rows(range(150_000, 250_000), "last"))
            answers = client.query("COPY t FROM STDIN (FORMAT csv)", copy_lines=lines.encode())
            self.assertEqual(answers[-1].tag, "COPY 300000")
            self.assertEqual(
                client.rows("SELECT count(*), count(*) FILTER (WHERE label LIKE 'last%') FROM t"),
                [("250000", "100000")])

    def test_a_query_fills_a_table_with_more_rows_than_memory_holds(self):
        self.sql(
            TABLE + "; INSERT INTO t SELECT i, 'made ' || i % 50, i % 1000, i FROM"
            " generate_series(1, 900000) g(i)", "--memory-limit", LIMIT)
        self.sql("CREATE TABLE copy AS SELECT * FROM t", "--memory-limit", LIMIT)
        self.assertEqual(
            self.sql("SELECT count(*), sum(number) FROM copy").splitlines()[1],
            f"900000,{900_000 * 900_001 // 2}")

    def test_the_memory_limit_is_shown_set_and_kept_to(self):
        with self.serving("--memory-limit", "256MB") as server, server.connect() as client:
            other = server.connect()
            self.assertEqual(client.rows("SHOW memory_limit"), [("256MB",)])
            self.assertEqual(
                client.rows("SELECT part, limit_bytes FROM demetra_memory"),
                [("database", str(256 << 20)), ("program", None), ("block cache", str(64 << 20)),
                 ("memtable", None), ("statements", None), ("spilled", None)])
            client.query("SET memory_limit = '32 MB'")
            self.assertEqual(other.rows("SHOW memory_limit"), [("32MB",)])
            with self.assertRaises(ServerError) as caught:
                client.query(
                    "SELECT length(string_agg(i::text, ',' ORDER BY i))"
                    " FROM generate_series(1, 3000000) g(i)")
            self.assertEqual(caught.exception.state, "53200", caught.exception)
            self.assertIn("aggregate", caught.exception.fields["M"])
            self.assertIn("raise memory_limit", caught.exception.fields["H"])
            self.assertEqual(client.rows("SELECT 1"), [("1",)])
            client.query("RESET memory_limit")
            self.assertEqual(client.rows("SHOW memory_limit"), [("256MB",)])
            for value in ("'much'", "'12'", "'1MB'", "'99999999999999TB'"):
                with self.assertRaises(ServerError) as caught:
                    client.query(f"SET memory_limit = {value}")
                self.assertEqual(caught.exception.state, "22023", value)
            other.close()


if __name__ == "__main__":
    main()
