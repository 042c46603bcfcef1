"""A data service: the meter register."""

from typing import Any

from openccm.data.services import DataReply, DataRequest

REGISTER: dict[str, dict[str, Any]] = {
    "M-00417": {"meter.kind": "smart", "meter.last_reading": "4417"},
    "M-00418": {"meter.kind": "dial"},
}


class Meters:
    """Answers what is known of the meter that a request names."""

    async def fetch(self, request: DataRequest) -> DataReply:
        """The values of the fields that are asked for; what is not known is left out."""
        known = REGISTER.get(str(request.keys.get("reading.meter")), {})
        return DataReply(values={name: known[name] for name in request.fields if name in known})
