import type { Clock } from "../../../shared/clock.ts";
import type { Caller } from "../../../shared/key/key.ts";
import { allowsScope, type Scope } from "../../../shared/key/scopes.ts";
import { Problem, tooMany } from "../problem.ts";
import type { KeyRing } from "./key-ring.ts";
import { Rates } from "./rates.ts";
import { WrongKeys } from "./wrong-keys.ts";

/** Lets requests pass by their key: `Authorization: Bearer <key>`. */
export class Gate {
	readonly #ring: KeyRing;
	readonly #clock: Clock;
	readonly #wrong = new WrongKeys();
	readonly #rates = new Rates();

	constructor(ring: KeyRing, clock: Clock) {
		this.#ring = ring;
		this.#clock = clock;
	}

	/** Whose key it is. @throws Problem unauthorized, too-many-requests @throws TableError */
	async admit(headers: Headers, address: string): Promise<Caller> {
		const presented = /^Bearer +(\S+) *$/i.exec(headers.get("authorization") ?? "")?.[1];
		if (!presented) throw unauthorized("send the header Authorization: Bearer <key>", "Bearer");
		const seen = this.#ring.hasSeen(presented);
		const pause = seen ? 0 : this.#wrong.try(address, this.#clock.now());
		if (pause > 0) throw tooMany("too many wrong keys came from this address", pause);
		const caller = await this.#ring.find(presented);
		if (!caller) {
			throw unauthorized("this key is unknown, expired or revoked", 'Bearer error="invalid_token"');
		}
		if (!seen) this.#wrong.forgive(address);
		const wait = this.#rates.take(caller, this.#clock.now());
		if (wait > 0)
			throw tooMany(`this key may make ${caller.ratePerSecond} requests a second`, wait);
		return caller;
	}
}

/** @throws Problem forbidden */
export function requireScope({ name, scopes }: Caller, wanted: Scope): void {
	if (allowsScope(scopes, wanted)) return;
	throw new Problem("forbidden", `the key "${name}" lacks the scope ${wanted}`, {
		headers: { "www-authenticate": `Bearer error="insufficient_scope", scope="${wanted}"` },
		members: { scope: wanted },
	});
}

const unauthorized = (detail: string, challenge: string) =>
	new Problem("unauthorized", detail, { headers: { "www-authenticate": challenge } });
