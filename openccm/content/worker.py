"""The processes that render: one that has everything loaded, and those it forks off itself.

Started by the pool as ``python -m openccm.content.worker <socket>``. Templates run here and
nowhere else. Each process has a limit on its memory, is killed by the pool when it takes too
long, and dies with the process that started it.
"""

import gc
import socket
import sys
from functools import partial

from openccm.content.port import Part, RenderJob
from openccm.content.press import Press
from openccm.content.wire import LENGTH, answer, read_errand, refusal
from openccm.errors import TemplateError
from openccm.platform.forked import begin, exactly, lift_limit, serve

JOBS_BETWEEN_COLLECTIONS = 25


def main(descriptor: int) -> None:
    """Load everything, then fork whenever the pool asks for it, until the pool is gone."""
    begin()
    press = Press()
    _warm_up(press)
    serve(descriptor, partial(_work, press))


def _work(press: Press, connection: socket.socket) -> None:
    """Do one errand after another until the pool hangs up."""
    done = 0
    while True:
        size = exactly(connection, LENGTH.size)
        message = exactly(connection, LENGTH.unpack(size)[0])
        reply, spent = _reply(press, message)
        connection.sendall(reply)
        if spent:
            return
        done += 1
        if done % JOBS_BETWEEN_COLLECTIONS == 0:
            gc.collect()


def _reply(press: Press, message: bytes) -> tuple[bytes, bool]:
    """The answer, and whether this process had better end after it."""
    try:
        errand = read_errand(message)
        for digest in errand.forget:
            press.forget(digest)
        if errand.complete:
            press.keep(errand.job.digest, errand.job.files)
        return answer(press.make(errand.job)), False
    except TemplateError as error:
        return refusal(error), False
    except MemoryError:
        lift_limit()
        error = TemplateError("It takes more memory than a rendering may have.", template="")
        return refusal(error, spent=True), True


def _warm_up(press: Press) -> None:
    """Render something of everything, so that no job pays for what is needed only once."""
    letter = (
        "<html><head><style>@page { @frame f { -pdf-frame-content: foot; left: 1cm; top: 28cm;"
        " width: 5cm; height: 1cm } } p { font-family: Serif }</style></head><body>"
        "<div id='foot'><pdf:pagenumber> / <pdf:pagecount></div><h1>{{ 1|money('EUR') }}</h1>"
        "<p><b>a</b> <i>b</i></p><table><tr><td>{{ day|date }}</td></tr></table></body></html>"
    )
    parts = (Part(name="letter", kind="pdf", source=letter), Part(name="t", kind="text", source=""))
    job = RenderJob(digest="", files={}, parts=parts, context={"day": None})
    press.keep("", {})
    press.make(job)
    press.forget("")


if __name__ == "__main__":
    main(int(sys.argv[1]))
