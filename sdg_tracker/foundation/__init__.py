"""What every part stands on: settings, errors, database, blobs, languages. No Flask, no domain."""
