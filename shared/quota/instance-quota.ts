import type { Clock } from "../clock.ts";
import { LANES, type Lane } from "../command/command.ts";
import type { Quota } from "./quota.ts";

/** A pause saves up this share of a second's calls, to be made at once. */
const BURST_SECONDS = 0.1;

interface Waiting {
	readonly until: number;
	readonly decide: (granted: boolean) => void;
}

/**
 * A token bucket of one function instance: no instance alone exceeds the
 * account's limit. Several together may; the calls that are then throttled are
 * retried. `interactive` goes before `bulk`.
 */
export class InstanceQuota implements Quota {
	readonly #clock: Clock;
	readonly #perMs: number;
	readonly #capacity: number;
	readonly #waiting: Readonly<Record<Lane, Waiting[]>> = { interactive: [], bulk: [] };
	#tokens: number;
	#filledAt: number;
	#timer: (() => void) | undefined;

	constructor(callsPerSecond: number, clock: Clock) {
		this.#clock = clock;
		this.#perMs = callsPerSecond / 1000;
		this.#capacity = Math.max(1, callsPerSecond * BURST_SECONDS);
		this.#tokens = this.#capacity;
		this.#filledAt = clock.now();
	}

	take(lane: Lane, until: number): Promise<boolean> {
		return new Promise((decide) => {
			this.#waiting[lane].push({ until, decide });
			this.#serve();
		});
	}

	#serve(): void {
		this.#fill();
		for (let next = this.#next(); next; next = this.#next()) {
			if (this.#tokens < 1) break;
			this.#tokens -= 1;
			this.#waiting[next].shift()?.decide(true);
		}
		this.#timer?.();
		this.#timer = undefined;
		if (!this.#next()) return;
		const untilToken = Math.max(1, Math.ceil((1 - this.#tokens) / this.#perMs));
		this.#timer = this.#clock.after(untilToken, () => {
			this.#timer = undefined;
			this.#serve();
		});
	}

	/** The lane to serve, once those who no longer want to wait have been told. */
	#next(): Lane | undefined {
		const now = this.#clock.now();
		for (const lane of LANES) {
			const queue = this.#waiting[lane];
			while (queue[0] && queue[0].until < now) queue.shift()?.decide(false);
			if (queue.length > 0) return lane;
		}
		return undefined;
	}

	#fill(): void {
		const now = this.#clock.now();
		this.#tokens = Math.min(this.#capacity, this.#tokens + (now - this.#filledAt) * this.#perMs);
		this.#filledAt = now;
	}
}
