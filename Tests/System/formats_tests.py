"""Databases that earlier formats left in Tests/Formats: every build opens them, answers as then, and goes on."""

import shutil

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


if __name__ == "__main__":
    main()
