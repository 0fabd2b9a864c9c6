"""What both services agree on: messages, rules, the room engine; it imports neither of them."""
