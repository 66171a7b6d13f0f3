"""The stops of a turn, one function and one file each."""
