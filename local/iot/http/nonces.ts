/**
 * Refuses a signature nonce that was used before. A nonce has to be remembered
 * as long as its timestamp is accepted, so two generations are kept, each as
 * long as that: nothing is forgotten too early, and nothing is scanned.
 */
export class Nonces {
	readonly #lifetimeMs: number;
	#young = new Set<string>();
	#old = new Set<string>();
	#turnAt = Number.NEGATIVE_INFINITY;

	constructor(lifetimeMs: number) {
		this.#lifetimeMs = lifetimeMs;
	}

	/** @returns false if the nonce was used before. */
	use(nonce: string, now: number): boolean {
		if (now >= this.#turnAt) {
			this.#old = this.#young;
			this.#young = new Set();
			this.#turnAt = now + this.#lifetimeMs;
		}
		if (this.#young.has(nonce) || this.#old.has(nonce)) return false;
		this.#young.add(nonce);
		return true;
	}
}
