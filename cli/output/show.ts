import type { Io } from "../io.ts";
import { type Colour, paint } from "./colour.ts";
import { exactText } from "./exact.ts";
import { type Column, facts, table } from "./table.ts";

type Pairs = Parameters<typeof facts>[0];

/** Results on stdout: lines of JSON for programs, tables and sentences for people. */
export class Show {
	readonly json: boolean;
	readonly #io: Io;

	constructor(io: Io, json: boolean) {
		this.#io = io;
		this.json = json;
	}

	/** One thing. */
	one<T>(value: T, human: (value: T) => readonly string[]): void {
		if (this.json) this.#io.out(exactText(value));
		else for (const line of human(value)) this.#io.out(line);
	}

	/** A list to its end, or to the limit. Programs get each item as soon as it is there. */
	async list<T>(
		items: AsyncIterable<T> | Iterable<T>,
		columns: readonly Column<T>[],
		{ limit = Number.POSITIVE_INFINITY, none = "none" } = {},
	): Promise<void> {
		const shown: T[] = [];
		const damaged: string[] = [];
		let count = 0;
		let more = false;
		if (limit > 0) {
			for await (const item of items) {
				if (count === limit) {
					more = true;
					break;
				}
				count++;
				if (this.json) this.#io.out(exactText(item));
				else {
					const damage = damageOf(item);
					if (damage === undefined) shown.push(item);
					else damaged.push(damage);
				}
			}
		}
		if (this.json) return;
		if (shown.length + damaged.length === 0) this.#io.say(none);
		if (shown.length > 0) this.lines(table(shown, columns, this.#io));
		for (const damage of damaged) this.#io.say(`cannot be read: ${damage}`);
		if (more) this.#io.say(`… and more: --limit N shows N, --limit all shows all`);
	}

	lines(lines: readonly string[]): void {
		for (const line of lines) this.#io.out(line);
	}

	facts(pairs: Pairs): readonly string[] {
		return facts(pairs, this.#io);
	}

	table<T>(items: readonly T[], columns: readonly Column<T>[]): readonly string[] {
		return table(items, columns, this.#io);
	}

	paint(text: string, colour: Colour | undefined): string {
		return paint(text, colour, this.#io.colours);
	}
}

/** What of an item could be read, where its row is damaged: its id and this error. */
function damageOf(item: unknown): string | undefined {
	const { id, error } = (item ?? {}) as {
		id?: string;
		error?: { code?: string; message?: string };
	};
	return error?.code === "DamagedRow" ? `${id}: ${error.message}` : undefined;
}
