import type { Clock } from "../../shared/clock.ts";
import type { Command } from "../../shared/command/command.ts";
import type { JobState } from "../../shared/job/job.ts";
import { DamagedRow, orDamaged } from "../../shared/store/document-store.ts";
import type { JobStore } from "../../shared/store/job-store.ts";
import type { Stored } from "../../shared/stored.ts";
import type { WorkerDeps } from "./deps.ts";

/** A pause is noticed after this long. */
const LOOK_EVERY_MS = 500;
/** A command that was held back is looked at again after this long. */
const HOLD_MS = 15_000;
const HOLDS: ReadonlySet<JobState | undefined> = new Set<JobState>([
	"paused",
	"canceling",
	"canceled",
]);

/** Whether jobs send: what was made before a pause and is not sent yet stays here. */
export class JobGate {
	readonly #jobs: Pick<JobStore, "get">;
	readonly #clock: Clock;
	readonly #known = new Map<string, { readonly at: number; readonly holds: Promise<boolean> }>();

	constructor(jobs: Pick<JobStore, "get">, clock: Clock) {
		this.#jobs = jobs;
		this.#clock = clock;
	}

	/** @throws TableError */
	holds(job: string): Promise<boolean> {
		const now = this.#clock.now();
		const known = this.#known.get(job);
		if (known && now - known.at < LOOK_EVERY_MS) return known.holds;
		if (!known && this.#known.size >= 1_000) this.#known.clear();
		const holds = orDamaged(this.#jobs.get(job)).then(
			// Whether one that cannot be read is paused, nobody can tell.
			(found) => found instanceof DamagedRow || HOLDS.has(found?.document.state),
		);
		this.#known.set(job, { at: now, holds });
		holds.catch(() => this.#known.delete(job));
		return holds;
	}
}

/** @returns the command as it then waits, if its job sends nothing now. */
export async function holdBack(
	{ gate, commands, clock }: WorkerDeps,
	stored: Stored<Command>,
): Promise<Stored<Command> | undefined> {
	const { job } = stored.document.source;
	if (job === undefined || !(await gate.holds(job))) return undefined;
	const now = clock.now();
	const held = await commands.change(stored, () => ({
		event: "hold",
		at: now,
		wakeAt: now + HOLD_MS,
	}));
	return held?.stored ?? stored;
}
