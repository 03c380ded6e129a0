import type { Clock } from "../../../shared/clock.ts";
import { idFrom } from "../../../shared/ids.ts";
import { BoundedMap } from "../../../shared/key/bounded-map.ts";
import { type Caller, isExpired, type StoredKey } from "../../../shared/key/key.ts";
import { hashOfKey, idOfKey, sameHash } from "../../../shared/key/secret.ts";
import type { KeyStore } from "../../../shared/store/key-store.ts";

/** A key that is revoked works no longer than this in an instance that has just seen it. */
const KNOWN_MS = 3_000;
/** A key that does not exist will not come to exist: its secret is chosen when it is made. */
const UNKNOWN_MS = 60_000;
const MAX_KNOWN = 10_000;
const MAX_UNKNOWN = 10_000;

interface Seen {
	readonly key: Promise<StoredKey | undefined>;
	readonly until: number;
}

interface RingDeps {
	/** `API_KEYS`, which may do everything. */
	readonly apiKeys: readonly string[];
	readonly keys: Pick<KeyStore, "getReadable">;
	readonly clock: Clock;
}

/** Finds whose a key is. Keys are looked up in the table at most once in a few seconds, and never kept. */
export class KeyRing {
	readonly #deps: RingDeps;
	readonly #bootstrap: ReadonlyArray<{ readonly hash: string; readonly caller: Caller }>;
	readonly #known = new BoundedMap<string, Seen>(MAX_KNOWN);
	readonly #unknown = new BoundedMap<string, number>(MAX_UNKNOWN);

	constructor(deps: RingDeps) {
		this.#deps = deps;
		this.#bootstrap = deps.apiKeys.map((key, index) => {
			const hash = hashOfKey(key);
			const caller: Caller = {
				id: idFrom("bootstrap key", hash),
				name: `bootstrap-${index + 1}`,
				scopes: ["admin"],
				isAccount: true,
			};
			return { hash, caller };
		});
	}

	/** Whether the key was right when this instance last looked. */
	hasSeen(presented: string): boolean {
		return this.#known.get(hashOfKey(presented)) !== undefined;
	}

	/** @returns undefined if the key is unknown, expired or revoked. @throws TableError */
	async find(presented: string): Promise<Caller | undefined> {
		const now = this.#deps.clock.now();
		const hash = hashOfKey(presented);
		// Every one is compared: how long it takes does not tell which one was nearly right.
		const [bootstrap] = this.#bootstrap.filter((one) => sameHash(one.hash, hash));
		if (bootstrap) {
			this.#known.set(hash, { key: Promise.resolve(undefined), until: 0 });
			return bootstrap.caller;
		}
		const id = idOfKey(presented);
		if (id === undefined || (this.#unknown.get(hash) ?? 0) > now) return undefined;
		const key = await this.#lookUp(id, hash, now);
		if (!key || isExpired(key, this.#deps.clock.now())) return undefined;
		return toCaller(key);
	}

	async #lookUp(id: string, hash: string, now: number): Promise<StoredKey | undefined> {
		const seen = this.#known.get(hash);
		if (seen && seen.until > now) return seen.key;
		const key = this.#read(id, hash);
		const asked = { key, until: now + KNOWN_MS };
		// Requests that come meanwhile wait for the same answer; a right key stays known while it is read again.
		if (seen) this.#known.set(hash, asked);
		try {
			const found = await key;
			if (found) this.#known.set(hash, asked);
			else {
				this.#known.delete(hash);
				this.#unknown.set(hash, now + UNKNOWN_MS);
			}
			return found;
		} catch (error) {
			// Not known any better than before: the next request asks again.
			if (seen) this.#known.set(hash, { ...seen, until: 0 });
			throw error;
		}
	}

	async #read(id: string, hash: string): Promise<StoredKey | undefined> {
		const stored = await this.#deps.keys.getReadable(id);
		return stored && sameHash(stored.document.hash, hash) ? stored.document : undefined;
	}
}

function toCaller({ id, name, scopes, products, ratePerSecond }: StoredKey): Caller {
	return {
		id,
		name,
		scopes,
		...(products ? { products } : {}),
		...(ratePerSecond === undefined ? {} : { ratePerSecond }),
	};
}
