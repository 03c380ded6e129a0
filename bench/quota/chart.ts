import type { Outcome } from "./simulate.ts";

const COLORS = ["#0b6e4f", "#c8553d", "#8a6fb3", "#5b7db1", "#c99700", "#7a7a7a"];
const PANEL = { width: 460, height: 148, left: 110, bar: 14, gap: 5, top: 30 };
const COLUMNS = 2;
/** Longer bars are cut, and say so by their figure. */
const MOST_OF_IDEAL = 2.5;

/** Seconds of every strategy in every scenario, as bars against the ideal; beside each the share of throttled calls. */
export function chart(outcomes: readonly Outcome[]): string {
	const compared = outcomes.filter(({ strategy }) => strategy !== outcomes[0]?.strategy);
	const scenarios = [...new Set(compared.map(({ scenario }) => scenario))];
	const strategies = [...new Set(outcomes.map(({ strategy }) => strategy))];
	const rows = Math.ceil(scenarios.length / COLUMNS);
	const width = PANEL.width * COLUMNS + 20;
	const height = rows * PANEL.height + 50;
	const panels = scenarios.map((scenario, index) => {
		const x = 10 + (index % COLUMNS) * PANEL.width;
		const y = 40 + Math.floor(index / COLUMNS) * PANEL.height;
		const ours = outcomes.filter((outcome) => outcome.scenario === scenario);
		return `<g transform="translate(${x} ${y})">${panel(scenario, strategies, ours)}</g>`;
	});
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="11">`,
		`<rect width="100%" height="100%" fill="#fff"/>`,
		`<text x="10" y="20" font-size="14" font-weight="600">Seconds for 100,000 commands at 500 calls a second (shorter is better; dashed: the ideal)</text>`,
		...panels,
		"</svg>\n",
	].join("\n");
}

function panel(
	scenario: string,
	strategies: readonly string[],
	outcomes: readonly Outcome[],
): string {
	const ideal = outcomes[0]?.idealSeconds ?? 1;
	const room = PANEL.width - PANEL.left - 110;
	const scale = room / (ideal * MOST_OF_IDEAL);
	const bars = strategies.map((strategy, index) => {
		const own = outcomes.filter((outcome) => outcome.strategy === strategy);
		const seconds = mean(own.map((outcome) => outcome.seconds));
		const throttled = mean(own.map(({ throttledShare }) => throttledShare));
		const y = PANEL.top + index * (PANEL.bar + PANEL.gap);
		const length = Math.min(room, seconds * scale);
		const text = `${seconds.toFixed(1)} s, ${(throttled * 100).toFixed(1)} % throttled`;
		return [
			`<text x="${PANEL.left - 6}" y="${y + 11}" text-anchor="end">${strategy}</text>`,
			`<rect x="${PANEL.left}" y="${y}" width="${length.toFixed(1)}" height="${PANEL.bar}" fill="${COLORS[index % COLORS.length]}"/>`,
			`<text x="${(PANEL.left + length + 5).toFixed(1)}" y="${y + 11}">${text}</text>`,
		].join("");
	});
	const at = (PANEL.left + ideal * scale).toFixed(1);
	const bottom = PANEL.top + strategies.length * (PANEL.bar + PANEL.gap);
	return [
		`<text x="0" y="18" font-weight="600">${scenario}</text>`,
		...bars,
		`<line x1="${at}" y1="${PANEL.top - 4}" x2="${at}" y2="${bottom}" stroke="#222" stroke-dasharray="3 3"/>`,
	].join("\n");
}

const mean = (values: readonly number[]): number =>
	values.reduce((sum, value) => sum + value, 0) / values.length;
