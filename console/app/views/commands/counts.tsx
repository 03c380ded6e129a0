import type {
	CommandCounts,
	CommandFilter,
	State as StateName,
} from "../../../../client/src/index.ts";
import { useCounts } from "../../hooks/counts.ts";
import { lookOf, State } from "../../parts/state.tsx";
import { count, ENDED, UNDER_WAY, words } from "../../parts/words.ts";

interface CountsProps {
	readonly filter: CommandFilter;
	/** Counts again when it changes. */
	readonly turn: number;
	readonly chosen: readonly StateName[];
	readonly onChoose: (states: readonly StateName[]) => void;
}

/** How many commands are in each state; each is a filter. */
export function StateCounts({ filter, turn, chosen, onChoose }: CountsProps) {
	const counts = useCounts(filter, turn);
	const toggle = (state: StateName) =>
		onChoose(chosen.includes(state) ? chosen.filter((one) => one !== state) : [...chosen, state]);
	const group = (label: string, states: readonly StateName[]) => (
		<fieldset class="counts">
			<legend>{label}</legend>
			{states.map((state) => {
				const found = counts && textOf(counts, state);
				return (
					<button
						key={state}
						type="button"
						class={`count ${lookOf(state)}`}
						aria-pressed={chosen.includes(state)}
						aria-label={`${words(state)}${found ? `: ${found}` : ""}`}
						onClick={() => toggle(state)}
					>
						<b>{found ?? "·"}</b>
						<State of={state} />
					</button>
				);
			})}
		</fieldset>
	);
	return (
		<section class="all-counts" aria-label="Commands by state">
			{group("Under way", UNDER_WAY)}
			{group("Ended", ENDED)}
		</section>
	);
}

const textOf = ({ counts, more }: CommandCounts, state: StateName): string =>
	`${count(counts[state] ?? 0)}${more.includes(state) ? "+" : ""}`;
