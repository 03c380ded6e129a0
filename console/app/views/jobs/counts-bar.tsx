import type { Counts } from "../../../../client/src/index.ts";
import { lookOf } from "../../parts/state.tsx";
import { countsText, STATES } from "../../parts/words.ts";

interface CountsBarProps {
	readonly counts: Counts | undefined;
	readonly total: number | undefined;
}

/** Best and worst at the ends, what is under way between them. */
const ORDER = [...STATES].sort((left, right) => rank(left) - rank(right));
function rank(state: string): number {
	return ["good", "going", "waits", "ended", "late", "unsure", "bad"].indexOf(lookOf(state));
}

/** How many devices are in each state, as a bar; the numbers are its name. */
export function CountsBar({ counts = {}, total }: CountsBarProps) {
	const sum = total || Object.values(counts).reduce((all, one) => all + one, 0) || 1;
	let from = 0;
	return (
		<svg
			class="bar"
			viewBox="0 0 100 8"
			preserveAspectRatio="none"
			role="img"
			aria-label={countsText(counts) || "nothing yet"}
		>
			<title>{countsText(counts) || "nothing yet"}</title>
			<rect class="base" width="100" height="8" />
			{ORDER.filter((state) => counts[state]).map((state) => {
				const width = ((counts[state] ?? 0) / sum) * 100;
				const x = from;
				from += width;
				return <rect key={state} class={lookOf(state)} x={x} width={width} height="8" />;
			})}
		</svg>
	);
}
