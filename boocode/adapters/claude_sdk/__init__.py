"""Claude through its Agent SDK. `clients` is all that others import; whatever imports the SDK itself (half a second,
50 MB) is imported by it when the first conversation is opened."""
