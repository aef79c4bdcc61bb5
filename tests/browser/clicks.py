"""Counting what a person presses, as the acceptance sentences of the personas count it."""

from playwright.sync_api import BrowserContext

# A press of the finger or of the mouse, or a key that activates; typing and scrolling are free.
WATCH = """
addEventListener("pointerdown", () => window.countActivation(), true);
addEventListener("keydown", event => {
  const typing = event.target.matches("input:not([type=checkbox],[type=radio]), textarea");
  if (event.key === "Enter" || (event.key === " " && !typing)) window.countActivation();
}, true);
"""


class Activations:
    """`count` of the presses on every page of a context; it needs scripts."""

    def __init__(self, context: BrowserContext) -> None:
        self.count = 0
        context.expose_function("countActivation", self._one_more)
        context.add_init_script(WATCH)

    def _one_more(self) -> None:
        self.count += 1
