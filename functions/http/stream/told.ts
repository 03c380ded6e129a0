import { createHash } from "node:crypto";
import type { Command } from "../../../shared/command/command.ts";
import type { Stored } from "../../../shared/stored.ts";

/**
 * A change may be found this much later than its time says: an index lags
 * behind its table, the clock of whoever made it may be two seconds slow, and a
 * write may be repeated for some time. What is found later than this is not told.
 */
export const LATE_MS = 15_000;

/** So many of the last changes are named in a cursor. */
const NAMED = 30;
const NAME_LENGTH = 6;

export interface Cursor {
	/** Time of the latest change that was told. */
	readonly at: number;
	/** Names of changes shortly before it that were told. */
	readonly told: readonly string[];
}

/** Which changes a stream has told lately: each is told once, however often it is found. */
export class Told {
	#at: number;
	readonly #versions = new Map<string, { readonly version: bigint; readonly at: number }>();
	#named: Array<{ readonly name: string; readonly at: number }>;
	readonly #before: ReadonlySet<string>;

	constructor({ at, told }: Cursor) {
		this.#at = at;
		this.#named = told.map((name) => ({ name, at }));
		this.#before = new Set(told);
	}

	/** @returns whether this is news; then it counts as told. */
	add({ document: { id, updatedAt }, version }: Stored<Command>): boolean {
		const last = this.#versions.get(id);
		if (last && last.version >= version) return false;
		const name = nameOf(id, version);
		this.#versions.set(id, { version, at: updatedAt });
		if (this.#before.has(name)) return false;
		this.#named = [...this.#named.slice(1 - NAMED), { name, at: updatedAt }];
		this.#at = Math.max(this.#at, updatedAt);
		return true;
	}

	/** All that was found until this time has been told. */
	reached(at: number): void {
		this.#at = Math.max(this.#at, at);
		const oldest = this.#at - 2 * LATE_MS;
		for (const [id, told] of this.#versions) if (told.at < oldest) this.#versions.delete(id);
	}

	/**
	 * The cursor behind what was told last. Whoever goes on from it looks again
	 * at the last `LATE_MS`, and is told some of that twice if there was more
	 * than a cursor can name.
	 */
	cursor(): string {
		const recent = this.#named.filter(({ at }) => at >= this.#at - LATE_MS);
		return [this.#at, ...recent.map(({ name }) => name)].join(".");
	}
}

const CURSOR = new RegExp(String.raw`^\d{1,15}(\.[\w-]{${NAME_LENGTH}}){0,${NAMED}}$`);

/** @returns undefined if it is no cursor. */
export function parseCursor(text: string): Cursor | undefined {
	if (!CURSOR.test(text)) return undefined;
	const [at, ...told] = text.split(".");
	return { at: Number(at), told };
}

const nameOf = (id: string, version: bigint): string =>
	createHash("sha256").update(`${id}#${version}`).digest("base64url").slice(0, NAME_LENGTH);
