import type { Clock } from "../../shared/clock.ts";
import type { Verdict } from "../../shared/iot/verdict.ts";
import type { Log } from "../../shared/log.ts";

/** While the worker is busy, its figures are written once in this time. */
const FLUSH_EVERY_MS = 10_000;
/** Durations that are kept between two flushes: more than an instance makes calls. */
const MAX_DURATIONS = 10_000;

/** What the platform's calls of this instance were like: one line of the log a flush. */
export class Meter {
	readonly #clock: Clock;
	#since: number;
	#calls = new Map<Verdict, number>();
	#durationsMs: number[] = [];

	constructor(clock: Clock) {
		this.#clock = clock;
		this.#since = clock.now();
	}

	call(verdict: Verdict, durationMs: number): void {
		this.#calls.set(verdict, (this.#calls.get(verdict) ?? 0) + 1);
		if (this.#durationsMs.length < MAX_DURATIONS) this.#durationsMs.push(durationMs);
	}

	/** @param isIdle nothing is under way any more, and the instance may be stopped. */
	flush(log: Log, isIdle: boolean): void {
		const now = this.#clock.now();
		const periodMs = now - this.#since;
		if (this.#calls.size === 0 || (!isIdle && periodMs < FLUSH_EVERY_MS)) return;
		const sorted = this.#durationsMs.sort((a, b) => a - b);
		const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)];
		log.info("metrics", {
			periodMs,
			calls: Object.fromEntries(this.#calls),
			callMs: { p50: at(0.5), p99: at(0.99), max: at(1) },
			memoryUsageMB: Math.round(process.memoryUsage.rss() / 2 ** 20),
		});
		this.#since = now;
		this.#calls = new Map();
		this.#durationsMs = [];
	}
}
