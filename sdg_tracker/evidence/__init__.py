"""Documents that show something: kept by digest, versioned, tied to requirements."""
