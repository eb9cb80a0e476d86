"""What does covet say to a database, without any database?"""
