import type { Clock } from "../../clock/clock.ts";
import type { Outcome } from "./instance.ts";

interface Call {
	readonly requestId: string;
	/** Ends it, unless it has ended. */
	readonly end: (outcome: Outcome) => void;
}

/** The requests that one instance has under way, each with its own time limit. */
export class Calls {
	readonly #clock: Clock;
	readonly #onEnd: (outcome: Outcome) => void;
	readonly #open = new Set<Call>();
	#lastEnded: string | undefined;

	/** @param onEnd is called after each of them. */
	constructor(clock: Clock, onEnd: (outcome: Outcome) => void) {
		this.#clock = clock;
		this.#onEnd = onEnd;
	}

	get count(): number {
		return this.#open.size;
	}

	/** Of all that are under way; if none is, of the one that ended last. */
	get requestIds(): string[] {
		if (this.#open.size === 0) return this.#lastEnded === undefined ? [] : [this.#lastEnded];
		return [...this.#open].map(({ requestId }) => requestId);
	}

	/** Does `work`; its signal is aborted when the request has ended otherwise. */
	run(
		requestId: string,
		limitSeconds: number,
		work: (signal: AbortSignal) => Promise<Outcome>,
	): Promise<Outcome> {
		const controller = new AbortController();
		let done = false;
		return new Promise((resolve) => {
			const cancel = this.#clock.after(limitSeconds * 1_000, () => call.end({ type: "timeout" }));
			const call: Call = {
				requestId,
				end: (outcome) => {
					if (!this.#open.delete(call)) return;
					this.#lastEnded = requestId;
					cancel();
					if (!done) controller.abort();
					this.#onEnd(outcome);
					resolve(outcome);
				},
			};
			this.#open.add(call);
			void work(controller.signal)
				.catch((error: unknown) => failed(String(error)))
				.then((outcome) => {
					done = true;
					call.end(outcome);
				});
		});
	}

	endAll(outcome: Outcome): void {
		for (const { end } of [...this.#open]) end(outcome);
	}
}

/** An invocation that the function itself did not answer. */
export function failed(errorMessage: string, errorType = "InvocationError"): Outcome {
	const payload = Buffer.from(JSON.stringify({ errorMessage, errorType }));
	return { type: "error", handled: false, payload };
}
