"""The samples that are no SQL: the Swift program says what it should, and the quickstart reaches its end."""

import subprocess

from program import BINARY, PATIENCE, ROOT, ProgramTests, main, run

# The quickstart builds first, which is quick only where the build is there already.
BUILD_PATIENCE = 1_800


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

    def quickstart(self):
        return subprocess.run(
            [str(ROOT / "Samples/quickstart"), str(self.folder)], stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=BUILD_PATIENCE)

    def test_the_quickstart_walks_from_a_file_to_a_decision(self):
        process = self.quickstart()
        self.assertEqual(process.returncode, 0, process.stdout + process.stderr)
        for expected in (
                "imported 5000 rows", "the same sum of costs", "roas_change_percent", "predicted_roi",
                "the whole budget is spent", "channel_underperform", "psql -h"):
            self.assertIn(expected, process.stdout)

    def test_the_quickstart_says_when_a_step_fails(self):
        (self.folder / "ads.demetra").mkdir()
        self.assertEqual(run(self.folder / "ads.demetra", "-c", "CREATE TABLE mine (a int)").status, 0)
        process = self.quickstart()
        self.assertNotEqual(process.returncode, 0)
        self.assertIn("the step above failed", process.stderr)


if __name__ == "__main__":
    main()
