const BUCKET_MS = 60_000;

/**
 * Refuses a signature nonce that was used before. A nonce is remembered as long
 * as its timestamp would be accepted and no longer: at 500 calls a second that
 * is half a million of them.
 */
export class Nonces {
	readonly #maxSkewMs: number;
	readonly #buckets = new Map<number, Set<string>>();
	#oldest = Number.NEGATIVE_INFINITY;

	constructor(maxSkewMs: number) {
		this.#maxSkewMs = maxSkewMs;
	}

	/** @returns false if the nonce was used before. */
	use(nonce: string, timestamp: number, now: number): boolean {
		this.#forget(Math.floor((now - this.#maxSkewMs) / BUCKET_MS));
		for (const bucket of this.#buckets.values()) if (bucket.has(nonce)) return false;
		// A service that accepts any timestamp still forgets in time.
		const signedAt = Math.min(Math.max(timestamp, now - this.#maxSkewMs), now + this.#maxSkewMs);
		const key = Math.floor(signedAt / BUCKET_MS);
		const bucket = this.#buckets.get(key) ?? new Set<string>();
		bucket.add(nonce);
		this.#buckets.set(key, bucket);
		return true;
	}

	#forget(oldest: number): void {
		if (oldest === this.#oldest) return;
		this.#oldest = oldest;
		for (const key of this.#buckets.keys()) if (key < oldest) this.#buckets.delete(key);
	}
}
