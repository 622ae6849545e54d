"""What is kept of calls: where they went, never who called and never what they keyed or said."""
