"""Pages as PDF: how one is printed, in a process apart, and how it is asked for, and kept until it is out of date."""
