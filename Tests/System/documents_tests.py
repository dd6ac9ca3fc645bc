"""Every SQL block of the readme and the documentation runs, in order, as a reader would run it.

A document whose text begins with `demetra demo` runs on the database of the demonstration, others on
an empty one. `<!-- not run: reason -->` on the line above a block leaves it out; one that must fail
says `<!-- fails: SQLSTATE -->`.
"""

import os
import re
import subprocess

from program import BINARY, ROOT, ProgramTests, main, run

BLOCK = re.compile(r"(?:<!-- (not run|fails): (.+?) -->\n)?^```sql\n(.*?)^```", re.M | re.S)


class DocumentsTests(ProgramTests):
    def test_sql_blocks_run(self):
        count = 0
        for document in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
            if document.name == "functions.md":
                continue  # Its examples have a test of their own, which compares the answers.
            text = document.read_text()
            blocks = BLOCK.findall(text)
            if not blocks:
                continue
            database = self.folder / f"{document.stem}.demetra"
            if "demetra demo" in text:
                made = run("demo", database, "--rows", 20_000)
                self.assertEqual(made.status, 0, made)
            for mark, reason, sql in blocks:
                if mark == "not run":
                    continue
                with self.subTest(document=document.name, sql=sql[:60]):
                    outcome = run(database, "-c", sql, cwd=self.folder)
                    expected = 1 if mark == "fails" else 0
                    self.assertEqual(outcome.status, expected, f"{sql}\n{outcome}")
                    if mark == "fails":
                        self.assertIn(reason, outcome.errors)
                count += 1
        self.assertGreater(count, 0, "no block was found")
        print(f"{count} blocks ran")

    def test_the_syntax_is_that_of_the_grammar(self):
        page = self.folder / "syntax.md"
        outcome = subprocess.run(
            [ROOT / ".build/release/GrammarCompiler", "--reference", ROOT / "Grammar", page],
            capture_output=True, text=True)
        self.assertEqual(outcome.returncode, 0, outcome.stderr)
        self.assertEqual(
            page.read_text(), (ROOT / "docs/syntax.md").read_text(),
            "docs/syntax.md is not what Samples/syntax-reference writes")

    def test_the_reference_of_functions_is_that_of_the_program(self):
        page = self.folder / "functions.md"
        outcome = subprocess.run(
            [ROOT / "Samples/function-reference", page], capture_output=True, text=True,
            env=os.environ | {"DEMETRA": str(BINARY)})
        self.assertEqual(outcome.returncode, 0, outcome.stderr)
        self.assertEqual(
            page.read_text(), (ROOT / "docs/functions.md").read_text(),
            "docs/functions.md is not what Samples/function-reference writes")

    def test_every_example_of_a_function_gives_the_answer_that_stands_below_it(self):
        with self.serving() as server:
            with server.connect() as session:
                entries = session.rows(
                    "SELECT example, answer, min(name) FROM demetra_functions GROUP BY 1, 2")
            self.assertGreater(len(entries), 200)
            for example, answer, name in entries:
                with self.subTest(function=name), server.connect() as session:
                    rows = session.query(example)[-1].rows
                    lines = [
                        " | ".join("NULL" if value is None else value for value in row)
                        for row in rows]
                    self.assertEqual("\n".join(lines), answer, example)
        print(f"{len(entries)} examples ran")


if __name__ == "__main__":
    main()
