import type { Clock } from "../../clock.ts";
import { TableError } from "../table.ts";
import type { Item } from "./batcher.ts";

/** How far an operation has come. */
export interface Progress {
	/** Its time is up: it begins nothing more. */
	late: boolean;
	/** A write of it may have been carried out although no answer said so. */
	maybe: boolean;
	/** What travels for it. */
	item: Item | undefined;
	lastError: TableError | undefined;
}

interface Waiting {
	readonly until: number;
	readonly giveUp: () => void;
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
	readonly #waiting = new Set<Waiting>();
	#timerRuns = false;

	constructor(clock: Clock, ms: number) {
		this.#clock = clock;
		this.#ms = ms;
	}

	/** @throws TableError, also when the time is up; then the operation's own end is of no interest any more. */
	run<T>(operation: (progress: Progress) => Promise<T>): Promise<T> {
		return new Promise((resolve, reject) => {
			const progress: Progress = {
				late: false,
				maybe: false,
				item: undefined,
				lastError: undefined,
			};
			const waiting: Waiting = {
				until: this.#clock.now() + this.#ms,
				giveUp: () => {
					progress.late = true;
					if (progress.item) progress.item.withdrawn = true;
					reject(this.#tooLate(progress));
				},
			};
			this.#waiting.add(waiting);
			this.#watch();
			operation(progress).then(
				(result) => {
					this.#waiting.delete(waiting);
					resolve(result);
				},
				(error: unknown) => {
					this.#waiting.delete(waiting);
					reject(withDoubt(error, progress));
				},
			);
		});
	}

	#watch(): void {
		if (this.#timerRuns) return;
		const [oldest] = this.#waiting;
		if (!oldest) return;
		this.#timerRuns = true;
		this.#clock.after(oldest.until - this.#clock.now(), () => {
			this.#timerRuns = false;
			this.#giveUpDue();
			this.#watch();
		});
	}

	#giveUpDue(): void {
		const now = this.#clock.now();
		for (const waiting of this.#waiting) {
			if (waiting.until > now) return;
			this.#waiting.delete(waiting);
			waiting.giveUp();
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
