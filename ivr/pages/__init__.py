"""Pages for everybody: every word of the line as a page, its sounds, and a telephone in the browser (which
staff use in the console as well)."""
