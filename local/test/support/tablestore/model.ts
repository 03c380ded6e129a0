/** Tablestore as plain data: what the service must agree with, written the simplest way. */

export interface ModelKey {
	readonly text: string;
	readonly number: bigint;
}

export type ModelRow = Readonly<Record<string, bigint>>;

const encoder = new TextEncoder();

export function compareKeys(left: ModelKey, right: ModelKey): number {
	const a = encoder.encode(left.text);
	const b = encoder.encode(right.text);
	for (let index = 0; index < Math.min(a.length, b.length); index++) {
		const difference = (a[index] ?? 0) - (b[index] ?? 0);
		if (difference !== 0) return difference;
	}
	if (a.length !== b.length) return a.length - b.length;
	return left.number < right.number ? -1 : left.number > right.number ? 1 : 0;
}

export interface ModelEntry {
	readonly key: ModelKey;
	readonly row: ModelRow;
}

export class Model {
	#entries: ModelEntry[] = [];

	get(key: ModelKey): ModelRow | undefined {
		return this.#entries.find((entry) => compareKeys(entry.key, key) === 0)?.row;
	}

	put(key: ModelKey, row: ModelRow): void {
		this.remove(key);
		this.#entries.push({ key, row });
		this.#entries.sort((a, b) => compareKeys(a.key, b.key));
	}

	remove(key: ModelKey): void {
		this.#entries = this.#entries.filter((entry) => compareKeys(entry.key, key) !== 0);
	}

	/** From `start` inclusive to `end` exclusive, in the direction in which `start` comes first. */
	range(start: ModelKey, end: ModelKey): ModelEntry[] {
		if (compareKeys(start, end) < 0) {
			return this.#entries.filter(
				({ key }) => compareKeys(key, start) >= 0 && compareKeys(key, end) < 0,
			);
		}
		return this.#entries
			.filter(({ key }) => compareKeys(key, start) <= 0 && compareKeys(key, end) > 0)
			.reverse();
	}
}

export type ModelCondition =
	| {
			readonly kind: "column";
			readonly column: string;
			readonly comparator: "EQUAL" | "NOT_EQUAL" | "GREATER_THAN" | "LESS_EQUAL";
			readonly value: bigint;
			readonly passIfMissing: boolean;
	  }
	| { readonly kind: "NOT"; readonly part: ModelCondition }
	| { readonly kind: "AND" | "OR"; readonly parts: readonly [ModelCondition, ModelCondition] };

export function holds(condition: ModelCondition, row: ModelRow): boolean {
	switch (condition.kind) {
		case "NOT":
			return !holds(condition.part, row);
		case "AND":
			return holds(condition.parts[0], row) && holds(condition.parts[1], row);
		case "OR":
			return holds(condition.parts[0], row) || holds(condition.parts[1], row);
		case "column": {
			const actual = row[condition.column];
			if (actual === undefined) return condition.passIfMissing;
			if (condition.comparator === "EQUAL") return actual === condition.value;
			if (condition.comparator === "NOT_EQUAL") return actual !== condition.value;
			if (condition.comparator === "GREATER_THAN") return actual > condition.value;
			return actual <= condition.value;
		}
	}
}
