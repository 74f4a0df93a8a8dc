"""From a saved address or file to something that can be found: fetch, extract, summarise, tag, chunk, embed."""
