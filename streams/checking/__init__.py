"""What can be known of a pack before it decides on anything: checks that need the whole city."""
