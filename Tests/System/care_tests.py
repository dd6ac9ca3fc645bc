"""Check, backup and salvage with the real program: as people at a terminal and scripts meet them."""

import json
import os
import random
import shutil
import subprocess
import threading

from program import BINARY, Outcome, ProgramTests, main, run

ROWS = 20_000
# A byte of a segment that is in one of its chunks, whatever the encodings.
FIRST_CHUNK = 12


class CareTests(ProgramTests):
    """A database with rows in segments, in the log, and hidden."""

    def setUp(self):
        super().setUp()
        file = self.file("big.csv", "number,label,amount,ts\n" + "".join(
            f"{number},label {number % 100},{number % 7}.5,2026-01-{number % 28 + 1:02}\n"
            for number in range(ROWS)))
        self.sql("CREATE TABLE big (number bigint PRIMARY KEY, label text, amount numeric(10,2),"
                 " ts timestamp NOT NULL); CREATE TABLE small (number bigint)")
        self.assertEqual(run("import", self.database, "big", file, "--quiet").status, 0)
        self.sql("CHECKPOINT; DELETE FROM big WHERE number < 10; CHECKPOINT;"
                 " INSERT INTO small VALUES (1), (2), (3)")
        self.answers = self.ask(self.database)

    def ask(self, path):
        outcome = run(path, "--format", "csv", "-c",
                      "SELECT count(*), sum(number), sum(amount), count(DISTINCT label) FROM big;"
                      " SELECT sum(number) FROM small")
        self.assertEqual(outcome.status, 0, outcome)
        return outcome.output

    def report(self, path=None, status=0):
        outcome = run("check", path or self.database, "--format", "json")
        self.assertEqual(outcome.status, status, outcome)
        return json.loads(outcome.output)

    def segment(self):
        """The largest segment: a chunk of it is somewhere in the middle."""
        return max(self.database.rglob("*.seg"), key=lambda path: path.stat().st_size)

    def damage(self, path, offset):
        with open(path, "r+b") as file:
            file.seek(offset)
            byte = file.read(1)[0]
            file.seek(offset)
            file.write(bytes([byte ^ 16]))

    # Check

    def test_a_check_of_a_good_database_is_clean_and_counts(self):
        outcome = run("check", self.database)
        self.assertEqual(outcome.status, 0, outcome)
        self.assertIn(f'table "big": {ROWS - 10} rows', outcome.output)
        self.assertTrue(outcome.output.endswith("clean\n"), outcome)
        report = self.report()
        self.assertEqual(report["findings"], [])
        self.assertGreater(report["chunk_count"], 4)

    def test_a_check_names_file_place_and_both_checksums(self):
        path = self.segment()
        self.damage(path, FIRST_CHUNK)
        outcome = run("check", self.database)
        self.assertEqual(outcome.status, 1, outcome)
        self.assertIn(str(path.relative_to(self.database)), outcome.output)
        finding = self.report(status=1)["findings"][0]
        self.assertEqual(finding["severity"], "damage")
        self.assertLessEqual(finding["offset"], FIRST_CHUNK)
        self.assertGreater(finding["offset"] + finding["byte_count"], FIRST_CHUNK)
        self.assertRegex(finding["stored_checksum"], "^[0-9a-f]{8}$")
        self.assertRegex(finding["computed_checksum"], "^[0-9a-f]{8}$")

    def test_a_check_writes_nothing(self):
        before = {path: (path.stat().st_mtime_ns, path.read_bytes())
                  for path in self.database.rglob("*") if path.is_file()}
        self.report()
        after = {path: (path.stat().st_mtime_ns, path.read_bytes())
                 for path in self.database.rglob("*") if path.is_file()}
        self.assertEqual(before, after)

    def test_a_check_of_an_open_database_says_who_has_it(self):
        with self.serving() as server:
            outcome = run("check", self.database)
            self.assertEqual(outcome.status, 1)
            self.assertIn("55P03", outcome.errors)
            self.assertIn(f"process {server.process.pid}", outcome.errors)

    def test_a_check_of_nothing_is_an_error_and_makes_nothing(self):
        outcome = run("check", self.folder / "none")
        self.assertEqual(outcome.status, 1)
        self.assertIn("3D000", outcome.errors)
        self.assertFalse((self.folder / "none").exists())

    def test_random_damage_is_told_by_check_or_does_not_matter(self):
        seed = int(os.environ.get("DEMETRA_SEED", random.randrange(10**9)))
        choices = random.Random(seed)
        kept = self.folder / "kept"
        shutil.copytree(self.database, kept)
        detected = harmless = 0
        for _ in range(60):
            shutil.rmtree(self.database)
            shutil.copytree(kept, self.database)
            path = choices.choice([path for path in sorted(self.database.rglob("*"))
                                   if path.is_file() and path.stat().st_size and path.name != "LOCK"])
            size = path.stat().st_size
            offset = choices.randrange(size)
            cuts = choices.random() < 0.25
            if cuts:
                os.truncate(path, offset)
            else:
                self.damage(path, offset)
            what = f"seed {seed}: {path.name} {'cut' if cuts else 'changed'} at {offset} of {size}"
            outcome = run("check", self.database, "--format", "json")
            self.assertIn(outcome.status, (0, 1), f"{what}: {outcome}")
            findings = json.loads(outcome.output)["findings"] if outcome.output else ["error"]
            if findings:
                detected += 1
            else:
                harmless += 1
                self.assertEqual(self.ask(self.database), self.answers, what)
        print(f"seed {seed}: {detected} detected, {harmless} harmless", flush=True)
        self.assertGreater(detected, harmless)

    # Backup

    def test_a_backup_by_the_program_opens_as_a_database(self):
        copy = self.folder / "copy"
        outcome = run("backup", self.database, "TO", copy)
        self.assertEqual(outcome.status, 0, outcome)
        self.report(copy)
        self.assertEqual(self.ask(copy), self.answers)
        outcome = run("backup", self.database, "TO", copy)
        self.assertEqual(outcome.status, 1)
        self.assertIn("58P02", outcome.errors)

    def test_a_backup_is_consistent_while_writers_go_on(self):
        with self.serving() as server, server.connect() as one, server.connect() as two:
            one.query("CREATE TABLE pairs (a bigint, b bigint)")
            stop = threading.Event()
            written = []

            def write():
                number = 0
                while not stop.is_set():
                    number += 1
                    two.query(f"INSERT INTO pairs VALUES ({number}, {-number}), ({-number}, {number})")
                    written.append(number)
                    if number % 20 == 0:
                        two.query("CHECKPOINT")

            writer = threading.Thread(target=write)
            writer.start()
            borders = []
            for copy in range(5):
                before = len(written)
                one.query(f"BACKUP DATABASE TO '{self.folder}/copy-{copy}'")
                borders.append((before, len(written) + 1))
            stop.set()
            writer.join()
        for copy, (before, after) in enumerate(borders):
            path = self.folder / f"copy-{copy}"
            self.report(path)
            outcome = run(path, "--format", "csv", "-c",
                          "SELECT count(*), sum(a), sum(b), max(a) FROM pairs")
            count, sum_a, sum_b, last = outcome.output.split()[1].split(",")
            self.assertIn(int(count) // 2, range(before, after + 1))
            if int(count):
                self.assertEqual((sum_a, sum_b, int(last)), ("0", "0", int(count) // 2))

    def test_a_backup_of_a_database_that_is_damaged_is_refused(self):
        self.damage(self.segment(), FIRST_CHUNK)
        outcome = run("backup", self.database, "TO", self.folder / "copy")
        self.assertEqual(outcome.status, 1)
        self.assertIn("XX001", outcome.errors)
        self.assertFalse((self.folder / "copy").exists())
        self.assertFalse((self.folder / "copy.unfinished").exists())

    # Salvage

    def test_a_salvage_keeps_what_can_be_read_and_says_what_is_lost(self):
        path = self.segment()
        size = path.stat().st_size
        self.damage(path, size - 20)
        outcome = run("salvage", self.database, "TO", self.folder / "new")
        self.assertEqual(outcome.status, 2, outcome)
        self.assertIn('table "big"', outcome.output)
        self.assertIn("row ids", outcome.output)
        self.report(self.folder / "new")
        lines = run(self.folder / "new", "--format", "csv", "-c", "SELECT sum(number) FROM small")
        self.assertEqual(lines.output.split()[1], "6")

    def test_a_salvage_of_a_good_database_keeps_everything(self):
        outcome = run("salvage", self.database, "to", self.folder / "new", "--format", "json")
        self.assertEqual(outcome.status, 0, outcome)
        self.assertEqual(json.loads(outcome.output)["losses"], [])
        self.assertEqual(self.ask(self.folder / "new"), self.answers)

    def test_a_salvage_without_the_manifest_gets_names_from_the_one_before(self):
        current = (self.database / "CURRENT").read_text().strip()
        (self.database / current).write_bytes(b"gone")
        self.assertIn("XX001", self.sql("SELECT 1", status=1))
        outcome = run("salvage", self.database, "TO", self.folder / "new")
        self.assertEqual(outcome.status, 2, outcome)
        self.report(self.folder / "new")
        lines = run(self.folder / "new", "--format", "csv", "-c",
                    "SELECT count(*) FROM big WHERE number >= 10; SELECT sum(number) FROM small")
        self.assertEqual(lines.output.split()[1], str(ROWS - 10), lines)
        self.assertEqual(lines.output.split()[3], "6", lines)

    # Sequences and references

    def test_a_backup_and_a_check_know_sequences_and_references(self):
        self.sql("CREATE SCHEMA far; CREATE TABLE far.p (id serial PRIMARY KEY, v int UNIQUE);"
                 " CREATE TABLE far.c (v int REFERENCES far.p (v) ON DELETE CASCADE);"
                 " INSERT INTO far.p (v) SELECT i FROM generate_series(1, 5000) g(i); CHECKPOINT;"
                 " INSERT INTO far.c SELECT v FROM far.p")
        report = self.report()
        self.assertEqual([table["name"] for table in report["tables"]],
                         ["big", "far.c", "far.p", "small"])
        copy = self.folder / "copy"
        self.assertEqual(run("backup", self.database, "TO", copy).status, 0)
        self.report(copy)
        outcome = run(copy, "-c", "INSERT INTO far.c VALUES (9999)")
        self.assertIn("23503", outcome.errors)
        outcome = run(copy, "--format", "csv", "-c", "DELETE FROM far.p WHERE v <= 4990;"
                      " INSERT INTO far.p (v) VALUES (0) RETURNING id; SELECT count(*) FROM far.c")
        self.assertEqual(outcome.output.split(), ["id", "5001", "count", "10"], outcome)

    def test_comments_outlive_restarts_checkpoints_backups_and_salvages(self):
        self.sql("CREATE SCHEMA far; CREATE SEQUENCE far.s; CREATE VIEW few AS SELECT number FROM small;"
                 " COMMENT ON SCHEMA far IS 'a'; COMMENT ON SEQUENCE far.s IS 'b';"
                 " COMMENT ON VIEW few IS 'c'; COMMENT ON TABLE big IS 'd';"
                 " COMMENT ON COLUMN big.label IS 'e'")
        question = "SELECT string_agg(comment, '' ORDER BY comment) FROM demetra_comments"
        self.assertEqual(self.scalar(question), "abcde")
        self.sql("CHECKPOINT; COMMENT ON VIEW few IS NULL; COMMENT ON TABLE big IS 'D'")
        self.assertEqual(self.scalar(question), "Dabe")
        for command in ("backup", "salvage"):
            copy = self.folder / command
            self.assertEqual(run(command, self.database, "TO", copy).status, 0)
            outcome = run(copy, "--format", "csv", "-c", question)
            self.assertEqual(outcome.output.split()[1], "Dabe", outcome)

    def test_a_salvage_that_loses_rows_leaves_out_the_references_to_them(self):
        self.sql("CREATE TABLE refers (number bigint REFERENCES big, id serial);"
                 " INSERT INTO refers SELECT number FROM big; CHECKPOINT")
        path = self.segment()
        self.damage(path, path.stat().st_size - 20)
        self.report(status=1)
        outcome = run("salvage", self.database, "TO", self.folder / "new")
        self.assertEqual(outcome.status, 2, outcome)
        self.assertIn('foreign key "refers_number_fkey"', outcome.output)
        self.report(self.folder / "new")
        lines = run(self.folder / "new", "--format", "csv", "-c",
                    "INSERT INTO refers VALUES (-1) RETURNING id")
        self.assertGreater(int(lines.output.split()[1]), ROWS - 10)

    # Directories

    def test_a_directory_that_cannot_be_written_is_said(self):
        outcome = self.as_somebody(self.database, "-c", "SELECT count(*) FROM small")
        if outcome is None:
            self.skipTest("this user cannot become another one")
        self.assertEqual(outcome.status, 1, outcome)
        for text in ("58030", "Permission denied", "Make the directory writable"):
            self.assertIn(text, outcome.errors)
        # What only reads goes on.
        self.assertEqual(self.as_somebody("check", self.database).status, 0)

    def as_somebody(self, *words):
        """Runs the program as a user who may read but not write the database; None when that is not to be."""
        if os.geteuid() != 0:
            return None
        os.chmod(self.folder, 0o755)
        for path in [self.database, *self.database.rglob("*")]:
            os.chmod(path, 0o755 if path.is_dir() else 0o644)
        binary = self.folder / "demetra"
        if not binary.exists():
            shutil.copy(BINARY, binary)
        return Outcome(subprocess.run(
            [str(binary), *map(str, words)], user=65534, group=65534, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60))


if __name__ == "__main__":
    main()
