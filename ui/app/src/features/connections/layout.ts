/** Where the nodes of a graph stand: springs along edges, repulsion between all, cooled down. Pure, deterministic. */
export interface Edge {
  source: number;
  target: number;
  weight: number;
}

const ROUNDS = 220;
const CELL = 40;

/** Places as [x0, y0, x1, y1, …] for `count` nodes. Repulsion counts within neighbouring cells of a grid alone. */
export function layout(count: number, edges: Edge[]): Float32Array {
  const places = new Float32Array(count * 2);
  const golden = Math.PI * (3 - Math.sqrt(5));
  for (let node = 0; node < count; node += 1) {
    const radius = 12 * Math.sqrt(node + 0.5);
    places[node * 2] = radius * Math.cos(node * golden);
    places[node * 2 + 1] = radius * Math.sin(node * golden);
  }
  const forces = new Float32Array(count * 2);
  for (let round = 0; round < ROUNDS; round += 1) {
    forces.fill(0);
    repel(places, forces);
    attract(places, forces, edges);
    const step = 6 * (1 - round / ROUNDS) + 0.3;
    for (let index = 0; index < places.length; index += 2) {
      const x = (forces[index] ?? 0) - (places[index] ?? 0) * 0.004;
      const y = (forces[index + 1] ?? 0) - (places[index + 1] ?? 0) * 0.004;
      const length = Math.hypot(x, y) || 1;
      const moved = Math.min(length, step) / length;
      places[index] = (places[index] ?? 0) + x * moved;
      places[index + 1] = (places[index + 1] ?? 0) + y * moved;
    }
  }
  return places;
}

function repel(places: Float32Array, forces: Float32Array): void {
  const cells = new Map<string, number[]>();
  const cellOf = (node: number) =>
    [Math.floor((places[node * 2] ?? 0) / CELL), Math.floor((places[node * 2 + 1] ?? 0) / CELL)] as const;
  for (let node = 0; node * 2 < places.length; node += 1) {
    const key = cellOf(node).join(" ");
    const cell = cells.get(key);
    if (cell) cell.push(node);
    else cells.set(key, [node]);
  }
  for (let node = 0; node * 2 < places.length; node += 1) {
    const [column, row] = cellOf(node);
    for (let dx = -1; dx <= 1; dx += 1) {
      for (let dy = -1; dy <= 1; dy += 1) {
        for (const other of cells.get(`${column + dx} ${row + dy}`) ?? []) {
          if (other === node) continue;
          const x = (places[node * 2] ?? 0) - (places[other * 2] ?? 0);
          const y = (places[node * 2 + 1] ?? 0) - (places[other * 2 + 1] ?? 0);
          const square = Math.max(x * x + y * y, 4);
          forces[node * 2] = (forces[node * 2] ?? 0) + (x / square) * 60;
          forces[node * 2 + 1] = (forces[node * 2 + 1] ?? 0) + (y / square) * 60;
        }
      }
    }
  }
}

function attract(places: Float32Array, forces: Float32Array, edges: Edge[]): void {
  for (const { source, target, weight } of edges) {
    const x = (places[target * 2] ?? 0) - (places[source * 2] ?? 0);
    const y = (places[target * 2 + 1] ?? 0) - (places[source * 2 + 1] ?? 0);
    const pull = 0.02 + 0.06 * weight;
    for (const [node, sign] of [
      [source, 1],
      [target, -1],
    ] as const) {
      forces[node * 2] = (forces[node * 2] ?? 0) + sign * x * pull;
      forces[node * 2 + 1] = (forces[node * 2 + 1] ?? 0) + sign * y * pull;
    }
  }
}
