"""A terminal of its own, by tmux: keys go in, and what stands on the screen comes out."""

import os
import re
import subprocess
import time
import uuid

# Seconds until something must be on the screen.
PATIENCE = 60


class Tmux:
    """A program in a terminal of a fixed size, which nobody else's settings reach."""

    def __init__(self, command, columns=100, rows=400, environment=None):
        self.socket = f"demetra-{uuid.uuid4().hex[:12]}"
        settings = {"TERM": "xterm-256color", "LC_ALL": "C.UTF-8", **(environment or {})}
        words = [f"{name}={value}" for name, value in settings.items()]
        self._tmux("-f", "/dev/null", "new-session", "-d", "-x", str(columns), "-y", str(rows), "--", "env", "-u", "TMUX",
                   *words, *map(str, command))

    def _tmux(self, *arguments):
        environment = {key: value for key, value in os.environ.items() if key != "TMUX"}
        return subprocess.run(["tmux", "-L", self.socket, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              check=True, env={**environment, "LC_ALL": "C.UTF-8"}).stdout.decode()

    def type(self, text):
        """Types characters as they are."""
        # A semicolon at the end would end tmux's own command.
        shielded = text[:-1] + "\\;" if text.endswith(";") else text
        self._tmux("send-keys", "-l", "--", shielded)

    def press(self, *keys):
        """Presses keys by tmux's names: Enter, Tab, Up, C-c."""
        self._tmux("send-keys", *keys)

    @property
    def screen(self):
        """What stands on the screen, without blanks at the ends."""
        lines = self._tmux("capture-pane", "-p").split("\n")
        return "\n".join(line.rstrip() for line in lines).rstrip("\n")

    def wait(self, pattern, count=1):
        """Waits until a pattern is on the screen so many times."""
        end = time.monotonic() + PATIENCE
        while True:
            screen = self.screen
            if len(re.findall(pattern, screen, re.MULTILINE)) >= count:
                return screen
            if time.monotonic() > end:
                raise AssertionError(f"no {pattern!r} on the screen:\n{screen}")
            time.sleep(0.05)

    def end(self):
        """Ends the program and the terminal."""
        subprocess.run(["tmux", "-L", self.socket, "kill-server"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, check=False)
