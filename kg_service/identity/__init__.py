"""When two sources mean the same thing: keys made from identifiers, sameAs and content."""
