import { words } from "./words.ts";

/** The mark beside the word, so that colour is not all that tells them apart. */
const MARKS: Readonly<Record<string, string>> = {
	good: "M3 8.5l3.2 3.2L13 5",
	bad: "M4 4l8 8M12 4l-8 8",
	unsure: "M5.5 6a2.5 2.5 0 1 1 3.6 2.2C8.3 8.6 8 9 8 10M8 12.4v.2",
	late: "M8 4v4.5l3 1.8M8 1.8a6.2 6.2 0 1 0 .01 0",
	ended: "M4 8h8",
	going: "M4 4.5L8 8.5l4-4M4 9l4 4 4-4",
	waits: "M5.5 4v8M10.5 4v8",
};

const LOOKS: Readonly<Record<string, keyof typeof MARKS>> = {
	succeeded: "good",
	completed: "good",
	active: "good",
	enabled: "good",
	online: "good",
	fired: "good",
	failed: "bad",
	unknown: "unsure",
	timed_out: "late",
	missed: "late",
	waiting: "waits",
	paused: "waits",
	waiting_for_approval: "waits",
	soaking: "waits",
	scheduled: "waits",
	accepted: "going",
	sending: "going",
	sent: "going",
	running: "going",
	resolving: "going",
};

export const lookOf = (state: string): string => LOOKS[state] ?? "ended";

/** A state by word, mark and colour. */
export function State({ of, label }: { readonly of: string; readonly label?: string }) {
	const look = lookOf(of);
	return (
		<span class={`state ${look}`}>
			<svg viewBox="0 0 16 16" aria-hidden="true">
				<path d={MARKS[look]} />
			</svg>
			{label ?? words(of)}
		</span>
	);
}
