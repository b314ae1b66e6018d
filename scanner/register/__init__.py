"""The register of known customers: their fingerprints, consent and terms, never their values."""
