"""What is counted, never what was typed: tables and migrations, one writer off the request path, the digest."""
