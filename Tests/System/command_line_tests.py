"""The program on the command line: statements, files, imports, and what stays on disk."""

import pathlib
import re

from program import ProgramTests, main, run


class CommandLineTests(ProgramTests):
    def fill(self):
        self.sql(
            "CREATE TABLE m (day date, ad bigint, spend numeric(12,2), PRIMARY KEY (day, ad));"
            "INSERT INTO m VALUES ('2026-01-01', 1, 10.50), ('2026-01-01', 2, NULL)")

    def test_rows_are_there_after_the_program_ends(self):
        self.fill()
        self.assertEqual(
            self.sql("SELECT * FROM m ORDER BY ad"),
            "day,ad,spend\n2026-01-01,1,10.50\n2026-01-01,2,\n")

    def test_an_upsert_replaces_the_row(self):
        self.fill()
        self.sql(
            "INSERT INTO m VALUES ('2026-01-01', 1, 11)"
            " ON CONFLICT (day, ad) DO UPDATE SET spend = excluded.spend")
        self.assertEqual(self.scalar("SELECT spend FROM m WHERE ad = 1"), "11.00")
        self.assertEqual(self.scalar("SELECT count(*) FROM m"), "2")

    def test_a_bad_row_of_a_file_is_set_aside_and_the_good_ones_are_in(self):
        self.fill()
        file = self.file(
            "f.csv", 'day,ad,spend\n2026-02-01,7,"1,250.75"\n2026-02-02,8,nonsense\n')
        self.assertEqual(run("import", self.database, "m", file, "--quiet").status, 0)
        self.assertEqual(
            self.sql("SELECT ad, spend FROM m WHERE day >= '2026-02-01'"), "ad,spend\n7,1250.75\n")
        rejects = (self.folder / "f.csv.rejects.csv").read_text()
        self.assertIn("nonsense", rejects)

    def test_a_strict_import_refuses_the_file_whole(self):
        self.fill()
        file = self.file("f.csv", "day,ad,spend\n2026-02-01,7,1\n2026-02-02,8,nonsense\n")
        outcome = run("import", self.database, "m", file, "--strict")
        self.assertNotEqual(outcome.status, 0)
        self.assertIn("nonsense", outcome.errors)
        self.assertEqual(self.scalar("SELECT count(*) FROM m"), "2")

    def test_copy_reads_what_it_wrote(self):
        self.fill()
        out = self.folder / "out.csv"
        self.sql(f"COPY m TO '{out}' (FORMAT csv)")
        self.sql("CREATE TABLE n (day date, ad bigint, spend numeric(12,2))")
        self.sql(f"COPY n FROM '{out}' (FORMAT csv)")
        self.assertEqual(
            self.sql("SELECT * FROM n ORDER BY ad"), self.sql("SELECT * FROM m ORDER BY ad"))

    def test_statements_of_standard_input_run(self):
        outcome = run(self.database, "--format", "csv", text="SELECT 1 AS one;\nSELECT 2 AS two;\n")
        self.assertEqual(outcome.output, "one\n1\ntwo\n2\n", outcome)

    def test_the_statement_behind_a_failed_one_does_not_run(self):
        self.fill()
        errors = self.sql("SELECT 1/0; DELETE FROM m", status=1)
        self.assertIn("22012", errors)
        self.assertEqual(self.scalar("SELECT count(*) FROM m"), "2")


class HelpTests(ProgramTests):
    COMMANDS = ("shell", "import", "demo", "serve", "check", "backup", "salvage")

    def test_the_manual_page_has_every_command_and_option(self):
        page = (pathlib.Path(__file__).parents[2] / "docs" / "demetra.1").read_text()
        for command in self.COMMANDS:
            shown = run(command, "--help")
            self.assertEqual(shown.status, 0, shown)
            self.assertIn(f".It Cm {command}\n", page)
            for option in re.findall(r"^  (?:-\w, )?--([a-z-]+)", shown.output, re.MULTILINE):
                with self.subTest(command=command, option=option):
                    self.assertRegex(page, rf"(?:Fl -|, -){option}\b")

    def test_each_command_is_explained_with_examples(self):
        for command in self.COMMANDS:
            with self.subTest(command=command):
                self.assertIn(f"  demetra {command} ".replace("shell ", ""), run(command, "--help").output)

    def test_shells_complete_commands_and_options(self):
        for shell in ("bash", "zsh", "fish"):
            script = run("--generate-completion-script", shell)
            self.assertEqual(script.status, 0, script)
            self.assertIn("memory-limit", script.output)


if __name__ == "__main__":
    main()
