"""Databases that earlier formats left in Tests/Formats: every build opens them, answers as then, and goes on."""

import shutil
import struct

from program import ROOT, ProgramTests, main, run

FORMATS = sorted(path.parent for path in (ROOT / "Tests/Formats").glob("*/database"))


class FormatTests(ProgramTests):
    def each(self):
        """A copy of each database, with what it must answer."""
        for folder in FORMATS:
            with self.subTest(format=folder.name):
                shutil.rmtree(self.database, ignore_errors=True)
                shutil.copytree(folder / "database", self.database)
                yield folder, (folder / "answers.csv").read_text()

    def ask(self, folder, path=None):
        outcome = run(path or self.database, "-f", folder / "questions.sql", "--format", "csv")
        self.assertEqual(outcome.status, 0, outcome)
        return outcome.output

    def check(self, path=None):
        outcome = run("check", path or self.database)
        self.assertEqual(outcome.status, 0, outcome)

    def test_there_are_some(self):
        self.assertGreaterEqual(len(FORMATS), 1)

    def test_each_answers_as_it_did_and_passes_a_check(self):
        for folder, answers in self.each():
            self.check()
            self.assertEqual(self.ask(folder), answers)
            self.check()

    def test_each_takes_new_rows_and_still_answers_as_it_did(self):
        for folder, answers in self.each():
            self.sql("CREATE TABLE fresh (id int PRIMARY KEY, note text);"
                     " INSERT INTO fresh SELECT n, 'note ' || n FROM generate_series(1, 1000) g(n)")
            self.assertEqual(self.ask(folder), answers)
            self.sql("CHECKPOINT; DELETE FROM fresh WHERE id <= 500; CHECKPOINT")
            self.assertEqual(self.ask(folder), answers)
            self.assertEqual(self.scalar("SELECT count(*) FROM fresh"), "500")
            self.check()

    def test_each_takes_changes_of_its_own_rows(self):
        for folder, _ in self.each():
            tables = [line.split(",")[0] for line in self.sql("SHOW tables").splitlines()[1:]
                      if line.endswith(",table")]
            for table in tables:
                count = int(self.scalar(f"SELECT count(*) FROM {table}"))
                self.sql(f"DELETE FROM {table}; CHECKPOINT")
                self.assertEqual(self.scalar(f"SELECT count(*) FROM {table}"), "0", f"of {count}")
            self.check()

    def test_a_backup_and_a_salvage_of_each_answer_as_it_did(self):
        for folder, answers in self.each():
            for number, command in enumerate(("salvage", "backup")):
                copy = self.folder / f"{command}-{folder.name}"
                outcome = run(command, self.database, "TO", copy)
                self.assertEqual(outcome.status, 0, outcome)
                self.check(copy)
                self.assertEqual(self.ask(folder, copy), answers)

    def versions(self):
        """The format versions of the manifest and of the newest segment."""
        manifest = (self.database / (self.database / "CURRENT").read_text().strip()).read_bytes()
        segment = max((self.database / "segments").rglob("*.seg"),
                      key=lambda path: path.stat().st_mtime_ns).read_bytes()
        footer = len(segment) - 16 - struct.unpack_from("<I", segment, len(segment) - 16)[0]
        return struct.unpack_from("<H", manifest, 8)[0], struct.unpack_from("<H", segment, footer)[0]

    def test_only_wide_numbers_make_files_that_earlier_builds_refuse(self):
        self.sql("CREATE TABLE short (n numeric, p numeric(38,10), a numeric[]);"
                 " INSERT INTO short SELECT 170141183460469231731687303715884105727 / 1, i, ARRAY[i, NULL]"
                 " FROM generate_series(1, 100) g(i); CHECKPOINT")
        self.assertEqual(self.versions(), (3, 2))
        for value in ("170141183460469231731687303715884105728", "0.1e-38"):
            for column in ("n numeric", "n numeric[]"):
                array = "[]" in column
                self.sql(f"DROP TABLE IF EXISTS wide; CREATE TABLE wide ({column});"
                         f" INSERT INTO wide VALUES ({f'ARRAY[{value}]' if array else value}); CHECKPOINT")
                self.assertEqual(self.versions(), (3, 3), (value, column))
        self.sql("CREATE TABLE wider (p numeric(39,0)); INSERT INTO wider VALUES (1); CHECKPOINT")
        self.assertEqual(self.versions(), (4, 3))
        self.sql("DROP TABLE wider; ALTER TABLE short ADD COLUMN d numeric DEFAULT 1e50; CHECKPOINT")
        self.assertEqual(self.versions()[0], 4)


if __name__ == "__main__":
    main()
