"""The lab over HTTP: what core systems and data services would be, the JSON API and the page."""
