"""What actors need from the outside, as Protocols and messages; adapters and actors meet here."""
