/** Curves over minutes, one panel below the other, as an SVG that needs nothing else. */
export interface Panel {
  readonly title: string;
  readonly unit: string;
  readonly curves: readonly { readonly name: string; readonly values: readonly number[] }[];
}

const WIDTH = 900;
const PANEL_HEIGHT = 150;
const MARGIN = { left: 60, right: 20, top: 30, bottom: 20 };
const COLOURS = ['#1f5fa8', '#c0491d', '#3a8443'];

export function plot(title: string, minutes: readonly number[], panels: readonly Panel[]): string {
  const height = 40 + panels.length * PANEL_HEIGHT;
  const end = Math.max(minutes.at(-1) ?? 1, 1 / 60);
  const x = (minute: number): number => MARGIN.left + (minute / end) * (WIDTH - MARGIN.left - MARGIN.right);
  const body = panels.map((panel, i) => drawPanel(panel, minutes, x, 40 + i * PANEL_HEIGHT));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="11">`,
    `<rect width="${WIDTH}" height="${height}" fill="white"/>`,
    `<text x="${MARGIN.left}" y="24" font-size="15">${title}</text>`,
    ...body,
    '</svg>\n',
  ].join('\n');
}

function drawPanel(
  { title, unit, curves }: Panel,
  minutes: readonly number[],
  x: (minute: number) => number,
  top: number,
): string {
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
  const step = Math.max(1, Math.round((minutes.at(-1) ?? 1) / 6));
  const ticks = minutes.at(-1) === undefined ? [] : range(0, minutes.at(-1) as number, step);
  const axis = ticks.map(
    (minute) => `<text x="${x(minute)}" y="${last + 14}" text-anchor="middle">${minute} min</text>`,
  );
  const lines = curves.map(({ values }, i) => {
    const points = values.flatMap((value, at) =>
      Number.isFinite(value) ? [`${x(minutes[at] ?? 0).toFixed(1)},${y(value).toFixed(1)}`] : [],
    );
    return `<polyline fill="none" stroke="${COLOURS[i]}" stroke-width="1.2" points="${points.join(' ')}"/>`;
  });
  const legend = curves.map(({ name }, i) => `<tspan fill="${COLOURS[i]}" dx="10">${name}</tspan>`);
  return [
    `<text x="${MARGIN.left}" y="${top + 18}" font-weight="bold">${title}, ${unit}${legend.join('')}</text>`,
    ...grid,
    ...axis,
    ...lines,
  ].join('\n');
}

function niceCeiling(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 3, 4, 5, 8, 10].map((factor) => factor * power).find((ceiling) => ceiling >= value) ?? value;
}

function range(from: number, to: number, step: number): number[] {
  const values: number[] = [];
  for (let value = from; value <= to; value += step) values.push(value);
  return values;
}
