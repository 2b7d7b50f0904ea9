"""Tests that start the product as its users do."""
