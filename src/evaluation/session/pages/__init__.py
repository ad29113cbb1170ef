"""The pages of a study: results in, blocks of the report out; one file per notebook."""
