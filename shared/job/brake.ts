import { isTerminal, type State } from "../command/state.ts";
import { add } from "./counts.ts";
import type { Counts, Job } from "./job.ts";
import { judge } from "./stop.ts";

/** So long a job's driver has to find that a stop rule is reached; if it does not, sending goes on. */
export const BRAKE_MS = 6_000;

/**
 * Notices that a job's stop rule is reached by what this process alone sees of
 * it, as soon as it sees it: the job's driver counts all commands, but later,
 * and hundreds more would be sent until then. It only holds the job up; whether
 * the rule is reached is for the driver to say.
 */
export class JobBrake {
	#rules: Job["stop"] = [];
	#acknowledged = "";
	#counts: Counts = {};

	/** @returns whether the job was resumed since: it begins to count anew. */
	follow({ stop, acknowledged }: Pick<Job, "stop" | "acknowledged">): boolean {
		this.#rules = stop;
		const resumed = JSON.stringify(acknowledged ?? null);
		if (resumed === this.#acknowledged) return false;
		this.#acknowledged = resumed;
		this.#counts = {};
		return true;
	}

	/**
	 * What the platform took counts as well done, until more is known: so the
	 * driver's count reaches the rule no later than this one.
	 * @param state that a command has come to.
	 * @returns whether a rule is reached.
	 */
	reaches(state: State): boolean {
		if (this.#rules.length === 0) return false;
		if (state === "sent") this.#counts = add(this.#counts, { succeeded: 1 });
		else if (isTerminal(state)) this.#counts = add(this.#counts, { [state]: 1 });
		if (!judge(this.#rules, this.#counts)) return false;
		this.#counts = {};
		return true;
	}
}
