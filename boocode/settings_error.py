"""What is raised when BooCode cannot be set up as its configuration says."""


class SettingsError(Exception):
    """The configuration cannot be used; str() names the file, the key, what was found and what fits."""
