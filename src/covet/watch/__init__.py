"""Who is looking at what is sent to the databases?"""
