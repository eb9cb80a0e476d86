"""What does a model's schema accept and refuse, without any database?"""
