import type { State } from "../command/state.ts";
import { ended, inStates } from "./counts.ts";
import type { Counts, StopRule } from "./job.ts";

export interface Verdict {
	readonly do: StopRule["then"];
	readonly reason: string;
}

/**
 * The first rule that the devices which have ended fulfil.
 * @param acknowledged what was there when the job was last resumed: not counted again.
 */
export function judge(
	rules: readonly StopRule[],
	counts: Counts,
	acknowledged: Counts = {},
): Verdict | undefined {
	const fresh = without(counts, acknowledged);
	for (const rule of rules) {
		if (!reached(rule, rule.states, fresh)) continue;
		// Nobody knows what became of them: that may stop a job, but not end it.
		const certain = rule.states.filter((state) => state !== "unknown");
		const then = reached(rule, certain, fresh) ? rule.then : "pause";
		const bad = inStates(fresh, rule.states);
		const reason = `${bad} of ${ended(fresh)} devices ended ${rule.states.join(" or ")}: the rule stops at ${rule.percent} %, from ${rule.minimum} devices on`;
		return { do: then, reason };
	}
	return undefined;
}

function reached(
	{ percent, minimum }: StopRule,
	states: readonly State[],
	counts: Counts,
): boolean {
	const all = ended(counts);
	const bad = inStates(counts, states);
	return bad > 0 && all >= minimum && bad * 100 >= percent * all;
}

function without(counts: Counts, acknowledged: Counts): Counts {
	const left = Object.entries(counts).map(([state, count]) => {
		const known = acknowledged[state as State] ?? 0;
		return [state, Math.max(0, (count ?? 0) - known)] as const;
	});
	return Object.fromEntries(left);
}
