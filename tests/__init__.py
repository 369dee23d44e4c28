"""The system described a second time: the folders mirror the packages; `kit` comes first."""
