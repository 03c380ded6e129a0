import { BoundedMap } from "../../../shared/key/bounded-map.ts";
import type { Caller } from "../../../shared/key/key.ts";
import { TokenBucket } from "../../../shared/key/token-bucket.ts";

const MAX_KEYS = 10_000;

/** How many requests each key may make, counted by this instance alone: n instances let n times as many pass. */
export class Rates {
	readonly #buckets = new BoundedMap<string, TokenBucket>(MAX_KEYS);

	/** @returns milliseconds to wait; 0: go on. */
	take({ id, ratePerSecond }: Caller, now: number): number {
		if (ratePerSecond === undefined) return 0;
		const known = this.#buckets.get(id);
		const bucket = known ?? new TokenBucket(ratePerSecond, Math.max(1, ratePerSecond), now);
		if (!known) this.#buckets.set(id, bucket);
		return bucket.take(now);
	}
}
