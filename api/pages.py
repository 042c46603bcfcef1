"""The pages that customers see who follow a link: no account, no script, nothing kept."""

from http import HTTPStatus

from fastapi.responses import HTMLResponse

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>
body {{ font: 1.1rem/1.6 system-ui, sans-serif; margin: 12vh auto; max-width: 32rem;
 padding: 0 1rem }}
button {{ background: #14532d; border: 0; border-radius: .4rem; color: #fff; font: inherit;
 padding: .6rem 1.2rem }}
</style></head><body><main><h1>{title}</h1>{body}</main></body></html>"""
_NO_STORE = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


def page(title: str, body: str, status: HTTPStatus = HTTPStatus.OK) -> HTMLResponse:
    """A page with a heading and what stands below it, as HTML."""
    return HTMLResponse(_PAGE.format(title=title, body=body), status, headers=_NO_STORE)
