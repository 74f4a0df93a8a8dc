"""From an address or file to something to be found: fetch, extract, summarise, tag, chunk, embed, connect, write."""
