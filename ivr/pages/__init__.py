"""Pages for everybody: the transcript of the line, and a telephone in the browser."""
