"""The My Number telephone line: what a city's residents hear, and how it is kept true."""
