"""Every SQL block of the readme and the documentation runs, in order, as a reader would run it.

A document whose text begins with `demetra demo` runs on the database of the demonstration, others on
an empty one. `<!-- not run: reason -->` on the line above a block leaves it out; one that must fail
says `<!-- fails: SQLSTATE -->`.
"""

import re
import subprocess

from program import ROOT, ProgramTests, main, run

BLOCK = re.compile(r"(?:<!-- (not run|fails): (.+?) -->\n)?^```sql\n(.*?)^```", re.M | re.S)


class DocumentsTests(ProgramTests):
    def test_sql_blocks_run(self):
        count = 0
        for document in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
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


if __name__ == "__main__":
    main()
