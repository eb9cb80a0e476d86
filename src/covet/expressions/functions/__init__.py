"""The functions that databases have, by Django's names."""
