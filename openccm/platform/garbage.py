"""How a long-running process collects garbage: rarely, and not in what was there from the start."""

import gc


def settle() -> None:
    """Call once everything is loaded.

    Python looks through all objects time and again, which takes tenths of a second where so many
    modules are loaded. What is there by now stays, so it is left out from here on.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)
