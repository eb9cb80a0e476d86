"""Do the examples say what is true?"""
