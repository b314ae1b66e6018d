"""Ask the employee for a reason in a small window, where the notification has no field for it.

The window is a process of its own (`python -m scanner.alert.asking`): what a toolkit does to the
process that watches is no longer a question. Question and answer go through pipes, never arguments.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field

ANSWERED, NO_WINDOW, CANCELLED = 0, 3, 4
"""Exit codes of the process; any other is a window that broke, as none at all."""
REASON_SIGNS = 1000
COMMAND = (sys.executable, "-m", "scanner.alert.asking")


@dataclass(slots=True)
class Question:
    """A window that was opened. `reason` after `ended`: None where there can be no window."""

    document: int
    process: subprocess.Popen[str] = field(repr=False)
    reason: str | None = field(default=None, repr=False)

    def ended(self) -> bool:
        """Whether the window is closed; then `reason` is what was written, empty if nothing."""
        code = self.process.poll()
        if code is None:
            return False
        with self.process:
            told = self.process.stdout.read(REASON_SIGNS) if self.process.stdout else ""
        self.reason = {ANSWERED: told.strip(), CANCELLED: ""}.get(code)
        return True

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
        with self.process:
            pass


def ask(
    document: int, title: str, text: str, keep: str, *, command: Sequence[str] = COMMAND
) -> Question | None:
    """Open a window that asks for the reason; None where no process can be started."""
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
        )
        assert process.stdin is not None
        with process.stdin:
            process.stdin.write(json.dumps({"title": title, "text": text, "keep": keep}))
    except OSError:
        return None
    return Question(document, process)


def window(title: str, text: str, keep: str) -> str | None:
    """Show the window until it is closed; return what was written. Raises ImportError, TclError."""
    import tkinter

    top = tkinter.Tk()
    top.title(title)
    written: list[str] = []
    tkinter.Label(top, text=text, wraplength=420, justify="left").pack(padx=16, pady=(16, 8))
    field = tkinter.Entry(top, width=60)
    field.pack(padx=16)
    field.focus_set()

    def done(_: object = None) -> None:
        written.append(field.get())
        top.destroy()

    field.bind("<Return>", done)
    top.bind("<Escape>", lambda _: top.destroy())
    tkinter.Button(top, text=keep, command=done).pack(pady=16)
    top.mainloop()
    return written[0] if written else None


def main() -> int:
    """Read the question from stdin, write the answer to stdout."""
    for stream in (sys.stdin, sys.stdout):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace")
    asked = json.loads(sys.stdin.read())
    try:
        written = window(asked["title"], asked["text"], asked["keep"])
    except Exception:  # no tkinter, no display, no font: whatever a toolkit raises
        return NO_WINDOW
    if written is None:
        return CANCELLED
    print(written[:REASON_SIGNS])
    return ANSWERED


if __name__ == "__main__":
    sys.exit(main())
