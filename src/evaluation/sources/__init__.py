"""Raw files to typed frames with a reading record."""
