"""A survey as a picture: a page that zooms to every finding, or an image."""
