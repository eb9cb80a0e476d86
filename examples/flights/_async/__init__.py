"""What happened on the flights of 2013, with ``covet.aio``?"""
