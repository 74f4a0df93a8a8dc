/** Words of the connections view. */
export const connections = {
  "connections.title": "Connections",
  "connections.list": "List",
  "connections.graph": "Graph",
  "connections.as": "Show as",
  "connections.count":
    "{edges, plural, one {# connection} other {# connections}} between {nodes, plural, one {# item} other {# items}}",
  "connections.strength": "Strength",
  "connections.strength.of": "{percent, number}%",
  "connections.best": "the best connected ones; the others are found around an item",
  "connections.nearest": "the nearest ones",
  "connections.passages": "What both say",
  "connections.passages.none": "Links, names or tags connect these two; no passages are alike.",
  "connections.and": "and",
  "connections.focus": "Around {title}",
  "connections.focus.clear": "Show the whole library",
  "connections.focusOn": "Show what belongs with {title}",
  "connections.empty": "Nothing is connected yet",
  "connections.empty.text":
    "Items that link to each other, name the same things or say similar things appear here, with the reason.",
  "connections.graph.help":
    "Left and right go around the neighbours, down goes on from one, up goes back. Page up and down go from item to item. Enter opens, f puts the item in the middle.",
  "connections.graph.place":
    "{at, number} of {count, plural, one {one neighbour} other {# neighbours}} of {title}",
  "connections.graph.centre": "{count, plural, =0 {no neighbours} one {one neighbour} other {# neighbours}}",
  "connections.noGraph": "This window cannot draw the graph. The list shows the same.",
} as const;
