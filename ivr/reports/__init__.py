"""What calls did, as figures that a city can hand on: counted, hidden where they are few, compared, priced."""
