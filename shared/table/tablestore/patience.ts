import type { Item } from "../../batch/batcher.ts";
import type { Clock } from "../../clock.ts";
import { TableError } from "../table.ts";

/** How far an operation has come. */
export class Progress {
	readonly until: number;
	/** Its time is up: it begins nothing more. */
	late = false;
	/** A write of it may have been carried out although no answer said so. */
	maybe = false;
	/** What travels for it. */
	item: Item | undefined;
	lastError: TableError | undefined;
	readonly reject: (error: TableError) => void;

	constructor(until: number, reject: (error: TableError) => void) {
		this.until = until;
		this.reject = reject;
	}

	failed(error: unknown): void {
		if (this.item) this.item.sent = false;
		if (!(error instanceof TableError)) return;
		this.lastError = error;
		if (error.applied === "maybe") this.maybe = true;
	}
}

/**
 * Every operation ends within the same time, whatever it waits for. Since the
 * time is the same for all, they come due in the order in which they began, and
 * one timer serves them.
 */
export class Patience {
	readonly #clock: Clock;
	readonly #ms: number;
	/** In the order in which they began. */
	readonly #underWay = new Set<Progress>();
	/** Set while the timer runs, which is while anything is under way. */
	#stopTimer: (() => void) | undefined;

	constructor(clock: Clock, ms: number) {
		this.#clock = clock;
		this.#ms = ms;
	}

	/** @throws TableError, also when the time is up; then the operation's own end is of no interest any more. */
	run<T>(operation: (progress: Progress) => Promise<T>): Promise<T> {
		return new Promise((resolve, reject) => {
			const progress = new Progress(this.#clock.now() + this.#ms, reject);
			this.#underWay.add(progress);
			if (!this.#stopTimer) this.#watch(progress.until);
			operation(progress).then(
				(result) => {
					this.#ended(progress);
					resolve(result);
				},
				(error: unknown) => {
					this.#ended(progress);
					reject(withDoubt(error, progress));
				},
			);
		});
	}

	#ended(progress: Progress): void {
		this.#underWay.delete(progress);
		if (this.#underWay.size > 0) return;
		this.#stopTimer?.();
		this.#stopTimer = undefined;
	}

	#watch(until: number): void {
		this.#stopTimer = this.#clock.after(until - this.#clock.now(), () => {
			this.#stopTimer = undefined;
			this.#giveUpDue();
			const [oldest] = this.#underWay;
			if (oldest) this.#watch(oldest.until);
		});
	}

	#giveUpDue(): void {
		const now = this.#clock.now();
		for (const progress of this.#underWay) {
			if (progress.until > now) return;
			this.#underWay.delete(progress);
			progress.late = true;
			if (progress.item) progress.item.withdrawn = true;
			progress.reject(this.#tooLate(progress));
		}
	}

	#tooLate({ maybe, item, lastError }: Progress): TableError {
		const inDoubt = maybe || item?.sent === true;
		const code = lastError?.code ?? "DeadlineExceeded";
		const message = `not done within ${this.#ms} ms${lastError ? `; ${lastError.message}` : ""}`;
		return new TableError(code, message, {
			retryable: true,
			applied: inDoubt ? "maybe" : "no",
			cause: lastError,
		});
	}
}

/** An earlier attempt may have been carried out, whatever became of the last. */
function withDoubt(error: unknown, { maybe }: Progress): unknown {
	if (!maybe || !(error instanceof TableError) || error.applied === "maybe") return error;
	const { code, retryable, retryAfterSeconds } = error;
	return new TableError(code, error.message, {
		retryable,
		applied: "maybe",
		cause: error,
		...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
	});
}
