"""What activities did for people: meant before and seen after in four dimensions, what people said, and stories."""
