"""A disk that is really full: a clean error, reads go on, writing resumes when there is room, nothing is lost."""

import subprocess
import unittest

from program import ProgramTests, Server, main, run
from wire import ServerError

MEGABYTES = 24


class DiskFullTests(ProgramTests):
    """A small file system of its own, with a filler in it whose removal is the room that comes back."""

    def setUp(self):
        super().setUp()
        self.disk = self.folder / "disk"
        self.disk.mkdir()
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs", str(self.disk)],
            capture_output=True)
        if mounted.returncode != 0:
            reason = mounted.stderr.decode().strip().splitlines()[-1:]
            raise unittest.SkipTest(f"no small file system can be mounted here: {reason}")
        self.addCleanup(subprocess.run, ["umount", "-l", str(self.disk)], check=False)
        self.database = self.disk / "db.demetra"
        self.filler = self.disk / "filler"

    def fill(self, room=0):
        """Leaves so many bytes on the disk."""
        block = b"x" * 4096
        with open(self.filler, "ab", buffering=0) as file:
            try:
                while True:
                    file.write(block)
            except OSError:
                pass
            file.truncate(max(0, file.tell() // 4096 * 4096 - room))

    def write_until_full(self, connection, sql):
        """Runs statements until one is refused; gives how many were acknowledged, and the error."""
        for number in range(100_000):
            try:
                connection.query(sql(number))
            except ServerError as error:
                return number, error
        self.fail("the disk never got full")

    def test_writers_are_told_and_go_on_when_there_is_room(self):
        self.sql("CREATE TABLE rows (number bigint PRIMARY KEY, label text)")
        server = Server(self.database)
        with server.connect() as connection, server.connect() as reader:
            self.fill(room=300_000)
            written, error = self.write_until_full(connection, lambda number: (
                f"INSERT INTO rows SELECT {number} * 100 + n, md5((n * {number})::text)"
                " FROM generate_series(0, 99) g(n)"))
            self.assertEqual(error.state, "53100", error)
            self.assertGreater(written, 10)
            for _ in range(3):
                # Reads go on, and a writer that tries again is told again.
                self.assertEqual(reader.rows("SELECT count(*) FROM rows"), [(str(written * 100),)])
                with self.assertRaises(ServerError) as refused:
                    connection.query("INSERT INTO rows SELECT -n, md5(n::text)"
                                     " FROM generate_series(1, 20000) g(n)")
                self.assertEqual(refused.exception.state, "53100")
            with self.assertRaises(ServerError) as refused:
                connection.query("CHECKPOINT")
            self.assertEqual(refused.exception.state, "53100")
            with self.assertRaises(ServerError) as refused:
                connection.query(f"BACKUP DATABASE TO '{self.disk}/copy'")
            self.assertEqual(refused.exception.state, "53100")
            self.assertFalse((self.disk / "copy").exists())
            self.assertEqual(reader.rows("SELECT count(*) FROM rows"), [(str(written * 100),)])
            self.filler.unlink()
            connection.query("INSERT INTO rows VALUES (-1, 'there is room again')")
            connection.query("CHECKPOINT")
            connection.query("INSERT INTO rows VALUES (-2, 'and after a flush')")
            self.assertEqual(reader.rows("SELECT count(*) FROM rows"), [(str(written * 100 + 2),)])
        server.kill()
        for stream in (server.process.stdout, server.process.stderr):
            stream.close()
        outcome = run("check", self.database)
        self.assertEqual(outcome.status, 0, outcome)
        self.assertEqual(self.scalar("SELECT count(*) FROM rows"), str(written * 100 + 2))
        self.assertEqual(self.scalar("SELECT count(DISTINCT number) FROM rows"),
                         str(written * 100 + 2))

    def test_a_query_that_finds_no_room_for_its_rows_fails_and_leaves_nothing(self):
        self.sql("CREATE TABLE rows (number bigint, label text);"
                 " INSERT INTO rows SELECT n, md5(n::text) FROM generate_series(1, 120000) s(n);"
                 " CHECKPOINT")
        query = "SELECT label, number FROM rows ORDER BY label, number"
        temporary = self.database / "tmp"
        server = Server(self.database, "--memory-limit", "16MB")
        with server.connect() as connection, server.connect() as other:
            self.fill(room=200_000)
            for _ in range(2):
                with self.assertRaises(ServerError) as refused:
                    connection.query(query)
                self.assertEqual(refused.exception.state, "53100")
                self.assertEqual(list(temporary.iterdir()), [])
                self.assertEqual(other.rows("SELECT count(*), count(DISTINCT number % 10) FROM rows"),
                                 [("120000", "10")])
            self.filler.unlink()
            rows = connection.rows(query)
            self.assertEqual(len(rows), 120_000)
            self.assertEqual(rows, sorted(rows))
            connection.query("INSERT INTO rows VALUES (-1, 'there is room again')")
        self.assertEqual(server.stop(), 0)
        for stream in (server.process.stdout, server.process.stderr):
            stream.close()
        self.assertEqual(run("check", self.database).status, 0)

    def test_a_crash_on_a_full_disk_loses_nothing(self):
        self.sql("CREATE TABLE rows (number bigint PRIMARY KEY)")
        server = Server(self.database)
        with server.connect() as connection:
            self.fill(room=60_000)
            written, error = self.write_until_full(
                connection, lambda number: f"INSERT INTO rows VALUES ({number})")
            self.assertEqual(error.state, "53100", error)
        server.kill()
        for stream in (server.process.stdout, server.process.stderr):
            stream.close()
        outcome = run("check", self.database)
        self.assertEqual(outcome.status, 0, outcome)
        # What was there can be read before anybody makes room.
        self.assertEqual(self.scalar("SELECT count(*) FROM rows"), str(written))
        self.filler.unlink()
        self.sql("INSERT INTO rows VALUES (-1)")
        self.assertEqual(self.scalar("SELECT count(*) FROM rows"), str(written + 1))

    def test_an_import_that_does_not_fit_leaves_nothing(self):
        file = self.file("rows.csv", "number,label\n" + "".join(
            f"{number},label {number * 7919 % 1000003}\n" for number in range(200_000)))
        self.sql("CREATE TABLE rows (number bigint, label text)")
        self.fill(room=200_000)
        outcome = run("import", self.database, "rows", file, "--quiet")
        self.assertEqual(outcome.status, 1)
        self.assertIn("53100", outcome.errors)
        self.filler.unlink()
        self.assertEqual(self.scalar("SELECT count(*) FROM rows"), "0")
        self.assertEqual(run("check", self.database).status, 0)
        self.assertEqual(run("import", self.database, "rows", file, "--quiet").status, 0)
        self.assertEqual(self.scalar("SELECT count(*) FROM rows"), "200000")


if __name__ == "__main__":
    main()
