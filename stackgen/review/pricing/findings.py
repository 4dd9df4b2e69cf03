"""What the figures say together, each with both sides of the comparison."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .amounts import total

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .estimate import Estimate, Line
    from .prices import Table


def findings(estimate: Estimate, table: Table) -> Iterator[str]:
    """Interface endpoints, stack by stack, that cost more than a NAT gateway in each of their zones would."""
    gateway = table.find("nat-hour", estimate.region)
    stacks: dict[str, list[Line]] = {}
    for line in estimate.lines:
        if line.price_id == "vpce-hour" and line.price is not None:
            stacks.setdefault(line.stack, []).append(line)
    for stack, lines in stacks.items():
        cost = total(line.usd for line in lines if line.usd is not None)
        longest = max(lines, key=lambda line: line.quantity.typical)
        zones = round(longest.quantity.typical / estimate.hours[longest.address])
        if gateway is None or zones < 1:
            continue
        instead = gateway.usd * longest.quantity.typical
        if cost.typical > instead:
            count = len(lines)
            doubts = sorted({line.doubt for line in lines if line.doubt} | {gateway.doubt(estimate.today)} - {""})
            yield (
                f"{stack}: {count:,} interface endpoint{'' if count == 1 else 's'} in up to {zones} zones cost "
                f"USD {cost.typical:,.2f} a month, {zones} NAT gateways in their place would cost USD {instead:,.2f}, "
                f"both without the data that they process{' (prices: ' + ', '.join(doubts) + ')' if doubts else ''}"
            )
