"""Where relations were found in earlier versions; see ``covet.database.orm.relationships``."""
