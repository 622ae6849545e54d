"""The console at /staff, by which the city keeps the line true: a mouth on `ivr.editions`."""
