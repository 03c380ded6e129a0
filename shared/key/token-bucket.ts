/** So many in a second, and after a pause as many at once as fit into the bucket. */
export class TokenBucket {
	readonly #perSecond: number;
	readonly #size: number;
	#tokens: number;
	#at: number;

	constructor(perSecond: number, size: number, now: number) {
		this.#perSecond = perSecond;
		this.#size = size;
		this.#tokens = size;
		this.#at = now;
	}

	/** @returns 0 and takes a token; or, where there is none, the milliseconds until there is one. */
	take(now: number): number {
		// A clock that goes back gives nothing twice.
		const seconds = Math.max(0, now - this.#at) / 1000;
		this.#tokens = Math.min(this.#size, this.#tokens + seconds * this.#perSecond);
		this.#at = Math.max(this.#at, now);
		if (this.#tokens < 1) return Math.ceil(((1 - this.#tokens) / this.#perSecond) * 1000);
		this.#tokens--;
		return 0;
	}

	/** One that was taken and turned out not to be owed. */
	giveBack(): void {
		this.#tokens = Math.min(this.#size, this.#tokens + 1);
	}
}
