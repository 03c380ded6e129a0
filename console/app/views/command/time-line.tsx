import { duration } from "../../../../cli/output/time.ts";
import type { Command } from "../../../../client/src/index.ts";
import { Time } from "../../parts/time.tsx";
import { plural } from "../../parts/words.ts";
import { barsOf } from "./bars.ts";

const WIDTH = 1000;
const HEIGHT = 46;

/** The attempts between the beginning and the end, to scale. */
export function TimeLine({ command, now }: { readonly command: Command; readonly now: number }) {
	const { bars, spanMs } = barsOf(command, now);
	if (spanMs <= 0) return null;
	const attempts = command.attempts.length + (command.attemptsOmitted ?? 0);
	return (
		<figure class="time-line">
			<svg
				viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
				preserveAspectRatio="none"
				role="img"
				aria-label={`${plural(attempts, "attempt")} within ${duration(spanMs)}`}
			>
				<rect class="base" x="0" y="20" width={WIDTH} height="6" rx="3" />
				{bars.map(({ from, to, look, label }) => (
					<rect
						key={`${from} ${label}`}
						class={look}
						x={from * (WIDTH - 4)}
						y={look === "going" ? 20 : 10}
						width={Math.max(4, (to - from) * WIDTH)}
						height={look === "going" ? 6 : 26}
						rx="2"
					>
						<title>{label}</title>
					</rect>
				))}
			</svg>
			<figcaption>
				<span>accepted</span>
				<span>{duration(spanMs)}</span>
			</figcaption>
		</figure>
	);
}

interface StepsProps {
	readonly steps: ReadonlyArray<{ readonly at: string; readonly text: string }>;
	readonly from: string;
}

/** What happened, one after the other. */
export function Steps({ steps, from }: StepsProps) {
	const start = Date.parse(from);
	return (
		<ol class="steps" aria-label="What happened">
			{steps.map(({ at, text }, index) => (
				<li key={`${at} ${text}`}>
					<span class="when">
						{index === 0 ? <Time at={at} /> : `+ ${duration(Date.parse(at) - start)}`}
					</span>
					<span>{text}</span>
				</li>
			))}
		</ol>
	);
}
