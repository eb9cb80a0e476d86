"""What does an N+1 look like, who finds it, and what is the page like after the fix?"""
