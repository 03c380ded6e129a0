import { useEffect, useRef } from "preact/hooks";
import type { AlignedData, Options, default as UPlot } from "uplot";
import { useDark } from "../hooks/dark.ts";

interface Line {
	readonly label: string;
	/** Of a custom property of style.css, such as `--good`. */
	readonly colour: string;
	readonly dashed?: boolean;
	readonly filled?: boolean;
}

interface PlotProps {
	/** What a person who does not see it is told. */
	readonly summary: string;
	readonly lines: readonly Line[];
	/** Seconds since the epoch, and a value of each line for each of them. */
	readonly data: readonly (readonly (number | null)[])[];
	readonly unit: string;
}

const HEIGHT_PX = 180;
/** So that the first points do not fill the whole width. */
const MIN_SPAN_SECONDS = 60;

/** Curves over time. What draws them is read when the first is shown. */
export function Plot({ summary, lines, data, unit }: PlotProps) {
	const place = useRef<HTMLDivElement>(null);
	const plot = useRef<UPlot>(undefined);
	const latest = useRef(data);
	latest.current = data;
	const dark = useDark();
	const key = JSON.stringify(lines);
	useEffect(() => {
		const { current: element } = place;
		if (!element) return;
		let gone = false;
		const resized = new ResizeObserver(() =>
			plot.current?.setSize({ width: element.clientWidth, height: HEIGHT_PX }),
		);
		import("uplot").then(({ default: uPlot }) => {
			if (gone) return;
			const width = element.clientWidth;
			plot.current = new uPlot(
				optionsOf(JSON.parse(key), width, unit),
				latest.current as AlignedData,
				element,
			);
			resized.observe(element);
		});
		return () => {
			gone = true;
			resized.disconnect();
			plot.current?.destroy();
			plot.current = undefined;
		};
	}, [key, unit, dark]);
	useEffect(() => plot.current?.setData(data as AlignedData), [data]);
	return (
		<figure class="plot">
			<div ref={place} role="img" aria-label={summary} />
			<figcaption>
				{lines.map(({ label, colour, dashed = false }) => (
					<span key={label}>
						<svg viewBox="0 0 20 8" aria-hidden="true" class={colour.slice(2)}>
							<path d="M0 4h20" stroke-dasharray={dashed ? "4 3" : undefined} />
						</svg>
						{label}
					</span>
				))}
			</figcaption>
		</figure>
	);
}

function optionsOf(lines: readonly Line[], width: number, unit: string): Options {
	const style = getComputedStyle(document.documentElement);
	const colour = (name: string) => style.getPropertyValue(name).trim();
	const axis = {
		stroke: colour("--faint"),
		grid: { stroke: colour("--line"), width: 1 },
		ticks: { show: false },
		font: `12px ${style.fontFamily}`,
	};
	return {
		width,
		height: HEIGHT_PX,
		legend: { show: false },
		cursor: { y: false },
		scales: {
			x: { range: (_, low, high) => [Math.min(low, high - MIN_SPAN_SECONDS), high] },
			y: { range: (_, _low, high) => [0, Math.max(high * 1.1, 1)] },
		},
		axes: [
			axis,
			{ ...axis, size: 60, values: (_, ticks) => ticks.map((tick) => `${tick}${unit}`) },
		],
		series: [
			{},
			...lines.map(({ label, colour: name, dashed = false, filled = false }) => ({
				label,
				stroke: colour(name),
				width: 2,
				points: { show: false },
				...(dashed ? { dash: [6, 4] } : {}),
				...(filled ? { fill: `${colour(name)}22` } : {}),
			})),
		],
	};
}
