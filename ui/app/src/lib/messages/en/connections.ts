/** Words of the connections view. */
export const connections = {
  "connections.title": "Connections",
  "connections.list": "List",
  "connections.graph": "Graph",
  "connections.as": "Show as",
  "connections.count":
    "{edges, plural, one {# connection} other {# connections}} between {nodes, plural, one {# item} other {# items}}",
  "connections.strength": "Strength",
  "connections.strength.of": "strength {percent, number}%",
  "connections.and": "and",
  "connections.focus": "Around {title}",
  "connections.focus.clear": "Show the whole library",
  "connections.focusOn": "Show what belongs with {title}",
  "connections.empty": "Nothing is connected yet",
  "connections.empty.text":
    "Items that link to each other, name the same things or say similar things appear here, with the reason.",
  "connections.graph.help": "Arrows walk to neighbours, Enter opens, f puts the item in the middle.",
  "connections.noGraph": "This window cannot draw the graph. The list shows the same.",
} as const;
