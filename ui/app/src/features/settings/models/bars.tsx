/** Amounts beside each other. The picture is for the eyes; each bar's words stand in a list for everybody else. */
const HEIGHT = 72;
const STEP = 12;

interface Bar {
  name: string;
  value: number;
  said: string;
}

export function Bars({ label, bars }: { label: string; bars: Bar[] }) {
  const most = Math.max(1, ...bars.map((bar) => bar.value));
  const width = bars.length * STEP;
  return (
    <figure className="max-w-lg">
      <svg
        viewBox={`0 0 ${width} ${HEIGHT + 1}`}
        aria-hidden
        className="h-20 w-full"
        preserveAspectRatio="none"
      >
        <line
          x1={0}
          x2={width}
          y1={HEIGHT + 0.5}
          y2={HEIGHT + 0.5}
          className="stroke-control"
          strokeWidth={1}
        />
        {bars.map((bar, index) => {
          const height = bar.value === 0 ? 0 : Math.max(2, (bar.value / most) * (HEIGHT - 4));
          return (
            <rect
              key={bar.name}
              x={index * STEP + 2}
              width={STEP - 4}
              y={HEIGHT - height}
              height={height}
              className="fill-accent"
            >
              <title>{bar.said}</title>
            </rect>
          );
        })}
      </svg>
      <figcaption className="flex justify-between text-12 text-muted">
        <span>{bars[0]?.name}</span>
        <span>{bars.at(-1)?.name}</span>
      </figcaption>
      <ul className="sr-only" aria-label={label}>
        {bars
          .filter((bar) => bar.value > 0)
          .map((bar) => (
            <li key={bar.name}>{bar.said}</li>
          ))}
      </ul>
    </figure>
  );
}
