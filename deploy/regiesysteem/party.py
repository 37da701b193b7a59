"""The example as one more process of the town."""

import sys

from deploy.town.places import Places
from deploy.town.processes import Party


def regiesysteem_party(places: Places, port: int) -> Party:
    """Give the process that serves the example's page on `port`."""
    command = [
        *(sys.executable, "-m", "deploy.regiesysteem"),
        *("--town", str(places.folder)),
        *("--desk", places.desk_url),
        *("--issuer", places.issuer),
        *("--port", str(port)),
    ]
    return Party("regiesysteem", command, f"http://localhost:{port}/")
