"""What counts as one visitor."""

import pytest

from ivr.pages.visitors import NOWHERE, network


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("192.0.2.1:5678", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::9]:443", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::1", "::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("64:ff9b::c000:201", "192.0.2.1"),
        ("", NOWHERE),
        (None, NOWHERE),
        ("unknown", NOWHERE),
        ("999.1.1.1", NOWHERE),
        ("x" * 10_000, NOWHERE),
    ],
)
def test_an_address_of_the_old_kind_and_a_64_of_the_new(address: str | None, counted: str) -> None:
    assert network(address) == counted
