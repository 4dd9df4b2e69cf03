"""The regions that AWS has, as far as the installed boto3 knows them."""

from __future__ import annotations

from stackgen.errors import UsageError, likely


def check_region(region: str) -> None:
    """See that there is such a region. Raises UsageError."""
    from botocore.session import Session

    session = Session()
    known = {
        name
        for partition in session.get_available_partitions()
        for name in session.get_available_regions("cloudformation", partition)
    }
    if region not in known:
        raise UsageError(f"-r {region}: AWS has no such region", likely(region, known))
