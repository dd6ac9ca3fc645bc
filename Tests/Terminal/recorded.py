"""A session at a terminal, from the first key to the last, and the text that must stand on the screen then.

`session.txt` beside this file is what people read to see how the shell feels. `Tests/run attached --record` writes it anew.
"""

import pathlib
import re
import subprocess

from tmux import Tmux

RECORD = pathlib.Path(__file__).with_name("session.txt")

ROWS = """
CREATE TABLE campaigns (day date, channel text, spend numeric(12,2), revenue numeric(12,2));
INSERT INTO campaigns SELECT DATE '2026-01-01' + n % 4, CASE n % 3 WHEN 0 THEN 'meta' WHEN 1 THEN 'google' ELSE 'tiktok' END,
    100 + n * 10, 150 + n * 25 FROM generate_series(0, 11) AS n(n);
CREATE METRIC pay AS sum(revenue) / sum(spend) FORMAT 'number 2';
"""

PROMPT = r"^demetra> $|^demetra>$"


def play(program, serve, database, home):
    """Plays the session; `serve` gives a running server of the database. Gives the screen."""
    subprocess.run([program, database, "-c", ROWS], check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    server = serve()
    terminal = Tmux([program, database], columns=90, environment={"HOME": home})
    try:
        terminal.wait(PROMPT)
        ask(terminal, "SELECT count(*) FROM cam", "Tab", ";")
        # A name that is wrong, and the same line mended with the keys of readline.
        ask(terminal, "SELECT chanel, pay FROM campaigns GROUP BY 1 ORDER BY 2 DESC;")
        terminal.press("Up", "C-a", "M-f", "M-f", "BSpace", "BSpace")
        ask(terminal, "nel")
        ask(terminal, "\\chart bar")
        ask(terminal, "SELECT day, sum(spend) AS spend FROM campaigns GROUP BY day ORDER BY day;")
        ask(terminal, "\\chart line")
        terminal.type("SELECT count(*) FROM campaigns \\watch 0.5")
        terminal.press("Enter")
        terminal.wait(r"every 0\.5", 2)
        terminal.press("C-c")
        settle(terminal)
        terminal.type("SELECT count(*) FROM generate_series(1, 1000000000000);")
        terminal.press("Enter")
        terminal.wait(r"000\);\n")
        terminal.press("C-c")
        terminal.wait("canceling statement")
        settle(terminal)
        ask(terminal, "BEGIN;")
        ask(terminal, "DELETE FROM campaigns;")
        server.stop()
        server = serve()
        ask(terminal, "COMMIT;")
        ask(terminal, "SELECT count(*), pay FROM campaigns;")
        terminal.type("\\q")
        return terminal.screen
    finally:
        terminal.end()
        server.stop()


def ask(terminal, *keys):
    """Types a line, with keys in between, and waits for the prompt behind its answer."""
    before = len(terminal.screen.split("\n"))
    for key in keys:
        if key == "Tab":
            terminal.press(key)
        else:
            terminal.type(key)
    terminal.press("Enter")
    settle(terminal, before)


def settle(terminal, line=0):
    """Waits until the last line is a prompt, below a line of the screen."""
    terminal.wait(r"(?:.*\n){%d}(?:.*\n)*demetra[*!]?> ?\Z" % line)


def masked(screen):
    """The screen without what differs from run to run."""
    # Where the first line is broken depends on the length of the path.
    greeting = 'demetra N, attached to the server of "ads.demetra" (process N). Type'
    text = re.sub(r'\Ademetra [\d.]+,\s+attached[^"]*"[^"]*"\s+\(process\s+\d+\)\.\s+Type', greeting, screen)
    text = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?Z?", "TIME", text)
    # How often it was watched is chance.
    once = r"(TIME \(every 0\.5s\)\n\n count\n-------\n +12\n\(1 row\)\n\n)"
    return re.sub(once + r"\1*", r"\1", text) + "\n"
