/** One panel below the other over a common axis, as an SVG that needs nothing else. */
export interface Panel {
  readonly title: string;
  readonly unit: string;
  readonly curves: readonly { readonly name: string; readonly values: readonly number[] }[];
}

/** What lies below the panels, rising. */
export interface Axis {
  readonly values: readonly number[];
  /** Where a value is written, and how; at its place. */
  readonly ticks: readonly (readonly [value: number, label: string])[];
}

const WIDTH = 900;
const PANEL_HEIGHT = 150;
const MARGIN = { left: 60, right: 20, top: 30, bottom: 20 };
const COLOURS = ['#1f5fa8', '#c0491d', '#3a8443', '#7a3f9d'];
/** So few points are shown each. */
const FEW = 24;

export function plot(title: string, axis: Axis, panels: readonly Panel[]): string {
  const height = 40 + panels.length * PANEL_HEIGHT;
  const end = axis.values.at(-1) ?? 1;
  const x = (value: number): number => MARGIN.left + (value / end) * (WIDTH - MARGIN.left - MARGIN.right);
  const body = panels.map((panel, i) => drawPanel(panel, axis, x, 40 + i * PANEL_HEIGHT));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="11">`,
    `<rect width="${WIDTH}" height="${height}" fill="white"/>`,
    `<text x="${MARGIN.left}" y="24" font-size="15">${title}</text>`,
    ...body,
    '</svg>\n',
  ].join('\n');
}

/** An axis of time, with a label at every whole minute or few. */
export function minuteAxis(minutes: readonly number[]): Axis {
  const end = minutes.at(-1);
  if (end === undefined) return { values: minutes, ticks: [] };
  const step = Math.max(1, Math.round(end / 6));
  const count = Math.floor(end / step) + 1;
  return { values: minutes, ticks: Array.from({ length: count }, (_, i) => [i * step, `${i * step} min`]) };
}

function drawPanel({ title, unit, curves }: Panel, axis: Axis, x: (value: number) => number, top: number): string {
  const ceiling = niceCeiling(Math.max(...curves.flatMap(({ values }) => values.filter(Number.isFinite))));
  const [first, last] = [top + MARGIN.top, top + PANEL_HEIGHT - MARGIN.bottom];
  const y = (value: number): number => last - (Math.min(value, ceiling) / ceiling) * (last - first);
  const grid = [0, 0.5, 1].map((part) => {
    const value = part * ceiling;
    return (
      `<line x1="${x(0)}" x2="${WIDTH - MARGIN.right}" y1="${y(value)}" y2="${y(value)}" stroke="#ddd"/>` +
      `<text x="${MARGIN.left - 6}" y="${y(value) + 4}" text-anchor="end">${value}</text>`
    );
  });
  const ticks = axis.ticks.map(
    ([value, label]) => `<text x="${x(value)}" y="${last + 14}" text-anchor="middle">${label}</text>`,
  );
  const lines = curves.map(({ values }, i) => {
    const points = values.flatMap((value, at) =>
      Number.isFinite(value) ? [`${x(axis.values[at] ?? 0).toFixed(1)},${y(value).toFixed(1)}`] : [],
    );
    const dots = points.length > FEW ? [] : points.map((point) => dot(point, COLOURS[i]));
    const line = `<polyline fill="none" stroke="${COLOURS[i]}" stroke-width="1.2" points="${points.join(' ')}"/>`;
    return [line, ...dots].join('');
  });
  const legend = curves.map(({ name }, i) => `<tspan fill="${COLOURS[i]}" dx="10">${name}</tspan>`);
  return [
    `<text x="${MARGIN.left}" y="${top + 18}" font-weight="bold">${title}, ${unit}${legend.join('')}</text>`,
    ...grid,
    ...ticks,
    ...lines,
  ].join('\n');
}

function dot(point: string, colour: string | undefined): string {
  const [cx, cy] = point.split(',');
  return `<circle cx="${cx}" cy="${cy}" r="2.5" fill="${colour}"/>`;
}

function niceCeiling(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 3, 4, 5, 8, 10].map((factor) => factor * power).find((ceiling) => ceiling >= value) ?? value;
}
