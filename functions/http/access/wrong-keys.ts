import { BoundedMap } from "../../../shared/key/bounded-map.ts";
import { TokenBucket } from "../../../shared/key/token-bucket.ts";

/** So many wrong keys from one address may come at once; afterwards one in two seconds is looked at. */
const AT_ONCE = 10;
const PER_SECOND = 0.5;
const MAX_ADDRESSES = 10_000;

/**
 * Slows down who guesses: beyond a few wrong keys an address is told to wait
 * before its next one is even looked at. Keys that were right before are not
 * concerned, so that nobody loses access by a neighbour behind the same address.
 */
export class WrongKeys {
	readonly #addresses = new BoundedMap<string, TokenBucket>(MAX_ADDRESSES);

	/** Before a key is looked at. @returns milliseconds to wait; 0: look at it now. */
	try(address: string, now: number): number {
		const known = this.#addresses.get(address);
		const bucket = known ?? new TokenBucket(PER_SECOND, AT_ONCE, now);
		if (!known) this.#addresses.set(address, bucket);
		return bucket.take(now);
	}

	/** The key was right after all. */
	forgive(address: string): void {
		this.#addresses.get(address)?.giveBack();
	}
}
