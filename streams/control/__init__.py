"""What officers have ordered: from the orders on the control topic to what is in force."""
