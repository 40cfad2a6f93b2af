"""What crosses the wire: Pinpoint's shapes, their rules and texts, bodies in and answers out."""
