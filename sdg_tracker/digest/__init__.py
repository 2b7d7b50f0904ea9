"""What waits for somebody, once a week by mail."""
