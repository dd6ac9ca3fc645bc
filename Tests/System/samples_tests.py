"""The samples that are no SQL: the Swift program says what it should."""

import subprocess

from program import BINARY, PATIENCE, ProgramTests, main


class SampleTests(ProgramTests):
    def test_the_embedding_program_appends_restates_asks_and_reads_one_state(self):
        process = subprocess.run(
            [str(BINARY.parent / "EmbeddingSample")], capture_output=True, text=True,
            timeout=PATIENCE, cwd=self.folder)
        self.assertEqual(process.returncode, 0, process.stderr)
        self.assertEqual(
            process.stdout,
            "google 120.50 3.4024896265560165\nmeta 98.25 3.0712468193384224\ntiktok 40.00 1.71\n"
            '3 rows, 780.15 revenue\n42703 column "spent" does not exist\n')


if __name__ == "__main__":
    main()
