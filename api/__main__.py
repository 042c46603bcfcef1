"""Run the API with the settings of the environment."""

import uvicorn

from api.app import create_app
from openccm.platform import garbage, logs
from openccm.platform.settings import Settings


def main() -> None:
    """Serve until asked to stop."""
    settings = Settings.load()
    logs.set_up(settings.log_level)
    app = create_app(settings)
    garbage.settle()
    uvicorn.run(
        app,
        host=settings.http_host,
        port=settings.http_port,
        log_config=None,
        access_log=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies,
        http="httptools",
        loop="uvloop",
        timeout_graceful_shutdown=5,
        timeout_keep_alive=75,  # longer than clients keep idle connections, so that they close them
    )


if __name__ == "__main__":
    main()
