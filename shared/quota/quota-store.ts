import type { Clock } from "../clock.ts";
import { spread } from "../store/shard.ts";
import type { Condition, Key, Row, Table } from "../table/table.ts";
import type { Book, Member } from "./book.ts";
import type { RoundTrips } from "./round-trips.ts";

const MEMBERS = "members";
const BOOK = ["book", "current"];
const BODY = "body";
const VERSION = "version";
/** More instances than any account has. */
const MAX_ROWS = 1_000;

/** The rows that instances share: the book, one of each of them, one for each claimed call of the reserve. */
export class QuotaStore {
	readonly #table: Table;
	readonly #clock: Clock;
	readonly #roundTrips: RoundTrips;

	constructor(table: Table, clock: Clock, roundTrips: RoundTrips) {
		this.#table = table;
		this.#clock = clock;
		this.#roundTrips = roundTrips;
	}

	async publish(member: Member): Promise<void> {
		const row = { key: [MEMBERS, member.instance], columns: { [BODY]: JSON.stringify(member) } };
		await this.#timed(this.#table.put("quota", row, { row: "any" }));
	}

	async members(): Promise<Member[]> {
		const rows = await this.#range([MEMBERS]);
		return rows.flatMap((row) => parsed<Member>(row, "instance", "wishes", "usage") ?? []);
	}

	async forget(instance: string): Promise<void> {
		await this.#table.remove("quota", [MEMBERS, instance], { row: "any" });
	}

	async book(): Promise<Book | undefined> {
		const row = await this.#timed(this.#table.get("quota", BOOK));
		const book = row && parsed<Book>(row, "version", "leader", "slices", "rate", "seen", "gap");
		// A damaged one is none; it must not stand in the way of the next.
		if (row && !book) await this.#table.remove("quota", BOOK, { row: "any" });
		return book;
	}

	/** @returns whether it is the book now; if not, another one has followed the same version. */
	propose(book: Book, previous: Book | undefined): Promise<boolean> {
		const columns = { [BODY]: JSON.stringify(book), [VERSION]: String(book.version) };
		const condition: Condition = previous
			? { row: "present", column: VERSION, equals: String(previous.version) }
			: { row: "absent" };
		return this.#timed(this.#table.put("quota", { key: BOOK, columns }, condition));
	}

	/** @returns whether this call of that second's reserve is the instance's. */
	claim(second: number, index: number, instance: string): Promise<boolean> {
		const row = { key: [reservePart(second), String(index)], columns: { instance } };
		return this.#timed(this.#table.put("quota", row, { row: "absent" }));
	}

	/** The calls of that second's reserve that somebody has. */
	async claimed(second: number): Promise<Set<number>> {
		const rows = await this.#range([reservePart(second)]);
		return new Set(rows.map(({ key }) => Number(key[1])));
	}

	#range(prefix: Key): Promise<Row[]> {
		const range = { prefix, direction: "forward", limit: MAX_ROWS } as const;
		return this.#timed(this.#table.range("quota", range));
	}

	async #timed<T>(answer: Promise<T>): Promise<T> {
		const askedAt = this.#clock.now();
		const result = await answer;
		this.#roundTrips.note(this.#clock.now() - askedAt);
		return result;
	}
}

/** @returns undefined for what is no JSON, or lacks one of these fields. */
function parsed<T extends object>({ columns }: Row, ...fields: (keyof T)[]): T | undefined {
	try {
		const value = JSON.parse(String(columns[BODY])) as T;
		return fields.every((field) => value[field] !== undefined) ? value : undefined;
	} catch {
		return undefined;
	}
}

/** A partition of its own for each second: a hash alone would be shared by several. */
function reservePart(second: number): string {
	const name = `reserve#${second}`;
	return `${spread(name)}#${name}`;
}
