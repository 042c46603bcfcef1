"""One noun a file: its models above, its routes below."""

from api.routes import (
    accounting,
    callbacks,
    causes,
    communications,
    definitions,
    documents,
    events,
    health,
    instances,
    persons,
    requests,
    systems,
    trail,
    triggers,
    unsubscribe,
)

ROUTERS = (
    requests.router,
    communications.router,
    events.router,
    triggers.router,
    documents.router,
    callbacks.router,
    definitions.router,
    instances.router,
    persons.router,
    systems.router,
    causes.router,
    accounting.router,
    trail.router,
    unsubscribe.router,
    health.router,
)
